// contract diff: every contract that differs, what that means to both sides, the version it owes, and who reads the columns.
import { type ContractDiff, diffContract } from '#lib/contracts/changes/contract-diff.ts';
import { findConsumers } from '#lib/flows/contracts/consumers.ts';
import { findDiffSources } from '#lib/flows/contracts/diff-sources.ts';

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
  const { of, unread } = await findConsumers(directory);
  const contracts = pairs.flatMap(({ files, ...pair }) => {
    const consumers = [...new Set(files.flatMap(file => of(file)))];
    return diffContract({ ...pair, consumers }) ?? [];
  });
  const isAnyChanged = contracts.some(({ changes }) => changes.length > 0);
  return {
    base,
    head,
    passed: contracts.every(({ passed }) => passed),
    contracts,
    unreadModels: isAnyChanged ? unread : [],
  };
}
