// What lies at a place of the work tree, without reading any file: names, sizes and time stamps. In columns, since a
// folder may hold a hundred thousand files, and in the order in which the operating system gives them, which is the same
// every time for a folder that did not change: only what differs has to be sorted.
import { lstatSync, readdirSync, type Stats, statSync } from 'node:fs';
import { sep } from 'node:path';
import type { Ignore } from '#lib/dvc/objects/ignore.ts';
import { ConfigurationError, errorMessage, hasCode } from '#lib/errors.ts';

/** One row a file; all columns have the same length. */
export interface Scan {
  /** Absolute. */
  readonly path: string;
  readonly isFolder: boolean;
  /** Of a file: whether anyone may execute it. */
  readonly isExecutable: boolean;
  /** Relative to the path, with forward slashes; one empty text for a file. */
  readonly relpaths: readonly string[];
  readonly sizes: readonly number[];
  /** Milliseconds, with the fraction that the file system gives. */
  readonly mtimes: readonly number[];
  readonly ctimes: readonly number[];
  readonly inodes: readonly number[];
  /** How each file is tied to other places, see {@link LINK}. */
  readonly links: readonly number[];
  /** Relative paths of links in a folder that lead nowhere, where these are asked for; they are in no column. */
  readonly dead: readonly string[];
}

/** A file of its own, a symbolic link to one, or one that has other names too. */
export const LINK = { none: 0, symbolic: 1, hard: 2 } as const;

interface Columns {
  readonly relpaths: string[];
  readonly sizes: number[];
  readonly mtimes: number[];
  readonly ctimes: number[];
  readonly inodes: number[];
  readonly links: number[];
  readonly dead: string[];
}

/** What is done about a link inside a folder that leads nowhere. */
export type DeadLinks = 'refuse' | 'list';

/**
 * Undefined when nothing is there, or a link that leads nowhere. @throws ConfigurationError naming what cannot be looked at.
 */
export function scanPath(path: string, ignore: Ignore, deadLinks: DeadLinks = 'refuse'): Scan | undefined {
  const columns: Columns = {
    relpaths: [],
    sizes: [],
    mtimes: [],
    ctimes: [],
    inodes: [],
    links: [],
    dead: [],
  };
  const info = look(path);
  const target = info?.isSymbolicLink() ? followIfAlive(path) : info;
  if (target === undefined) return undefined;
  if (target.isDirectory()) scanFolder(columns, { folder: path, prefix: '', ignore, deadLinks });
  else addFile(columns, { path, relpath: '', info: target, isLink: info !== target });
  const isExecutable = target.isFile() && (target.mode & 0o111) !== 0;
  return { path, isFolder: target.isDirectory(), isExecutable, ...columns };
}

interface Place {
  readonly folder: string;
  /** Of the paths below: empty, or ends in a slash. */
  readonly prefix: string;
  readonly ignore: Ignore;
  readonly deadLinks: DeadLinks;
}

/** Links to folders, empty folders and repositories inside are left out, as DVC does. */
function scanFolder(columns: Columns, { folder, prefix, ...options }: Place): void {
  const names = listNames(folder);
  if (prefix !== '' && names.includes('.dvc')) return;
  const isLeftOut = options.ignore.in(folder);
  const followLink = options.deadLinks === 'list' ? followIfAlive : follow;
  const folders: string[] = [];
  for (const name of names) {
    const path = `${folder}${sep}${name}`;
    const info = look(path);
    if (info === undefined) throw vanished(path);
    if (info.isDirectory()) {
      if (!isLeftOut(name, true)) folders.push(name);
      continue;
    }
    if (isLeftOut(name, false)) continue;
    const target = info.isSymbolicLink() ? followLink(path) : info;
    if (target === undefined) {
      columns.dead.push(prefix + name);
      continue;
    }
    if (target.isDirectory()) continue;
    if (name === '.dvcignore') throw nestedIgnoreFile(path);
    addFile(columns, { path, relpath: prefix + name, info: target, isLink: info !== target });
  }
  for (const name of folders) {
    scanFolder(columns, { folder: `${folder}${sep}${name}`, prefix: `${prefix}${name}/`, ...options });
  }
}

interface Found {
  readonly path: string;
  readonly relpath: string;
  /** Of the file itself, links followed. */
  readonly info: Stats;
  readonly isLink: boolean;
}

function addFile(columns: Columns, { path, relpath, info, isLink }: Found): void {
  if (!info.isFile()) {
    throw new ConfigurationError(`${path} is neither a file nor a folder`, {
      at: { file: path },
      remedy: 'Move it away, or leave it out with a pattern in .dvcignore.',
    });
  }
  columns.relpaths.push(relpath);
  columns.sizes.push(info.size);
  columns.mtimes.push(info.mtimeMs);
  columns.ctimes.push(info.ctimeMs);
  columns.inodes.push(info.ino);
  columns.links.push(isLink ? LINK.symbolic : info.nlink > 1 ? LINK.hard : LINK.none);
}

function look(path: string): Stats | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false });
  } catch (cause) {
    if (hasCode(cause, 'ENOTDIR')) return undefined;
    throw unreadable(path, cause);
  }
}

function follow(path: string): Stats {
  try {
    return statSync(path);
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

/** Undefined for a link that leads nowhere. */
function followIfAlive(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

function listNames(folder: string): readonly string[] {
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

function nestedIgnoreFile(path: string): ConfigurationError {
  return new ConfigurationError(`${path} stands inside a folder that is tracked as a whole`, {
    at: { file: path },
    remedy: 'Move its patterns to the .dvcignore of a folder above.',
  });
}

function vanished(path: string): ConfigurationError {
  return new ConfigurationError(`${path} went away while its folder was being read`, {
    at: { file: path },
    remedy: 'Let nothing else write there, then run again.',
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
