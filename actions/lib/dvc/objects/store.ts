// How bytes get into the cache: read once, hashed and written from the same buffer, under a temporary name that becomes
// the object's. Objects are not synced to disk one by one: that would cost more than all the rest, and what a power cut
// spoils is found by its hash, since every object is checked before it is used.
import { createHash } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  constants,
  copyFileSync,
  fstatSync,
  linkSync,
  lstatSync,
  openSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
} from 'node:fs';
import { dirname, sep } from 'node:path';
import { unwritable } from '#lib/documents/write.ts';
import { BUFFER_BYTES, fillBuffer, writeAll } from '#lib/dvc/objects/bytes.ts';
import { hashBytes, hashFileNow } from '#lib/dvc/objects/md5.ts';
import { objectsFolder } from '#lib/dvc/objects/object-path.ts';
import { type Staging, stagedPlace } from '#lib/dvc/objects/staging.ts';
import { createNames, makeFolder, temporaryFolder } from '#lib/dvc/objects/temporary.ts';
import { unreadable } from '#lib/dvc/scan/looks.ts';
import { ConfigurationError, hasCode } from '#lib/errors.ts';

const READ_ONLY = 0o444;
/** Sharing blocks with the work tree pays from here on; below, a copy is faster and as small. */
export const CLONED_BYTES = 16 * 1024;
/** What a killed run leaves behind is no more than this for each file. */
export const STAGED_BYTES = 64 * 1024;

/** Where objects go, and how; can be sent to a thread. */
export interface Store {
  /** The cache's folder. */
  readonly folder: string;
  /** Folders are made for a group of users. */
  readonly shared: boolean;
  /** Of the process: it would take the permission to read from objects. */
  readonly umask: number;
  /**
   * Whether a file is copied byte by byte, shares its blocks with the object (the file system can do that), or becomes
   * the object itself.
   */
  readonly method: 'copy' | 'clone' | 'hardlink';
  /** Where small new objects are made first. */
  readonly staging?: Staging | undefined;
}

/** A file as it was when its folder was looked at; it must be the same when it has been read. */
export interface Expected {
  readonly size: number;
  readonly mtimeMs: number;
  readonly ino: number;
}

export interface Writer {
  /** Hashes a file and takes it into the cache, unless its bytes are there. @returns its MD5 */
  storeFile(path: string, expected: Expected): string;
  /** Makes an object of bytes that are in memory. */
  storeBytes(bytes: Uint8Array, md5: string): void;
}

/** One per thread: it has a buffer of its own. */
export function createWriter(store: Store): Writer {
  const buffer = Buffer.allocUnsafeSlow(BUFFER_BYTES);
  const nextName = createNames(temporaryFolder(store.folder));
  const { place, create, stage } = createPlaces(store, nextName);
  const storeBytes = (bytes: Uint8Array, md5: string): void => {
    if (bytes.length <= STAGED_BYTES && stage(bytes, md5)) return;
    if (isStored(place(md5), bytes.length)) return;
    create(place(md5), file => {
      writeAll(file, bytes);
      return md5;
    });
  };
  const storeLarge = (path: string, source: number, expected: Expected): string =>
    create(path, file => {
      const digest = createHash('md5');
      for (let read = fillBuffer(source, buffer); read > 0; read = fillBuffer(source, buffer)) {
        const chunk = buffer.subarray(0, read);
        digest.update(chunk);
        writeAll(file, chunk);
      }
      assertSame(path, fstatSync(source), expected);
      return digest.digest('hex');
    });
  const storeClone = (path: string, expected: Expected): string => {
    const name = nextName();
    try {
      orWithFolder(name, store, () => copyFileSync(path, name, constants.COPYFILE_FICLONE_FORCE));
      const { md5 } = hashFileNow(name);
      assertSame(path, statSync(path), expected);
      chmodSync(name, READ_ONLY);
      orWithFolder(place(md5), store, () => renameSync(name, place(md5)));
      return md5;
    } catch (cause) {
      rmSync(name, { force: true });
      throw unwritable(path, cause);
    }
  };
  /** What is written to the file later, through a name or a handle from before, would change the object: so does DVC. */
  const storeLink = (path: string, expected: Expected): string | undefined => {
    if (expected.size === 0 || lstatSync(path).isSymbolicLink()) return undefined;
    const { md5 } = hashFileNow(path);
    assertSame(path, statSync(path), expected);
    if (isStored(place(md5), expected.size)) return md5;
    try {
      orWithFolder(place(md5), store, () => linkSync(path, place(md5)));
      chmodSync(path, READ_ONLY);
      return md5;
    } catch {
      // Another file system, or too many links: a copy has to do.
      return undefined;
    }
  };
  const storeCopy = (path: string, expected: Expected): string => {
    const source = openToRead(path);
    try {
      if (expected.size >= buffer.length) return storeLarge(path, source, expected);
      const bytes = buffer.subarray(0, fillBuffer(source, buffer.subarray(0, expected.size)));
      assertSame(path, fstatSync(source), expected);
      const md5 = hashBytes(bytes);
      storeBytes(bytes, md5);
      return md5;
    } finally {
      closeSync(source);
    }
  };
  return {
    storeBytes,
    storeFile: (path, expected) => {
      if (store.method === 'hardlink') return storeLink(path, expected) ?? storeCopy(path, expected);
      const isCloned = store.method === 'clone' && expected.size >= CLONED_BYTES;
      return isCloned ? storeClone(path, expected) : storeCopy(path, expected);
    },
  };
}

/** Objects by their names, and how a new one is made under a temporary name. */
function createPlaces(store: Store, nextName: () => string) {
  const objects = objectsFolder(store.folder);
  const place = (md5: string): string => `${objects}${sep}${md5.slice(0, 2)}${sep}${md5.slice(2)}`;
  /** @param what to name in errors. @param write gets a file to fill, and finds out the object's name */
  const create = (what: string, write: (file: number) => string): string => {
    const name = nextName();
    try {
      const file = orWithFolder(name, store, () => openSync(name, 'wx', READ_ONLY));
      const md5 = closing(file, () => write(file));
      if ((store.umask & READ_ONLY) !== 0) chmodSync(name, READ_ONLY);
      orWithFolder(place(md5), store, () => renameSync(name, place(md5)));
      return md5;
    } catch (cause) {
      rmSync(name, { force: true });
      throw unwritable(what, cause);
    }
  };
  /** False for what is to be made in the cache itself. Threads may come by the same bytes: the first of them writes. */
  const stage = (bytes: Uint8Array, md5: string): boolean => {
    const name = store.staging && stagedPlace(store.staging, md5);
    if (name === undefined) return false;
    let file: number | undefined;
    try {
      file = orWithFolder(name, store, () => openSync(name, 'wx', READ_ONLY));
      closing(file, () => file !== undefined && writeAll(file, bytes));
      if ((store.umask & READ_ONLY) !== 0) chmodSync(name, READ_ONLY);
      return true;
    } catch (cause) {
      if (file === undefined && hasCode(cause, 'EEXIST')) return true;
      rmSync(name, { force: true });
      throw unwritable(place(md5), cause);
    }
  };
  return { place, create, stage };
}

function closing<Result>(file: number, work: () => Result): Result {
  try {
    return work();
  } finally {
    closeSync(file);
  }
}

function openToRead(path: string): number {
  try {
    return openSync(path, 'r');
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

/** True when a read-only object of that size is there; what others could have written to is written anew. */
function isStored(place: string, size: number): boolean {
  const info = statSync(place, { throwIfNoEntry: false });
  return info !== undefined && info.size === size && (info.mode & 0o222) === 0;
}

/** @throws ConfigurationError when a file is no longer what it was when its folder was looked at */
export function assertSame(path: string, found: Stats, { size, mtimeMs, ino }: Expected): void {
  if (found.size === size && found.mtimeMs === mtimeMs && found.ino === ino) return;
  throw new ConfigurationError(`${path} changed while it was being stored`, {
    at: { file: path },
    remedy: 'Let nothing else write to it, then run again.',
  });
}

/** Folders are made when the first file does not find them. */
function orWithFolder<Result>(path: string, { shared }: Store, make: () => Result): Result {
  try {
    return make();
  } catch (cause) {
    if (!hasCode(cause, 'ENOENT')) throw cause;
    makeFolder(dirname(path), shared);
    return make();
  }
}
