// The folders of a checkout: made without going through symbolic links, since these may lead anywhere, and removed when
// the last of their files is.
import { randomBytes } from 'node:crypto';
import { lstatSync, mkdirSync, renameSync, rmdirSync, statSync, unlinkSync } from 'node:fs';
import { dirname, sep } from 'node:path';
import { unwritable } from '#lib/documents/write.ts';
import { ConfigurationError, hasCode } from '#lib/errors.ts';

/** Where a file of a folder lies; the path itself when the relative path is empty. */
export function placeOf(path: string, relpath: string): string {
  return relpath === '' ? path : `${path}${sep}${sep === '/' ? relpath : relpath.replaceAll('/', sep)}`;
}

/** Deletes files below a path and the folders that are empty then; the path itself too, unless it is to be a folder. */
export function deleteFiles(path: string, relpaths: readonly string[], keepsFolder: boolean): void {
  const folders = new Set<string>();
  for (const relpath of relpaths) {
    const file = placeOf(path, relpath);
    try {
      unlinkSync(file);
    } catch (cause) {
      if (!hasCode(cause, 'ENOENT')) throw unwritable(file, cause);
    }
    for (let above = dirname(file); above.length > path.length; above = dirname(above)) folders.add(above);
  }
  const deepestFirst = [...folders].sort((a, b) => b.length - a.length);
  for (const folder of keepsFolder ? deepestFirst : [...deepestFirst, path]) removeIfEmpty(folder);
}

export function removeIfEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch (cause) {
    const isKept = ['ENOTEMPTY', 'EEXIST', 'ENOENT', 'ENOTDIR'].some(code => hasCode(cause, code));
    if (!isKept) throw unwritable(folder, cause);
  }
}

/** Makes the folders that files below a path need. @throws ConfigurationError when something else has such a name */
export function makeFolders(path: string, relpaths: Iterable<string>): void {
  const known = new Set<string>();
  const ensure = (folder: string): void => {
    if (known.has(folder)) return;
    known.add(folder);
    if (folder.length > path.length) ensure(dirname(folder));
    const info = lstatSync(folder, { throwIfNoEntry: false });
    if (info === undefined) makeFolder(folder);
    else if (!info.isDirectory() && folder.length > path.length) throw blocked(folder);
  };
  for (const relpath of relpaths) ensure(dirname(placeOf(path, relpath)));
}

/**
 * Looks at the folders above files below a path, and at the path itself, before anything is written or deleted there.
 * @throws ConfigurationError for a link, or anything else that is there and no folder
 */
export function refuseLinks(path: string, relpaths: Iterable<string>): void {
  const known = new Set<string>();
  const check = (folder: string): void => {
    if (known.has(folder)) return;
    known.add(folder);
    if (folder.length > path.length) check(dirname(folder));
    const info = lstatSync(folder, { throwIfNoEntry: false });
    if (info && !info.isDirectory()) throw blocked(folder);
  };
  for (const relpath of relpaths) check(dirname(placeOf(path, relpath)));
}

/** True for a symbolic link that leads to a folder, which may hold anything, anywhere. */
export function isLinkedFolder(path: string): boolean {
  const isLink = lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
  return isLink && (statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false);
}

/**
 * True where a name in one folder can become a name in the other. One file system may be mounted twice, as containers do
 * it with volumes: the system then refuses, and does so before it looks whether the name is there.
 */
export function canRename(from: string, to: string): boolean {
  if (statSync(from).dev !== statSync(to).dev) return false;
  try {
    const absent = randomBytes(8).toString('hex');
    renameSync(`${from}${sep}${absent}`, `${to}${sep}${absent}`);
  } catch (cause) {
    return !hasCode(cause, 'EXDEV');
  }
  return true;
}

export function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (cause) {
    throw unwritable(folder, cause);
  }
}

function blocked(folder: string): ConfigurationError {
  return new ConfigurationError(`${folder} is to be a folder, but something else has that name`, {
    at: { file: folder },
    remedy: 'Move it away, then check out again.',
  });
}
