// Where things lie at a remote: DVC's layout, the same for every kind of place.
import type { HashName } from '#lib/dvc/objects/object.ts';
import { OBJECT_NAME } from '#lib/dvc/objects/object-path.ts';
import { ConfigurationError } from '#lib/errors.ts';

/** `files/md5/ab/cdef...`, or `ab/cdef...` for what DVC 2 hashed. @throws ConfigurationError for what is no MD5 */
export function objectName(md5: string, hash: HashName = 'md5'): string {
  if (!OBJECT_NAME.test(md5)) throw new ConfigurationError(`"${md5}" is not the MD5 of a file or folder`);
  return `${objectsPrefix(hash)}${md5.slice(0, 2)}/${md5.slice(2)}`;
}

/** What the names of all objects start with. */
export function objectsPrefix(hash: HashName): string {
  return hash === 'md5' ? 'files/md5/' : '';
}

/** The runs of one key, or of all. */
export function runsPrefix(key?: string): string {
  return key === undefined ? 'runs/' : `runs/${key.slice(0, 2)}/${key}/`;
}

/** True for the name of a run, and for nothing else that may lie there. */
export function isRunName(name: string): boolean {
  const [, start, key] = /^runs\/([0-9a-f]{2})\/([0-9a-f]{64})\/[0-9a-f]{64}$/u.exec(name) ?? [];
  return start !== undefined && key?.startsWith(start) === true;
}
