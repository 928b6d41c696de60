// Where an object lies below the cache: DVC 3's layout, and the older one for what DVC 2 hashed. The name is checked
// here, since it comes from files that anyone may have written and becomes part of a path.
import { sep } from 'node:path';
import type { HashName } from '#lib/dvc/objects/object.ts';
import { ConfigurationError } from '#lib/errors.ts';

/** 32 hex digits, and `.dir` for a folder: nothing else may become a path. */
export const OBJECT_NAME = /^[0-9a-f]{32}(?:\.dir)?$/;

/** True for the object that lists the files of a folder. */
export function isListing(md5: string): boolean {
  return md5.endsWith('.dir');
}

/** The folder with the 256 folders of objects: the cache itself for DVC 2's. */
export function objectsFolder(cacheFolder: string, hash: HashName = 'md5'): string {
  return hash === 'md5' ? `${cacheFolder}${sep}files${sep}md5` : cacheFolder;
}

/** The object's place. @throws ConfigurationError for what is no MD5. */
export function objectPath(cacheFolder: string, md5: string, hash: HashName = 'md5'): string {
  if (!OBJECT_NAME.test(md5)) throw new ConfigurationError(`"${md5}" is not the MD5 of a file or folder`);
  return `${objectsFolder(cacheFolder, hash)}${sep}${md5.slice(0, 2)}${sep}${md5.slice(2)}`;
}
