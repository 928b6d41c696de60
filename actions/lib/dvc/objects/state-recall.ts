// What a record of the state index still says of files as they are now: which of them are as they were.
import { LINK, type Scan } from '#lib/dvc/objects/scan.ts';
import type { StateRecord } from '#lib/dvc/objects/state-file.ts';

/** What is known of the files of a scan. */
export interface Recalled {
  /** In the order of the scan; empty where it has to be read. */
  readonly md5s: readonly string[];
  /** How many of them are empty. */
  readonly unknown: number;
  /** Of the whole, when nothing at all changed. */
  readonly md5?: string | undefined;
  /** Of the whole as it was before: what is known is part of it. Undefined when that is not known. */
  readonly before?: string | undefined;
}

/** Where the index is opened, and since when it is there. */
export interface Here {
  readonly identity: string;
  /** Milliseconds since 1970; asked for only when something moved. */
  readonly movedAt: () => number;
}

/** What a record of the same place knows. */
export function recallFrom(record: StateRecord, scan: Scan, here: Here): Recalled {
  const isSameList = record.rows === scan.relpaths.length && record.names === scan.relpaths.join('\0');
  if (!isSameList) return recallNamed(record, scan, { here, prefix: '' });
  const isUnchanged = createComparison(record, scan, here);
  const unknown = scan.relpaths.reduce((count, _, index) => count + (isUnchanged(index, index) ? 0 : 1), 0);
  const isWhole = unknown === 0 && record.isFolder === scan.isFolder && record.md5 !== '';
  let md5s: readonly string[] | undefined;
  return {
    unknown,
    before: beforeOf(record),
    ...(isWhole && { md5: record.md5 }),
    // Whoever only compares the whole never asks for these.
    get md5s() {
      const md5Of = readMd5s(record);
      md5s ??= scan.relpaths.map((__, index) => (isUnchanged(index, index) ? md5Of(index) : ''));
      return md5s;
    },
  };
}

/** By name: for folders that got or lost files, and for places inside of a folder that is known as a whole. */
export function recallNamed(
  record: StateRecord,
  scan: Scan,
  { here, prefix }: { readonly here: Here; readonly prefix: string },
): Recalled {
  const rows = new Map(record.names.split('\0').map((name, row) => [name, row]));
  const md5Of = readMd5s(record);
  const isUnchanged = createComparison(record, scan, here);
  let unknown = 0;
  const md5s = scan.relpaths.map((relpath, index) => {
    const row = rows.get(prefix + (relpath === '' || prefix === '' ? relpath : `/${relpath}`));
    if (row !== undefined && isUnchanged(row, index)) return md5Of(row);
    unknown += 1;
    return '';
  });
  return { md5s, unknown, before: beforeOf(record) };
}

function beforeOf({ isFolder, md5 }: StateRecord): string | undefined {
  return isFolder && md5 !== '' ? md5 : undefined;
}

function readMd5s({ md5s }: StateRecord): (row: number) => string {
  const text = md5s.toString('hex');
  return row => text.slice(row * 32, row * 32 + 32);
}

/** Nothing is known of any file. */
export function nothing({ relpaths }: Scan): Recalled {
  return { md5s: relpaths.map(() => ''), unknown: relpaths.length };
}

/** The record of the nearest folder above that holds this place, and the place's path in it. */
export function findAbove(records: ReadonlyMap<string, StateRecord>, key: string) {
  for (let at = key.lastIndexOf('/'); at > 0; at = key.lastIndexOf('/', at - 1)) {
    const record = records.get(key.slice(0, at));
    if (record?.isFolder) return { record, prefix: key.slice(at + 1) };
  }
  return undefined;
}

/** Tells whether a file of the scan is what a row says. */
function createComparison(
  { inodes, mtimes, ctimes, sizes, identity: known }: StateRecord,
  scan: Scan,
  { identity, movedAt }: Here,
): (row: number, index: number) => boolean {
  const since = known === identity ? undefined : movedAt();
  return (row, index) => {
    const mtime = scan.mtimes[index];
    if (mtime === undefined || mtimes[row] !== mtime || sizes[row] !== scan.sizes[index]) return false;
    if (since !== undefined) return mtime % 1 !== 0 && (scan.ctimes[index] ?? Number.NaN) <= since;
    if (inodes[row] !== scan.inodes[index]) return false;
    // Another name for the same file, made or removed, is a change of the file to the system, but not of its bytes.
    return ctimes[row] === scan.ctimes[index] || scan.links[index] === LINK.hard;
  };
}
