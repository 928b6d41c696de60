// Very many small new objects get their names in a folder beside the cache first, and enter it a folder at a time: making
// a file where it stays spares a look, a rename, and waiting for other threads that make files in one folder. Who is
// killed meanwhile leaves nothing half done in the cache, and none of these objects.
import { existsSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { sep } from 'node:path';
import { unwritable } from '#lib/documents/write.ts';
import { objectsFolder } from '#lib/dvc/objects/object-path.ts';
import { createNames, makeFolder, temporaryFolder } from '#lib/dvc/objects/temporary.ts';
import { hasCode } from '#lib/errors.ts';

/** From so many files on, it pays to move folders instead of files. */
const MANY = 1000;
const FOLDERS = 256;

/** Can be sent to a thread. */
export interface Staging {
  readonly folder: string;
  /** By the first two digits of objects: 1 where the cache has no such folder yet. */
  readonly isNew: Uint8Array;
}

/** Undefined where it does not pay. @param count how many files there are to store */
export function openStaging(cacheFolder: string, count: number): Staging | undefined {
  if (count < MANY) return undefined;
  const objects = objectsFolder(cacheFolder);
  const isNew = Uint8Array.from({ length: FOLDERS }, (_, index) => {
    return existsSync(`${objects}${sep}${nameOf(index)}`) ? 0 : 1;
  });
  return isNew.includes(1) ? { folder: createNames(temporaryFolder(cacheFolder))(), isNew } : undefined;
}

/** Where a new object is to be made; undefined for one that goes to the cache itself. */
export function stagedPlace({ folder, isNew }: Staging, md5: string): string | undefined {
  const prefix = md5.slice(0, 2);
  const isStaged = isNew[Number.parseInt(prefix, 16)] === 1;
  return isStaged ? `${folder}${sep}${prefix}${sep}${md5.slice(2)}` : undefined;
}

/** Moves into the cache what is there; all of it is whole, since nobody writes to it any more. */
export function publishStaged(
  { folder }: Staging,
  { cacheFolder, shared }: { readonly cacheFolder: string; readonly shared: boolean },
): void {
  const objects = objectsFolder(cacheFolder);
  if (!existsSync(folder)) return;
  try {
    makeFolder(objects, shared);
    for (const prefix of readdirSync(folder)) {
      moveFolder(`${folder}${sep}${prefix}`, `${objects}${sep}${prefix}`);
    }
  } catch (cause) {
    throw unwritable(objects, cause);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Another process may have made the folder meanwhile: then file by file. */
function moveFolder(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (cause) {
    if (!['ENOTEMPTY', 'EEXIST', 'EPERM'].some(code => hasCode(cause, code))) throw cause;
    for (const name of readdirSync(from)) renameSync(`${from}${sep}${name}`, `${to}${sep}${name}`);
  }
}

function nameOf(index: number): string {
  return index.toString(16).padStart(2, '0');
}
