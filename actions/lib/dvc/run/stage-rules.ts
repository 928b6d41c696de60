// What a stage asks of Mainline beyond DVC, under `meta: {mainline: ...}`, which DVC keeps and does not look into.
import type { StageContract } from '#lib/dvc/run/contract.ts';

export interface StageRules {
  /** How often a failed stage is tried again. */
  readonly retries: number;
  /** Before the first repetition; doubled for each further one. */
  readonly backoffMs: number;
  /** Of one attempt; undefined for no limit. */
  readonly timeoutMs: number | undefined;
  /** Who is told when it fails. */
  readonly owner: string | undefined;
  /** Two stages with the same name never run together. */
  readonly mutexes: readonly string[];
  /** By output, as the stage names it. */
  readonly contracts: ReadonlyMap<string, StageContract>;
}

/** Of a stage that asks for nothing. */
export const NO_RULES: StageRules = {
  retries: 0,
  backoffMs: 30_000,
  timeoutMs: undefined,
  owner: undefined,
  mutexes: [],
  contracts: new Map(),
};
