// The host on GitHub: branches are pushed with a lease, pull requests come from the API, and the store is a branch.
import type { ForgeAccess } from '#lib/flows/access.ts';
import { MACHINE } from '#lib/flows/state.ts';
import type { Forge } from '#lib/forge/forge.ts';
import { openGitHubForge } from '#lib/forge/github/github.ts';
import { openRepository } from '#lib/git/open-repository.ts';
import { openPushedRepository } from '#lib/git/pushed-repository.ts';
import type { Repository } from '#lib/git/repository.ts';
import { openBranchStore } from '#lib/storage/branch.ts';
import type { Store } from '#lib/storage/store.ts';

/**
 * @param root the top of a clone; objects are made in it, and none of its branches is touched.
 * @throws ConfigurationError when the repository cannot be read.
 */
export async function openGitHubHost(
  root: string,
  access: ForgeAccess,
): Promise<{ readonly repository: Repository; readonly forge: Forge; readonly store: Store }> {
  const { serverUrl, token, apiUrl } = access;
  const basic = Buffer.from(`x-access-token:${token}`).toString('base64');
  const repository = await openPushedRepository(await openRepository(root), {
    url: `${serverUrl}/${access.repository}.git`,
    // As actions/checkout does it: the header goes to this server only, and stands in no argument and no file.
    settings: { [`http.${serverUrl}/.extraheader`]: `AUTHORIZATION: basic ${basic}` },
  });
  const [owner = '', repo = ''] = access.repository.split('/');
  const forge = openGitHubForge({
    ...{ owner, repo, repository, token, apiUrl, serverUrl },
    fetch: names => repository.bring(names),
    machines: [MACHINE.email],
  });
  return { repository, forge, store: openBranchStore(repository) };
}
