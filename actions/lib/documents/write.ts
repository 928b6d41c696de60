// Files are written whole to a temporary name beside their place, synced and renamed: a crash leaves the old or the new.
import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ConfigurationError, hasCode } from '#lib/errors.ts';

/** Temporary names carry this mark, so that a later run can tell and remove what a killed one left. */
export const TEMPORARY_MARK = '.mainline-tmp-';

/**
 * Writes a file whole or not at all; parent folders are made.
 * @returns false when the file held these bytes already (it is then not touched).
 * @throws ConfigurationError when the place is not writable or the disk is full.
 */
export async function writeWhole(file: string, content: string | Uint8Array): Promise<boolean> {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  if (await holds(file, bytes)) return false;
  const temporary = temporaryName(dirname(file));
  try {
    await mkdir(dirname(file), { recursive: true });
    const handle = await open(temporary, 'wx');
    try {
      await handle.writeFile(bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
    return true;
  } catch (cause) {
    await rm(temporary, { force: true }).catch(() => {});
    throw unwritable(file, cause);
  }
}

/**
 * The same without letting go of the process meanwhile, whatever the file held: for what must not change while it is
 * written.
 * @param temporaryFolder where a killed process may leave rubbish; on the same file system as the file.
 * @throws ConfigurationError when the place is not writable or the disk is full.
 */
export function replaceWhole(file: string, content: string, temporaryFolder = dirname(file)): void {
  replace(file, content, { temporaryFolder, isSynced: true });
}

/**
 * As `replaceWhole`, without waiting for the disk: after a power cut the file may be empty, and after a kill gone. For what
 * only saves time, and is not believed when it is damaged.
 */
export function replaceUnsynced(file: string, content: string): void {
  replace(file, content, { temporaryFolder: dirname(file), isSynced: false });
}

interface Replacing {
  readonly temporaryFolder: string;
  readonly isSynced: boolean;
}

function replace(file: string, content: string, { temporaryFolder, isSynced }: Replacing): void {
  const temporary = temporaryName(temporaryFolder);
  try {
    for (const folder of [dirname(file), temporaryFolder]) mkdirSync(folder, { recursive: true });
    const handle = openSync(temporary, 'wx');
    try {
      writeFileSync(handle, content);
      if (isSynced) fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    // In the place of another one the system would begin to write it out at once, and let us wait for that.
    if (!isSynced) rmSync(file, { force: true });
    renameSync(temporary, file);
  } catch (cause) {
    rmSync(temporary, { force: true });
    throw unwritable(file, cause);
  }
}

/** Without the file's own name, which may be as long as names can be. */
function temporaryName(folder: string): string {
  return join(folder, `${TEMPORARY_MARK}${randomBytes(6).toString('hex')}`);
}

async function holds(file: string, bytes: Uint8Array): Promise<boolean> {
  try {
    return (await readFile(file)).equals(bytes);
  } catch {
    return false;
  }
}

/** Turns the operating system's refusal to write into an error a person can act on. */
export function unwritable(file: string, cause: unknown): unknown {
  const reasons: Readonly<Record<string, string>> = {
    ENOSPC: 'the disk is full: free some space and run again',
    EDQUOT: 'the disk quota is used up: free some space and run again',
    EFBIG: 'files may not be so large: raise the limit (ulimit -f) and run again',
    EACCES: 'permission is denied: give yourself the right to write there',
    EPERM: 'permission is denied: give yourself the right to write there',
    EROFS: 'the file system is read-only: work on a copy elsewhere',
    EISDIR: 'a folder has that name: remove or rename it',
    EEXIST: 'a part of its path is a file: remove or rename it',
    ENAMETOOLONG: 'its name is longer than the file system takes: rename it',
    EXDEV: 'something else is mounted on the way there: unmount it and run again',
    ENOTDIR: 'a part of its path is a file: remove or rename it',
  };
  const code = Object.keys(reasons).find(key => hasCode(cause, key));
  const [what, remedy] = (code ? (reasons[code] ?? '') : '').split(': ');
  if (!what || !remedy) return cause;
  return new ConfigurationError(`${file} could not be written: ${what}`, {
    at: { file },
    remedy: `${remedy}.`,
    cause,
  });
}
