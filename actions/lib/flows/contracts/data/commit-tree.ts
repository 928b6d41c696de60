// Files of a commit: those that git holds, written to a temporary folder when they are wanted.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FileTree } from '#lib/flows/contracts/data/tree.ts';
import type { Git } from '#lib/git/git.ts';

export interface CommitTreeOptions {
  readonly git: Git;
  readonly commit: string;
  readonly name: string;
  /** Absolute; whoever opens the tree removes it. */
  readonly folder: string;
}

/** The tree's paths are from the top of git's work tree. Links and submodules are passed by. */
export function openCommitTree({ git, commit, name, folder }: CommitTreeOptions): FileTree {
  const tree: FileTree = {
    name,
    find: async path => {
      const files = await git.listFiles(commit, path);
      return files
        .filter(file => file.mode.startsWith('100') && !isHidden(file.path, path))
        .map(file => ({ tree, path: file.path, bring: () => bring(file.id, { git, folder }) }));
    },
  };
  return tree;
}

function isHidden(path: string, start: string): boolean {
  return path
    .slice(start.length)
    .split('/')
    .some(name => name.startsWith('.'));
}

async function bring(
  id: string,
  { git, folder }: Pick<CommitTreeOptions, 'git' | 'folder'>,
): Promise<{ readonly file: string; readonly digest: string }> {
  const file = join(folder, `git-${createHash('sha256').update(id).digest('hex').slice(0, 32)}`);
  if (!existsSync(file)) {
    const bytes = (await git.readBlobs([id])).get(id);
    if (!bytes) throw new Error(`git has no blob ${id}`);
    mkdirSync(folder, { recursive: true });
    writeFileSync(file, bytes);
  }
  return { file, digest: `git:${id}` };
}
