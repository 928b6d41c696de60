// What we put into the work tree or took from it, so that a checkout of another branch can take away what that branch
// does not track. DVC keeps such a list as well, on each machine for itself.
import { lstatSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { replaceUnsynced } from '#lib/documents/write.ts';
import type { Hashed } from '#lib/dvc/objects/object.ts';
import { OBJECT_NAME } from '#lib/dvc/objects/object-path.ts';
import { isWithin } from '#lib/dvc/pipeline/paths.ts';
import type { DvcRepository } from '#lib/dvc/repository/repository.ts';
import { deleteFiles, isLinkedFolder } from '#lib/dvc/work-tree/folders.ts';
import { findWithoutCopy } from '#lib/dvc/work-tree/sound-copies.ts';
import { ConfigurationError } from '#lib/errors.ts';
import { GitNotFound, runGit } from '#lib/git/command.ts';

/** The name of the content that lay at a place, and by what the file or folder itself is known again. */
interface Placed {
  readonly md5: string;
  readonly ino: number;
  readonly mtimeMs: number;
}

/** By path from the root, with forward slashes. */
type Checkouts = ReadonlyMap<string, Placed>;

const fileOf = (root: string): string => join(root, '.dvc', 'tmp', 'mainline', 'checkouts.json');

export interface Checkout {
  /** Absolute. */
  readonly path: string;
  readonly md5: string | undefined;
}

/** Adds to what is known. */
export function rememberCheckouts(root: string, checkouts: readonly Checkout[]): void {
  const before = readCheckouts(root);
  const next = new Map(before);
  for (const { path, md5 } of checkouts) {
    const info = lstatSync(path, { throwIfNoEntry: false });
    if (md5 === undefined || info === undefined) continue;
    const { ino, mtimeMs } = info;
    next.set(relative(root, path).split(sep).join('/'), { md5, ino, mtimeMs });
  }
  const isSame =
    next.size === before.size && [...next].every(([path, placed]) => isSamePlaced(before.get(path), placed));
  if (!isSame) writeCheckouts(root, next);
}

function isSamePlaced(a: Placed | undefined, b: Placed): boolean {
  return a !== undefined && a.md5 === b.md5 && a.ino === b.ino && a.mtimeMs === b.mtimeMs;
}

/**
 * Removes what no stage or .dvc file tracks any more, if it is the very file or folder that we left, nobody changed it,
 * git does not track it, and the cache holds all of it. Of a folder only the files that were recorded go.
 * @returns the absolute paths that are gone.
 */
export async function removeUntracked(
  repository: DvcRepository,
  outputs: readonly string[],
): Promise<readonly string[]> {
  const { root } = repository;
  const known = readCheckouts(root);
  const next = new Map(known);
  const candidates: string[] = [];
  for (const [name, placed] of known) {
    const path = join(root, name);
    if (outputs.some(output => isWithin(output, path) || isWithin(path, output))) continue;
    next.delete(name);
    const info = lstatSync(path, { throwIfNoEntry: false });
    if (info && isSamePlaced(placed, { ...placed, ino: info.ino, mtimeMs: info.mtimeMs }))
      candidates.push(path);
  }
  const removed: string[] = [];
  const inGit = await listTrackedByGit(repository, candidates);
  for (const path of candidates) {
    if (inGit.some(file => isWithin(path, file)) || isLinkedFolder(path)) continue;
    const placed = known.get(relative(root, path).split(sep).join('/'));
    if (placed && (await removeIfSafe(repository, path, placed.md5))) removed.push(path);
  }
  if (next.size !== known.size) writeCheckouts(root, next);
  return removed;
}

async function removeIfSafe({ workTree, cache }: DvcRepository, path: string, md5: string): Promise<boolean> {
  let found: Hashed | undefined;
  try {
    found = await workTree.hash(path);
  } catch (error) {
    // What cannot be read is not what we left.
    if (error instanceof ConfigurationError) return false;
    throw error;
  }
  if (found?.fingerprint.md5 !== md5 || !cache.has(md5)) return false;
  const files = found.tree ?? [{ md5, relpath: '' }];
  if (findWithoutCopy(cache, files, { path }).length > 0) return false;
  deleteFiles(
    path,
    files.map(({ relpath }) => relpath),
    false,
  );
  return true;
}

/** Absolute paths; all of them when git cannot be asked. */
async function listTrackedByGit(
  { gitRoot }: DvcRepository,
  paths: readonly string[],
): Promise<readonly string[]> {
  if (gitRoot === undefined || paths.length === 0) return [];
  const ask = ['--literal-pathspecs', 'ls-files', '-z', '--cached', '--', ...paths];
  try {
    const { code, stdout } = await runGit(gitRoot, ask);
    if (code !== 0) return paths;
    const names = stdout.toString().split('\0').filter(Boolean);
    return names.map(name => join(gitRoot, name));
  } catch (error) {
    if (error instanceof GitNotFound) return paths;
    throw error;
  }
}

function writeCheckouts(root: string, checkouts: Checkouts): void {
  mkdirSync(dirname(fileOf(root)), { recursive: true });
  replaceUnsynced(fileOf(root), `${JSON.stringify(Object.fromEntries(checkouts))}\n`);
}

/** What is damaged counts as nothing: then nothing is removed. Paths that would leave the repository are left out. */
function readCheckouts(root: string): Checkouts {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(fileOf(root), 'utf8'));
  } catch {
    return new Map();
  }
  if (typeof value !== 'object' || value === null) return new Map();
  return new Map(
    Object.entries(value).filter((entry): entry is [string, Placed] => {
      const [name, placed] = entry as [string, unknown];
      const path = join(root, name);
      return path !== root && isWithin(root, path) && isPlaced(placed);
    }),
  );
}

function isPlaced(value: unknown): value is Placed {
  if (typeof value !== 'object' || value === null) return false;
  const { md5, ino, mtimeMs } = value as Readonly<Record<string, unknown>>;
  return (
    typeof md5 === 'string' && OBJECT_NAME.test(md5) && typeof ino === 'number' && typeof mtimeMs === 'number'
  );
}
