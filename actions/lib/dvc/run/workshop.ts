// What working on a stage takes, gathered once per run so that every file and parameter is read once.

import type { LockedStage } from '#lib/dvc/lock/entry.ts';
import type { Fingerprint } from '#lib/dvc/objects/object.ts';
import type { ReadParamsFile } from '#lib/dvc/pipeline/params.ts';
import type { Output, Stage } from '#lib/dvc/pipeline/stage.ts';
import type { Content } from '#lib/dvc/run/content.ts';
import type { Contracts } from '#lib/dvc/run/contract.ts';
import type { ReproduceEvent } from '#lib/dvc/run/progress.ts';
import type { StageInputs } from '#lib/dvc/run/run-cache.ts';
import type { StageRules } from '#lib/dvc/run/stage-rules.ts';
import type { ConfigurationError } from '#lib/errors.ts';
import type { RunCommand } from '#lib/processes/process.ts';

export interface Workshop {
  /** Absolute; the repository's top folder. */
  readonly root: string;
  /** Absolute; holds the run-cache. */
  readonly cacheDir: string;
  readonly content: Content;
  readonly run: RunCommand;
  readonly readParamsFile: ReadParamsFile;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly signal?: AbortSignal | undefined;
  readonly force: boolean;
  readonly onEvent: (event: ReproduceEvent) => void;
  /** Added to the environment of the commands. */
  readonly env: Readonly<Record<string, string>>;
  /** False runs a stage even when these inputs were seen before. */
  readonly useRuns?: boolean | undefined;
  /** False leaves outputs out of the cache. */
  readonly commit?: boolean | undefined;
  /** Takes what is not there as it was locked. */
  readonly allowMissing?: boolean | undefined;
  /** Only tells what would run. */
  readonly dry?: boolean | undefined;
  /** What is locked now of the output at an absolute path, by whichever stage makes it. */
  readonly lockedOutput?: ((absolute: string) => Fingerprint | undefined) | undefined;
  readonly pull?: Pull | undefined;
  readonly rules?: StageRules | undefined;
  readonly contracts?: Contracts | undefined;
  /** Told of a contract that is not kept, instead of a failure. */
  readonly onBrokenContract?: ((problem: ConfigurationError) => void) | undefined;
  /** Keeps an output out of git, which the cache holds. */
  readonly ignoreOutputs?: ((outputs: readonly Output[]) => Promise<void>) | undefined;
  /** Where a stage's whole output goes. */
  readonly openLog?: ((stage: Stage) => StageLog) | undefined;
  /** Asked before a stage runs; all but yes stops the run. */
  readonly confirm?: ((stage: Stage) => Promise<Answer>) | undefined;
}

/** `nobody`: there is no one to ask, or they went away. */
export type Answer = 'yes' | 'no' | 'nobody';

/** Where missing content and earlier runs come from. */
export interface Pull {
  /** Brings objects into the cache; an output may name its remote. @returns false when one is not to be had. */
  fetch(wanted: readonly (Fingerprint & { readonly remote?: string | undefined })[]): Promise<boolean>;
  /** Brings what some .dvc file or stage tracks at this place into the work tree, if one does. */
  fetchPath(absolute: string): Promise<void>;
  /** Runs of the same command on the same inputs that others did. */
  findRuns(inputs: StageInputs): Promise<readonly LockedStage[]>;
}

export interface StageLog {
  /** For messages; undefined while nothing was said. */
  readonly path: string | undefined;
  add(line: string): void;
  close(): void;
}
