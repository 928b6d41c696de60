// `dvc gc`: first everything that is in use is found, in every revision that was chosen; only when that is known without
// gaps may anything go. A revision that cannot be read, or a folder without its listing, stops it.
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { type CollectionPlan, carryOut, planCollection } from '#lib/dvc/gc/plan.ts';
import {
  collectRemote,
  listRemoteObjects,
  planRemoteCollection,
  withoutRemote,
} from '#lib/dvc/gc/remote-objects.ts';
import {
  collectUsed,
  type UnlistedFolder,
  type UsedCollector,
  type UsedObjects,
} from '#lib/dvc/gc/used-objects.ts';
import type { DvcRepository } from '#lib/dvc/repository/repository.ts';
import { ConfigurationError, ConfigurationErrors } from '#lib/errors.ts';
import { checkScope, chosenCommits, type GcScope } from '#lib/flows/dvc/gc-scope.ts';
import { withLock } from '#lib/flows/dvc/locked.ts';
import { type OpenOptions, openDvcRepository } from '#lib/flows/dvc/open.ts';
import type { Bucket } from '#lib/storage/bucket.ts';

export interface GcRequest extends OpenOptions {
  readonly scope: GcScope;
  /** Other repositories that use the same cache. */
  readonly projects: readonly string[];
  /** True goes on without what cannot be read: what only that needs is removed. */
  readonly skipFailed: boolean;
  /** Collects in the remote too. */
  readonly cloud: boolean;
  /** Keeps only what the remote lacks. */
  readonly notInRemote: boolean;
  /** The default one unless given. */
  readonly remote?: string | undefined;
  readonly waitForLock?: boolean | undefined;
  readonly onWait: (who: string) => void;
}

export interface GcPlan {
  /** The cache, and the remote where that was asked for. */
  readonly places: readonly (CollectionPlan & { readonly place: string })[];
  /** Revisions and folders that were passed over. */
  readonly skipped: readonly string[];
}

/** What would be removed; nothing is. */
export async function planGarbage(request: GcRequest): Promise<GcPlan> {
  const repository = await openDvcRepository(request);
  const { plan, close } = await makePlan(repository, request);
  close();
  return plan;
}

/** Removes it. Plans again with the lock held, since the repository may have changed while somebody thought about it. */
export async function removeGarbage(request: GcRequest): Promise<GcPlan> {
  const repository = await openDvcRepository(request);
  const others = await Promise.all(request.projects.map(folder => openProject(folder, request)));
  const roots = [...new Set([repository, ...others].map(({ root }) => root))].sort();
  const { waitForLock, onWait } = request;
  const locked = roots.reduceRight<() => Promise<GcPlan>>(
    (work, root) => () => withLock(root, { command: 'mainline dvc gc', waitForLock, onWait }, work),
    () => collect(repository, request),
  );
  return locked();
}

async function collect(repository: DvcRepository, request: GcRequest): Promise<GcPlan> {
  const { plan, bucket, close } = await makePlan(repository, request);
  const [cache, remote] = plan.places;
  try {
    if (cache) carryOut(cache, repository.cache);
    if (remote && bucket) await collectRemote(remote, bucket);
  } finally {
    close();
  }
  return plan;
}

interface Planned {
  readonly plan: GcPlan;
  readonly bucket: Bucket | undefined;
  readonly close: () => void;
}

async function makePlan(repository: DvcRepository, request: GcRequest): Promise<Planned> {
  if (request.cloud && request.notInRemote) throw exclusive();
  const { used, skipped } = await findUsed(repository, request);
  if (!request.cloud && !request.notInRemote) {
    const places = [{ place: 'cache', ...planCollection(repository.cache, used) }];
    return { plan: { places, skipped }, bucket: undefined, close: () => undefined };
  }
  const { openRemote } = await import('#lib/flows/dvc/open-remote.ts');
  const { bucket, name } = await openRemote(repository, { remote: request.remote, env: request.env });
  const objects = await listRemoteObjects(bucket);
  const kept = request.notInRemote ? withoutRemote(used, objects) : used;
  const local = { place: 'cache', ...planCollection(repository.cache, kept) };
  const remote = { place: `remote ${name}`, ...planRemoteCollection(objects, used) };
  return {
    plan: { places: request.cloud ? [local, remote] : [local], skipped },
    bucket: request.cloud ? bucket : undefined,
    close: () => bucket.close(),
  };
}

function exclusive(): ConfigurationError {
  return new ConfigurationError('--cloud does not go with --not-in-remote', {
    remedy: 'Choose one of them.',
  });
}

interface Found {
  readonly used: UsedObjects;
  readonly skipped: readonly string[];
}

async function findUsed(repository: DvcRepository, request: GcRequest): Promise<Found> {
  checkScope(request.scope);
  const collector = collectUsed();
  const skipped: string[] = [];
  const others = await Promise.all(request.projects.map(folder => openProject(folder, request)));
  for (const one of [...others, repository]) {
    skipped.push(...(await addRevisions(one, { collector, request })));
  }
  const used = collector.result();
  if (used.unlisted.length > 0 && !request.skipFailed) throw unlisted(used.unlisted, request);
  return { used, skipped: [...skipped, ...used.unlisted.map(({ address, md5 }) => `${address} (${md5})`)] };
}

/** @returns revisions that could not be read */
async function addRevisions(
  repository: DvcRepository,
  { collector, request }: { readonly collector: UsedCollector; readonly request: GcRequest },
): Promise<readonly string[]> {
  const skipped: string[] = [];
  const add = async (revision: string | undefined): Promise<void> => {
    try {
      const source = revision === undefined ? undefined : await repository.sourceAt(revision);
      if (source && !(await source.list(repository.root))) return;
      collector.add(await repository.readIndex(source), repository.cache);
    } catch (error) {
      if (!(error instanceof ConfigurationError)) throw error;
      const name = revision ?? 'the work tree';
      if (!request.skipFailed) throw unreadable(name, error);
      skipped.push(name);
    }
  };
  await add(undefined);
  for (const commit of await chosenCommits(repository, request.scope)) await add(commit);
  return skipped;
}

/** A project that is not there could need anything: nothing is removed then. */
async function openProject(folder: string, request: GcRequest): Promise<DvcRepository> {
  const directory = resolve(request.directory, folder);
  if (existsSync(directory)) return openDvcRepository({ ...request, directory });
  const error = new ConfigurationError(`There is no project ${folder}`, {
    remedy: 'Correct the path, or leave it out if what it needs may go.',
  });
  throw Object.assign(error, { exitCode: 253 });
}

function unreadable(revision: string, cause: ConfigurationError): ConfigurationError {
  const at = cause instanceof ConfigurationErrors ? cause.problems[0]?.at : cause.at;
  return new ConfigurationError(
    `What ${revision} needs cannot be told, so nothing is removed: ${cause.message}`,
    {
      ...(at && { at }),
      remedy: 'Mend it, or leave it out with --skip-failed: what only it needs is then removed.',
      cause,
    },
  );
}

function unlisted(folders: readonly UnlistedFolder[], request: GcRequest): ConfigurationError {
  const lines = folders.map(({ address, md5, revision }) => `  ${address} (${md5}, ${revision})`);
  return new ConfigurationError(
    `Which files these folders need is not in the cache, so nothing is removed:\n${lines.join('\n')}`,
    {
      remedy: `Fetch them first: ${fetchCommand(request)}; or go on without them: --skip-failed.`,
    },
  );
}

/** Fetches at least what the scope covers; commits chosen one by one or by date are among all of them. */
function fetchCommand({ scope, remote, projects }: GcRequest): string {
  const { allBranches, allTags, allCommits, allExperiments, revision, count = 1, date } = scope;
  const isDeep = allCommits || allExperiments || revision !== undefined || date !== undefined || count > 1;
  const flags = [
    ...(isDeep ? ['--all-commits'] : []),
    ...(allBranches && !isDeep ? ['--all-branches'] : []),
    ...(allTags && !isDeep ? ['--all-tags'] : []),
    ...(remote === undefined ? [] : [`--remote ${remote}`]),
  ];
  const where = projects.length === 0 ? '' : ` (here, and in ${projects.join(', ')})`;
  return `${['mainline dvc fetch', ...flags].join(' ')}${where}`;
}
