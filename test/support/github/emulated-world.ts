// GitHub as the emulator has it, joined with real git: what is pushed over HTTP to a bare repository is copied into the
// emulator object by object through its API, and has the same ids there.
import { execFile, execFileSync } from 'node:child_process';
import { promisify } from 'node:util';
import { createEmulator } from 'emulate';
import { openGitHubForge } from '#lib/forge/github/github.ts';
import { openRepository } from '#lib/git/open-repository.ts';
import { openPushedRepository } from '#lib/git/pushed-repository.ts';
import { makeFixture } from './fixture.ts';
import { allowServing, openGitServer } from './git-server.ts';
import { ACCOUNTS, type World } from './world.ts';

const BOT = 'mainline-bot';

type Api = (method: string, path: string, body?: unknown, as?: string) => Promise<Record<string, unknown>>;

/** The emulator's port 0 is none: a free one is found by asking the system for it. */
async function freePort(): Promise<number> {
  const { createServer } = await import('node:net');
  return new Promise(resolve => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

export async function openEmulatedWorld(): Promise<World & { readonly api: Api; readonly url: string }> {
  const fixture = await makeFixture();
  allowServing(fixture.bare);
  const served = await openGitServer(fixture.root);
  const logins = [BOT, ...ACCOUNTS];
  const emulator = await createEmulator({
    service: 'github',
    port: await freePort(),
    seed: {
      tokens: Object.fromEntries(
        logins.map(login => [
          `token-of-${login}`,
          { login, scopes: ['repo', 'read:org', 'admin:org', 'user'] },
        ]),
      ),
      github: {
        users: logins.map(login => ({ login })),
        orgs: [{ login: 'acme', members: [{ login: BOT, role: 'admin' }] }],
        repos: [{ owner: 'acme', name: 'shop', private: false, default_branch: 'main', auto_init: false }],
      },
    },
  });
  const api: Api = async (method, path, body, as = BOT) => {
    const response = await fetch(`${emulator.url}${path}`, {
      method,
      headers: { authorization: `Bearer token-of-${as}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const answer = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${answer.slice(0, 300)}`);
    return answer === '' ? {} : JSON.parse(answer);
  };
  const url = `${served.url}/acme/shop.git`;
  fixture.git('remote', 'set-url', 'origin', url);
  const mirror = openMirror(fixture.bare, api);
  const push = async (branch: string): Promise<void> => {
    // The server is this very process: waiting for git must not stop it.
    await promisify(execFile)('git', ['push', '--quiet', '--force', 'origin', branch], {
      cwd: fixture.folder,
    });
    await mirror(branch);
  };
  await push('main');
  const local = await openRepository(fixture.folder);
  const repository = await openPushedRepository(local, { url });
  const forge = openGitHubForge({
    ...{ owner: 'acme', repo: 'shop', token: `token-of-${BOT}`, apiUrl: emulator.url, secondMs: 1 },
    repository,
    fetch: names => repository.bring(names),
  });
  return {
    ...fixture,
    ...{ forge, api, push, url: emulator.url },
    review: async (number, user, event) => {
      const words: Readonly<Record<string, string>> = {
        APPROVED: 'APPROVE',
        CHANGES_REQUESTED: 'REQUEST_CHANGES',
        COMMENTED: 'COMMENT',
      };
      await api(
        'POST',
        `/repos/acme/shop/pulls/${number}/reviews`,
        { event: words[event], body: 'words' },
        user,
      );
    },
    merge: async (number, method) => {
      await api('PUT', `/repos/acme/shop/pulls/${number}/merge`, { merge_method: method }, 'carol');
      const { commit } = (await api('GET', '/repos/acme/shop/branches/main')) as { commit: { sha: string } };
      return commit.sha;
    },
    setPeople: async (members, writers) => {
      await api('POST', '/orgs/acme/teams', { name: 'eta' });
      for (const login of members)
        await api('PUT', `/orgs/acme/teams/eta/memberships/${login}`, { role: 'member' });
      for (const login of writers)
        await api('PUT', `/repos/acme/shop/collaborators/${login}`, { permission: 'push' });
    },
    close: async () => {
      await served.close();
      await emulator.close();
    },
  };
}

/** Copies what is new on a branch; an id that comes out differently is an error. */
function openMirror(bare: string, api: Api): (branch: string) => Promise<void> {
  const known = new Set<string>();
  const refs = new Set<string>();
  const git = (...args: string[]): string =>
    execFileSync('git', [`--git-dir=${bare}`, ...args], { encoding: 'utf8', maxBuffer: 1 << 26 });
  const same = (id: string, answer: Record<string, unknown>): void => {
    if (answer.sha !== id) throw new Error(`${id} became ${answer.sha}`);
    known.add(id);
  };
  const copyTree = async (commit: string): Promise<void> => {
    const entries = git('ls-tree', '-r', '-z', commit).split('\0').filter(Boolean);
    const tree = entries.map(entry => {
      const [, mode = '', type = '', sha = '', path = ''] = /^(\d+) (\w+) (\w+)\t(.*)$/su.exec(entry) ?? [];
      return { mode, type, sha, path };
    });
    for (const { sha } of tree.filter(one => !known.has(one.sha))) {
      const content = execFileSync('git', [`--git-dir=${bare}`, 'cat-file', 'blob', sha]).toString('base64');
      same(sha, await api('POST', '/repos/acme/shop/git/blobs', { content, encoding: 'base64' }));
    }
    same(
      git('rev-parse', `${commit}^{tree}`).trim(),
      await api('POST', '/repos/acme/shop/git/trees', { tree }),
    );
  };
  const copyCommit = async (commit: string): Promise<void> => {
    await copyTree(commit);
    const format = ['%T', '%P', '%an', '%ae', '%aI', '%cn', '%ce', '%cI', '%B'].join('%x00');
    const [tree, parents = '', an, ae, aI, cn, ce, cI, message] = git(
      'log',
      '-1',
      `--format=${format}`,
      commit,
    ).split('\0');
    const written = {
      ...{ tree, parents: parents.split(' ').filter(Boolean), message: message?.trimEnd() },
      author: { name: an, email: ae, date: aI },
      committer: { name: cn, email: ce, date: cI },
    };
    same(commit, await api('POST', '/repos/acme/shop/git/commits', written));
  };
  return async branch => {
    const head = git('rev-parse', `refs/heads/${branch}`).trim();
    for (const commit of git('rev-list', '--reverse', head).split('\n').filter(Boolean)) {
      if (!known.has(commit)) await copyCommit(commit);
    }
    const ref = `refs/heads/${branch}`;
    if (refs.has(ref)) await api('PATCH', `/repos/acme/shop/git/${ref}`, { sha: head, force: true });
    else await api('POST', '/repos/acme/shop/git/refs', { ref, sha: head });
    refs.add(ref);
  };
}
