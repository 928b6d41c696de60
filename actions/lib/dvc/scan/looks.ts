// What stands behind the names in a folder: kinds, sizes and time stamps, in columns.
import { lstatSync, readdirSync, type Stats, statSync } from 'node:fs';
import { sep } from 'node:path';
import { ConfigurationError, errorMessage, hasCode } from '#lib/errors.ts';

/** What a name stands for, `unknown` before anybody looked; of files those that have other names too are told apart. */
export const KIND = { unknown: 0, gone: 1, file: 2, shared: 3, folder: 4, link: 5, other: 6 } as const;

/** One row a name, links not followed. */
export interface Looks {
  /** One of {@link KIND}. */
  readonly kinds: Uint8Array;
  readonly sizes: Float64Array;
  /** Milliseconds, with the fraction that the file system gives. */
  readonly mtimes: Float64Array;
  readonly ctimes: Float64Array;
  readonly inodes: Float64Array;
}

/** Rows nobody looked at yet. @param allocate memory for so many bytes, all zero */
export function createLooks(
  rows: number,
  allocate = (bytes: number): ArrayBufferLike => new ArrayBuffer(bytes),
): Looks {
  const numbers = () => new Float64Array(allocate(rows * Float64Array.BYTES_PER_ELEMENT));
  return {
    kinds: new Uint8Array(allocate(rows)),
    ...{ sizes: numbers(), mtimes: numbers(), ctimes: numbers(), inodes: numbers() },
  };
}

/** A copy that no other thread sees. */
export function copyLooks({ kinds, sizes, mtimes, ctimes, inodes }: Looks): Looks {
  return {
    kinds: kinds.slice(),
    ...{ sizes: sizes.slice(), mtimes: mtimes.slice(), ctimes: ctimes.slice(), inodes: inodes.slice() },
  };
}

/** Fills one row. @param shown in errors */
export function lookAt(
  { kinds, sizes, mtimes, ctimes, inodes }: Looks,
  row: number,
  path: string,
  shown = path,
): void {
  const info = look(path, shown);
  sizes[row] = info?.size ?? 0;
  mtimes[row] = info?.mtimeMs ?? 0;
  ctimes[row] = info?.ctimeMs ?? 0;
  inodes[row] = info?.ino ?? 0;
  // Last: another thread takes a row of a kind for a whole one.
  kinds[row] = info === undefined ? KIND.gone : kindOf(info);
}

function kindOf(info: Stats): number {
  if (info.isFile()) return info.nlink > 1 ? KIND.shared : KIND.file;
  if (info.isDirectory()) return KIND.folder;
  return info.isSymbolicLink() ? KIND.link : KIND.other;
}

/** Links are not followed; undefined when nothing is there. @param shown in errors */
export function look(path: string, shown = path): Stats | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false });
  } catch (cause) {
    if (hasCode(cause, 'ENOTDIR')) return undefined;
    throw unreadable(shown, cause);
  }
}

export function follow(path: string): Stats {
  try {
    return statSync(path);
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

/** Undefined for a link that leads nowhere. */
export function followIfAlive(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

/** @throws ConfigurationError for a name that no listing could hold */
export function listNames(folder: string): readonly string[] {
  let names: readonly string[];
  try {
    names = readdirSync(folder);
  } catch (cause) {
    throw unreadable(folder, cause);
  }
  if (names.some(name => name.includes('\ufffd'))) refuseOddNames(folder);
  return names;
}

/** What is no UTF-8 comes as U+FFFD: such a file could be neither opened nor named in a listing. */
function refuseOddNames(folder: string): void {
  const odd = readdirSync(folder, 'buffer').find(name => !Buffer.from(name.toString()).equals(name));
  if (odd === undefined) return;
  const shown = odd.toString('latin1').replace(/[^ -~]/g, byte => `\\x${byte.charCodeAt(0).toString(16)}`);
  throw new ConfigurationError(`The name ${folder}${sep}${shown} is not UTF-8`, {
    at: { file: folder },
    remedy: 'Rename the file: a listing can only hold names that are UTF-8.',
  });
}

/** Turns the operating system's refusal to read into an error a person can act on. */
export function unreadable(path: string, cause: unknown): unknown {
  const at = { file: path };
  if (hasCode(cause, 'EACCES') || hasCode(cause, 'EPERM')) {
    const remedy = 'Give yourself permission to read it.';
    return new ConfigurationError(`${path} may not be read`, { at, remedy, cause });
  }
  if (hasCode(cause, 'ELOOP')) {
    const remedy = 'Remove the symbolic link.';
    return new ConfigurationError(`${path} is a symbolic link that leads back to itself`, {
      at,
      remedy,
      cause,
    });
  }
  if (!hasCode(cause, 'ENOENT')) return cause;
  const remedy = 'Remove links that lead nowhere, let nothing else write there, then run again.';
  return new ConfigurationError(`A part of ${path} is not there: ${errorMessage(cause)}`, {
    at,
    remedy,
    cause,
  });
}
