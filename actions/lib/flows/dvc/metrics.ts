// `dvc metrics show` and `dvc metrics diff`: older revisions are read from git and the cache, never checked out.
import { relative, resolve, sep } from 'node:path';
import { expandFolders, type FileFailure, type FileResult, readFiles } from '#lib/dvc/metrics/file-result.ts';
import { metricFiles, selectMetrics } from '#lib/dvc/metrics/metric-files.ts';
import { diffFiles, type FilesDiff } from '#lib/dvc/metrics/value-diff.ts';
import type { DvcRepository } from '#lib/dvc/repository/repository.ts';
import type { Value } from '#lib/dvc/values/value.ts';
import { ConfigurationError, errorMessage } from '#lib/errors.ts';
import { type OpenOptions, openDvcRepository } from '#lib/flows/dvc/open.ts';
import { hasCommits, listRevisions, type RevisionScope, sourceOf } from '#lib/flows/dvc/revisions.ts';

/** A revision's files, or why it cannot be read. */
export type RevisionResult =
  | { readonly data: ReadonlyMap<string, FileResult> }
  | { readonly error: FileFailure };

export interface ShowMetricsRequest extends OpenOptions, RevisionScope {
  readonly targets: readonly string[];
}

/** By name of the revision; paths are relative to where the user stands. */
export async function showMetrics(request: ShowMetricsRequest): Promise<ReadonlyMap<string, RevisionResult>> {
  const repository = await openDvcRepository(request);
  const results: [string, RevisionResult][] = [];
  for (const { name, commit } of await listRevisions(repository, request)) {
    results.push([name, await readRevision(repository, commit ?? '', request.targets)]);
  }
  return new Map(results);
}

async function readRevision(
  repository: DvcRepository,
  revision: string,
  targets: readonly string[],
): Promise<RevisionResult> {
  try {
    return { data: named(await readMetrics(repository, revision, targets), repository) };
  } catch (cause) {
    if (!(cause instanceof ConfigurationError)) throw cause;
    return { error: { type: cause.name, msg: errorMessage(cause), cause } };
  }
}

async function readMetrics(
  repository: DvcRepository,
  revision: string,
  targets: readonly string[],
): Promise<ReadonlyMap<string, FileResult>> {
  const source = await sourceOf(repository, revision);
  const at = { index: await repository.readIndex(source), cache: repository.cache };
  const paths =
    targets.length > 0 ? targets.map(target => resolve(repository.directory, target)) : metricFiles(at.index);
  return readFiles(await expandFolders(paths, at), at, selectMetrics);
}

/** Paths as the user would type them. */
export function named<Item>(
  files: ReadonlyMap<string, Item>,
  { directory }: Pick<DvcRepository, 'directory'>,
): ReadonlyMap<string, Item> {
  return new Map([...files].map(([path, item]) => [relative(directory, path).split(sep).join('/'), item]));
}

export interface DiffRequest extends OpenOptions {
  /** `workspace` is the work tree. */
  readonly revisions: readonly [string, string];
  readonly targets: readonly string[];
  readonly all?: boolean | undefined;
}

export interface DiffResult {
  readonly diff: FilesDiff;
  /** Files that could not be read, by revision. */
  readonly failed: readonly UnreadFile[];
}

/** @throws ConfigurationError for a revision that git does not know, or whose pipelines cannot be read. */
export async function diffMetrics(request: DiffRequest): Promise<DiffResult> {
  const repository = await openDvcRepository(request);
  return diffRevisions(repository, request, revision => readMetrics(repository, revision, request.targets));
}

export interface UnreadFile extends FileFailure {
  readonly revision: string;
  readonly path: string;
}

/** Those of a revision that could not be read, in order. */
export function unreadFiles(revision: string, files: ReadonlyMap<string, FileResult>): readonly UnreadFile[] {
  return [...files].flatMap(([path, result]) =>
    'error' in result ? [{ revision, path, ...result.error }] : [],
  );
}

/** Reads both sides at once and compares them. */
export async function diffRevisions(
  repository: DvcRepository,
  { revisions, all }: DiffRequest,
  read: (revision: string) => Promise<ReadonlyMap<string, FileResult>>,
): Promise<DiffResult> {
  const found = await readSides(repository, () => Promise.all(revisions.map(read)));
  if (!found) return { diff: new Map(), failed: [] };
  const [before, after] = found;
  const sides = [before, after].map(side => named(side ?? new Map<string, FileResult>(), repository));
  const failed = revisions.flatMap((name, index) => unreadFiles(name, sides[index] ?? new Map()));
  const [old, now] = sides.map(dataOf);
  return {
    diff: diffFiles(old ?? new Map(), now ?? new Map(), { withUnchanged: all }),
    failed,
  };
}

/** Undefined before the first commit, when there is nothing to compare with; asked only when something fails. */
async function readSides<Sides>(
  repository: DvcRepository,
  read: () => Promise<Sides>,
): Promise<Sides | undefined> {
  try {
    return await read();
  } catch (cause) {
    if (cause instanceof ConfigurationError && !(await hasCommits(repository))) return undefined;
    throw cause;
  }
}

function dataOf(files: ReadonlyMap<string, FileResult>): ReadonlyMap<string, Value> {
  return new Map([...files].flatMap(([path, result]) => ('data' in result ? [[path, result.data]] : [])));
}
