// `dvc data status --not-in-remote`: recorded data that a remote lacks, as far as it may be pushed.
import { compareText } from '#lib/documents/canonical.ts';
import { listRemoteObjects } from '#lib/dvc/gc/remote-objects.ts';
import type { DataEntry, DataNode } from '#lib/dvc/status/data-tree.ts';
import type { Bucket } from '#lib/storage/bucket.ts';

/** With more objects than this the remote is listed instead of asked for each. */
const MOST_ASKED = 500;

export interface NotInRemoteOptions {
  readonly bucket: Bucket;
  /** Looks into folders. */
  readonly granular: boolean;
  /** Paths from the root; none means everything. */
  readonly targets: readonly string[];
}

/** Paths from the root, folders with `/` at their end, sorted by code point. */
export async function notInRemote(
  data: DataNode,
  { bucket, granular, targets }: NotInRemoteOptions,
): Promise<readonly string[]> {
  const entries = entriesOf(data, granular).filter(({ path }) => isAsked(path, targets));
  const isThere = await lookUp(new Set(entries.map(nameOf)), bucket);
  return entries
    .filter(entry => !isThere(nameOf(entry)))
    .map(({ path, isFolder }) => (isFolder ? `${path}/` : path))
    .toSorted(compareText);
}

function entriesOf(node: DataNode, granular: boolean): readonly DataEntry[] {
  const own = node.entry?.md5 === undefined ? [] : [node.entry];
  if (own.length > 0 && !granular) return own;
  return [...own, ...[...(node.children()?.values() ?? [])].flatMap(inner => entriesOf(inner, granular))];
}

function isAsked(path: string, targets: readonly string[]): boolean {
  return targets.length === 0 || targets.some(target => path === target || path.startsWith(`${target}/`));
}

function nameOf({ md5 = '', hash }: DataEntry): string {
  return `${hash === 'md5' ? 'files/md5/' : ''}${md5.slice(0, 2)}/${md5.slice(2)}`;
}

async function lookUp(names: ReadonlySet<string>, bucket: Bucket): Promise<(name: string) => boolean> {
  if (names.size > MOST_ASKED && bucket.canList) {
    const objects = await listRemoteObjects(bucket);
    const there = new Set([
      ...objects.md5.map(({ md5 }) => nameOf(entryOf(md5, 'md5'))),
      ...objects['md5-dos2unix'].map(({ md5 }) => nameOf(entryOf(md5, 'md5-dos2unix'))),
    ]);
    return name => there.has(name);
  }
  const there = new Set<string>();
  const queue = [...names];
  const worker = async (): Promise<void> => {
    for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
      if (await bucket.find(name)) there.add(name);
    }
  };
  await Promise.all(Array.from({ length: bucket.jobs }, worker));
  return name => there.has(name);
}

function entryOf(md5: string, hash: DataEntry['hash']): DataEntry {
  return { path: '', isFolder: false, md5, hash };
}
