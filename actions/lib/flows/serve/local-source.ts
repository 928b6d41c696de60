// A repository on this machine, bare or with a work tree. A clone of another folder follows that one: there the machines
// write, and what lies only in somebody's clone is not yet agreed on.
import { existsSync } from 'node:fs';
import { MAIN_REF, readHeads, STATE_REF } from '#lib/flows/serve/heads.ts';
import { localPath, type Source } from '#lib/flows/serve/source.ts';
import { watchRefs } from '#lib/flows/serve/watch-refs.ts';
import { isGitInstalled, runGit } from '#lib/git/command.ts';
import { openRepository } from '#lib/git/open-repository.ts';
import type { Repository } from '#lib/git/repository.ts';

export interface LocalSource {
  readonly source: Source;
  /** Of the repository that was named, whatever is followed; undefined for a bare one. */
  readonly workTree: string | undefined;
}

/** @throws ConfigurationError when there is no repository at the path */
export async function openLocalSource(path: string): Promise<LocalSource> {
  const named = await openRepository(path);
  const origin = await localOrigin(named);
  const repository = origin === undefined ? named : await openRepository(origin);
  const { directory } = repository;
  const hasGit = await isGitInstalled();
  const heads = async () =>
    hasGit
      ? readHeads(directory)
      : { main: await repository.resolve(MAIN_REF), state: await repository.resolve(STATE_REF) };
  const source: Source = {
    name: origin ?? named.workTree ?? directory,
    isRemote: false,
    repository,
    heads,
    lastHeads: heads,
    watch: onChange => watchRefs(directory, onChange),
  };
  return { source, workTree: named.workTree };
}

/** The folder a work tree was cloned from, when it is still there. */
async function localOrigin({ directory, workTree }: Repository): Promise<string | undefined> {
  if (workTree === undefined) return undefined;
  if (!(await isGitInstalled())) return undefined;
  const args = [`--git-dir=${directory}`, 'config', '--get', 'remote.origin.url'];
  const { code, stdout } = await runGit(directory, args);
  if (code !== 0) return undefined;
  const path = localPath(stdout.toString().trim(), workTree);
  return path !== undefined && existsSync(path) ? path : undefined;
}
