// Tracked data as a tree of paths: what a revision records of it, or what lies in the work tree. Two of them are compared
// by data-changes.ts. A folder's files are only read when somebody looks into it.
import { lstatSync } from 'node:fs';
import { relative, sep } from 'node:path';
import type { ObjectCache } from '#lib/dvc/objects/cache.ts';
import type { Hashed, HashName, TreeEntry } from '#lib/dvc/objects/object.ts';
import { indexedOutputs } from '#lib/dvc/repository/indexed-stage.ts';
import type { IndexedOutput, RepositoryIndex } from '#lib/dvc/repository/repository-index.ts';
import type { WorkOptions, WorkTree } from '#lib/dvc/work-tree/work-tree.ts';

/** One tracked file or folder, or a file inside one. */
export interface DataEntry {
  /** From the root, with forward slashes. */
  readonly path: string;
  readonly isFolder: boolean;
  /** Undefined while nothing is recorded, and of a link that leads nowhere. */
  readonly md5: string | undefined;
  readonly hash: HashName;
  /** Bytes, where they are known. */
  readonly size?: number | undefined;
  readonly isexec?: true | undefined;
}

export interface DataNode {
  /** Absent for the folders above and inside tracked data. */
  readonly entry?: DataEntry | undefined;
  /** By name; undefined when the listing of a tracked folder is not in the cache. */
  readonly children: () => ReadonlyMap<string, DataNode> | undefined;
}

const NONE: ReadonlyMap<string, DataNode> = new Map();
const noChildren = (): ReadonlyMap<string, DataNode> => NONE;

/** What an index records. Outputs that git holds (`cache: false`) are no data. */
export function recordedTree(
  index: RepositoryIndex,
  cache: ObjectCache,
  { isMeant = () => true }: { readonly isMeant?: (output: IndexedOutput) => boolean } = {},
): DataNode {
  return buildTree(
    dataOutputs(index)
      .filter(isMeant)
      .map(({ output, locked }) => {
        const path = pathInRepository(output.absolute, index);
        const md5 = locked?.md5;
        const hash: HashName = locked?.hash ?? 'md5';
        const isFolder = md5?.endsWith('.dir') ?? false;
        const entry: DataEntry = { path, isFolder, md5, hash, size: locked?.size, isexec: locked?.isexec };
        if (!isFolder || md5 === undefined) return { entry, children: noChildren };
        return { entry, children: once(() => childrenOf(entry, cache.readTree(md5, hash))) };
      }),
  );
}

/** What lies at the outputs' places. */
export async function workspaceTree(
  index: RepositoryIndex,
  {
    workTree,
    isMeant = () => true,
    ...options
  }: WorkOptions & {
    readonly workTree: WorkTree;
    /** False for outputs (from the root) that need not be looked at. */
    readonly isMeant?: (path: string) => boolean;
  },
): Promise<DataNode> {
  const nodes: (DataNode & { readonly entry: DataEntry })[] = [];
  for (const { output, locked } of dataOutputs(index)) {
    const path = pathInRepository(output.absolute, index);
    if (!isMeant(path)) continue;
    const hash = locked?.hash ?? 'md5';
    const hashed = await workTree.hash(output.absolute, { ...options, hash, deadLinks: 'list' });
    if (hashed) nodes.push(toNode(path, hash, hashed));
    else if (lstatSync(output.absolute, { throwIfNoEntry: false })?.isSymbolicLink())
      nodes.push({ entry: { path, isFolder: false, md5: undefined, hash }, children: noChildren });
  }
  return buildTree(nodes);
}

/** False for outputs that stay on this machine. */
export function isPushable({ output }: IndexedOutput): boolean {
  return output.push;
}

/** Outputs that DVC holds. What was only noted of an import (`--no-download`) is what its source was then. */
export function dataOutputs(index: RepositoryIndex): readonly IndexedOutput[] {
  const sources = new Map(
    index.tracked.flatMap(({ file, deps: [dep, ...more] }) =>
      dep?.locked && more.length === 0 ? [[file, dep.locked] as const] : [],
    ),
  );
  return indexedOutputs(index)
    .filter(({ output }) => output.cache)
    .map(one => (one.locked ? one : { ...one, locked: sources.get(one.file) }));
}

function pathInRepository(absolute: string, { source }: RepositoryIndex): string {
  return relative(source.root, absolute).split(sep).join('/');
}

function toNode(
  path: string,
  hash: HashName,
  { fingerprint, tree }: Hashed,
): DataNode & { readonly entry: DataEntry } {
  const { md5, size, isexec } = fingerprint;
  const entry: DataEntry = { path, isFolder: tree !== undefined, md5, hash, size, isexec };
  return { entry, children: tree ? once(() => childrenOf(entry, tree)) : noChildren };
}

interface Growing {
  entry?: DataEntry | undefined;
  children?: DataNode['children'];
  readonly inner: Map<string, Growing>;
}

/** Puts nodes below the folders that lead to them. */
function buildTree(nodes: readonly (DataNode & { readonly entry: DataEntry })[]): DataNode {
  const top: Growing = { inner: new Map() };
  for (const { entry, children } of nodes) {
    const node = grow(top, entry.path);
    node.entry = entry;
    node.children = children;
  }
  return finish(top);
}

function grow(top: Growing, path: string): Growing {
  let node = top;
  for (const name of path.split('/')) {
    const next: Growing = node.inner.get(name) ?? { inner: new Map() };
    node.inner.set(name, next);
    node = next;
  }
  return node;
}

function finish({ entry, children, inner }: Growing): DataNode {
  if (children && inner.size === 0) return { entry, children };
  const named = new Map([...inner].map(([name, node]) => [name, finish(node)] as const));
  return { entry, children: () => new Map([...(children?.() ?? NONE), ...named]) };
}

function childrenOf(
  { path, hash }: DataEntry,
  tree: readonly TreeEntry[] | undefined,
): ReadonlyMap<string, DataNode> | undefined {
  if (tree === undefined) return undefined;
  const top: Growing = { inner: new Map() };
  for (const { relpath, md5 } of tree) {
    const node = grow(top, relpath);
    node.entry = { path: `${path}/${relpath}`, isFolder: false, md5: md5 === '' ? undefined : md5, hash };
    node.children = noChildren;
  }
  return finish(top).children();
}

function once<Result>(compute: () => Result): () => Result {
  let known: { readonly result: Result } | undefined;
  return () => {
    known ??= { result: compute() };
    return known.result;
  };
}

/** The node at a path from the root. */
export function nodeAt(top: DataNode, path: string): DataNode | undefined {
  let node: DataNode | undefined = top;
  for (const name of path === '' ? [] : path.split('/')) node = node?.children()?.get(name);
  return node;
}

/** Of a revision that tracks nothing. */
export const EMPTY_TREE: DataNode = { children: noChildren };
