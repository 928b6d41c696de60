// A stage of a dvc.yaml and a .dvc file are the same thing to most verbs: something with an address that makes outputs.
import { basename, dirname, relative, sep } from 'node:path';
import type { LockedPath, LockedStage } from '#lib/dvc/lock/entry.ts';
import type { DeclaredPath, Output, Pipeline, Stage } from '#lib/dvc/pipeline/stage.ts';
import type { IndexedOutput, RepositoryIndex } from '#lib/dvc/repository/repository-index.ts';
import type { TrackedFile } from '#lib/dvc/tracked/tracked.ts';

export interface IndexedStage {
  /** Its address as DVC names it from the user's folder: `train`, `pipelines/eta/dvc.yaml:train` or `data/raw.dvc`. */
  readonly name: string;
  /** The dvc.yaml or .dvc file, absolute. */
  readonly file: string;
  readonly deps: readonly DeclaredPath[];
  readonly params: readonly DeclaredPath[];
  readonly outs: readonly Output[];
  /** The same outputs with what is recorded of them. */
  readonly outputs: readonly IndexedOutput[];
  /** Of a dvc.yaml. */
  readonly stage?: Stage | undefined;
  readonly pipeline?: Pipeline | undefined;
  readonly entry?: LockedStage | undefined;
  /** Of a .dvc file. */
  readonly tracked?: TrackedFile | undefined;
}

/**
 * Everything of an index that has outputs: by file, and in a dvc.yaml by its order.
 * @param directory where the user stands, since addresses are relative to it; the root unless given.
 */
export function indexedStages(
  index: RepositoryIndex,
  directory: string = index.source.root,
): readonly IndexedStage[] {
  const pipelines = index.pipelines.flatMap(({ pipeline, lock }) => {
    const address = addressOf(pipeline.file, directory);
    return pipeline.stages.map(stage => {
      const entry = lock.stages.get(stage.name)?.entry;
      return fromStage(stage, { pipeline, entry, name: withName(address, stage.name) });
    });
  });
  const tracked = index.tracked.map(one => fromTracked(one, addressOf(one.file, directory)));
  return [...tracked, ...pipelines];
}

/** All outputs of an index, whoever makes them. */
export function indexedOutputs(index: RepositoryIndex, directory?: string): readonly IndexedOutput[] {
  return indexedStages(index, directory).flatMap(({ outputs }) => outputs);
}

/** How DVC names a stage: its file from the user's folder, and its name unless the file is the dvc.yaml right there. */
export function addressOf(file: string, directory: string, name?: string): string {
  const path = relative(directory, file).split(sep).join('/');
  if (name === undefined) return path;
  return withName(path, name);
}

function withName(path: string, name: string): string {
  return path === 'dvc.yaml' ? name : `${path}:${name}`;
}

interface Around {
  readonly pipeline: Pipeline;
  readonly entry: LockedStage | undefined;
  readonly name: string;
}

function fromStage(stage: Stage, { pipeline, entry, name }: Around): IndexedStage {
  const { file } = pipeline;
  const { deps, params, outs } = stage;
  const recorded = new Map(entry?.outs.map(out => [out.path, out]));
  return {
    ...{ name, file, deps, params, outs, stage, pipeline, entry },
    outputs: outs.map(output => {
      const locked: LockedPath | undefined = recorded.get(output.path);
      return { output, locked, stage, entry, address: name, file };
    }),
  };
}

function fromTracked(tracked: TrackedFile, name: string): IndexedStage {
  const { file, at } = tracked;
  return {
    ...{ name, file, tracked, params: [] },
    deps: tracked.deps.flatMap(({ path, absolute }) =>
      absolute === undefined ? [] : { path, absolute, at },
    ),
    outs: tracked.outs.map(({ output }) => output),
    outputs: tracked.outs.map(({ output, locked }) => ({ output, locked, address: name, file })),
  };
}

/** True for the dvc.yaml of a folder. */
export function isPipelineOf(file: string, directory: string): boolean {
  return basename(file) === 'dvc.yaml' && dirname(file) === directory;
}
