// The content-addressed store below `.dvc/cache`: objects are written once, read-only, under the MD5 of their bytes.
// Unlike DVC we hash an object again before using it: a damaged one is removed and never reaches the work tree.
import { randomBytes } from 'node:crypto';
import {
  chmod,
  constants,
  copyFile,
  mkdir,
  open,
  readFile,
  rename,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises';
import { basename, dirname, join, sep } from 'node:path';
import { z } from 'zod';
import { TEMPORARY_MARK, unwritable } from '#lib/documents/write.ts';
import { formatTree, hashFile, inParallel } from '#lib/dvc/objects/hash.ts';
import type { Fingerprint, Hashed, TreeEntry } from '#lib/dvc/objects/object.ts';
import { ConfigurationError, hasCode } from '#lib/errors.ts';

/** 32 hex digits, and `.dir` for a folder: nothing else may become a path. */
export const OBJECT_NAME = /^[0-9a-f]{32}(?:\.dir)?$/;
const READ_ONLY = 0o444;

const TREE = z.array(
  z.strictObject({
    md5: z.string().regex(/^[0-9a-f]{32}$/),
    relpath: z.string().refine(isInside, 'leaves its folder'),
  }),
);

/** The object's place, with the layout of DVC 3. */
export function objectPath(cacheDir: string, md5: string): string {
  if (!OBJECT_NAME.test(md5)) throw new ConfigurationError(`"${md5}" is not the MD5 of a file or folder`);
  return join(cacheDir, 'files', 'md5', md5.slice(0, 2), md5.slice(2));
}

/**
 * Copies a file or folder into the cache; a folder's own object comes last, so that its presence means all is there.
 * @throws ConfigurationError when the content is no longer what was hashed.
 */
export async function storeObject(
  cacheDir: string,
  path: string,
  { fingerprint, tree }: Hashed,
): Promise<void> {
  if (!tree) return storeFile(cacheDir, path, fingerprint.md5);
  const object = objectPath(cacheDir, fingerprint.md5);
  const text = formatTree(tree);
  if ((await sizeOf(object)) === Buffer.byteLength(text)) return;
  const unique = [...new Map(tree.map(entry => [entry.md5, entry])).values()];
  await inParallel(unique, entry => storeFile(cacheDir, join(path, entry.relpath), entry.md5));
  await place(object, temporary => writeFile(temporary, text));
}

async function storeFile(cacheDir: string, path: string, md5: string): Promise<void> {
  const object = objectPath(cacheDir, md5);
  if ((await sizeOf(object)) === (await stat(path)).size) return;
  await place(object, async temporary => {
    await copyFile(path, temporary, constants.COPYFILE_FICLONE);
    if ((await hashFile(temporary)) === md5) return;
    throw new ConfigurationError(`${path} changed while it was being stored`, {
      at: { file: path },
      remedy: 'Let nothing else write to it, then run again.',
    });
  });
}

/** Makes a file under a temporary name beside its place, read-only, and renames it. */
async function place(object: string, write: (temporary: string) => Promise<void>): Promise<void> {
  const temporary = temporaryName(object);
  try {
    await mkdir(dirname(object), { recursive: true });
    await write(temporary);
    await chmod(temporary, READ_ONLY);
    await rename(temporary, object);
  } catch (cause) {
    await rm(temporary, { force: true });
    throw unwritable(object, cause);
  }
}

function temporaryName(path: string): string {
  return join(dirname(path), `.${basename(path)}${TEMPORARY_MARK}${randomBytes(6).toString('hex')}`);
}

/** In bytes; an object that a crash left half written differs in it, and is written anew. */
async function sizeOf(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).size;
  } catch (cause) {
    if (hasCode(cause, 'ENOENT')) return undefined;
    throw cause;
  }
}

/**
 * Reads an object back and checks every byte of it; a folder with all its files.
 * @returns undefined when something is missing or damaged; what is damaged, and the folder's object, are then removed.
 */
export async function verifyObject(
  cacheDir: string,
  { md5 }: Pick<Fingerprint, 'md5'>,
): Promise<Verified | undefined> {
  const object = objectPath(cacheDir, md5);
  if (!(await isIntact(object, md5.slice(0, 32)))) return undefined;
  if (!md5.endsWith('.dir')) return {};
  const tree = parseTree(await readFile(object, 'utf8'));
  const intact = await inParallel(tree ?? [], entry => isIntact(objectPath(cacheDir, entry.md5), entry.md5));
  if (tree && intact.every(Boolean)) return { tree };
  await rm(object, { force: true });
  return undefined;
}

/** An object whose bytes have been checked, with its files if it is a folder. */
export interface Verified {
  readonly tree?: readonly TreeEntry[] | undefined;
}

async function isIntact(object: string, md5: string): Promise<boolean> {
  try {
    if ((await hashFile(object)) === md5) return true;
  } catch (cause) {
    if (hasCode(cause, 'ENOENT')) return false;
    throw cause;
  }
  await rm(object, { force: true });
  return false;
}

function parseTree(text: string): readonly TreeEntry[] | undefined {
  try {
    return TREE.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

function isInside(relpath: string): boolean {
  const parts = relpath.split(sep === '/' ? '/' : /[\\/]/);
  return parts.every(part => part !== '' && part !== '.' && part !== '..');
}

/** Puts a verified object at a place of the work tree, in place of whatever was there; copies share blocks if they can. */
export async function checkoutObject(
  cacheDir: string,
  { md5, isexec, tree }: Pick<Fingerprint, 'md5' | 'isexec'> & Verified,
  path: string,
): Promise<void> {
  try {
    await rm(path, { recursive: true, force: true });
    if (!tree) return await checkoutFile(objectPath(cacheDir, md5), path, isexec ? 0o777 : 0o666);
    await mkdir(path, { recursive: true });
    await inParallel(tree, entry =>
      checkoutFile(objectPath(cacheDir, entry.md5), join(path, entry.relpath), 0o666),
    );
  } catch (cause) {
    throw unwritable(path, cause);
  }
}

/** The permissions are those of any new file of this user, not those of the read-only object. */
async function checkoutFile(object: string, path: string, mode: number): Promise<void> {
  const temporary = temporaryName(path);
  await mkdir(dirname(path), { recursive: true });
  try {
    const handle = await open(temporary, 'wx', mode);
    const permissions = (await handle.stat()).mode;
    await handle.close();
    await copyFile(object, temporary, constants.COPYFILE_FICLONE);
    await chmod(temporary, permissions);
    await rename(temporary, path);
  } catch (cause) {
    await rm(temporary, { force: true });
    throw cause;
  }
}
