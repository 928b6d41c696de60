// What lies at a place of the work tree, without reading any file: names, sizes and time stamps. In columns, since a
// folder may hold a hundred thousand files, and in the order in which the operating system gives them, which is the same
// every time for a folder that did not change: only what differs has to be sorted.
import type { Stats } from 'node:fs';
import { sep } from 'node:path';
import type { Ignore } from '#lib/dvc/scan/ignore.ts';
import { lookInside } from '#lib/dvc/scan/look-all.ts';
import { follow, followIfAlive, KIND, type Looks, look } from '#lib/dvc/scan/looks.ts';
import { ConfigurationError } from '#lib/errors.ts';

/** One row a file; all columns have the same length. */
export interface Scan {
  /** Absolute. */
  readonly path: string;
  readonly isFolder: boolean;
  /** Of a file: whether anyone may execute it. */
  readonly isExecutable: boolean;
  /** Relative to the path, with forward slashes; one empty text for a file. */
  readonly relpaths: readonly string[];
  /** The same, joined by NUL. */
  readonly names: string;
  readonly sizes: Float64Array;
  /** Milliseconds, with the fraction that the file system gives. */
  readonly mtimes: Float64Array;
  readonly ctimes: Float64Array;
  readonly inodes: Float64Array;
  /** How each file is tied to other places, see {@link LINK}. */
  readonly links: Uint8Array;
  /** Relative paths of links in a folder that lead nowhere, where these are asked for; they are in no column. */
  readonly dead: readonly string[];
}

/** A file of its own, a symbolic link to one, or one that has other names too. */
export const LINK = { none: 0, symbolic: 1, hard: 2 } as const;

/** Grows while folders are gone through. */
interface Columns {
  readonly relpaths: string[];
  readonly dead: string[];
  sizes: Float64Array;
  mtimes: Float64Array;
  ctimes: Float64Array;
  inodes: Float64Array;
  links: Uint8Array;
}

/** What is done about a link inside a folder that leads nowhere. */
export type DeadLinks = 'refuse' | 'list';

/**
 * Undefined when nothing is there, or a link that leads nowhere. @throws ConfigurationError naming what cannot be looked at.
 */
export function scanPath(path: string, ignore: Ignore, deadLinks: DeadLinks = 'refuse'): Scan | undefined {
  const columns: Columns = { relpaths: [], dead: [], ...createRows(0) };
  const info = look(path);
  const target = info?.isSymbolicLink() ? followIfAlive(path) : info;
  if (target === undefined) return undefined;
  if (target.isDirectory()) scanFolder(columns, { folder: path, prefix: '', ignore, deadLinks });
  else addFile(columns, { path, relpath: '', info: target, isLink: info !== target });
  const isExecutable = target.isFile() && (target.mode & 0o111) !== 0;
  return { path, isFolder: target.isDirectory(), isExecutable, ...finish(columns) };
}

function createRows(rows: number) {
  const numbers = () => new Float64Array(rows);
  return {
    ...{ sizes: numbers(), mtimes: numbers(), ctimes: numbers(), inodes: numbers() },
    links: new Uint8Array(rows),
  };
}

function finish({ relpaths, dead, ...rows }: Columns) {
  const end = relpaths.length;
  return {
    ...{ relpaths, dead, names: relpaths.join('\0') },
    sizes: rows.sizes.subarray(0, end),
    mtimes: rows.mtimes.subarray(0, end),
    ctimes: rows.ctimes.subarray(0, end),
    inodes: rows.inodes.subarray(0, end),
    links: rows.links.subarray(0, end),
  };
}

/** Makes room for so many more. */
function reserve(columns: Columns, more: number): void {
  const needed = columns.relpaths.length + more;
  if (needed <= columns.links.length) return;
  const wider = createRows(Math.max(needed, columns.links.length * 2));
  wider.sizes.set(columns.sizes);
  wider.mtimes.set(columns.mtimes);
  wider.ctimes.set(columns.ctimes);
  wider.inodes.set(columns.inodes);
  wider.links.set(columns.links);
  Object.assign(columns, wider);
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
  const { names, looks } = lookInside(folder);
  if (prefix !== '' && names.includes('.dvc')) return;
  const isLeftOut = options.ignore.in(folder);
  const followLink = options.deadLinks === 'list' ? followIfAlive : follow;
  const folders: string[] = [];
  reserve(columns, names.length);
  for (let row = 0; row < names.length; row++) {
    const name = names[row] ?? '';
    const path = `${folder}${sep}${name}`;
    const kind = looks.kinds[row];
    if (kind === KIND.gone) throw vanished(path);
    if (isLeftOut(name, kind === KIND.folder)) continue;
    if (kind === KIND.folder) folders.push(name);
    else if (kind === KIND.file || kind === KIND.shared) {
      if (name === '.dvcignore') throw nestedIgnoreFile(path);
      addRow(columns, prefix + name, { looks, row });
    } else if (kind === KIND.link) {
      const target = followLink(path);
      if (target === undefined) columns.dead.push(prefix + name);
      else if (!target.isDirectory()) {
        if (name === '.dvcignore') throw nestedIgnoreFile(path);
        addFile(columns, { path, relpath: prefix + name, info: target, isLink: true });
      }
    } else throw neitherFileNorFolder(path);
  }
  for (const name of folders) {
    scanFolder(columns, { folder: `${folder}${sep}${name}`, prefix: `${prefix}${name}/`, ...options });
  }
}

/** A file as it was looked at. */
function addRow(
  columns: Columns,
  relpath: string,
  { looks, row }: { readonly looks: Looks; readonly row: number },
): void {
  const at = columns.relpaths.length;
  columns.relpaths.push(relpath);
  columns.sizes[at] = looks.sizes[row] ?? 0;
  columns.mtimes[at] = looks.mtimes[row] ?? 0;
  columns.ctimes[at] = looks.ctimes[row] ?? 0;
  columns.inodes[at] = looks.inodes[row] ?? 0;
  columns.links[at] = looks.kinds[row] === KIND.shared ? LINK.hard : LINK.none;
}

interface Found {
  readonly path: string;
  readonly relpath: string;
  /** Of the file itself, links followed. */
  readonly info: Stats;
  readonly isLink: boolean;
}

function addFile(columns: Columns, { path, relpath, info, isLink }: Found): void {
  if (!info.isFile()) throw neitherFileNorFolder(path);
  reserve(columns, 1);
  const at = columns.relpaths.length;
  columns.relpaths.push(relpath);
  columns.sizes[at] = info.size;
  columns.mtimes[at] = info.mtimeMs;
  columns.ctimes[at] = info.ctimeMs;
  columns.inodes[at] = info.ino;
  columns.links[at] = isLink ? LINK.symbolic : info.nlink > 1 ? LINK.hard : LINK.none;
}

function neitherFileNorFolder(path: string): ConfigurationError {
  return new ConfigurationError(`${path} is neither a file nor a folder`, {
    at: { file: path },
    remedy: 'Move it away, or leave it out with a pattern in .dvcignore.',
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
