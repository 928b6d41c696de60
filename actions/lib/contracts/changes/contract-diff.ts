// One contract before and after: its changes, the version they owe, whether it fits, and whom they concern.
import { type Change, VERDICTS } from '#lib/contracts/changes/change.ts';
import { compareContracts } from '#lib/contracts/changes/compare.ts';
import {
  type ConcernedConsumer,
  type Consumer,
  concernedConsumers,
} from '#lib/contracts/changes/consumer.ts';
import { judgeVersion, type OwedVersion, owedBump } from '#lib/contracts/changes/owed-version.ts';
import { isPromised } from '#lib/contracts/changes/ranks.ts';
import type { Contract } from '#lib/contracts/odcs.ts';
import type { CheckedDocument } from '#lib/documents/read.ts';
import type { Location } from '#lib/errors.ts';

export interface ContractDiff {
  readonly path: string;
  readonly id: string;
  readonly kind: 'changed' | 'new' | 'gone';
  /** False when the version does not fit, or a contract that people rely on is gone. */
  readonly passed: boolean;
  /** Why it did not pass, and what to write instead; null where it did. */
  readonly problem: string | null;
  readonly remedy: string | null;
  /** Null where there is only one version. */
  readonly version: OwedVersion | null;
  /** Where the version stands. */
  readonly at: Location;
  /** Worst for the consumer first. */
  readonly changes: readonly Change[];
  readonly consumers: readonly ConcernedConsumer[];
}

export interface DiffedContract {
  readonly path: string;
  readonly base: CheckedDocument<Contract> | undefined;
  readonly head: CheckedDocument<Contract> | undefined;
  /** All who read its data. */
  readonly consumers: readonly Consumer[];
}

/** Compares one contract with itself; undefined where neither side has it. */
export function diffContract({ path, base, head, consumers }: DiffedContract): ContractDiff | undefined {
  if (base && head) {
    const changes = compareContracts(base, head);
    const { id, version: to } = head.value;
    const version = judgeVersion(owedBump(changes), { from: base.value.version, to });
    const { problem } = version;
    return {
      ...{ path, id, kind: 'changed', passed: problem === null, problem },
      remedy: problem === null ? null : `Write version: ${version.write}`,
      ...{ version, at: head.locate(['version']), changes },
      consumers: concernedConsumers(changes, consumers),
    };
  }
  if (head) return judgeNew(path, head);
  return base && judgeGone(path, base, consumers);
}

function judgeNew(path: string, head: CheckedDocument<Contract>): ContractDiff {
  const { id, version: to } = head.value;
  // Anything is more than a version that was never given.
  const { problem } = judgeVersion('patch', { from: '0.0.0-0', to });
  const remedy = problem === null ? null : 'Write version: 1.0.0, or 0.1.0 while it is a draft';
  const at = head.locate(['version']);
  return {
    ...{ path, id, kind: 'new', passed: problem === null, problem, remedy, version: null, at },
    ...{ changes: [], consumers: [] },
  };
}

/** A promise that still stands is not taken back by removing the file: it is retired first. */
function judgeGone(
  path: string,
  base: CheckedDocument<Contract>,
  consumers: readonly Consumer[],
): ContractDiff {
  const { id, version, status = 'active' } = base.value;
  const isLost = isPromised(status);
  const effect = isLost ? 'loosened' : 'noted';
  const at = base.locate(['version']);
  const gone: Change = {
    ...{ path: '', what: 'the contract is gone', from: version, to: null, effect, ...VERDICTS[effect] },
    ...{ columns: [], at },
  };
  return {
    ...{ path, id, kind: 'gone', passed: !isLost },
    problem: isLost ? `the contract is gone while its status was ${status}` : null,
    remedy: isLost ? 'Put it back with status: retired until nobody reads the data' : null,
    ...{ version: null, at, changes: [gone] },
    consumers: concernedConsumers([gone], consumers),
  };
}
