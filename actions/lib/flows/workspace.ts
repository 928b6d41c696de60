// Where a command works: the repository's root, its git (a ZIP has none) and the git-ignored folder for local state.
import { access, realpath } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { ConfigurationError } from '#lib/errors.ts';
import { openGit } from '#lib/git/binary.ts';
import type { Git } from '#lib/git/git.ts';

export interface Workspace {
  /** Absolute path of the folder that holds models/. */
  readonly root: string;
  readonly git: Git | undefined;
  /** Absolute paths below .mainline/, which git ignores. */
  readonly evidence: string;
  readonly reports: string;
  readonly proposals: string;
  readonly measurements: string;
  readonly lock: string;
  /** DVC's cache, shared with dvc itself. */
  readonly cache: string;
}

/**
 * Finds the workspace a folder lies in: the nearest folder upwards with models/ in it.
 * @throws ConfigurationError when there is none.
 */
export async function openWorkspace(folder: string): Promise<Workspace> {
  const found = await findRoot(resolve(folder));
  const root = found && (await realpath(found));
  if (root === undefined) {
    throw new ConfigurationError(
      `${resolve(folder)} is in no Mainline repository: no folder models/ here or above`,
      {
        remedy: 'Change to the repository, or name it with --directory.',
      },
    );
  }
  const local = join(root, '.mainline');
  return {
    root,
    git: await openGit(root),
    evidence: join(local, 'evidence'),
    reports: join(local, 'reports'),
    proposals: join(local, 'proposals'),
    measurements: join(local, 'measurements.json'),
    lock: join(local, 'lock'),
    cache: join(root, '.dvc', 'cache'),
  };
}

async function findRoot(folder: string): Promise<string | undefined> {
  try {
    await access(join(folder, 'models'));
    return folder;
  } catch {
    const parent = dirname(folder);
    return parent === folder ? undefined : findRoot(parent);
  }
}
