// How an object becomes a file of the work tree: under a temporary name first, checked on the way, then renamed, so that
// nobody ever sees half a file and no damaged object gets there.
import { createHash } from 'node:crypto';
import { chmodSync, closeSync, fstatSync, openSync, renameSync, rmSync, type Stats, statSync } from 'node:fs';
import { unwritable } from '#lib/documents/write.ts';
import { BUFFER_BYTES, fillBuffer, writeAll } from '#lib/dvc/objects/bytes.ts';
import { hashFileNow, READ, readKnown } from '#lib/dvc/objects/md5.ts';
import type { HashName } from '#lib/dvc/objects/object.ts';
import { createNames } from '#lib/dvc/objects/temporary.ts';
import { makeLink } from '#lib/dvc/work-tree/link-type.ts';
import type { LinkType } from '#lib/dvc/work-tree/work-tree.ts';
import { hasCode } from '#lib/errors.ts';

/** How files get to the work tree; can be sent to a thread. */
export interface Placement {
  readonly type: LinkType;
  /** Of files that are copies. */
  readonly mode: number;
  /** For files that are being written; on the file system of the work tree. */
  readonly temporaryFolder: string;
  /** The folder of the files is nobody's yet: they are made where they stay. */
  readonly isStaged?: boolean | undefined;
}

export interface PlacedObject {
  /** Absolute. */
  readonly path: string;
  readonly md5: string;
  readonly hash: HashName;
  /** True when these bytes were checked before and the object has not changed since. */
  readonly isVerified: boolean;
}

/**
 * Puts an object at a place, over a file that may be there; a damaged one is removed from the cache. The folder must exist.
 * @returns what is at the place then, links followed
 */
export type PlaceFile = (object: PlacedObject, place: string) => Stats | 'missing' | 'damaged';

/** One per thread: it has a buffer of its own. */
export function createPlaceFile({ type, mode, temporaryFolder, isStaged = false }: Placement): PlaceFile {
  const nextName = createNames(temporaryFolder);
  const buffer = Buffer.allocUnsafeSlow(BUFFER_BYTES);
  const make = (source: number, object: PlacedObject, name: string): Stats | undefined => {
    // A file system allows only so many names for a file, and data sets are full of empty ones: DVC copies them as well.
    const isCopied = type === 'copy' || (type === 'hardlink' && fstatSync(source).size === 0);
    if (isCopied && object.hash === 'md5') return copy(source, { ...object, name, mode, buffer });
    if (!object.isVerified && hashFileNow(object.path, object.hash).md5 !== object.md5) return undefined;
    makeLink(type, object.path, name);
    if (type === 'copy' || type === 'reflink') chmodSync(name, mode);
    else if ((fstatSync(source).mode & 0o222) !== 0) chmodSync(object.path, 0o444);
    return statSync(name);
  };
  return (object, place) => {
    const source = openObject(object.path);
    if (source === undefined) return 'missing';
    const name = isStaged ? place : nextName();
    try {
      const made = make(source, object, name);
      if (made === undefined) for (const path of [name, object.path]) rmSync(path, { force: true });
      else if (!isStaged) renameSync(name, place);
      return made ?? 'damaged';
    } catch (cause) {
      if (!hasCode(cause, 'ENAMETOOLONG')) rmSync(name, { force: true });
      throw unwritable(place, cause);
    } finally {
      closeSync(source);
    }
  };
}

interface Copy {
  readonly md5: string;
  readonly isVerified: boolean;
  readonly name: string;
  readonly mode: number;
  readonly buffer: Buffer;
}

/** Writes what it hashes. @returns undefined when the hash is another */
function copy(source: number, { md5, isVerified, name, mode, buffer }: Copy): Stats | undefined {
  const target = openSync(name, 'wx', mode);
  try {
    const { length, isKnown } = isVerified
      ? { length: fillBuffer(source, buffer), isKnown: true }
      : readKnown(source, buffer, md5);
    if (length < buffer.length) {
      if (!isKnown) return undefined;
      writeAll(target, buffer.subarray(0, length));
      return fstatSync(target);
    }
    const digest = createHash('md5');
    for (let read = length; read > 0; read = fillBuffer(source, buffer)) {
      digest.update(buffer.subarray(0, read));
      writeAll(target, buffer.subarray(0, read));
    }
    return digest.digest('hex') === md5 ? fstatSync(target) : undefined;
  } finally {
    closeSync(target);
  }
}

function openObject(object: string): number | undefined {
  try {
    return openSync(object, READ);
  } catch (cause) {
    if (hasCode(cause, 'ENOENT')) return undefined;
    throw cause;
  }
}
