// Reads everything DVC knows of one revision. Files are parsed as the walk finds them, since their outputs tell which
// folders hold data and need not be looked into.
import { dirname, join } from 'node:path';
import type { DvcConfig } from '#lib/dvc/config/config.ts';
import { EMPTY_LOCK, parseLock } from '#lib/dvc/lock/lock.ts';
import { parsePipeline } from '#lib/dvc/pipeline/pipeline.ts';
import { takesValues } from '#lib/dvc/pipeline/resolve.ts';
import type { LockedPipeline, RepositoryIndex } from '#lib/dvc/repository/repository-index.ts';
import type { Source } from '#lib/dvc/repository/source.ts';
import { parsePlainTracked } from '#lib/dvc/tracked/from-fields.ts';
import type { TrackedFile } from '#lib/dvc/tracked/tracked.ts';
import { atRevision, ConfigurationError } from '#lib/errors.ts';

export interface ReadIndexOptions {
  readonly parsing: DvcConfig['parsing'];
  /** Filled as pipelines are read: of two revisions that are compared most hold the same. */
  readonly known?: KnownPipelines | undefined;
}

/** By path of the dvc.yaml; only those that take nothing from other files. */
export type KnownPipelines = Map<string, PipelineTexts & { readonly read: LockedPipeline }>;

interface PipelineTexts {
  readonly text: string;
  readonly lockText: string | undefined;
}

/** @throws ConfigurationErrors for the first file that cannot be read, with the commit where it is not the work tree's. */
export async function readIndex(source: Source, options: ReadIndexOptions): Promise<RepositoryIndex> {
  try {
    return await readFiles(source, options);
  } catch (error) {
    if (!(error instanceof ConfigurationError) || source.name === 'workspace') throw error;
    throw atRevision(error, source.name);
  }
}

async function readFiles(source: Source, options: ReadIndexOptions): Promise<RepositoryIndex> {
  const pipelines = new Map<string, LockedPipeline>();
  const tracked = new Map<string, TrackedFile>();
  const outputsOf = async (file: string): Promise<readonly string[]> => {
    if (file.endsWith('.dvc')) {
      const one = await readTracked(file, source);
      tracked.set(file, one);
      return one.outs.map(({ output }) => output.absolute);
    }
    const one = await readLockedPipeline(file, source, options);
    pipelines.set(file, one);
    return one.pipeline.stages.flatMap(stage => stage.outs.map(output => output.absolute));
  };
  const files = await source.findDvcFiles({ outputsOf });
  return {
    source,
    pipelines: files.flatMap(file => pipelines.get(file) ?? []),
    tracked: files.flatMap(file => tracked.get(file) ?? []),
  };
}

/** The general reader is loaded only for files that need it. */
async function readTracked(file: string, { root, readText }: Source): Promise<TrackedFile> {
  const text = (await readText(file)) ?? '';
  const plain = parsePlainTracked({ text, file, root });
  if (plain) return plain;
  const { parseTracked } = await import('#lib/dvc/tracked/parse-tracked.ts');
  return parseTracked(text, file, root);
}

async function readLockedPipeline(
  file: string,
  source: Source,
  { parsing, known }: ReadIndexOptions,
): Promise<LockedPipeline> {
  const lockFile = join(dirname(file), 'dvc.lock');
  await source.prefetch?.([file, lockFile]);
  const text = (await source.readText(file)) ?? '';
  const lockText = await source.readText(lockFile);
  const before = known?.get(file);
  if (before?.text === text && before.lockText === lockText) return before.read;
  const readText = (path: string) => source.readText(path);
  const read = {
    pipeline: await parsePipeline(text, file, { root: source.root, readText, parsing }),
    lock: lockText === undefined ? EMPTY_LOCK : await parseLock(lockText, lockFile),
  };
  if (!takesValues(text)) known?.set(file, { text, lockText, read });
  return read;
}
