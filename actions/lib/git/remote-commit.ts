// The commit a name stands for in another repository, on this machine or behind a network; nothing is fetched.
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { ConfigurationError } from '#lib/errors.ts';
import { openGit } from '#lib/git/binary.ts';
import { runGit } from '#lib/git/command.ts';

const COMMIT = /^[0-9a-f]{40,64}$/u;

/**
 * @param folder relative addresses are relative to it
 * @param revision a branch, a tag or a whole commit id; the default branch unless given
 * @throws ConfigurationError when the repository cannot be reached, or has no such revision
 */
export async function remoteCommit(
  folder: string,
  { url, revision = 'HEAD' }: { readonly url: string; readonly revision?: string | undefined },
): Promise<string> {
  const path = resolve(folder, url);
  const found = existsSync(path)
    ? await (await openGit(path))?.resolve(revision)
    : await askRemote(folder, { url, revision });
  if (found !== undefined) return found;
  throw new ConfigurationError(`${url} has no revision ${revision}`, {
    remedy: 'Name a branch, a tag or a whole commit id that is there.',
  });
}

async function askRemote(
  folder: string,
  { url, revision }: { readonly url: string; readonly revision: string },
): Promise<string | undefined> {
  const { code, stdout, stderr } = await runGit(
    folder,
    ['ls-remote', '--', url, revision, `${revision}^{}`],
    {
      env: { GIT_TERMINAL_PROMPT: '0' },
    },
  );
  if (code !== 0) {
    throw new ConfigurationError(`${url} cannot be reached: ${stderr.trim().split('\n').at(-1)}`, {
      remedy: 'Check the address and your access to it, or leave updates of imports out: --no-updates.',
    });
  }
  const lines = stdout.toString().split('\n').filter(Boolean);
  const peeled = lines.find(line => line.endsWith('^{}')) ?? lines[0];
  const commit = peeled?.split('\t')[0];
  return commit ?? (COMMIT.test(revision) ? revision : undefined);
}
