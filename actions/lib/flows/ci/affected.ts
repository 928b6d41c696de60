// Which models a commit touches, from git alone: nothing is installed, read or run for the models it does not.
import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { ConfigurationError } from '#lib/errors.ts';
import { affectedBy } from '#lib/flows/propose.ts';
import { openWorkspace } from '#lib/flows/workspace.ts';
import type { Git } from '#lib/git/git.ts';

export interface AffectedOptions {
  readonly directory: string;
  /** The revision to compare with; the first parent of a merge commit without it. */
  readonly base?: string | undefined;
}

export interface Affected {
  /** Sorted by name. */
  readonly models: readonly string[];
  /** How many paths differ. */
  readonly changed: number;
  readonly base: string;
}

/**
 * Finds them.
 * @throws ConfigurationError when there is nothing to compare with.
 */
export async function findAffected({ directory, base }: AffectedOptions): Promise<Affected> {
  if (!existsSync(join(directory, 'models'))) return { models: [], changed: 0, base: base ?? '' };
  const workspace = await openWorkspace(directory);
  const { git } = workspace;
  if (!git) {
    throw new ConfigurationError('There is no git repository here', {
      at: { file: workspace.root },
      remedy: 'Check the repository out before this step: actions/checkout.',
    });
  }
  const commit = await resolveBase(git, base);
  const prefix = relative(git.root, workspace.root);
  const changed = (await git.changedPaths(commit)).flatMap(path =>
    prefix === '' ? [path] : path.startsWith(`${prefix}/`) ? [path.slice(prefix.length + 1)] : [],
  );
  const models = changed.length === 0 ? [] : await affectedBy(workspace, changed);
  return { models, changed: changed.length, base: commit };
}

/** A pull request's merge commit has the base as its first parent; it is there in the shallowest clone. */
async function resolveBase(git: Git, asked: string | undefined): Promise<string> {
  const isMerge = (await git.resolve('HEAD^2')) !== undefined;
  const name = asked ?? (isMerge ? 'HEAD^1' : undefined);
  const commit = name && (await git.resolve(name));
  const head = await git.resolve('HEAD');
  if (commit && head) return asked === undefined ? commit : ((await git.mergeBase(commit, head)) ?? commit);
  throw new ConfigurationError(
    asked === undefined
      ? 'HEAD is no merge commit, so there is nothing to compare with'
      : `The base ${asked} is not in this clone`,
    { remedy: 'Give actions/checkout a fetch-depth of 2 for pull requests and of 0 for everything else.' },
  );
}
