// Files as they lie on the disk. Links are followed only where they stay inside.
import { readdirSync, realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { compareText } from '#lib/documents/canonical.ts';
import { isWithin } from '#lib/dvc/pipeline/paths.ts';
import type { FileTree } from '#lib/flows/contracts/data/tree.ts';

/** Nobody means a folder with more files; a walk that would not end is stopped there. */
const MOST_FILES = 1_000_000;

export interface DiskTreeOptions {
  readonly name?: string;
  /** A folder outside that links may lead to, such as DVC's cache; asked only for such a link. */
  readonly linkedFolder?: () => Promise<string | undefined>;
}

/** @param root absolute, without links */
export function openDiskTree(
  root: string,
  { name = 'the work tree', linkedFolder = async () => undefined }: DiskTreeOptions = {},
): FileTree {
  const tree: FileTree = {
    name,
    find: async path => {
      const walk: Walk = { root, files: [], outside: [] };
      visit(walk, path);
      const folder = walk.outside.length > 0 ? await linkedFolder() : undefined;
      const linked = walk.outside.filter(({ real }) => folder !== undefined && isWithin(folder, real));
      return [...walk.files, ...linked.map(one => one.path)]
        .toSorted(compareText)
        .map(own => ({ tree, path: own, bring: async () => ({ file: join(root, own) }) }));
    },
  };
  return tree;
}

interface Walk {
  readonly root: string;
  readonly files: string[];
  /** Links to files that are not below the root. */
  readonly outside: { readonly path: string; readonly real: string }[];
}

function visit(walk: Walk, path: string): void {
  const { root, files, outside } = walk;
  const file = join(root, path);
  const real = realOf(file);
  const stat = real === undefined ? undefined : statSync(real, { throwIfNoEntry: false });
  if (real === undefined || !stat) return;
  const isInside = isWithin(root, real);
  if (stat.isFile()) {
    if (isInside) files.push(path);
    else outside.push({ path, real });
    return;
  }
  // A link to a folder above it would never end.
  const isLoop = real !== file && isWithin(real, file);
  if (!stat.isDirectory() || !isInside || isLoop) return;
  for (const name of readdirSync(real)) {
    if (name.startsWith('.') || files.length > MOST_FILES) continue;
    visit(walk, path === '' ? name : `${path}/${name}`);
  }
}

function realOf(file: string): string | undefined {
  try {
    return realpathSync(file);
  } catch {
    return undefined;
  }
}
