// Brings every stage of a pipeline up to date, in order. dvc.lock is read once and written whole after each stage that
// changed it, so that a stop at any moment loses at most the stage that was running.
import { dirname, join, relative, sep } from 'node:path';
import { writeWhole } from '#lib/documents/write.ts';
import { formatLock, readLock, setLockedStage } from '#lib/dvc/lock/lock.ts';
import { openObjectCache } from '#lib/dvc/objects/open-cache.ts';
import { executionOrder } from '#lib/dvc/pipeline/graph.ts';
import { createParamsReader } from '#lib/dvc/pipeline/params.ts';
import { refuseMissingSources } from '#lib/dvc/pipeline/sources.ts';
import type { Pipeline } from '#lib/dvc/pipeline/stage.ts';
import { type Content, contentOf } from '#lib/dvc/run/content.ts';
import type { ReproduceEvent, Reproduction, StageResult } from '#lib/dvc/run/progress.ts';
import { abortedFailure } from '#lib/dvc/run/stage-failure.ts';
import { updateStage } from '#lib/dvc/run/stage-update.ts';
import { createIgnore } from '#lib/dvc/scan/ignore.ts';
import { openWorkTree } from '#lib/dvc/work-tree/open-work-tree.ts';
import type { RunCommand } from '#lib/processes/process.ts';

export interface ReproduceOptions {
  readonly pipeline: Pipeline;
  /** DVC's cache: `.dvc/cache` when a team uses DVC beside Mainline. */
  readonly cacheDir: string;
  readonly run: RunCommand;
  /** The time in milliseconds since 1970. */
  readonly now: () => number;
  readonly signal?: AbortSignal | undefined;
  /** Runs every stage, whatever dvc.lock and the cache hold. */
  readonly force?: boolean | undefined;
  readonly onEvent?: ((event: ReproduceEvent) => void) | undefined;
  /** Added to the environment of the commands. */
  readonly env?: Readonly<Record<string, string>> | undefined;
}

/**
 * Brings all stages up to date: skipped when nothing changed, restored when these inputs were seen before, else run.
 * @throws StageFailure when a command fails or the signal aborts; stages finished before it are kept.
 * @throws ConfigurationErrors when an input does not exist and no stage makes it.
 */
export async function reproduce(options: ReproduceOptions): Promise<Reproduction> {
  const { pipeline, signal, force = false, onEvent = () => {}, env = {} } = options;
  await refuseMissingSources(pipeline);
  const lockFile = join(dirname(pipeline.file), 'dvc.lock');
  const workshop = {
    ...options,
    root: pipeline.root,
    force,
    onEvent,
    env: { ...env, DVC_ROOT: pipeline.root },
    content: openContent(options),
    readParamsFile: createParamsReader(),
  };
  let lock = await readLock(lockFile);
  const stages: StageResult[] = [];
  for (const stage of executionOrder(pipeline.stages)) {
    if (signal?.aborted) throw abortedFailure(stage);
    const result = await updateStage(stage, lock.stages.get(stage.name)?.entry, {
      ...workshop,
      env: { ...workshop.env, DVC_STAGE: stageAddress(pipeline, stage.name) },
    });
    stages.push(result);
    if (result.status === 'skipped') continue;
    lock = setLockedStage(lock, stage.name, result.entry);
    await writeWhole(lockFile, formatLock(lock));
  }
  return { stages, files: collectFiles(pipeline, stages) };
}

/** Without a state index: the few stages of one pipeline are hashed anew each time. */
function openContent({ pipeline: { root }, cacheDir, now }: ReproduceOptions): Content {
  const cache = openObjectCache(cacheDir);
  const workTree = openWorkTree({
    ...{ root, cache, now, linkTypes: ['reflink', 'copy'], ignore: createIgnore(root) },
    stateFile: join(cacheDir, 'tmp', 'state'),
    umask: process.umask(),
  });
  return contentOf({ workTree, cache });
}

/** The name that DVC gives a stage in a repository: `pipelines/eta/dvc.yaml:train`, or `train` at the top. */
function stageAddress({ root, directory }: Pipeline, name: string): string {
  const folder = fromRoot(root, directory);
  return folder === '' ? name : `${folder}/dvc.yaml:${name}`;
}

function fromRoot(root: string, path: string): string {
  return relative(root, path).replaceAll(sep, '/');
}

function collectFiles({ root, stages }: Pipeline, results: readonly StageResult[]): Reproduction['files'] {
  const entries = new Map(results.map(result => [result.stage, result.entry]));
  const files = stages.flatMap(stage => {
    const entry = entries.get(stage.name);
    const prints = new Map(
      [...(entry?.deps ?? []), ...(entry?.outs ?? [])].map(({ path, ...print }) => [path, print]),
    );
    return [...stage.deps, ...stage.outs].flatMap(({ path, absolute }) => {
      const print = prints.get(path);
      return print ? [[fromRoot(root, absolute), print] as const] : [];
    });
  });
  return new Map(files);
}
