// Records of the state index: made of files as they were read.
import { isRowKnown, type Md5Rows } from '#lib/dvc/objects/md5-rows.ts';
import type { Scan } from '#lib/dvc/scan/scan.ts';
import { isSettled } from '#lib/dvc/scan/settled.ts';
import type { StateRecord } from '#lib/dvc/state/state-file.ts';

/** What was found out by reading. */
export interface Known {
  readonly identity: string;
  readonly md5s: Md5Rows;
  readonly whole: string | undefined;
  readonly readAt: number;
}

/** Rows that must not be believed get no modification time. */
export function toRecord(scan: Scan, { identity, md5s, whole, readAt }: Known): StateRecord {
  const mtimes = new Float64Array(scan.mtimes);
  for (let row = 0; row < mtimes.length; row++) {
    const [mtime, ctime] = [mtimes[row] ?? 0, scan.ctimes[row] ?? 0];
    if (!isRowKnown(md5s, row) || !isSettled(mtime, ctime, readAt)) mtimes[row] = Number.NaN;
  }
  return {
    ...{ identity, mtimes, md5: whole ?? '', isFolder: scan.isFolder, rows: scan.relpaths.length },
    size: scan.sizes.reduce((sum, size) => sum + size, 0),
    ...{ names: scan.names, inodes: scan.inodes, ctimes: scan.ctimes, sizes: scan.sizes, md5s },
  };
}

/** Whether nothing would be new in the index. */
export function isSame(a: StateRecord, b: StateRecord): boolean {
  return (
    a.identity === b.identity &&
    a.md5 === b.md5 &&
    a.names === b.names &&
    COLUMNS.every(column => areEqual(a[column], b[column])) &&
    a.md5s.equals(b.md5s)
  );
}

const COLUMNS = ['inodes', 'mtimes', 'ctimes', 'sizes'] as const;

function areEqual(a: Float64Array, b: Float64Array): boolean {
  return a.length === b.length && a.every((value, index) => Object.is(value, b[index]));
}

/** A record of no file. */
export function emptyRecord(identity: string, size: number): StateRecord {
  const none = new Float64Array(0);
  const columns = { inodes: none, mtimes: none, ctimes: none, sizes: none, md5s: Buffer.alloc(0) };
  return { identity, size, md5: '', isFolder: false, names: '', rows: 0, ...columns };
}
