// Compares two trees of data, top down. `data status` asks for hashes alone, `diff` also for a file that became a folder;
// what was deleted here and added there with the same bytes is one rename.
import { compareText } from '#lib/documents/canonical.ts';
import type { DataEntry, DataNode } from '#lib/dvc/status/data-tree.ts';

export type DataChange =
  | { readonly kind: 'added'; readonly old?: undefined; readonly new: DataEntry }
  | { readonly kind: 'deleted'; readonly old: DataEntry; readonly new?: undefined }
  | { readonly kind: 'renamed'; readonly old: DataEntry; readonly new: DataEntry }
  | {
      /** `unknown`: inside a folder whose listing is missing on one side. */
      readonly kind: 'modified' | 'unchanged' | 'unknown';
      readonly old?: DataEntry | undefined;
      readonly new?: DataEntry | undefined;
      /** An unchanged folder that was not looked into: its files are unchanged too. */
      readonly isWhole?: boolean;
    };

export interface CompareOptions {
  /** Compare by hash only, so that a thing without one is not there. */
  readonly byHash: boolean;
  /** True looks into tracked folders. */
  readonly granular: boolean;
  /** True names every file of a folder that did not change. */
  readonly unchanged: boolean;
  /** False for what need not be looked at, by path from the root. */
  readonly isAsked?: ((path: string) => boolean) | undefined;
}

/** Every difference below two nodes, in no particular order. */
export function compareTrees(
  before: DataNode | undefined,
  after: DataNode | undefined,
  options: CompareOptions,
): readonly DataChange[] {
  const found: DataChange[] = [];
  compareNodes({ before, after, path: '', isUnknown: false }, { ...options, found });
  return found;
}

interface Pair {
  readonly before: DataNode | undefined;
  readonly after: DataNode | undefined;
  readonly path: string;
  readonly isUnknown: boolean;
}

interface Task extends CompareOptions {
  readonly found: DataChange[];
}

function compareNodes({ before, after, path, isUnknown }: Pair, task: Task): void {
  const old = before?.entry;
  // A folder inside an unknown one is as unknown as its files.
  const now = after?.entry ?? (isUnknown && after ? folderEntry(path) : undefined);
  if (old || now) {
    const change = isUnknown ? { kind: 'unknown' as const, old, new: now } : compareEntries(old, now, task);
    const isWhole = canStop(change, task) && before?.children() !== undefined;
    task.found.push(isWhole ? { ...change, kind: 'unchanged', isWhole } : change);
    if (isWhole) return;
  }
  const isInner = (node: DataNode | undefined) => node !== undefined && (!node.entry || node.entry.isFolder);
  if (!isInner(before) && !isInner(after)) return;
  const [olds, news] = [childrenOf(before, task), childrenOf(after, task)];
  const names = new Set([...(olds ?? new Map()).keys(), ...(news ?? new Map()).keys()]);
  for (const name of names) {
    const inner = path === '' ? name : `${path}/${name}`;
    if (task.isAsked?.(inner) === false) continue;
    const children = { before: olds?.get(name), after: news?.get(name) };
    const isLost = isUnknown || olds === undefined || news === undefined;
    compareNodes({ ...children, path: inner, isUnknown: isLost }, task);
  }
}

function folderEntry(path: string): DataEntry {
  return { path, isFolder: true, md5: undefined, hash: 'md5' };
}

/** Nobody asks for the files of a folder whose listing is the same. */
function canStop({ kind, old }: DataChange, { granular, unchanged }: Task): boolean {
  return kind === 'unchanged' && old?.isFolder === true && old.md5 !== undefined && granular && !unchanged;
}

/** Undefined when the listing is missing. */
function childrenOf(
  node: DataNode | undefined,
  { granular }: Task,
): ReadonlyMap<string, DataNode> | undefined {
  if (node === undefined || (!granular && node.entry?.md5 !== undefined)) return new Map();
  return node.children();
}

function compareEntries(
  old: DataEntry | undefined,
  now: DataEntry | undefined,
  { byHash }: Task,
): DataChange {
  const isThere = (entry: DataEntry | undefined) =>
    entry !== undefined && (!byHash || entry.md5 !== undefined);
  if (now && isThere(now) && !isThere(old)) return { kind: 'added', new: now };
  if (old && isThere(old) && !isThere(now)) return { kind: 'deleted', old };
  const isSame = old?.md5 === now?.md5 && (old?.md5 === undefined || old.hash === now?.hash);
  const isSameType = byHash || old?.isFolder === now?.isFolder;
  return { kind: isSame && isSameType ? 'unchanged' : 'modified', old, new: now };
}

/** Pairs what was added with what was deleted and has the same bytes, both in the order of their paths. */
export function withRenames(changes: readonly DataChange[]): readonly DataChange[] {
  const added = changes.filter(change => change.kind === 'added');
  const deleted = changes.filter(change => change.kind === 'deleted');
  const byBytes = Map.groupBy(
    deleted.toSorted((a, b) => comparePaths(a.old.path, b.old.path)),
    ({ old }) => nameOf(old),
  );
  const used = new Set<DataChange>();
  const renamed = added
    .toSorted((a, b) => comparePaths(a.new.path, b.new.path))
    .flatMap((addition): readonly DataChange[] => {
      const deletion =
        addition.new.md5 === undefined ? undefined : byBytes.get(nameOf(addition.new))?.shift();
      if (!deletion) return [];
      used.add(addition).add(deletion);
      return [{ kind: 'renamed', old: deletion.old, new: addition.new }];
    });
  return [...changes.filter(change => !used.has(change)), ...renamed];
}

function nameOf({ hash, md5 }: DataEntry): string {
  return `${hash} ${md5}`;
}

/** Part by part: `a/b` stands before `a-b`. */
export function comparePaths(a: string, b: string): number {
  return compareText(a.replaceAll('/', '\0'), b.replaceAll('/', '\0'));
}
