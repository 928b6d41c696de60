// A Repository whose branches live elsewhere: read from what was fetched, moved by a push that says where they stood
// (--force-with-lease), so that the server itself compares and swaps. Objects are made in a repository on this machine,
// whose own branches are never touched: what was fetched lies in a namespace of its own.
import { ConfigurationError } from '#lib/errors.ts';
import { type Output, runGit } from '#lib/git/command.ts';
import { withoutSecret } from '#lib/git/remote.ts';
import { nameHere, readUnder } from '#lib/git/renamed-repository.ts';
import type { NewCommit, Repository } from '#lib/git/repository.ts';

/** Where what the remote has lies here. */
const FETCHED = { heads: 'refs/mainline/fetched/heads/', tags: 'refs/mainline/fetched/tags/' } as const;
/** Main, what machines write, and promotions; a repository may have thousands of other branches. */
const NAMES = [
  `+refs/heads/main*:${FETCHED.heads}main*`,
  `+refs/heads/promote/*:${FETCHED.heads}promote/*`,
  `+refs/tags/*:${FETCHED.tags}*`,
];
const PLAIN = ['--quiet', '--no-tags', '--no-write-fetch-head', '--no-recurse-submodules'];
const SHARED = /^refs\/(heads|tags)\//u;

export interface PushOptions {
  /** Address of the repository. */
  readonly url: string;
  /** Settings for git alone, such as a header with a token; they reach git by its environment, never as arguments. */
  readonly settings?: Readonly<Record<string, string>>;
}

/**
 * Wraps a repository on this machine.
 * @throws ConfigurationError when the remote cannot be read.
 */
export async function openPushedRepository(local: Repository, options: PushOptions): Promise<Repository> {
  const { directory } = local;
  const env = asEnvironment(options.settings ?? {});
  const git = async (args: readonly string[]): Promise<Output> =>
    runGit(directory, [`--git-dir=${directory}`, ...args], { env });
  const push = (target: string, lease: string): Promise<Output> =>
    git(['push', '--porcelain', `--force-with-lease=${lease}`, options.url, target]);

  const fetch = async (): Promise<void> => {
    const { code, stderr } = await git(['fetch', '--prune', ...PLAIN, options.url, ...NAMES]);
    if (code !== 0) throw unreachable(options.url, stderr);
  };

  const moved = async (ref: string, pushed: Output): Promise<boolean> => {
    // Whoever made the very same commit in the same second was first: git then looks at no lease, and moves nothing.
    const isThere = pushed.code === 0 && /^=\t/mu.test(pushed.stdout.toString());
    if (pushed.code === 0 && !isThere) return true;
    if (isThere) {
      await fetch();
      return false;
    }
    const words = `${pushed.stdout.toString()}\n${pushed.stderr}`;
    if (!/stale info|\[rejected\]|already exists|cannot lock ref|incorrect old value/u.test(words)) {
      throw refused(ref, options.url, words);
    }
    await fetch();
    return false;
  };

  await fetch();
  return {
    ...readUnder(local, FETCHED),
    bring: async commits => {
      const known = await Promise.all(commits.map(commit => local.resolve(commit)));
      // One by one: a commit that is gone must not keep the others away.
      for (const commit of commits.filter((_, i) => known[i] === undefined)) {
        await git(['fetch', ...PLAIN, options.url, commit]);
      }
    },
    updateRef: async (ref, next, previous) => {
      if (!SHARED.test(ref)) return local.updateRef(ref, next, previous);
      if (!(await moved(ref, await push(`${next}:${ref}`, `${ref}:${previous ?? ''}`)))) return false;
      const here = nameHere(ref, FETCHED);
      await local.updateRef(here, next, await local.resolve(here));
      return true;
    },
    deleteRef: async (ref, previous) => {
      if (!SHARED.test(ref)) return local.deleteRef(ref, previous);
      return moved(ref, await push(`:${ref}`, `${ref}:${previous}`));
    },
    tag: async (name, commit, note: NewCommit) => {
      const ref = `refs/tags/${name}`;
      const object = await local.writeTag(name, commit, note);
      return moved(ref, await push(`${object}:${ref}`, `${ref}:`));
    },
  };
}

/** Settings as git reads them from its environment. */
function asEnvironment(settings: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const entries = Object.entries(settings).flatMap(([key, value], i) => [
    [`GIT_CONFIG_KEY_${i}`, key],
    [`GIT_CONFIG_VALUE_${i}`, value],
  ]);
  return entries.length === 0
    ? {}
    : { ...Object.fromEntries(entries), GIT_CONFIG_COUNT: String(Object.keys(settings).length) };
}

function unreachable(url: string, words: string): ConfigurationError {
  return new ConfigurationError(`${withoutSecret(url)} cannot be read: ${clean(words, url)}`, {
    remedy: 'Check the address, the network, and that the token may read contents.',
  });
}

function refused(ref: string, url: string, words: string): ConfigurationError {
  return new ConfigurationError(`${withoutSecret(url)} did not take ${ref}: ${clean(words, url)}`, {
    remedy: 'Give the job contents: write, and let the rules of the repository allow this branch to it.',
  });
}

function clean(words: string, url: string): string {
  return words
    .replaceAll(url, withoutSecret(url))
    .replaceAll(/[a-z][a-z0-9+.-]*:\/\/[^\s'"]+/giu, withoutSecret)
    .split('\n')
    .map(line => line.trim())
    .filter(line => line !== '' && !line.startsWith('To ') && line !== 'Done')
    .join('; ');
}
