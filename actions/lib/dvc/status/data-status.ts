// `dvc data status`: the last commit, what .dvc files and dvc.lock record now, and the work tree, each compared with the
// next.
import { compareText } from '#lib/documents/canonical.ts';
import type { ObjectCache } from '#lib/dvc/objects/cache.ts';
import { compareTrees, type DataChange, withRenames } from '#lib/dvc/status/data-changes.ts';
import type { DataEntry, DataNode } from '#lib/dvc/status/data-tree.ts';

export interface Rename {
  readonly old: string;
  readonly new: string;
}

/** Paths from the root, folders with `/` at their end, sorted by code point. */
export interface DataDifferences {
  readonly added: readonly string[];
  readonly modified: readonly string[];
  readonly deleted: readonly string[];
  readonly renamed: readonly Rename[];
  /** Files in a folder of which it is not known what it held. */
  readonly unknown: readonly string[];
}

export interface DataStatus {
  readonly notInCache: readonly string[];
  readonly notInRemote: readonly string[];
  /** Undefined without git. */
  readonly committed: DataDifferences | undefined;
  readonly uncommitted: DataDifferences;
  /** From the user's folder, unlike the others: DVC's way. */
  readonly untracked: readonly string[];
  readonly unchanged: readonly string[];
}

export interface DataTrees {
  /** Undefined without git. */
  readonly head: DataNode | undefined;
  readonly recorded: DataNode;
  readonly workspace: DataNode;
}

export interface DataStatusOptions {
  readonly granular: boolean;
  /** True lists what did not change, file by file where `granular` is set. */
  readonly unchanged: boolean;
  /** Paths from the root; none means everything. */
  readonly targets: readonly string[];
  readonly cache: ObjectCache;
}

export function dataStatus(
  { head, recorded, workspace }: DataTrees,
  options: DataStatusOptions,
): Omit<DataStatus, 'notInRemote' | 'untracked'> {
  const uncommitted = compare(recorded, workspace, options);
  const committed = head && compare(head, recorded, options);
  const same = new Set(committed?.filter(isUnchanged).map(shown));
  const unchanged = uncommitted.filter(isUnchanged).map(shown);
  return {
    notInCache: sorted(uncommitted.flatMap(change => missingOf(change, options))),
    committed: committed && differences(committed),
    uncommitted: differences(uncommitted),
    unchanged: sorted(committed ? unchanged.filter(path => same.has(path)) : unchanged),
  };
}

function compare(before: DataNode, after: DataNode, options: DataStatusOptions): readonly DataChange[] {
  const { granular, unchanged, targets } = options;
  const isAsked = (path: string) =>
    targets.length === 0 || targets.some(target => isAtOrBelow(path, target) || isAtOrBelow(target, path));
  const isMeant = (path: string) => targets.length === 0 || targets.some(target => isAtOrBelow(path, target));
  return withRenames(compareTrees(before, after, { byHash: true, granular, unchanged, isAsked }))
    .filter(change => isMeant(entryOf(change).path))
    .filter(change => change.kind !== 'unknown' || change.new !== undefined);
}

function isAtOrBelow(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}

function isUnchanged(change: DataChange): boolean {
  return change.kind === 'unchanged' && (change.old?.md5 ?? change.new?.md5) !== undefined;
}

/** What a change is known by: where it is now, or where it was. */
function entryOf(change: DataChange): DataEntry {
  const entry = change.kind === 'renamed' ? change.new : (change.old ?? change.new);
  if (!entry) throw new Error('a change without sides');
  return entry;
}

/** A thing is shown as what it is now. */
function shown(change: DataChange): string {
  return withSlash(entryOf(change).path, (change.new ?? entryOf(change)).isFolder);
}

function withSlash(path: string, isFolder: boolean): string {
  return isFolder ? `${path}/` : path;
}

function differences(changes: readonly DataChange[]): DataDifferences {
  const paths = (kind: DataChange['kind']) =>
    sorted(changes.filter(change => change.kind === kind).map(shown));
  return {
    added: paths('added'),
    modified: paths('modified'),
    deleted: paths('deleted'),
    renamed: changes
      .flatMap(change =>
        change.kind === 'renamed' ? [{ old: shownEntry(change.old), new: shownEntry(change.new) }] : [],
      )
      .toSorted((a, b) => compareText(a.old, b.old)),
    unknown: paths('unknown'),
  };
}

function shownEntry({ path, isFolder }: DataEntry): string {
  return withSlash(path, isFolder);
}

/** Recorded content that the cache lacks: itself, and of an unchanged folder that was not looked into, its files. */
function missingOf(change: DataChange, { cache, granular }: DataStatusOptions): readonly string[] {
  const { old } = change;
  if (old?.md5 === undefined) return [];
  if (!('isWhole' in change && change.isWhole && granular)) {
    return cache.has(old.md5, old.hash) ? [] : [shownEntry(old)];
  }
  const missing = new Set(cache.missing(old.md5, old.hash));
  if (missing.size === 0) return [];
  const files = cache.readTree(old.md5, old.hash) ?? [];
  return files.filter(({ md5 }) => missing.has(md5)).map(({ relpath }) => `${old.path}/${relpath}`);
}

function sorted(paths: readonly string[]): readonly string[] {
  return paths.toSorted(compareText);
}

/** The `--json` of `dvc data status`: what is empty is left out. */
export function dataStatusToJson(status: DataStatus): Readonly<Record<string, unknown>> {
  const { notInCache, notInRemote, committed, uncommitted, untracked, unchanged } = status;
  return compact({
    not_in_cache: notInCache,
    not_in_remote: notInRemote,
    committed: committed && compact({ ...committed }),
    uncommitted: compact({ ...uncommitted }),
    untracked,
    unchanged,
  });
}

function compact(fields: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => {
      if (Array.isArray(value)) return value.length > 0;
      return value !== undefined && Object.keys(Object(value)).length > 0;
    }),
  );
}
