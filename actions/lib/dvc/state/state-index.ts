// What was hashed before need not be read again: a file counts as the same while its inode number, size and both its
// time stamps are. After the repository was moved (a CI cache restored on another machine), inode numbers and change
// times are new; then size and a modification time with more than milliseconds in it have to do, for files that nobody
// changed since the index was first opened there: what was changed between the move and that moment is not seen. A file that changed in
// the last moments before it was read could change again without a new time stamp, so it is not remembered.
import { existsSync, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { type Md5Rows, readRow } from '#lib/dvc/objects/md5-rows.ts';
import type { HashName } from '#lib/dvc/objects/object.ts';
import { LINK, type Scan } from '#lib/dvc/scan/scan.ts';
import { readState, type StateRecord, writeState } from '#lib/dvc/state/state-file.ts';
import {
  findAbove,
  type Here,
  nothing,
  type Recalled,
  recallFrom,
  recallNamed,
} from '#lib/dvc/state/state-recall.ts';
import { emptyRecord, isSame, toRecord } from '#lib/dvc/state/state-record.ts';
import {
  OBJECTS,
  type ObjectStamp,
  openVerified,
  type VerifiedObjects,
} from '#lib/dvc/state/verified-objects.ts';

export type { Recalled };

/** The key of the record of when this index was first opened where it is now; no path has it. */
const MOVED = 'moved';

export interface Remembered {
  /** In the order of the scan; unknown for what is not to be believed. Not written to any more. */
  readonly md5s: Md5Rows;
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
  rememberObjects(scan: Scan, md5s: Md5Rows): void;
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
      if (scan.links.every(link => link === LINK.none)) return;
      objects ??= openVerified(all().get(OBJECTS));
      for (const [index, link] of scan.links.entries()) {
        if (link === LINK.none) continue;
        const md5 = readRow(md5s, index);
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

function findMoved(records: ReadonlyMap<string, StateRecord>, identity: string): number | undefined {
  const moved = records.get(MOVED);
  return moved?.identity === identity ? moved.size : undefined;
}
