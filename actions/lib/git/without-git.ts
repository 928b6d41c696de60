// A Repository on a machine that has no git: reading and writing objects works all the same, so that a server can follow a
// repository in an image of nothing but Node. What needs git says so.
import { existsSync } from 'node:fs';
import { readFile, realpath } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { ConfigurationError } from '#lib/errors.ts';
import { openIsomorphicObjects } from '#lib/git/isomorphic-objects.ts';
import type { Repository } from '#lib/git/repository.ts';

/** What isomorphic-git misreads instead of refusing, as measured: see the keys below `[extensions]` of a repository. */
const FOREIGN = /^\s*\[extensions\]|^\s*repositoryformatversion\s*=\s*[^01\s]/imu;

/**
 * Opens the repository at a path, a work tree or bare.
 * @throws ConfigurationError when there is none, or it is of a kind that only git can read.
 */
export async function openWithoutGit(path: string): Promise<Repository> {
  const folder = await realpath(resolve(path)).catch(() => resolve(path));
  const inside = join(folder, '.git');
  const workTree = existsSync(join(inside, 'HEAD')) ? folder : undefined;
  const directory = workTree === undefined ? folder : inside;
  if (!existsSync(join(directory, 'HEAD')) || !existsSync(join(directory, 'objects'))) {
    throw needsGit(`${folder} is no repository that can be read without git`);
  }
  const config = await readFile(join(directory, 'config'), 'utf8').catch(() => '');
  if (FOREIGN.test(config) || existsSync(join(directory, 'objects', 'info', 'alternates'))) {
    throw needsGit(`${folder} uses something that only git can read`);
  }
  const refuse = async (): Promise<never> => {
    throw needsGit('This needs git');
  };
  return {
    ...{ directory, workTree, isShallow: existsSync(join(directory, 'shallow')) },
    ...{ mergeBase: refuse, changes: refuse, history: refuse, mergeTrees: refuse, writeTree: refuse },
    ...{ deleteRef: refuse, tag: refuse, writeTag: refuse },
    bring: async () => undefined,
    checkedOutAt: async () => undefined,
    ...openIsomorphicObjects(directory),
  };
}

function needsGit(what: string): ConfigurationError {
  return new ConfigurationError(what, { remedy: 'Install git 2.38 or newer.' });
}
