// `dvc push` and `dvc fetch`: the objects of the chosen outputs, in the work tree's state and in chosen revisions, go to
// the remotes they belong to or come from there.
import { globSync } from 'node:fs';
import { isAbsolute, relative, resolve } from 'node:path';
import type { ObjectProgress } from '#lib/dvc/objects/object.ts';
import { NoAnswer } from '#lib/dvc/remotes/existing.ts';
import { fetchObjects } from '#lib/dvc/remotes/fetch.ts';
import { addResults, type TransferResult } from '#lib/dvc/remotes/pool.ts';
import { pushObjects, type TransferOptions } from '#lib/dvc/remotes/push.ts';
import { fetchRuns, pushRuns } from '#lib/dvc/remotes/runs.ts';
import { groupWanted, selectObjects, type Wanted, type WantedOptions } from '#lib/dvc/remotes/wanted.ts';
import type { DvcRepository } from '#lib/dvc/repository/repository.ts';
import type { RepositoryIndex } from '#lib/dvc/repository/repository-index.ts';
import type { Arrivals } from '#lib/dvc/work-tree/work-tree.ts';
import { ConfigurationError, errorMessage } from '#lib/errors.ts';
import { type LockedOptions, withLock } from '#lib/flows/dvc/locked.ts';
import { type OpenOptions, openDvcRepository } from '#lib/flows/dvc/open.ts';
import { openRemote } from '#lib/flows/dvc/open-remote.ts';
import { listRevisions, type RevisionScope } from '#lib/flows/dvc/revisions.ts';
import { BucketFailure } from '#lib/storage/bucket-failure.ts';

export type { ObjectProgress };

export interface ObjectScope extends RevisionScope {
  readonly targets: readonly string[];
  readonly withDeps?: boolean | undefined;
  readonly recursive?: boolean | undefined;
  /** Targets may be patterns of paths. */
  readonly glob?: boolean | undefined;
  /** The default one unless given. */
  readonly remote?: string | undefined;
  readonly maxSize?: number | undefined;
  readonly kinds?: WantedOptions['kinds'];
}

export interface TransferRequest extends OpenOptions, LockedOptions, ObjectScope {
  readonly jobs?: number | undefined;
  /** Moves the run-cache too. */
  readonly runCache?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: ObjectProgress) => void) | undefined;
}

export interface TransferSummary extends Omit<TransferResult, 'missing' | 'failed'> {
  /** Runs of the run-cache that were moved; they count among what was transferred when they are pushed. */
  readonly runs: number;
  /** What neither side has, as the user knows it. */
  readonly missing: readonly string[];
  /** What did not arrive, and why. */
  readonly failed: readonly { readonly name: string; readonly reason: string }[];
  /** Revisions that could not be read. */
  readonly skipped: readonly string[];
}

/** @throws ConfigurationError when there is no such remote, or it refuses us */
export function pushData(request: TransferRequest): Promise<TransferSummary> {
  return transfer(request, 'push');
}

/** @throws ConfigurationError when there is no such remote, or it refuses us */
export function fetchData(request: TransferRequest): Promise<TransferSummary> {
  return transfer(request, 'fetch');
}

async function transfer(
  request: TransferRequest,
  direction: WantedOptions['direction'],
): Promise<TransferSummary> {
  const repository = await openDvcRepository(request);
  return withLock(repository.root, { ...request, write: [] }, () =>
    transferAll(repository, request, direction),
  );
}

/** The work of a transfer, for verbs that have the lock already (pull). @param arrivals of folders checked out after it */
export async function transferAll(
  repository: DvcRepository,
  request: TransferRequest,
  direction: WantedOptions['direction'],
  arrivals?: Arrivals,
): Promise<TransferSummary> {
  const { wanted, skipped } = await collectWanted(repository, request, direction);
  const runs = request.runCache ? await moveRuns(repository, request, direction) : 0;
  const results: TransferResult[] = [];
  for (const [remote, own] of Map.groupBy(wanted, one => one.remote ?? request.remote)) {
    const move = direction === 'push' ? pushObjects : fetchObjects;
    results.push(
      await withRemote(repository, { request, remote }, options => move(own, { ...options, arrivals })),
    );
  }
  return summarize(addResults(results), { repository, wanted, skipped, runs, direction });
}

/** What the work tree's state and the chosen revisions refer to, each object once. */
export async function collectWanted(
  repository: DvcRepository,
  scope: ObjectScope,
  direction: WantedOptions['direction'],
): Promise<{ readonly wanted: readonly Wanted[]; readonly skipped: readonly string[] }> {
  const targets = scope.glob ? expand(scope.targets, repository.directory) : scope.targets;
  const { remote, maxSize, kinds, withDeps, recursive } = scope;
  const limits = { maxSize, kinds: kinds?.length ? kinds : undefined };
  const options = { direction, remote, ...limits, withDeps, recursive, directory: repository.directory };
  const found = new Map<string, Wanted>();
  const skipped: string[] = [];
  let problem: unknown;
  let isAnyRead = false;
  for (const { name, commit } of await listRevisions(repository, scope)) {
    try {
      const index: RepositoryIndex = await repository.readIndex(
        commit === undefined ? undefined : await repository.sourceAt(commit),
      );
      const own = selectObjects(index, targets, options);
      for (const one of own) found.set([one.hash, one.md5, one.remote, one.within].join('\0'), one);
      isAnyRead = true;
    } catch (error) {
      if (!(error instanceof ConfigurationError)) throw error;
      problem = error;
      skipped.push(`${name}: ${errorMessage(error)}`);
    }
  }
  if (!isAnyRead && problem !== undefined) throw problem;
  return { wanted: [...found.values()], skipped };
}

/** Patterns stand for paths that are there; what is no pattern stays as it is. */
function expand(targets: readonly string[], directory: string): readonly string[] {
  return targets.flatMap(target => {
    if (!/[*?[\]{}]/u.test(target)) return [target];
    const found = globSync(target, { cwd: directory }).sort();
    if (found.length > 0) return found;
    throw new ConfigurationError(`Nothing here matches ${target}`, {
      remedy: 'Patterns are compared with the paths that exist; write stage names in full.',
    });
  });
}

function moveRuns(
  repository: DvcRepository,
  request: TransferRequest,
  direction: WantedOptions['direction'],
): Promise<number> {
  const move = direction === 'push' ? pushRuns : fetchRuns;
  return withRemote(repository, { request, remote: request.remote }, move);
}

interface RemoteRequest {
  readonly request: Pick<TransferRequest, 'env' | 'jobs' | 'signal' | 'onProgress'>;
  readonly remote: string | undefined;
}

/** Opens a remote for as long as the work takes. */
export async function withRemote<Result>(
  repository: DvcRepository,
  { request, remote }: RemoteRequest,
  work: (options: TransferOptions) => Promise<Result>,
): Promise<Result> {
  const { name, bucket } = await openRemote(repository, { remote, env: request.env });
  const jobs = request.jobs ?? repository.config.remotes.get(name)?.jobs ?? bucket.jobs;
  const { signal, onProgress } = request;
  try {
    return await work({ cache: repository.cache, bucket, jobs, signal, onProgress });
  } catch (error) {
    throw error instanceof BucketFailure ? nameRemote(name, error) : error;
  } finally {
    bucket.close();
  }
}

/** DVC's exit code where a remote cannot be asked what it has. */
const NO_ANSWER = 255;

/** There may be several remotes: the message says which one it is about. */
function nameRemote(remote: string, cause: BucketFailure): ConfigurationError {
  const named = new ConfigurationError(`remote ${remote}: ${cause.message}`, { remedy: cause.remedy, cause });
  return Object.assign(named, cause instanceof NoAnswer && { exitCode: NO_ANSWER });
}

interface Around {
  readonly repository: DvcRepository;
  readonly wanted: readonly Wanted[];
  readonly skipped: readonly string[];
  readonly runs: number;
  readonly direction: WantedOptions['direction'];
}

function summarize(
  { transferred, bytes, missing, failed }: TransferResult,
  { repository, wanted, skipped, runs, direction }: Around,
): TransferSummary {
  const names = missing.length + failed.length === 0 ? new Map() : nameObjects(repository, wanted);
  const nameOf = (md5: string): string => names.get(md5) ?? md5;
  return {
    transferred: transferred + (direction === 'push' ? runs : 0),
    ...{ bytes, runs, skipped },
    missing: missing.map(md5 => nameOf(md5)).sort(),
    failed: failed.map(({ name, path, failure }) => ({
      name: path === undefined ? nameOf(name) : nameObject(path, name, repository),
      reason: errorMessage(failure),
    })),
  };
}

function nameObject(path: string, md5: string, { directory }: DvcRepository): string {
  return `${showPath(path, directory)} (${md5})`;
}

/** `data/raw/a.txt (<md5>)` by MD5, for messages. */
function nameObjects(repository: DvcRepository, wanted: readonly Wanted[]): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  const add = (md5: string, path: string) => names.set(md5, nameObject(path, md5, repository));
  for (const { md5, path } of wanted) add(md5, path);
  for (const { folders } of groupWanted(wanted, repository.cache)) {
    for (const folder of folders) {
      const top = wanted.find(({ md5 }) => md5 === folder.md5)?.path ?? '';
      for (const { md5, relpath } of folder.entries ?? []) {
        if (!names.has(md5)) add(md5, `${top}/${relpath}`);
      }
    }
  }
  return names;
}

/** A path as the user may type it. */
export function showPath(path: string, directory: string): string {
  const shown = relative(directory, isAbsolute(path) ? path : resolve(directory, path));
  return shown === '' ? '.' : shown.replaceAll('\\', '/');
}
