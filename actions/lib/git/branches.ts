// What a clone holds, for messages about a revision that it does not: names that were perhaps meant, and whether history
// was cut off.
import { runGit } from '#lib/git/command.ts';

/** Branches, those of remotes as `origin/main`, and tags. */
export async function listNames(folder: string): Promise<readonly string[]> {
  const refs = ['refs/heads', 'refs/remotes', 'refs/tags'];
  const { code, stdout } = await runGit(folder, ['for-each-ref', '--format=%(refname:short)', ...refs]);
  return code === 0 ? stdout.toString().split('\n').filter(Boolean) : [];
}

/** True when the clone does not reach back to the first commit. */
export async function isShallow(folder: string): Promise<boolean> {
  const { stdout } = await runGit(folder, ['rev-parse', '--is-shallow-repository']);
  return stdout.toString().trim() === 'true';
}
