// What a record of the state index still says of files as they are now: which of them are as they were.
import { countUnknown, createMd5Rows, MD5_BYTES, type Md5Rows } from '#lib/dvc/objects/md5-rows.ts';
import { LINK, type Scan } from '#lib/dvc/scan/scan.ts';
import type { StateRecord } from '#lib/dvc/state/state-file.ts';

/** What is known of the files of a scan. */
export interface Recalled {
  /** In the order of the scan; unknown where it has to be read. Never written to. */
  readonly md5s: Md5Rows;
  /** How many of them are unknown. */
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
  const isSameList = record.rows === scan.relpaths.length && record.names === scan.names;
  if (!isSameList) return recallNamed(record, scan, { here, prefix: '' });
  const isUnchanged = createComparison(record, scan, here);
  const changed: number[] = [];
  for (let row = 0; row < record.rows; row++) if (!isUnchanged(row, row)) changed.push(row);
  const unknown = changed.length;
  const isWhole = unknown === 0 && record.isFolder === scan.isFolder && record.md5 !== '';
  const md5s = unknown === 0 ? record.md5s : Buffer.from(record.md5s);
  for (const row of changed) md5s.fill(0, row * MD5_BYTES, (row + 1) * MD5_BYTES);
  return { md5s, unknown, before: beforeOf(record), ...(isWhole && { md5: record.md5 }) };
}

/** By name: for folders that got or lost files, and for places inside of a folder that is known as a whole. */
export function recallNamed(
  record: StateRecord,
  scan: Scan,
  { here, prefix }: { readonly here: Here; readonly prefix: string },
): Recalled {
  const rows = new Map(record.names.split('\0').map((name, row) => [name, row]));
  const isUnchanged = createComparison(record, scan, here);
  const md5s = createMd5Rows(scan.relpaths.length);
  for (const [index, relpath] of scan.relpaths.entries()) {
    const row = rows.get(prefix + (relpath === '' || prefix === '' ? relpath : `/${relpath}`));
    if (row === undefined || !isUnchanged(row, index)) continue;
    record.md5s.copy(md5s, index * MD5_BYTES, row * MD5_BYTES, (row + 1) * MD5_BYTES);
  }
  return { md5s, unknown: countUnknown(md5s), before: beforeOf(record) };
}

function beforeOf({ isFolder, md5 }: StateRecord): string | undefined {
  return isFolder && md5 !== '' ? md5 : undefined;
}

/** Nothing is known of any file. */
export function nothing({ relpaths }: Scan): Recalled {
  return { md5s: createMd5Rows(relpaths.length), unknown: relpaths.length };
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
