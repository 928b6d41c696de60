// The host on GitHub: branches are pushed with a lease, pull requests come from the API, and the store is a branch.
import type { ForgeAccess } from '#lib/flows/access.ts';
import type { Host } from '#lib/flows/host.ts';
import { MACHINE } from '#lib/flows/state.ts';
import { openGitHubForge } from '#lib/forge/github/github.ts';
import { openRepository } from '#lib/git/open-repository.ts';
import { openPushedRepository } from '#lib/git/pushed-repository.ts';
import { openBranchStore } from '#lib/storage/branch.ts';

/**
 * @param root the top of a clone; objects are made in it, and none of its branches is touched.
 * @throws ConfigurationError when the repository cannot be read.
 */
export async function openGitHubHost(root: string, access: ForgeAccess): Promise<Host> {
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
