// What was hashed before need not be read again: a file counts as the same while its inode number, size and both its
// time stamps are. After the repository was moved (a CI cache restored on another machine), inode numbers and change
// times are new; then size and a modification time with more than milliseconds in it have to do, for files that nobody
// changed since the index was first opened there: what was changed between the move and that moment is not seen. A file that changed in
// the last moments before it was read could change again without a new time stamp, so it is not remembered.
import { existsSync, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import type { HashName } from '#lib/dvc/objects/object.ts';
import { LINK, type Scan } from '#lib/dvc/objects/scan.ts';
import { isSettled } from '#lib/dvc/objects/settled.ts';
import { readState, type StateRecord, writeState } from '#lib/dvc/objects/state-file.ts';
import {
  OBJECTS,
  type ObjectStamp,
  openVerified,
  type VerifiedObjects,
} from '#lib/dvc/objects/verified-objects.ts';

/** The key of the record of when this index was first opened where it is now; no path has it. */
const MOVED = 'moved';

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

export interface Remembered {
  /** In the order of the scan; empty for what is not to be believed. */
  readonly md5s: readonly string[];
  /** The fingerprint's MD5; undefined when the files are not all there. */
  readonly whole: string | undefined;
  /** When the first file began to be read, in milliseconds since 1970. */
  readonly readAt: number;
  readonly hash?: HashName | undefined;
}

export interface StateIndex {
  recall(scan: Scan, hash?: HashName): Recalled;
  remember(scan: Scan, known: Remembered): void;
  /** True when the bytes of an object were checked, and it has been the same file since. */
  isVerified(md5: string, object: ObjectStamp): boolean;
  /** Remembers the objects that files of the work tree are links to. */
  rememberObjects(scan: Scan, md5s: readonly string[]): void;
  /** Writes what is new. A folder that cannot be written to only costs time later. */
  save(): void;
}

/** @param now milliseconds since 1970 */
export function openStateIndex(file: string, root: string, now: () => number): StateIndex {
  let records: Map<string, StateRecord> | undefined;
  let objects: VerifiedObjects | undefined;
  let isChanged = false;
  const all = (): Map<string, StateRecord> => {
    records ??= readState(file);
    return records;
  };
  const identity = identify(root);
  let movedAt: number | undefined;
  const here: Here = {
    identity,
    movedAt: () => {
      movedAt ??= findMoved(all(), identity);
      if (movedAt === undefined) {
        movedAt = now();
        all().set(MOVED, emptyRecord(identity, movedAt));
        isChanged = true;
      }
      return movedAt;
    },
  };
  const top = `${root}${sep}`;
  const keyOf = (path: string, hash: HashName = 'md5'): string => {
    const relpath = path.startsWith(top) ? path.slice(top.length) : relative(root, path);
    return `${hash}:${sep === '/' ? relpath : relpath.replaceAll(sep, '/')}`;
  };
  return {
    recall: (scan, hash) => {
      const record = all().get(keyOf(scan.path, hash));
      if (record) return recallFrom(record, scan, here);
      const above = findAbove(all(), keyOf(scan.path, hash));
      return above ? recallNamed(above.record, scan, { here, prefix: above.prefix }) : nothing(scan);
    },
    remember: (scan, { md5s, whole, readAt, hash }) => {
      const key = keyOf(scan.path, hash);
      const record = toRecord(scan, { identity, md5s, whole, readAt });
      const known = all().get(key);
      if (known && isSame(known, record)) return;
      all().set(key, record);
      isChanged = true;
    },
    isVerified: (md5, object) => {
      objects ??= openVerified(all().get(OBJECTS));
      return objects.has(md5, object);
    },
    rememberObjects: (scan, md5s) => {
      const links = scan.links.flatMap((link, index) => (link === LINK.none ? [] : [index]));
      if (links.length === 0) return;
      objects ??= openVerified(all().get(OBJECTS));
      for (const index of links) {
        const md5 = md5s[index] ?? '';
        const [ino, size, mtimeMs] = [
          scan.inodes[index] ?? 0,
          scan.sizes[index] ?? 0,
          scan.mtimes[index] ?? 0,
        ];
        if (md5 === '' || objects.has(md5, { ino, size, mtimeMs })) continue;
        objects.add(md5, { ino, size, mtimeMs });
        isChanged = true;
      }
      all().set(OBJECTS, objects.toRecord(identity));
    },
    save: () => {
      if (!isChanged || records === undefined) return;
      for (const key of records.keys()) {
        if (key === OBJECTS || key === MOVED) continue;
        if (!existsSync(join(root, key.slice(key.indexOf(':') + 1)))) records.delete(key);
      }
      try {
        writeState(file, records);
        isChanged = false;
      } catch {
        // Without it the next run reads the files again.
      }
    },
  };
}

function identify(root: string): string {
  const { dev, ino, birthtimeMs } = statSync(root);
  return `${dev}:${ino}:${birthtimeMs}`;
}

/** Where the index is opened, and since when it is there. */
interface Here {
  readonly identity: string;
  /** Milliseconds since 1970; asked for only when something moved. */
  readonly movedAt: () => number;
}

function findMoved(records: ReadonlyMap<string, StateRecord>, identity: string): number | undefined {
  const moved = records.get(MOVED);
  return moved?.identity === identity ? moved.size : undefined;
}

function emptyRecord(identity: string, size: number): StateRecord {
  const none = new Float64Array(0);
  const columns = { inodes: none, mtimes: none, ctimes: none, sizes: none, md5s: Buffer.alloc(0) };
  return { identity, size, md5: '', isFolder: false, names: '', rows: 0, ...columns };
}

function recallFrom(record: StateRecord, scan: Scan, here: Here): Recalled {
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
function recallNamed(
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

function nothing({ relpaths }: Scan): Recalled {
  return { md5s: relpaths.map(() => ''), unknown: relpaths.length };
}

/** The record of the nearest folder above that holds this place, and the place's path in it. */
function findAbove(records: ReadonlyMap<string, StateRecord>, key: string) {
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

interface Known {
  readonly identity: string;
  readonly md5s: readonly string[];
  readonly whole: string | undefined;
  readonly readAt: number;
}

/** Rows that must not be believed get no modification time. */
function toRecord(scan: Scan, { identity, md5s, whole, readAt }: Known): StateRecord {
  const mtimes = Float64Array.from(scan.mtimes, (mtime, index) => {
    const isKnown = md5s[index] !== '' && isSettled(mtime, scan.ctimes[index] ?? Number.NaN, readAt);
    return isKnown ? mtime : Number.NaN;
  });
  return {
    ...{ identity, mtimes, md5: whole ?? '', isFolder: scan.isFolder, rows: scan.relpaths.length },
    size: scan.sizes.reduce((sum, size) => sum + size, 0),
    names: scan.relpaths.join('\0'),
    inodes: Float64Array.from(scan.inodes),
    ctimes: Float64Array.from(scan.ctimes),
    sizes: Float64Array.from(scan.sizes),
    md5s: Buffer.from(md5s.map(md5 => (md5 === '' ? NO_MD5 : md5)).join(''), 'hex'),
  };
}

const NO_MD5 = '0'.repeat(32);

function isSame(a: StateRecord, b: StateRecord): boolean {
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
