// contract diff: every contract that differs, what that means to both sides, the version it owes, and who reads the columns.
import type { Change } from '#lib/contracts/changes/change.ts';
import { compareContracts } from '#lib/contracts/changes/compare.ts';
import { type ConcernedConsumer, concernedConsumers } from '#lib/contracts/changes/consumer.ts';
import { judgeVersion, type OwedVersion, owedBump } from '#lib/contracts/changes/owed-version.ts';
import { isPromised } from '#lib/contracts/changes/ranks.ts';
import type { Location } from '#lib/errors.ts';
import { findConsumers } from '#lib/flows/contracts/consumers.ts';
import { type ContractPair, findDiffSources } from '#lib/flows/contracts/diff-sources.ts';

export interface ContractDiff {
  /** From the top of the repository. */
  readonly path: string;
  readonly id: string;
  readonly kind: 'changed' | 'new' | 'gone';
  /** Worst for the consumer first. */
  readonly changes: readonly Change[];
  readonly version: OwedVersion | null;
  /** Where `version` stands. */
  readonly at: Location;
  /** False when the version does not fit, or a contract that people rely on is gone. */
  readonly passed: boolean;
  /** Why it did not pass, and what to write; null where it did. */
  readonly problem: string | null;
  readonly remedy: string | null;
  readonly consumers: readonly ConcernedConsumer[];
}

export interface DiffResult {
  readonly base: string;
  readonly head: string;
  readonly passed: boolean;
  readonly contracts: readonly ContractDiff[];
  /** Models whose declarations cannot be read: they may read what changed. */
  readonly unreadModels: readonly string[];
}

export interface DiffOptions {
  readonly directory: string;
  /** Two files, or up to two revisions and then files. */
  readonly words: readonly string[];
}

/**
 * Compares them.
 * @throws ConfigurationError for words that name nothing, and contracts that cannot be read.
 */
export async function diffContracts({ directory, words }: DiffOptions): Promise<DiffResult> {
  const { base, head, pairs } = await findDiffSources(directory, words);
  const found = await findConsumers(directory);
  const contracts = pairs.flatMap(pair => {
    const readers = [...new Set(pair.files.flatMap(found.of))];
    return diffPair(pair, changes => concernedConsumers(changes, readers));
  });
  return {
    base,
    head,
    passed: contracts.every(({ passed }) => passed),
    contracts,
    unreadModels: contracts.some(({ changes }) => changes.length > 0) ? found.unread : [],
  };
}

function diffPair(
  { path, base, head }: ContractPair,
  concerned: (changes: readonly Change[]) => readonly ConcernedConsumer[],
): readonly ContractDiff[] {
  if (base && head) {
    const changes = compareContracts(base, head);
    const { version: from } = base.value;
    const version = judgeVersion(owedBump(changes), { from, to: head.value.version });
    return [
      {
        ...{ path, id: head.value.id, kind: 'changed', changes, version, at: head.locate(['version']) },
        passed: version.problem === null,
        problem: version.problem,
        remedy: version.problem === null ? null : `Write version: ${version.write}`,
        consumers: concerned(changes),
      },
    ];
  }
  if (head) {
    const { id, version: to } = head.value;
    return [
      {
        path,
        id,
        kind: 'new',
        changes: [],
        version: null,
        at: head.locate(['version']),
        ...judgeNew(to),
        consumers: [],
      },
    ];
  }
  if (!base) return [];
  const { id, status = 'active' } = base.value;
  const gone = goneFrom(base);
  const isLost = isPromised(status);
  return [
    {
      ...{ path, id, kind: 'gone', changes: [gone], version: null, at: gone.at, passed: !isLost },
      problem: isLost ? `the contract is gone while its status was ${status}` : null,
      remedy: isLost ? 'Keep it with status: retired until nobody reads the data, or put it back' : null,
      consumers: concerned([gone]),
    },
  ];
}

function judgeNew(to: string): Pick<ContractDiff, 'passed' | 'problem' | 'remedy'> {
  // Anything is more than a version that was never given.
  const { problem } = judgeVersion('patch', { from: '0.0.0-0', to });
  if (problem === null) return { passed: true, problem: null, remedy: null };
  return { passed: false, problem, remedy: 'Write version: 1.0.0, or 0.1.0 while it is a draft' };
}

function goneFrom(base: NonNullable<ContractPair['base']>): Change {
  return {
    path: '',
    what: 'the contract is gone',
    from: base.value.version,
    to: null,
    effect: 'loosened',
    consumer: 'major',
    producer: 'minor',
    columns: [],
    at: base.locate([]),
  };
}
