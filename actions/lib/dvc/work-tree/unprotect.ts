// Makes files of the work tree safe to edit: what is a link to an object becomes a copy of its own, so that an editor
// cannot change the cache.
import {
  chmodSync,
  constants,
  copyFileSync,
  lstatSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { dirname, sep } from 'node:path';
import { unwritable } from '#lib/documents/write.ts';
import { createNames } from '#lib/dvc/objects/temporary.ts';
import { ConfigurationError } from '#lib/errors.ts';

/**
 * Unprotects a file, or all files of a folder; links to folders are not followed.
 * @param mode of files, such as 0o644; who could execute a file still can
 * @returns how many files were links and have bytes of their own now.
 * @throws ConfigurationError when nothing is there, or a link leads nowhere.
 */
export function unprotectPath(path: string, mode: number): number {
  const info = statSync(path, { throwIfNoEntry: false });
  if (info === undefined) {
    throw new ConfigurationError(`${path} is not there, so it cannot be unprotected`, { at: { file: path } });
  }
  if (!info.isDirectory()) return unprotectFile(path, mode);
  if (lstatSync(path).isSymbolicLink()) return 0;
  return readdirSync(path).reduce((count, name) => count + unprotectPath(`${path}${sep}${name}`, mode), 0);
}

function unprotectFile(path: string, mode: number): number {
  const info = lstatSync(path);
  const isLink = info.isSymbolicLink() || info.nlink > 1;
  const permissions = mode | (statSync(path).mode & 0o111);
  if (!isLink) {
    if ((info.mode & 0o777) !== permissions) chmodSync(path, permissions);
    return 0;
  }
  const name = createNames(dirname(path))();
  try {
    // Readers of the file see the old one until the new one is whole.
    copyFileSync(path, name, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
    chmodSync(name, permissions);
    renameSync(name, path);
    return 1;
  } catch (cause) {
    rmSync(name, { force: true });
    throw unwritable(path, cause);
  }
}
