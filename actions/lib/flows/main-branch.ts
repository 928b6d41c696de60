// Mainline works on a branch called main: releases, rollouts and champions are looked for there. What a clone says of it,
// without asking anybody.
import { runGit } from '#lib/git/command.ts';

/** The branch whose content is intent. */
export const MAIN = 'main';

/** What to do where another branch is the default one. */
export const MAIN_REMEDY =
  'Rename it (git branch -m main, git push --set-upstream origin main), make main the default branch on GitHub ' +
  '(Settings, General), then run git remote set-head origin --auto.';

/** The branch that stands where main should; undefined where main is there, or nothing is known. */
export async function findOtherMain(root: string): Promise<string | undefined> {
  const read = async (...args: readonly string[]): Promise<string | undefined> => {
    const { code, stdout } = await runGit(root, args);
    return code === 0 ? stdout.toString().trim() || undefined : undefined;
  };
  const atOrigin = await read('symbolic-ref', '--quiet', '--short', 'refs/remotes/origin/HEAD');
  if (atOrigin !== undefined) {
    const branch = atOrigin.replace(/^origin\//u, '');
    return branch === MAIN ? undefined : branch;
  }
  const head = await read('symbolic-ref', '--quiet', '--short', 'HEAD');
  if (head === undefined || head === MAIN) return undefined;
  const places = [`refs/heads/${MAIN}`, `refs/remotes/origin/${MAIN}`];
  return (await read('for-each-ref', '--format=%(refname)', ...places)) === undefined ? head : undefined;
}
