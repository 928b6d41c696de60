// Whether files may go, because the cache has their bytes. An object with the right name may still be cut short or spoilt,
// so its size has to be the file's, and as long as there are few of them they are read.
import { statSync } from 'node:fs';
import type { ObjectCache } from '#lib/dvc/objects/cache.ts';
import { isIntactFile } from '#lib/dvc/objects/intact.ts';
import type { HashName, TreeEntry } from '#lib/dvc/objects/object.ts';
import { placeOf } from '#lib/dvc/work-tree/folders.ts';

/** What is read in a fraction of a second; of more, and of larger files, the size has to do. */
const READ_FILES = 2000;
const READ_BYTES = 64 * 1024 * 1024;

export interface FilesToGo {
  /** Absolute; the folder of the entries, or the file itself. */
  readonly path: string;
  readonly hash?: HashName | undefined;
}

/** The entries, as the work tree has them, of which the cache holds no sound copy; an object that is damaged is removed. */
export function findWithoutCopy(
  cache: ObjectCache,
  entries: readonly TreeEntry[],
  { path, hash = 'md5' }: FilesToGo,
): readonly TreeEntry[] {
  let [files, bytes] = [0, 0];
  return entries.filter(({ md5, relpath }) => {
    const object = cache.pathOf(md5, hash);
    const stored = statSync(object, { throwIfNoEntry: false });
    if (stored === undefined) return true;
    files += 1;
    bytes += stored.size;
    const size = statSync(placeOf(path, relpath), { throwIfNoEntry: false })?.size;
    if (size === stored.size && (files > READ_FILES || bytes > READ_BYTES)) return false;
    return !isIntactFile(object, md5, hash);
  });
}
