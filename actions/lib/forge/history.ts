// What git alone tells of a pull request, the same for every forge.
import { ConfigurationError } from '#lib/errors.ts';
import type { Pull } from '#lib/forge/forge.ts';
import type { Repository } from '#lib/git/repository.ts';

export const MAIN = 'refs/heads/main';

/**
 * Where the branch left main; of a merged pull request as main stood before the merge.
 * @throws ConfigurationError when they share no history that can be read here.
 */
export async function findBase(repository: Repository, pull: Pull): Promise<string> {
  const main = pull.merged?.base ?? (await repository.resolve(MAIN));
  const base = main && (await repository.mergeBase(main, pull.head));
  if (base) return base;
  throw new ConfigurationError(`${pull.branch} shares no history with main`, {
    remedy: repository.isShallow
      ? 'The history is cut off here: run git fetch --unshallow first.'
      : 'Begin the branch at main.',
  });
}

/** Whether the merge of a pull request put this very commit on main's own line of history. */
export async function hasBrought(repository: Repository, pull: Pull, commit: string): Promise<boolean> {
  if (!pull.merged) return false;
  const { commit: last, base, method } = pull.merged;
  if (last === commit) return true;
  if (method !== 'rebase') return false;
  return (await repository.history(last, { from: base })).some(({ id }) => id === commit);
}
