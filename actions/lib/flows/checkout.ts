// A commit written out beside the work tree, for what has to run its code or read its data; gone afterwards.
import { mkdtemp, readdir, rm, symlink } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { hasCode } from '#lib/errors.ts';
import type { Workspace } from '#lib/flows/workspace.ts';

const PREFIX = 'checkout-';

/** Whatever can write out a commit: the work tree's git, or the repository that holds truth. */
export interface CommitSource {
  writeTree(commit: string, folder: string): Promise<void>;
}

/**
 * Runs work in a checkout of a commit, which shares the cache and the packages of the workspace.
 * @param work gets the folder that stands for the workspace's root, and the top of the checkout.
 */
export async function withCheckout<Result>(
  workspace: Workspace,
  { source, commit }: { readonly source: CommitSource; readonly commit: string },
  work: (root: string, top: string) => Promise<Result>,
): Promise<Result> {
  const top = await mkdtemp(join(localFolder(workspace), PREFIX));
  try {
    await source.writeTree(commit, top);
    const root = join(top, workspace.git ? relative(workspace.git.root, workspace.root) : '');
    await symlink(join(workspace.root, 'node_modules'), join(top, 'node_modules'), 'junction');
    return await work(root, top);
  } finally {
    await rm(top, { recursive: true, force: true });
  }
}

/** Removes what killed runs left; only for the holder of the lock. */
export async function clearCheckouts(workspace: Workspace): Promise<void> {
  const folder = localFolder(workspace);
  for (const name of await readNames(folder)) {
    if (name.startsWith(PREFIX)) await rm(join(folder, name), { recursive: true, force: true });
  }
}

function localFolder({ lock }: Workspace): string {
  return dirname(lock);
}

async function readNames(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return [];
    throw error;
  }
}
