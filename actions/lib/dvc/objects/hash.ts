// Content hashes as DVC 3 takes them: MD5 of the raw bytes of a file, and of a sorted JSON list for a folder.
// A Hasher remembers what it hashed, so that the output of one stage is not read again as the input of the next.
import { createHash } from 'node:crypto';
import { type BigIntStats, createReadStream } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { compareText } from '#lib/documents/canonical.ts';
import type { Hashed, TreeEntry } from '#lib/dvc/objects/object.ts';
import { pythonJson } from '#lib/dvc/values/python-json.ts';
import { ConfigurationError, errorMessage, hasCode } from '#lib/errors.ts';

/** Hashes a file or folder; undefined when nothing is there. */
export type Hasher = (path: string) => Promise<Hashed | undefined>;

const BUFFERED_BYTES = 1024 * 1024;
const PARALLEL_FILES = 8;
/** Folders that DVC never looks into. */
const SKIPPED = new Set(['.git', '.hg', '.dvc']);
/** A file changed this shortly before it was hashed may change again without a new time stamp: it is not remembered. */
const SETTLED_MS = 100;

interface FileHash {
  readonly md5: string;
  readonly size: number;
  readonly isExecutable: boolean;
}

/** @param now the time in milliseconds, to tell settled files from those still being written. */
export function createHasher(now: () => number): Hasher {
  const remembered = new Map<string, { readonly identity: string; readonly md5: string }>();
  const hash = async (path: string, info: BigIntStats): Promise<FileHash> => {
    const identity = [info.dev, info.ino, info.size, info.mtimeNs, info.ctimeNs].join(':');
    const size = Number(info.size);
    const isExecutable = (info.mode & 0o111n) !== 0n;
    const known = remembered.get(path);
    if (known?.identity === identity) return { md5: known.md5, size, isExecutable };
    const isSettled = now() - Number(info.ctimeMs) > SETTLED_MS;
    const md5 = await hashFile(path, size);
    if (isSettled) remembered.set(path, { identity, md5 });
    return { md5, size, isExecutable };
  };
  return path => hashPath(path, hash);
}

type HashFile = (path: string, info: BigIntStats) => Promise<FileHash>;

async function hashPath(path: string, hash: HashFile): Promise<Hashed | undefined> {
  const info = await stat(path, { bigint: true }).catch((cause: unknown) => {
    if (hasCode(cause, 'ENOENT') || hasCode(cause, 'ENOTDIR')) return undefined;
    throw unhashable(path, cause);
  });
  if (!info) return undefined;
  try {
    if (info.isDirectory()) return await hashFolder(path, hash);
    const { md5, size, isExecutable } = await hash(path, info);
    return { fingerprint: { md5, size, ...(isExecutable && { isexec: true as const }) } };
  } catch (cause) {
    throw unhashable(path, cause);
  }
}

function unhashable(path: string, cause: unknown): unknown {
  const at = { file: path };
  if (hasCode(cause, 'EACCES')) {
    const remedy = 'Give yourself permission to read it.';
    return new ConfigurationError(`${path} may not be read`, { at, remedy, cause });
  }
  if (!hasCode(cause, 'ENOENT')) return cause;
  const remedy = 'Remove links that lead nowhere, let nothing else write there, then run again.';
  return new ConfigurationError(`A part of ${path} is not there: ${errorMessage(cause)}`, {
    at,
    remedy,
    cause,
  });
}

async function hashFolder(path: string, hash: HashFile): Promise<Hashed> {
  const relpaths = await listFiles(path, '');
  const files = await inParallel(relpaths, async relpath => {
    const file = join(path, relpath);
    return { relpath, ...(await hash(file, await stat(file, { bigint: true }))) };
  });
  const tree = files
    .map(({ md5, relpath }) => ({ md5, relpath }))
    .sort((a, b) => compareText(a.relpath, b.relpath));
  const size = files.reduce((sum, file) => sum + file.size, 0);
  return { fingerprint: { md5: `${hashBytes(formatTree(tree))}.dir`, size, nfiles: files.length }, tree };
}

/** The bytes of a folder's object in the cache. */
export function formatTree(tree: readonly TreeEntry[]): string {
  return pythonJson(
    tree.map(
      ({ md5, relpath }) =>
        new Map([
          ['md5', md5],
          ['relpath', relpath],
        ]),
    ),
  );
}

/** 32 hex digits. */
export function hashBytes(bytes: string | Uint8Array): string {
  return createHash('md5').update(bytes).digest('hex');
}

/** MD5 of a file's bytes, in 32 hex digits; large files are streamed. The size saves asking for it. */
export async function hashFile(path: string, size?: number): Promise<string> {
  if ((size ?? (await stat(path)).size) <= BUFFERED_BYTES) return hashBytes(await readFile(path));
  const digest = createHash('md5');
  for await (const chunk of createReadStream(path, { highWaterMark: BUFFERED_BYTES })) digest.update(chunk);
  return digest.digest('hex');
}

/** Links to files count as files; links to folders and empty folders are left out, as DVC does. */
async function listFiles(folder: string, prefix: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  if (entries.some(entry => entry.name === '.dvcignore')) {
    throw new ConfigurationError(
      `${join(folder, '.dvcignore')} stands inside a folder that is hashed as a whole`,
      {
        at: { file: join(folder, '.dvcignore') },
        remedy: 'Move its patterns to the .dvcignore of a folder above.',
      },
    );
  }
  const found = await Promise.all(
    entries.map(async entry => {
      const relpath = prefix + entry.name;
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return SKIPPED.has(entry.name) ? [] : await listFiles(path, `${relpath}/`);
      if (entry.isSymbolicLink()) return (await stat(path)).isFile() ? [relpath] : [];
      return entry.isFile() ? [relpath] : [];
    }),
  );
  return found.flat();
}

/** Runs the work for all items, some at a time; results in the order of the items. */
export async function inParallel<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<readonly Result[]> {
  const results = new Array<Result>(items.length);
  const queue = items.entries();
  const worker = async () => {
    for (const [index, item] of queue) results[index] = await work(item);
  };
  await Promise.all(Array.from({ length: PARALLEL_FILES }, worker));
  return results;
}
