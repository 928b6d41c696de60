// What lies in one folder, name by name: kinds, sizes and time stamps, in columns. Names are looked up from the folder
// itself where there are many of them: the system then need not go through all folders above for each.
import { lstatSync, readdirSync, type Stats, statSync } from 'node:fs';
import { sep } from 'node:path';
import { ConfigurationError, errorMessage, hasCode } from '#lib/errors.ts';

/** What a name stands for; of files those that have other names too are told apart. */
export const KIND = { gone: 0, file: 1, shared: 2, folder: 3, link: 4, other: 5 } as const;

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

/** From so many names on it pays to go to the folder. */
const MANY = 1000;

/** @throws ConfigurationError naming what cannot be looked at */
export function lookAll(folder: string, names: readonly string[]): Looks {
  const looks = createLooks(names.length);
  const lookFrom = (prefix: string): void => {
    for (let row = 0; row < names.length; row++) {
      const name = names[row] ?? '';
      addLook(looks, row, look(prefix + name, `${folder}${sep}${name}`));
    }
  };
  if (names.length < MANY || !isDoneInside(folder, () => lookFrom(''))) lookFrom(`${folder}${sep}`);
  return looks;
}

function createLooks(rows: number): Looks {
  const numbers = () => new Float64Array(rows);
  return {
    kinds: new Uint8Array(rows),
    ...{ sizes: numbers(), mtimes: numbers(), ctimes: numbers(), inodes: numbers() },
  };
}

function addLook(
  { kinds, sizes, mtimes, ctimes, inodes }: Looks,
  row: number,
  info: Stats | undefined,
): void {
  if (info === undefined) return;
  kinds[row] = kindOf(info);
  sizes[row] = info.size;
  mtimes[row] = info.mtimeMs;
  ctimes[row] = info.ctimeMs;
  inodes[row] = info.ino;
}

function kindOf(info: Stats): number {
  if (info.isFile()) return info.nlink > 1 ? KIND.shared : KIND.file;
  if (info.isDirectory()) return KIND.folder;
  return info.isSymbolicLink() ? KIND.link : KIND.other;
}

/** False, and nothing is done, where one cannot go there and come back: threads never can. */
function isDoneInside(folder: string, work: () => void): boolean {
  let before: string;
  try {
    before = process.cwd();
    // Coming back is tried before anything depends on it.
    process.chdir(before);
    process.chdir(folder);
  } catch {
    return false;
  }
  try {
    work();
  } finally {
    process.chdir(before);
  }
  return true;
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
