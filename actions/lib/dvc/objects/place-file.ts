// How an object becomes a file of the work tree: under a temporary name first, checked on the way, then renamed, so that
// nobody ever sees half a file and no damaged object gets there.
import { createHash, hash } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  fstatSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  type Stats,
  writeSync,
} from 'node:fs';
import { unwritable } from '#lib/documents/write.ts';
import { makeLink } from '#lib/dvc/objects/link-type.ts';
import { hashFileNow } from '#lib/dvc/objects/md5.ts';
import type { LinkType } from '#lib/dvc/objects/work-tree.ts';
import { hasCode } from '#lib/errors.ts';

const BUFFER_BYTES = 1024 * 1024;

export interface Placement {
  readonly type: LinkType;
  /** Of files that are copies. */
  readonly mode: number;
  /** A new name on the file system of the work tree. */
  readonly nextName: () => string;
  /** True when these bytes were checked before and the object has not changed since. */
  readonly isVerified: (md5: string, info: Stats) => boolean;
}

/** What became of it; a damaged object has been removed from the cache. */
export type Placed = 'placed' | 'missing' | 'damaged';

/** Puts an object at a place, over a file that may be there. The folder must exist. */
export type PlaceFile = (object: string, md5: string, place: string) => Placed;

/** One per thread: it has a buffer of its own. */
export function createPlaceFile({ type, mode, nextName, isVerified }: Placement): PlaceFile {
  const buffer = Buffer.allocUnsafeSlow(BUFFER_BYTES);
  const copy = (source: number, md5: string, name: string): boolean => {
    const target = openSync(name, 'wx', mode);
    try {
      let read = readSync(source, buffer, 0, buffer.length, null);
      if (read < buffer.length) {
        // A short read is the whole file, unless it ends exactly there.
        const rest = read === 0 ? 0 : readSync(source, buffer, read, buffer.length - read, null);
        if (rest === 0) {
          if (hash('md5', buffer.subarray(0, read)) !== md5) return false;
          writeAll(target, buffer.subarray(0, read));
          return true;
        }
        read += rest;
      }
      const digest = createHash('md5');
      for (; read > 0; read = readSync(source, buffer, 0, buffer.length, null)) {
        digest.update(buffer.subarray(0, read));
        writeAll(target, buffer.subarray(0, read));
      }
      return digest.digest('hex') === md5;
    } finally {
      closeSync(target);
    }
  };
  const link = (
    source: number,
    { object, md5, name }: { object: string; md5: string; name: string },
  ): boolean => {
    if (!isVerified(md5, fstatSync(source)) && hashFileNow(object).md5 !== md5) return false;
    makeLink(type, object, name);
    if (type === 'reflink') chmodSync(name, mode);
    else if ((fstatSync(source).mode & 0o222) !== 0) chmodSync(object, 0o444);
    return true;
  };
  return (object, md5, place) => {
    const source = openObject(object);
    if (source === undefined) return 'missing';
    const name = nextName();
    try {
      const isSound = type === 'copy' ? copy(source, md5, name) : link(source, { object, md5, name });
      if (isSound) renameSync(name, place);
      else for (const path of [name, object]) rmSync(path, { force: true });
      return isSound ? 'placed' : 'damaged';
    } catch (cause) {
      rmSync(name, { force: true });
      throw unwritable(place, cause);
    } finally {
      closeSync(source);
    }
  };
}

function openObject(object: string): number | undefined {
  try {
    return openSync(object, 'r');
  } catch (cause) {
    if (hasCode(cause, 'ENOENT')) return undefined;
    throw cause;
  }
}

function writeAll(file: number, bytes: Uint8Array): void {
  for (let written = 0; written < bytes.length; ) {
    written += writeSync(file, bytes, written, bytes.length - written);
  }
}
