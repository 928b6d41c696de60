// Pull requests as GitHub keeps them: a number and a few words beside a branch, and everything else worked out from real
// git. Their heads follow the branch, wherever it was pushed from, until they are closed.
import { execFile } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { promisify } from 'node:util';
import type { MergeMethod } from '#lib/forge/forge.ts';

export interface HubPull {
  readonly number: number;
  readonly title: string;
  readonly author: string;
  readonly branch: string;
  /** Whose repository has the branch: that of this one, or of a fork. */
  readonly owner: string;
  readonly state: 'open' | 'closed';
  readonly head: string;
  readonly merged: { readonly commit: string; readonly at: string; readonly by: string } | null;
}

export interface NewHubPull {
  readonly branch: string;
  readonly author?: string;
  /** Of a fork; this repository without it. */
  readonly owner?: string;
}

/** What the queue tests, and then puts on main as it is. */
export interface Group {
  readonly number: number;
  readonly branch: string;
  readonly commit: string;
  readonly by: string;
}

export type Git = (...args: readonly string[]) => Promise<string>;

export interface HubPulls {
  readonly git: Git;
  open(pull: NewHubPull): Promise<number>;
  close(number: number): Promise<void>;
  /** Newest first, as they stand now. */
  list(): Promise<readonly HubPull[]>;
  get(number: number): Promise<HubPull | undefined>;
  /** @returns where main stands then. */
  merge(number: number, method: MergeMethod, by?: string): Promise<string>;
  queue(number: number, method?: MergeMethod, by?: string): Promise<Group>;
  /** Main is moved to what was tested. */
  landGroup(group: Group): Promise<void>;
}

const MAIN = 'refs/heads/main';
const WEB_FLOW = {
  GIT_AUTHOR_NAME: 'GitHub',
  GIT_AUTHOR_EMAIL: 'noreply@github.com',
  GIT_COMMITTER_NAME: 'GitHub',
  GIT_COMMITTER_EMAIL: 'noreply@github.com',
};

/** git with GitHub's own name, without blocking a server of this very process. */
export function openGit(directory: string, env: Readonly<Record<string, string>> = {}): Git {
  return async (...args) => {
    const { stdout } = await promisify(execFile)('git', ['-C', directory, ...args], {
      env: { ...process.env, ...WEB_FLOW, ...env },
      maxBuffer: 1 << 26,
    });
    return stdout.trim();
  };
}

/** @param forks paths of the forks' bare repositories by owner; may grow. */
export function openPulls(bare: string, owner: string, forks: ReadonlyMap<string, string>): HubPulls {
  const git = openGit(bare);
  const pulls = new Map<number, HubPull>();
  const tested = new Map<number, string>();
  const need = (number: number): HubPull => {
    const pull = pulls.get(number);
    if (pull?.state !== 'open') throw new Error(`#${number} is not open`);
    return pull;
  };
  const headOf = async ({ owner: from, branch }: Pick<HubPull, 'owner' | 'branch'>): Promise<string> => {
    const where = from === owner ? bare : forks.get(from);
    if (where === undefined) throw new Error(`${from} has no fork`);
    return openGit(where)('rev-parse', '--verify', '--quiet', `refs/heads/${branch}`);
  };
  const follow = async (pull: HubPull): Promise<void> => {
    const head = await headOf(pull).catch(() => pull.head);
    const { number } = pull;
    if (head !== pull.head || !tested.has(number)) {
      if (pull.owner !== owner) await git('fetch', '--quiet', forks.get(pull.owner) ?? '', head);
      await git('update-ref', `refs/pull/${number}/head`, head);
      pulls.set(number, { ...pull, head });
    }
    const main = await git('rev-parse', MAIN);
    if (tested.get(number) === `${main} ${head}`) return;
    tested.set(number, `${main} ${head}`);
    const ref = `refs/pull/${number}/merge`;
    const merge = await mergeOf(bare, main, { head, message: `Merge ${head} into ${main}` }).catch(
      () => undefined,
    );
    await (merge === undefined ? git('update-ref', '-d', ref) : git('update-ref', ref, merge));
  };
  // One after the other, whoever asks: two would lock the same refs.
  let last: Promise<void> = Promise.resolve();
  const refresh = (): Promise<void> => {
    last = last.then(async () => {
      for (const pull of [...pulls.values()].filter(({ state }) => state === 'open')) await follow(pull);
    });
    return last;
  };
  const settle = async (number: number, commit: string, by: string): Promise<void> => {
    const seconds = Number(await git('log', '-1', '--format=%ct', commit));
    const at = `${new Date(seconds * 1000).toISOString().slice(0, 19)}Z`;
    pulls.set(number, { ...need(number), state: 'closed', merged: { commit, at, by } });
  };
  const combine = async (pull: HubPull, method: MergeMethod, by: string): Promise<string> => {
    const main = await git('rev-parse', MAIN);
    const { number, head, title, owner: from, branch } = pull;
    if (method === 'rebase') return rebaseOf(bare, main, head);
    const merged = `Merge pull request #${number} from ${from}/${branch}\n\n${title}`;
    if (method === 'merge') return mergeOf(bare, main, { head, message: merged, by });
    return squashOf(bare, main, { head, message: `${title} (#${number})` });
  };
  return {
    git,
    open: async ({ branch, author = 'ada', owner: from = owner }) => {
      const number = pulls.size + 1;
      const head = await headOf({ owner: from, branch });
      const title = await openGit(forks.get(from) ?? bare)('log', '-1', '--format=%s', head);
      pulls.set(number, { number, title, author, branch, owner: from, state: 'open', head, merged: null });
      await refresh();
      return number;
    },
    close: async number => {
      await refresh();
      pulls.set(number, { ...need(number), state: 'closed' });
    },
    list: async () => {
      await refresh();
      return [...pulls.values()].reverse();
    },
    get: async number => {
      await refresh();
      return pulls.get(number);
    },
    merge: async (number, method, by = 'carol') => {
      await refresh();
      const main = await git('rev-parse', MAIN);
      const commit = await combine(need(number), method, by);
      await git('update-ref', MAIN, commit, main);
      await settle(number, commit, by);
      return commit;
    },
    queue: async (number, method = 'squash', by = 'carol') => {
      await refresh();
      const branch = `gh-readonly-queue/main/pr-${number}-${await git('rev-parse', MAIN)}`;
      const commit = await combine(need(number), method, by);
      await git('update-ref', `refs/heads/${branch}`, commit);
      return { number, branch, commit, by };
    },
    landGroup: async ({ number, branch, commit, by }) => {
      await git('update-ref', MAIN, commit, branch.slice(-40));
      await git('update-ref', '-d', `refs/heads/${branch}`);
      await settle(number, commit, by);
    },
  };
}

/** @throws for a conflict. */
async function mergeOf(
  bare: string,
  main: string,
  { head, message, by }: { readonly head: string; readonly message: string; readonly by?: string },
): Promise<string> {
  const author = by === undefined ? {} : { GIT_AUTHOR_NAME: by, GIT_AUTHOR_EMAIL: `${by}@example.org` };
  const git = openGit(bare, author);
  const tree = await git('merge-tree', '--write-tree', main, head);
  return git('commit-tree', tree, '-p', main, '-p', head, '-m', message);
}

async function squashOf(
  bare: string,
  main: string,
  { head, message }: { readonly head: string; readonly message: string },
): Promise<string> {
  const [name = '', email = ''] = (await openGit(bare)('log', '-1', '--format=%an%n%ae', head)).split('\n');
  const git = openGit(bare, { GIT_AUTHOR_NAME: name, GIT_AUTHOR_EMAIL: email });
  const tree = await git('merge-tree', '--write-tree', main, head);
  return git('commit-tree', tree, '-p', main, '-m', message);
}

/** GitHub writes every commit anew, also those that lie on main already. */
async function rebaseOf(bare: string, main: string, head: string): Promise<string> {
  const folder = `${bare}.rebase`;
  await openGit(bare)('worktree', 'add', '--quiet', '--detach', folder, head);
  try {
    const git = openGit(folder);
    await git('rebase', '--quiet', '--force-rebase', main);
    return await git('rev-parse', 'HEAD');
  } finally {
    await rm(folder, { recursive: true, force: true });
    await openGit(bare)('worktree', 'prune');
  }
}
