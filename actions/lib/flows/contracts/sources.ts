// The contracts that a command is about, of the work tree or of a commit, and the repository they lie in.
import { realpathSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import type { Contract } from '#lib/contracts/odcs.ts';
import { parseContract } from '#lib/contracts/read.ts';
import { type CheckedDocument, readText } from '#lib/documents/read.ts';
import { isWithin } from '#lib/dvc/pipeline/paths.ts';
import { findDvcRoot } from '#lib/dvc/repository/find-root.ts';
import { atRevision, ConfigurationError } from '#lib/errors.ts';
import { findContracts } from '#lib/flows/contracts/lint.ts';
import { openGit } from '#lib/git/binary.ts';
import type { Git } from '#lib/git/git.ts';

/** Where contracts and data are: paths are from the root, with forward slashes, and shown from where the user stands. */
export interface ContractPlace {
  /** Absolute, without links: the top of git's work tree, else DVC's root, else the folder itself. */
  readonly root: string;
  /** Absolute, without links. */
  readonly directory: string;
  readonly git: Git | undefined;
  readonly show: (path: string) => string;
}

/** A commit by the name it was asked for. */
export interface NamedCommit {
  readonly name: string;
  readonly commit: string;
}

/** Opens the repository a folder lies in, if it lies in one. */
export async function openContractPlace(folder: string): Promise<ContractPlace> {
  const directory = realpathSync(resolve(folder));
  const git = await openGit(directory);
  const root = git ? realpathSync(git.root) : (findDvcRoot(directory) ?? directory);
  return {
    ...{ root, directory, git },
    show: path => relative(directory, join(root, path)).split(sep).join('/') || '.',
  };
}

/** @throws ConfigurationError for a name that is no commit */
export async function resolveCommit({ git }: ContractPlace, name: string): Promise<NamedCommit> {
  const commit = await git?.resolve(name);
  if (commit !== undefined) return { name, commit };
  throw new ConfigurationError(git ? `git knows no revision "${name}"` : 'There is no git repository here', {
    remedy: 'Name a branch, tag or commit that was fetched.',
  });
}

/** The contracts as paths from the root: those that are named, else all below the user's folder. */
export async function listContracts(
  place: ContractPlace,
  { files, at }: { readonly files: readonly string[]; readonly at?: NamedCommit | undefined },
): Promise<readonly string[]> {
  const { root, directory, git } = place;
  const fromRoot = (file: string) => relative(root, resolve(directory, file)).split(sep).join('/');
  if (files.length > 0) return files.map(fromRoot);
  if (!at || !git) return findContracts(directory).map(fromRoot);
  const below = await git.listFiles(at.commit, fromRoot('.'));
  return below
    .filter(({ path, mode }) => mode.startsWith('100') && path.endsWith('.odcs.yaml'))
    .map(({ path }) => path);
}

/**
 * Reads one; undefined where the commit does not have it.
 * @throws ConfigurationErrors with every problem at its place
 */
export async function readContractAt(
  place: ContractPlace,
  path: string,
  at?: NamedCommit,
): Promise<CheckedDocument<Contract> | undefined> {
  const shown = place.show(path);
  if (!at) return parseContract(await readText(join(place.root, path)), shown);
  const bytes = await place.git?.readFile(at.commit, path);
  if (!bytes) return undefined;
  try {
    return parseContract(Buffer.from(bytes).toString('utf8'), shown);
  } catch (error) {
    throw error instanceof ConfigurationError ? atRevision(error, at.name) : error;
  }
}

/** The folder of the DVC repository that a contract belongs to, where that lies within the root. */
export function dvcRootOf({ root }: ContractPlace, path: string): string | undefined {
  const found = findDvcRoot(dirname(join(root, path)));
  return found !== undefined && isWithin(root, found) ? found : undefined;
}
