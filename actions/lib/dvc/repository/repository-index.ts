// Everything DVC knows of one revision of a repository: its pipelines with their locks, and its .dvc files.

import type { LockedPath, LockedStage } from '#lib/dvc/lock/entry.ts';
import type { Lock } from '#lib/dvc/lock/lock.ts';
import type { Output, Pipeline, Stage } from '#lib/dvc/pipeline/stage.ts';
import type { Source } from '#lib/dvc/repository/source.ts';
import type { TrackedFile } from '#lib/dvc/tracked/tracked.ts';

export interface RepositoryIndex {
  readonly source: Source;
  /** By path of the dvc.yaml, code-point order. */
  readonly pipelines: readonly LockedPipeline[];
  /** By path of the .dvc file, code-point order. */
  readonly tracked: readonly TrackedFile[];
}

export interface LockedPipeline {
  readonly pipeline: Pipeline;
  readonly lock: Lock;
}

/** One output of the repository, whoever makes it. */
export interface IndexedOutput {
  readonly output: Output;
  readonly locked: LockedPath | undefined;
  /** The stage of a dvc.yaml that makes it; absent for .dvc files. */
  readonly stage?: Stage | undefined;
  readonly entry?: LockedStage | undefined;
  /** As DVC names it: `train`, `pipelines/eta/dvc.yaml:train` or `data/raw.dvc`. */
  readonly address: string;
  /** The dvc.yaml or .dvc file. */
  readonly file: string;
}
