// Where truth lies for a command on this machine: the repository that holds main, the state branch, the forge and the
// store. A clone's origin when that is a folder here, else the repository itself; never both.

import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { ConfigurationError } from '#lib/errors.ts';
import type { ForgeAccess } from '#lib/flows/access.ts';
import { openGitHubHost } from '#lib/flows/github-host.ts';
import type { Workspace } from '#lib/flows/workspace.ts';
import type { Forge } from '#lib/forge/forge.ts';
import { openLocalForge } from '#lib/forge/local.ts';
import { openRepository } from '#lib/git/open-repository.ts';
import { findOrigin, findPerson } from '#lib/git/remote.ts';
import { CLONED, readUnder } from '#lib/git/renamed-repository.ts';
import type { Repository } from '#lib/git/repository.ts';
import { openBranchStore } from '#lib/storage/branch.ts';
import { openFolderStore } from '#lib/storage/folder.ts';
import { openSeveralStores } from '#lib/storage/several.ts';
import type { Store } from '#lib/storage/store.ts';

export const MAIN_REF = 'refs/heads/main';

export interface Host {
  readonly repository: Repository;
  readonly forge: Forge;
  readonly store: Store;
}

/** The artifact store of a repository: beside its refs when bare, else in the git-ignored folder. */
export function storeFolder({ directory, workTree }: Repository): string {
  return workTree === undefined ? join(directory, 'mainline', 'store') : join(workTree, '.mainline', 'store');
}

/**
 * Opens the host of a workspace.
 * @param access for a real forge; without it such a repository is refused, since reviews typed here count for nothing there.
 * @throws ConfigurationError without git, without access to a real forge, and where origin is not there.
 */
export async function openHost(workspace: Workspace, access?: ForgeAccess): Promise<Host> {
  const { git, root } = workspace;
  if (!git) {
    throw new ConfigurationError('There is no git repository here', {
      at: { file: root },
      remedy: 'Run git init, and commit what is here on a branch main.',
    });
  }
  if (relative(git.root, root) !== '') {
    throw new ConfigurationError('models/ has to be at the top of the repository for this command', {
      at: { file: root },
      remedy: `Move models/, pipelines/ and data/ to ${git.root}.`,
    });
  }
  const origin = await findOrigin(root);
  if (origin.kind === 'remote' && access) return openGitHubHost(root, access);
  if (origin.kind === 'remote') {
    throw new ConfigurationError(
      `origin is ${origin.url}, a real forge: this command rehearses on one machine`,
      {
        remedy:
          'There the workflows do this, after real reviews. To rehearse, clone into a folder whose origin is a bare repository on this machine.',
      },
    );
  }
  if (origin.kind === 'folder' && !existsSync(origin.path)) {
    throw new ConfigurationError('origin is a folder that is not there', {
      at: { file: origin.path },
      remedy: 'Name the right one: git remote set-url origin <folder>',
    });
  }
  const repository = await openRepository(origin.kind === 'folder' ? origin.path : root);
  return {
    repository,
    forge: openLocalForge(repository),
    store: openFolderStore(storeFolder(repository)),
  };
}

/**
 * Where versions are read, for commands that work without, such as propose.
 * Of a real forge that is what was fetched: its state and its store as this clone knows them.
 */
export async function findRegistry(
  workspace: Workspace,
): Promise<Pick<Host, 'repository' | 'store'> | undefined> {
  const { git, root } = workspace;
  if (!git || relative(git.root, root) !== '') return undefined;
  const origin = await findOrigin(root);
  if (origin.kind !== 'remote') return openHost(workspace);
  const local = await openRepository(root);
  const repository = readUnder(local, CLONED);
  const stores = [openFolderStore(storeFolder(local)), openBranchStore(repository)] as const;
  return { repository, store: openSeveralStores(stores) };
}

/**
 * Where main stands.
 * @throws ConfigurationError when there is no main.
 */
export async function resolveMain({ repository }: Pick<Host, 'repository'>): Promise<string> {
  const main = await repository.resolve(MAIN_REF);
  if (main !== undefined) return main;
  throw new ConfigurationError(`The repository ${repository.directory} has no branch main`, {
    remedy: 'Push main first: git push origin main',
  });
}

/** As forges have them, and the names of their machines: `dependabot[bot]`. */
const ACCOUNT = /^[a-z0-9](?:[a-z0-9._+-]{0,98}[a-z0-9_])?(?:\[bot\])?$/iu;

/**
 * Who gives this command: the account asked for, else the one of git's configuration.
 * @throws ConfigurationError when neither is known.
 */
export async function findActor(
  { forge }: Pick<Host, 'forge'>,
  workspace: Workspace,
  asked?: string,
): Promise<string> {
  const person = asked === undefined ? await findPerson(workspace.root) : undefined;
  const account = person ? forge.accountOf(person) : asked?.replace(/^@/u, '');
  if (account !== undefined && ACCOUNT.test(account)) return account;
  if (account !== undefined) {
    throw new ConfigurationError(`"${asked ?? person?.email}" is no account`, {
      remedy: 'Name one with --as: letters, digits and hyphens, such as --as ada.',
    });
  }
  throw new ConfigurationError('git does not know who you are', {
    remedy: 'Run: git config user.email you@example.org, or name yourself with --as.',
  });
}
