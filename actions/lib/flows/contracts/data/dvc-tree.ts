// Files that DVC tracks, by what is recorded of them: a .dvc file or dvc.lock names their MD5, the cache holds the bytes
// under it, and what the cache lacks comes from the remote. Nothing is checked out.
import { existsSync, realpathSync } from 'node:fs';
import { relative, sep } from 'node:path';
import { compareText } from '#lib/documents/canonical.ts';
import type { HashName, TreeEntry } from '#lib/dvc/objects/object.ts';
import { isWithin } from '#lib/dvc/pipeline/paths.ts';
import { fetchObjects, readListings } from '#lib/dvc/remotes/fetch.ts';
import type { Wanted } from '#lib/dvc/remotes/wanted.ts';
import { findDvcRoot } from '#lib/dvc/repository/find-root.ts';
import { indexedOutputs } from '#lib/dvc/repository/indexed-stage.ts';
import type { DvcRepository } from '#lib/dvc/repository/repository.ts';
import { ConfigurationError } from '#lib/errors.ts';
import type { BroughtFile, FileTree, FoundFile } from '#lib/flows/contracts/data/tree.ts';
import { type OpenOptions, openDvcRepository } from '#lib/flows/dvc/open.ts';
import { withRemote } from '#lib/flows/dvc/transfer.ts';

export interface DvcTreeOptions extends Pick<OpenOptions, 'env' | 'now'> {
  /** The folder that holds `.dvc`: absolute, without links. */
  readonly root: string;
  /** What stands before the tree's paths: the folder of the DVC repository within git's, or ''. */
  readonly prefix?: string | undefined;
  /** Without it the tree is what the work tree should have and has not: what is there at all is taken as it is. */
  readonly revision?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** @returns undefined where the root holds no DVC repository */
export async function openDvcTree(options: DvcTreeOptions): Promise<FileTree | undefined> {
  if (findDvcRoot(options.root) !== options.root) return undefined;
  const repository = await openDvcRepository({ ...options, directory: options.root });
  const objects = new WeakMap<FoundFile, FoundObject>();
  const bringAll = async (files: readonly FoundFile[]): Promise<readonly BroughtFile[]> => {
    const all = files.flatMap(file => objects.get(file) ?? []);
    const { cache } = repository;
    const absent = all.filter(({ md5, wanted }) => !cache.has(md5, wanted.hash));
    await fetchAll(
      absent.map(({ wanted }) => wanted),
      { repository, options },
    );
    return all.map(({ md5, wanted }) => ({
      file: cache.pathOf(md5, wanted.hash),
      digest: digestOf(md5, wanted.hash),
    }));
  };
  const toFile = (object: FoundObject): FoundFile => {
    const file: FoundFile = {
      tree,
      path: object.path,
      bring: async () => {
        const [brought] = await bringAll([file]);
        if (!brought) throw new Error(`${object.path} was not brought`);
        return brought;
      },
    };
    objects.set(file, object);
    return file;
  };
  let outputs: Promise<readonly Wanted[]> | undefined;
  const tree: FileTree = {
    name: options.revision ?? 'DVC',
    find: async path => {
      const own = pathWithin(options.prefix ?? '', path);
      if (own === undefined) return [];
      outputs ??= listOutputs(repository, options.revision);
      const place = own === '' ? repository.root : `${repository.root}/${own}`;
      const found: FoundObject[] = [];
      for (const one of await outputs) {
        if (isWithin(place, one.path) || isWithin(one.path, place))
          found.push(...(await listFiles(one, { repository, options })));
      }
      const isBelow = (object: FoundObject) =>
        path === '' || object.path === path || object.path.startsWith(`${path}/`);
      return found
        .filter(isBelow)
        .toSorted((a, b) => compareText(a.path, b.path))
        .map(toFile);
    },
    bringAll,
  };
  return tree;
}

/** A path from the top as one below the prefix; undefined for what lies beside it. */
function pathWithin(prefix: string, path: string): string | undefined {
  if (prefix === '' || path === prefix) return prefix === '' ? path : '';
  if (path.startsWith(`${prefix}/`)) return path.slice(prefix.length + 1);
  return path === '' || prefix.startsWith(`${path}/`) ? '' : undefined;
}

interface FoundObject {
  /** With the prefix, with forward slashes. */
  readonly path: string;
  /** Of the file itself. */
  readonly md5: string;
  readonly wanted: Wanted;
}

/** Where DVC keeps content of a repository; undefined where there is none. */
export async function cacheFolderOf(options: DvcTreeOptions): Promise<string | undefined> {
  if (findDvcRoot(options.root) === undefined) return undefined;
  const { cache } = await openDvcRepository({ ...options, directory: options.root });
  try {
    return realpathSync(cache.folder);
  } catch {
    return undefined;
  }
}

async function listOutputs(
  repository: DvcRepository,
  revision: string | undefined,
): Promise<readonly Wanted[]> {
  const source = revision === undefined ? undefined : await repository.sourceAt(revision);
  const index = await repository.readIndex(source);
  return indexedOutputs(index).flatMap(({ output, locked }) => {
    if (!output.cache || !locked?.md5) return [];
    if (revision === undefined && existsSync(output.absolute)) return [];
    const { md5, hash = 'md5' } = locked;
    return { md5, hash, path: output.absolute, remote: output.remote?.toLowerCase() };
  });
}

interface Around {
  readonly repository: DvcRepository;
  readonly options: DvcTreeOptions;
}

async function listFiles(output: Wanted, around: Around): Promise<readonly FoundObject[]> {
  const { repository, options } = around;
  const below = relative(repository.root, output.path).split(sep).join('/');
  const path = options.prefix ? `${options.prefix}/${below}` : below;
  if (!output.md5.endsWith('.dir')) return [{ path, md5: output.md5, wanted: output }];
  const entries = repository.cache.readTree(output.md5, output.hash) ?? (await askListing(output, around));
  return entries.map(({ md5, relpath }) => ({
    ...{ path: `${path}/${relpath}`, md5 },
    wanted: { ...output, within: relpath },
  }));
}

async function askListing(output: Wanted, { repository, options }: Around): Promise<readonly TreeEntry[]> {
  const { env, signal } = options;
  const listings = await withRemote(repository, { request: { env, signal }, remote: output.remote }, remote =>
    readListings(new Set([output.md5]), output.hash, remote),
  );
  const entries = listings.get(output.md5);
  if (entries) return entries;
  throw notThere(relative(repository.root, output.path), output.md5);
}

/** The older hash does not tell line ends apart, and what it names may be read in another way. */
function digestOf(md5: string, hash: HashName): string | undefined {
  return hash === 'md5' ? `md5:${md5}` : undefined;
}

/** @throws ConfigurationError when neither the cache nor the remote has one */
async function fetchAll(wanted: readonly Wanted[], { repository, options }: Around): Promise<void> {
  const { env, signal } = options;
  for (const [remote, own] of Map.groupBy(wanted, one => one.remote)) {
    const { missing, failed } = await withRemote(repository, { request: { env, signal }, remote }, transfer =>
      fetchObjects(own, transfer),
    );
    if (failed[0]) throw failed[0].failure;
    if (missing[0] !== undefined) throw notThere(relative(repository.root, own[0]?.path ?? ''), missing[0]);
  }
}

function notThere(name: string, md5: string): ConfigurationError {
  return new ConfigurationError(`Neither the cache of DVC nor the remote has ${name} (${md5})`, {
    remedy: 'Push it from where the data is: mainline dvc push',
  });
}
