// Whether an object can be used as it lies in the cache: every byte is read, so that damage never becomes a result.
import { rmSync } from 'node:fs';
import { hashFileNow } from '#lib/dvc/objects/md5.ts';
import type { HashName } from '#lib/dvc/objects/object.ts';
import { isListing, objectPath } from '#lib/dvc/objects/object-path.ts';
import { openObjectCache } from '#lib/dvc/objects/open-cache.ts';
import { hasCode } from '#lib/errors.ts';

/** Reads an object back, a folder with all its files. @returns false when something is missing or damaged; what is damaged is then removed */
export function isIntact(cacheFolder: string, md5: string): boolean {
  if (!isListing(md5)) return isIntactFile(objectPath(cacheFolder, md5), md5);
  const entries = openObjectCache(cacheFolder).readTree(md5);
  return entries?.every(entry => isIntactFile(objectPath(cacheFolder, entry.md5), entry.md5)) ?? false;
}

/** Reads one file. @returns false when it is missing or damaged; what is damaged is then removed */
export function isIntactFile(object: string, md5: string, hash: HashName = 'md5'): boolean {
  try {
    if (hashFileNow(object, hash).md5 === md5) return true;
  } catch (cause) {
    if (hasCode(cause, 'ENOENT')) return false;
    throw cause;
  }
  rmSync(object, { force: true });
  return false;
}
