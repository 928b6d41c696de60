// What a place of the work tree holds: from the state index where nothing changed, from the files themselves where it did.

import { formatListing, nameListing, sortEntries } from '#lib/dvc/objects/listing.ts';
import { isRowKnown, MD5_BYTES, type Md5Rows, readRow, writeRow } from '#lib/dvc/objects/md5-rows.ts';
import type { Hashed, HashName, TreeEntry } from '#lib/dvc/objects/object.ts';
import { formatPlainListing } from '#lib/dvc/objects/plain-listing.ts';
import type { Store } from '#lib/dvc/objects/store.ts';
import { LARGE_BYTES, storeLargeFile } from '#lib/dvc/objects/store-large.ts';
import { type DeadLinks, type Scan, scanPath } from '#lib/dvc/scan/scan.ts';
import { isSettled } from '#lib/dvc/scan/settled.ts';
import type { Recalled } from '#lib/dvc/state/state-index.ts';
import type { WorkTreeContext } from '#lib/dvc/work-tree/context.ts';
import {
  createScanJob,
  type FileJob,
  type FileTask,
  MARK,
  readMd5,
  writeMd5,
} from '#lib/dvc/work-tree/file-job.ts';
import { placeOf } from '#lib/dvc/work-tree/folders.ts';
import { runJob } from '#lib/dvc/work-tree/threads.ts';
import type { WorkOptions } from '#lib/dvc/work-tree/work-tree.ts';

/** Reading so much again costs more than waiting until the files count as settled. */
const WORTH_WAITING_BYTES = 16 * 1024 * 1024;
const SETTLING_MS = 110;

export interface Content {
  readonly scan: Scan;
  /** In the order of the scan. */
  readonly md5s: Md5Rows;
  /** The fingerprint's. */
  readonly md5: string;
  /** A folder's files in the order of its listing. */
  readonly entries: () => readonly TreeEntry[];
  /** A folder's object. */
  readonly listing: () => Uint8Array;
}

/** Undefined when nothing is there. */
export async function readContent(
  context: WorkTreeContext,
  path: string,
  {
    hash = 'md5',
    deadLinks,
    ...work
  }: WorkOptions & { readonly hash?: HashName | undefined; readonly deadLinks?: DeadLinks | undefined } = {},
): Promise<Content | undefined> {
  const scan = scanPath(path, context.ignore, deadLinks);
  if (scan === undefined) return undefined;
  const recalled = context.state.recall(scan, hash);
  if (recalled.md5 !== undefined)
    return toContent(scan, recalled, isKnownWhole(scan) ? recalled.md5 : undefined);
  const indexes = rowsWithout(recalled.md5s);
  return processRows(context, { scan, recalled, indexes }, { ...work, task: { kind: 'hash', hash } });
}

/** False when a part of it is no row: links that lead nowhere. */
function isKnownWhole({ dead }: Scan): boolean {
  return dead.length === 0;
}

/** The rows of a scan that have no hash yet. */
function rowsWithout(md5s: Md5Rows): readonly number[] {
  const rows: number[] = [];
  for (let row = 0; row < md5s.length / MD5_BYTES; row++) if (!isRowKnown(md5s, row)) rows.push(row);
  return rows;
}

export interface Rows {
  readonly scan: Scan;
  readonly recalled: Recalled;
  /** Of the rows that have to be read. */
  readonly indexes: readonly number[];
}

/** Reads rows, and remembers what they are. */
export async function processRows(
  context: WorkTreeContext,
  { scan, recalled, indexes }: Rows,
  { task, ...work }: WorkOptions & { readonly task: Extract<FileTask, { kind: 'hash' | 'keep' }> },
): Promise<Content> {
  await letSettle(context, scan, indexes);
  const readAt = context.now();
  const job = createScanJob(task, scan, indexes);
  const large = task.kind === 'keep' && task.store.method === 'copy' ? findLarge(job) : undefined;
  if (large !== undefined) job.marks[large] = MARK.apart;
  await runJob(job, { ...work, threads: context.threads, now: context.now });
  if (large !== undefined && task.kind === 'keep')
    await storeApart(job, large, { store: task.store, ...work });
  const md5s = Buffer.from(recalled.md5s);
  const sizes = new Float64Array(scan.sizes);
  for (const [row, index] of indexes.entries()) {
    writeRow(md5s, index, readMd5(job, row));
    sizes[index] = job.sizes[row] ?? 0;
  }
  const doubtful = indexes.filter((_, row) => job.marks[row] !== MARK.done);
  const trusted = doubtful.length === 0 ? md5s : Buffer.from(md5s);
  for (const index of doubtful) writeRow(trusted, index, '');
  const content = toContent({ ...scan, sizes }, { md5s });
  const hash = task.kind === 'hash' ? task.hash : undefined;
  const whole = isKnownWhole(scan) ? content.md5 : undefined;
  context.state.remember(scan, { md5s: trusted, whole, readAt, hash });
  return content;
}

/** The only large file, which one thread can take in faster than its turn among the others. */
function findLarge(job: FileJob): number | undefined {
  const first = job.sizes.findIndex(size => size >= LARGE_BYTES);
  return first >= 0 && first === job.sizes.findLastIndex(size => size >= LARGE_BYTES) ? first : undefined;
}

async function storeApart(
  job: FileJob,
  row: number,
  { store, signal, onProgress }: WorkOptions & { readonly store: Store },
): Promise<void> {
  const name = job.names.split('\0')[row] ?? '';
  const [size, mtimeMs, ino] = [job.sizes[row] ?? 0, job.mtimes[row] ?? 0, job.inodes[row] ?? 0];
  const onPart = (bytes: number): void => {
    signal?.throwIfAborted();
    onProgress?.({ files: 0, bytes });
  };
  writeMd5(
    job,
    row,
    await storeLargeFile(store, { path: placeOf(job.path, name), size, mtimeMs, ino, onPart }),
  );
  job.marks[row] = MARK.done;
}

/** Large files that were written just now would have to be read again the next time. */
async function letSettle({ now }: WorkTreeContext, scan: Scan, indexes: readonly number[]): Promise<void> {
  const at = now();
  const bytes = indexes.reduce((sum, index) => {
    const stamps = [scan.mtimes[index] ?? 0, scan.ctimes[index] ?? 0] as const;
    return isSettled(...stamps, at) || !isSettled(...stamps, at + SETTLING_MS)
      ? sum
      : sum + (scan.sizes[index] ?? 0);
  }, 0);
  if (bytes >= WORTH_WAITING_BYTES) await new Promise(resolve => setTimeout(resolve, SETTLING_MS));
}

/** @param md5 of the whole, if that is known */
export function toContent(scan: Scan, { md5s }: Pick<Content, 'md5s'>, md5?: string): Content {
  let sorted: readonly TreeEntry[] | undefined;
  const entries = (): readonly TreeEntry[] => {
    sorted ??= sortEntries([
      ...scan.relpaths.map((relpath, row) => ({ md5: readRow(md5s, row), relpath })),
      ...scan.dead.map(relpath => ({ md5: '', relpath })),
    ]);
    return sorted;
  };
  let bytes: Uint8Array | undefined;
  const listing = (): Uint8Array => {
    const { names, dead } = scan;
    bytes ??= dead.length === 0 ? formatPlainListing(names, md5s) : undefined;
    bytes ??= Buffer.from(formatListing(entries()));
    return bytes;
  };
  const whole = md5 ?? (scan.isFolder ? nameListing(listing()) : readRow(md5s, 0));
  return { scan, md5s, md5: whole, entries, listing };
}

/** In the words of the port; the files of a folder are put in order only if somebody asks for them. */
export function toHashed({ scan, md5, entries }: Content, hash: HashName = 'md5'): Hashed {
  const size = scan.sizes.reduce((sum, one) => sum + one, 0);
  const legacy = hash === 'md5' ? {} : { hash };
  if (!scan.isFolder) {
    return { fingerprint: { md5, ...legacy, size, ...(scan.isExecutable && { isexec: true as const }) } };
  }
  return {
    fingerprint: { md5, ...legacy, size, nfiles: scan.relpaths.length },
    get tree() {
      return entries();
    },
  };
}
