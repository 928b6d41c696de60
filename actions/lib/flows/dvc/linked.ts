// What we put into the work tree or took from it, so that a checkout of another branch can take away what that branch
// does not track. DVC keeps such a list as well, on each machine for itself.
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { replaceWhole } from '#lib/documents/write.ts';
import { OBJECT_NAME } from '#lib/dvc/objects/object-path.ts';
import { isWithin } from '#lib/dvc/pipeline/paths.ts';
import type { DvcRepository } from '#lib/dvc/repository/repository.ts';

/** Paths from the root with forward slashes, and the name of the content that lay there. */
type Checkouts = ReadonlyMap<string, string>;

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
    if (md5 !== undefined) next.set(relative(root, path).split(sep).join('/'), md5);
  }
  const isSame = next.size === before.size && [...next].every(([path, md5]) => before.get(path) === md5);
  if (!isSame) writeCheckouts(root, next);
}

/**
 * Removes what no stage or .dvc file tracks any more, if it is as we left it and the cache holds all of it.
 * @returns the absolute paths that are gone.
 */
export async function removeUntracked(
  { root, workTree, cache }: DvcRepository,
  outputs: readonly string[],
): Promise<readonly string[]> {
  const known = readCheckouts(root);
  const removed: string[] = [];
  const next = new Map(known);
  for (const [name, md5] of known) {
    const path = join(root, name);
    if (outputs.some(output => isWithin(output, path) || isWithin(path, output))) continue;
    next.delete(name);
    const found = await workTree.hash(path);
    if (found?.fingerprint.md5 !== md5 || cache.missing(md5).length > 0) continue;
    rmSync(path, { recursive: true, force: true });
    removed.push(path);
  }
  if (next.size !== known.size) writeCheckouts(root, next);
  return removed;
}

function writeCheckouts(root: string, checkouts: Checkouts): void {
  mkdirSync(dirname(fileOf(root)), { recursive: true });
  replaceWhole(fileOf(root), `${JSON.stringify(Object.fromEntries(checkouts))}\n`);
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
    Object.entries(value).filter(([name, md5]) => {
      const path = join(root, name);
      return path !== root && isWithin(root, path) && typeof md5 === 'string' && OBJECT_NAME.test(md5);
    }),
  );
}
