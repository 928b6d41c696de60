// Which objects a command is about: those of outputs, by the remote they belong to.
import { relative, sep } from 'node:path';
import type { ObjectCache } from '#lib/dvc/objects/cache.ts';
import type { HashName, TreeEntry } from '#lib/dvc/objects/object.ts';
import { isListing } from '#lib/dvc/objects/object-path.ts';
import type { IndexedOutput, RepositoryIndex } from '#lib/dvc/repository/repository-index.ts';
import { selectedOutputs, selectTargets, type TargetOptions } from '#lib/dvc/repository/targets.ts';

/** One output's object. */
export interface Wanted {
  /** A folder's ends in `.dir`. */
  readonly md5: string;
  readonly hash: HashName;
  /** Absolute; where it is checked out. */
  readonly path: string;
  /** Bytes, of a folder those of its files; unknown in some old entries. */
  readonly size?: number | undefined;
  /** The remote that its output names; undefined for the one that is used by default. */
  readonly remote: string | undefined;
  /** Of a folder: only what lies below this, with forward slashes; everything unless given. */
  readonly within?: string | undefined;
}

export interface WantedOptions {
  readonly direction: 'push' | 'fetch';
  /** The remote that the user named: outputs that name another stay out. */
  readonly remote?: string | undefined;
  /** Only outputs of fewer bytes than this. */
  readonly maxSize?: number | undefined;
  /** Only outputs of these kinds; of all unless given. */
  readonly kinds?: readonly ('metrics' | 'plots')[] | undefined;
}

type Selection = readonly (IndexedOutput & { readonly within?: string | undefined })[];

/**
 * The objects of what targets stand for; of everything without targets.
 * @throws ConfigurationError for a target that stands for nothing.
 */
export function selectObjects(
  index: RepositoryIndex,
  targets: readonly string[],
  options: WantedOptions & TargetOptions,
): readonly Wanted[] {
  const imports = new Set(index.tracked.filter(isImport).map(({ file }) => file));
  const outputs = selectedOutputs(selectTargets(index, targets, options));
  const isOwn = ({ file }: IndexedOutput) => options.direction === 'fetch' || !imports.has(file);
  return wantedObjects(outputs.filter(isOwn), options);
}

/** The objects of some outputs, such as those of the stages that are about to run. */
export function wantedObjects(outputs: Selection, options: WantedOptions): readonly Wanted[] {
  return outputs.flatMap(({ output, locked, within }) => {
    if (!output.cache || locked === undefined || !locked.md5) return [];
    if (options.direction === 'push' && !output.push) return [];
    const remote = output.remote?.toLowerCase();
    if (remote !== undefined && options.remote !== undefined && remote !== options.remote.toLowerCase())
      return [];
    if (options.maxSize !== undefined && (locked.size ?? 0) >= options.maxSize) return [];
    if (options.kinds && !options.kinds.some(kind => `${output.kind}s` === kind)) return [];
    return {
      ...{ md5: locked.md5, hash: locked.hash ?? 'md5', path: output.absolute, size: locked.size, remote },
      ...(within !== undefined && { within: relative(output.absolute, within).split(sep).join('/') }),
    };
  });
}

/** Data of another repository is not pushed here. */
function isImport({ deps }: RepositoryIndex['tracked'][number]): boolean {
  return deps.some(({ repo }) => repo !== undefined);
}

/** A folder's listing and the files of it that are wanted. */
export interface WantedFolder {
  readonly md5: string;
  readonly hash: HashName;
  /** Undefined when nobody here knows what the folder holds. */
  readonly entries: readonly TreeEntry[] | undefined;
}

/** Objects of one kind of hash, each once: files by themselves, and folders. */
export interface WantedGroup {
  readonly hash: HashName;
  readonly files: readonly string[];
  readonly folders: readonly WantedFolder[];
}

/** Gathers objects by their hash, with the listings that the cache has. */
export function groupWanted(wanted: readonly Wanted[], cache: ObjectCache): readonly WantedGroup[] {
  const hashes: readonly HashName[] = ['md5', 'md5-dos2unix'];
  return hashes.flatMap(hash => {
    const own = wanted.filter(one => one.hash === hash);
    if (own.length === 0) return [];
    const files = new Set(own.filter(({ md5 }) => !isListing(md5)).map(({ md5 }) => md5));
    const folders = new Map<string, WantedFolder>();
    for (const { md5, within } of own.filter(one => isListing(one.md5))) {
      const known = folders.get(md5);
      const entries = entriesWithin(cache.readTree(md5, hash), within);
      folders.set(md5, {
        ...{ md5, hash },
        entries: entries && [...(known?.entries ?? []), ...entries],
      });
    }
    return { hash, files: [...files], folders: [...folders.values()] };
  });
}

/** The files of a listing that are wanted. */
export function entriesWithin(
  entries: readonly TreeEntry[] | undefined,
  within: string | undefined,
): readonly TreeEntry[] | undefined {
  if (within === undefined || within === '') return entries;
  return entries?.filter(({ relpath }) => relpath === within || relpath.startsWith(`${within}/`));
}
