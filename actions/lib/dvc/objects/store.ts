// How bytes get into the cache: read once, hashed and written from the same buffer, under a temporary name that becomes
// the object's. Objects are not synced to disk one by one: that would cost more than all the rest, and what a power cut
// spoils is found by its hash, since every object is checked before it is used.
import { createHash } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  fstatSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname, sep } from 'node:path';
import { unwritable } from '#lib/documents/write.ts';
import { hashBytes } from '#lib/dvc/objects/md5.ts';
import { objectsFolder } from '#lib/dvc/objects/object-path.ts';
import { unreadable } from '#lib/dvc/objects/scan.ts';
import { createNames, temporaryFolder } from '#lib/dvc/objects/temporary.ts';
import { ConfigurationError, hasCode } from '#lib/errors.ts';

const READ_ONLY = 0o444;
const BUFFER_BYTES = 1024 * 1024;

export interface Store {
  /** The cache's folder. */
  readonly folder: string;
  /** Objects and folders are made for a group of users. */
  readonly shared: boolean;
  /** Of the process: it would take the permission to read from objects. */
  readonly umask: number;
}

/** A file as it was when its folder was looked at; it must be the same when it has been read. */
export interface Expected {
  readonly size: number;
  readonly mtimeMs: number;
  readonly ino: number;
}

export interface Writer {
  /** Hashes a file and takes it into the cache, unless its bytes are there. @returns its MD5. */
  storeFile(path: string, expected: Expected): string;
  /** Makes an object of bytes that are in memory. */
  storeBytes(bytes: Uint8Array, md5: string): void;
}

/** One per thread: it has a buffer of its own. */
export function createWriter(store: Store): Writer {
  const buffer = Buffer.allocUnsafeSlow(BUFFER_BYTES);
  const nextName = createNames(temporaryFolder(store.folder));
  const objects = objectsFolder(store.folder);
  const placeOf = (md5: string): string => `${objects}${sep}${md5.slice(0, 2)}${sep}${md5.slice(2)}`;
  const create = (): { readonly file: number; readonly name: string } => {
    const name = nextName();
    return { name, file: orWithFolder(name, store, () => openSync(name, 'wx', READ_ONLY)) };
  };
  const finish = (file: number, name: string, place: string): void => {
    if ((store.umask & READ_ONLY) !== 0) chmodSync(name, READ_ONLY);
    closeSync(file);
    orWithFolder(place, store, () => renameSync(name, place));
  };
  const storeBytes = (bytes: Uint8Array, md5: string): void => {
    const place = placeOf(md5);
    if (isStored(place, bytes.length)) return;
    writeObject(place, () => {
      const { file, name } = create();
      return guard(file, name, () => {
        writeAll(file, bytes);
        finish(file, name, place);
      });
    });
  };
  const storeLarge = (source: number, path: string, expected: Expected): string => {
    const digest = createHash('md5');
    const { file, name } = create();
    return guard(file, name, () => {
      for (let read = fill(source, buffer); read > 0; read = fill(source, buffer)) {
        const chunk = buffer.subarray(0, read);
        digest.update(chunk);
        writeAll(file, chunk);
      }
      assertSame(path, fstatSync(source), expected);
      const md5 = digest.digest('hex');
      const place = placeOf(md5);
      if (isStored(place, expected.size)) {
        closeSync(file);
        rmSync(name, { force: true });
      } else finish(file, name, place);
      return md5;
    });
  };
  return {
    storeBytes,
    storeFile: (path, expected) => {
      const source = openToRead(path);
      try {
        if (expected.size >= buffer.length)
          return writeObject(path, () => storeLarge(source, path, expected));
        const read = fill(source, buffer);
        assertSame(path, fstatSync(source), expected);
        const bytes = buffer.subarray(0, read);
        const md5 = hashBytes(bytes);
        storeBytes(bytes, md5);
        return md5;
      } finally {
        closeSync(source);
      }
    },
  };
}

function openToRead(path: string): number {
  try {
    return openSync(path, 'r');
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

function writeObject<Result>(place: string, write: () => Result): Result {
  try {
    return write();
  } catch (cause) {
    throw unwritable(place, cause);
  }
}

/** What fails half-way leaves no file behind. */
function guard<Result>(file: number, name: string, write: () => Result): Result {
  try {
    return write();
  } catch (cause) {
    try {
      closeSync(file);
    } catch {
      // It was closed before the rename failed.
    }
    rmSync(name, { force: true });
    throw cause;
  }
}

/** True when an object of that size is there; it is then made read-only if it was not. */
function isStored(place: string, size: number): boolean {
  const info = statSync(place, { throwIfNoEntry: false });
  if (info === undefined || info.size !== size) return false;
  if ((info.mode & 0o222) !== 0) return false;
  return true;
}

function assertSame(path: string, found: Stats, { size, mtimeMs, ino }: Expected): void {
  if (found.size === size && found.mtimeMs === mtimeMs && found.ino === ino) return;
  throw new ConfigurationError(`${path} changed while it was being stored`, {
    at: { file: path },
    remedy: 'Let nothing else write to it, then run again.',
  });
}

/** The folders are made when the first file does not find them. */
function orWithFolder<Result>(path: string, { shared }: Store, make: () => Result): Result {
  try {
    return make();
  } catch (cause) {
    if (!hasCode(cause, 'ENOENT')) throw cause;
    makeFolder(dirname(path), shared);
    return make();
  }
}

/** Makes a folder of the cache and those above it; for a group they belong to it, whatever the umask says. */
export function makeFolder(folder: string, shared: boolean): void {
  const first = mkdirSync(folder, { recursive: true });
  if (first === undefined || !shared) return;
  for (let made = folder; made.length >= first.length; made = dirname(made)) chmodSync(made, 0o2775);
}

function fill(file: number, buffer: Buffer): number {
  let filled = 0;
  while (filled < buffer.length) {
    const read = readSync(file, buffer, filled, buffer.length - filled, null);
    if (read === 0) break;
    filled += read;
  }
  return filled;
}

function writeAll(file: number, bytes: Uint8Array): void {
  for (let written = 0; written < bytes.length; ) {
    written += writeSync(file, bytes, written, bytes.length - written);
  }
}
