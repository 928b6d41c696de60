// What working on a stage takes, gathered once per run so that every file and parameter is read once.
import type { Hasher } from '#lib/dvc/objects/hash.ts';
import type { ReadParamsFile } from '#lib/dvc/pipeline/params.ts';
import type { ReproduceEvent } from '#lib/dvc/run/progress.ts';
import type { RunCommand } from '#lib/processes/process.ts';

export interface Workshop {
  /** Absolute; the repository's top folder. */
  readonly root: string;
  readonly cacheDir: string;
  readonly run: RunCommand;
  readonly hash: Hasher;
  readonly readParamsFile: ReadParamsFile;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly signal?: AbortSignal | undefined;
  readonly force: boolean;
  readonly onEvent: (event: ReproduceEvent) => void;
  /** Added to the environment of the commands. */
  readonly env: Readonly<Record<string, string>>;
}
