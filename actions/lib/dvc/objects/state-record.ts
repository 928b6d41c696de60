// Records of the state index: made of files as they were read.
import type { Scan } from '#lib/dvc/objects/scan.ts';
import { isSettled } from '#lib/dvc/objects/settled.ts';
import type { StateRecord } from '#lib/dvc/objects/state-file.ts';

/** What was found out by reading. */
export interface Known {
  readonly identity: string;
  readonly md5s: readonly string[];
  readonly whole: string | undefined;
  readonly readAt: number;
}

/** Rows that must not be believed get no modification time. */
export function toRecord(scan: Scan, { identity, md5s, whole, readAt }: Known): StateRecord {
  const mtimes = new Float64Array(scan.mtimes);
  for (const [index, mtime] of scan.mtimes.entries()) {
    const isKnown = md5s[index] !== '' && isSettled(mtime, scan.ctimes[index] ?? Number.NaN, readAt);
    if (!isKnown) mtimes[index] = Number.NaN;
  }
  return {
    ...{ identity, mtimes, md5: whole ?? '', isFolder: scan.isFolder, rows: scan.relpaths.length },
    size: scan.sizes.reduce((sum, size) => sum + size, 0),
    names: scan.relpaths.join('\0'),
    inodes: new Float64Array(scan.inodes),
    ctimes: new Float64Array(scan.ctimes),
    sizes: new Float64Array(scan.sizes),
    md5s: Buffer.from(md5s.map(md5 => (md5 === '' ? NO_MD5 : md5)).join(''), 'hex'),
  };
}

const NO_MD5 = '0'.repeat(32);

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
