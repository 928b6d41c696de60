// Carries out a planned checkout: first what goes, then what comes. Every file is replaced by itself, whole; a killed
// checkout leaves some files old and some new, and the next one does the rest.
import { chmodSync, lstatSync, mkdirSync, rmdirSync, statSync, unlinkSync } from 'node:fs';
import { dirname, sep } from 'node:path';
import { unwritable } from '#lib/documents/write.ts';
import type { TreeEntry } from '#lib/dvc/objects/object.ts';
import type { PlaceFile } from '#lib/dvc/objects/place-file.ts';
import { ConfigurationError, hasCode } from '#lib/errors.ts';

/** Deletes files below a path, and the folders that this leaves empty; the path itself stays if it is to be a folder. */
export function deleteFiles(path: string, entries: readonly TreeEntry[], keepsFolder: boolean): void {
  const folders = new Set<string>();
  for (const { relpath } of entries) {
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

function removeIfEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch (cause) {
    if (!['ENOTEMPTY', 'EEXIST', 'ENOENT', 'ENOTDIR'].some(code => hasCode(cause, code))) throw cause;
  }
}

/** Where an entry of a folder lies; the path itself for a file. */
export function placeOf(path: string, relpath: string): string {
  return relpath === '' ? path : `${path}${sep}${sep === '/' ? relpath : relpath.replaceAll('/', sep)}`;
}

/** Makes the folders of files below a path, refusing to go through symbolic links: they may lead anywhere. */
export function createFolders(path: string): (file: string) => void {
  const known = new Set<string>([dirname(path)]);
  const ensure = (folder: string): void => {
    if (known.has(folder)) return;
    if (folder.length > path.length) ensure(dirname(folder));
    const info = lstatSync(folder, { throwIfNoEntry: false });
    if (info === undefined) makeFolder(folder);
    else if (!info.isDirectory()) throw blocked(folder);
    known.add(folder);
  };
  return file => ensure(dirname(file));
}

function makeFolder(folder: string): void {
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

/** Lets the owner execute a file, as DVC does. */
export function makeExecutable(path: string): void {
  const { mode } = statSync(path);
  if ((mode & 0o100) === 0) chmodSync(path, (mode & 0o7777) | 0o100);
}

export interface Failed {
  readonly missing: readonly TreeEntry[];
  readonly damaged: readonly TreeEntry[];
}

export interface PlaceFilesOptions {
  readonly path: string;
  readonly objectOf: (md5: string) => string;
  readonly placeFile: PlaceFile;
  /** Called after each file: progress, and the moment to stop. */
  readonly onFile: (entry: TreeEntry, place: string) => Promise<void> | undefined;
}

/** Puts entries at their places; what the cache lacks is told at the end. */
export async function placeFiles(
  entries: readonly TreeEntry[],
  { path, objectOf, placeFile, onFile }: PlaceFilesOptions,
): Promise<Failed> {
  const ensureFolderOf = createFolders(path);
  const [missing, damaged]: [TreeEntry[], TreeEntry[]] = [[], []];
  for (const entry of entries) {
    const place = placeOf(path, entry.relpath);
    ensureFolderOf(place);
    const placed = placeFile(objectOf(entry.md5), entry.md5, place);
    if (placed === 'missing') missing.push(entry);
    else if (placed === 'damaged') damaged.push(entry);
    const pause = onFile(entry, place);
    if (pause) await pause;
  }
  return { missing, damaged };
}
