// What reproduce tells while it works and when it is done: plain objects, so that a terminal and a report can show them.

import type { LockedStage } from '#lib/dvc/lock/entry.ts';
import type { Fingerprint } from '#lib/dvc/objects/object.ts';
import type { StaleReason } from '#lib/dvc/run/status.ts';

/** `line` is one line of a command's output; `seconds` counts from the stage's start. */
export type ReproduceEvent =
  | { readonly kind: 'skipped'; readonly stage: string }
  /** An output was checked just now, and is as it has to be. */
  | {
      readonly kind: 'contract-kept';
      readonly stage: string;
      /** Its file, from the root. */
      readonly contract: string;
      readonly checks: number;
    }
  | {
      readonly kind: 'started' | 'recorded' | 'pulled';
      readonly stage: string;
      readonly reasons: readonly StaleReason[];
    }
  /** A shell line is about to run, or would be. */
  | { readonly kind: 'command'; readonly stage: string; readonly command: string }
  | {
      readonly kind: 'line';
      readonly stage: string;
      readonly line: string;
      readonly stream: 'stdout' | 'stderr';
    }
  | { readonly kind: 'finished' | 'failed'; readonly stage: string; readonly seconds: number }
  | {
      readonly kind: 'retrying';
      readonly stage: string;
      /** The one that failed, from 1. */
      readonly attempt: number;
      /** Repetitions allowed. */
      readonly of: number;
      readonly message: string;
      /** Until the next one. */
      readonly seconds: number;
    }
  | {
      readonly kind: 'restored';
      readonly stage: string;
      readonly reasons: readonly StaleReason[];
      readonly seconds: number;
    };

/** `recorded`: a frozen stage whose outputs were taken as they are. */
export type StageStatus = 'skipped' | 'restored' | 'ran' | 'recorded';

export interface StageResult {
  readonly stage: string;
  readonly status: StageStatus;
  /** Why it was not skipped. */
  readonly reasons: readonly StaleReason[];
  /** The inputs and outputs as dvc.lock now holds them. */
  readonly entry: LockedStage;
}

export interface Reproduction {
  /** In the order of work. */
  readonly stages: readonly StageResult[];
  /** Every input and output by its path from the root, with forward slashes. */
  readonly files: ReadonlyMap<string, Fingerprint>;
}
