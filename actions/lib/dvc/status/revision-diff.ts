// `dvc diff`: tracked data of two revisions, or of a revision and the work tree, file by file.
import { compareText } from '#lib/documents/canonical.ts';
import type { ObjectCache } from '#lib/dvc/objects/cache.ts';
import { compareTrees, type DataChange, withRenames } from '#lib/dvc/status/data-changes.ts';
import { type DataEntry, type DataNode, nodeAt } from '#lib/dvc/status/data-tree.ts';

/** Folders end in `/`; hashes are as DVC shows them, null where there is none. */
export interface DiffEntry {
  readonly path: string | { readonly old: string; readonly new: string };
  readonly hash: string | null | { readonly old: string | null; readonly new: string | null };
}

export interface RevisionDiff {
  readonly added: readonly DiffEntry[];
  readonly deleted: readonly DiffEntry[];
  readonly modified: readonly DiffEntry[];
  readonly renamed: readonly DiffEntry[];
  /** Of the older side; undefined unless the work tree is the newer. */
  readonly notInCache: readonly DiffEntry[] | undefined;
}

export interface RevisionDiffOptions {
  /** Paths from the root that either side tracks and that are asked for. */
  readonly paths: readonly string[];
  readonly cache: ObjectCache;
  /** True also tells what of the older side the cache lacks. */
  readonly withMissing: boolean;
}

/** Undefined when nothing differs and nothing is missing. */
export function revisionDiff(
  before: DataNode,
  after: DataNode,
  { paths, cache, withMissing }: RevisionDiffOptions,
): RevisionDiff | undefined {
  const options = { byHash: false, granular: true, unchanged: false };
  const found = paths.flatMap(path => compareTrees(nodeAt(before, path), nodeAt(after, path), options));
  const changes = withRenames(found).filter(
    change => !isPlainFolder(change.old) && !isPlainFolder(change.new),
  );
  const of = (kind: DataChange['kind']) =>
    sorted(changes.filter(change => change.kind === kind).map(toEntry));
  const diff = {
    added: of('added'),
    deleted: of('deleted'),
    modified: of('modified'),
    renamed: of('renamed'),
    notInCache: withMissing ? sorted(changes.flatMap(change => missingOf(change, cache))) : undefined,
  };
  return Object.values(diff).some(entries => entries !== undefined && entries.length > 0) ? diff : undefined;
}

function isPlainFolder(entry: DataEntry | undefined): boolean {
  return entry?.isFolder === true && entry.md5 === undefined;
}

function toEntry(change: DataChange): DiffEntry {
  const { kind, old } = change;
  const [before, after] = [old && shown(old), change.new && shown(change.new)];
  if (kind === 'renamed') return { path: { old: before ?? '', new: after ?? '' }, hash: old?.md5 ?? null };
  if (kind === 'modified') {
    return { path: before ?? after ?? '', hash: { old: old?.md5 ?? null, new: change.new?.md5 ?? null } };
  }
  return { path: before ?? after ?? '', hash: (old ?? change.new)?.md5 ?? null };
}

function shown({ path, isFolder }: DataEntry): string {
  return isFolder ? `${path}/` : path;
}

function missingOf(change: DataChange, cache: ObjectCache): readonly DiffEntry[] {
  const { old } = change;
  if (old?.md5 === undefined) return [];
  const own = cache.has(old.md5, old.hash) ? [] : [{ path: shown(old), hash: old.md5 }];
  if (!('isWhole' in change && change.isWhole)) return own;
  const missing = new Set(cache.missing(old.md5, old.hash));
  if (missing.size === 0) return own;
  const files = cache.readTree(old.md5, old.hash) ?? [];
  return [
    ...own,
    ...files
      .filter(({ md5 }) => missing.has(md5))
      .map(({ md5, relpath }) => ({ path: `${old.path}/${relpath}`, hash: md5 })),
  ];
}

function sorted(entries: readonly DiffEntry[]): readonly DiffEntry[] {
  const key = ({ path }: DiffEntry) => (typeof path === 'string' ? path : path.old);
  return entries.toSorted((a, b) => compareText(key(a), key(b)));
}

/** The `--json` of `dvc diff`. */
export function revisionDiffToJson(
  diff: RevisionDiff | undefined,
  { showHash, hideMissing }: { readonly showHash: boolean; readonly hideMissing: boolean },
): Readonly<Record<string, unknown>> {
  if (!diff) return {};
  const { added, deleted, modified, renamed, notInCache } = diff;
  const list = (entries: readonly DiffEntry[]) =>
    showHash ? entries : entries.map(({ path }) => ({ path }));
  return {
    added: list(added),
    deleted: list(deleted),
    modified: list(modified),
    renamed: list(renamed),
    ...(!hideMissing && { 'not in cache': list(notInCache ?? []) }),
  };
}
