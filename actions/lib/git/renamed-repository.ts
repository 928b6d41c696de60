// A Repository seen under other names: what a clone has fetched lies below a prefix of its own, and is read here as if it
// were the remote's main, mainline/state and tags.
import { ConfigurationError } from '#lib/errors.ts';
import type { Repository } from '#lib/git/repository.ts';

/** Where the branches and tags of the remote lie in this clone, each ending in '/'. */
export interface Prefixes {
  readonly heads: string;
  readonly tags: string;
}

/** What `git clone` and `git fetch` leave behind. */
export const CLONED: Prefixes = { heads: 'refs/remotes/origin/', tags: 'refs/tags/' };

/** The name in this clone; ids and names that are not shared stay as they are. */
export function nameHere(revision: string, { heads, tags }: Prefixes): string {
  if (revision.startsWith('refs/heads/')) return heads + revision.slice('refs/heads/'.length);
  if (revision.startsWith('refs/tags/')) return tags + revision.slice('refs/tags/'.length);
  return /^(main|mainline\/\w+)(?=$|[~^:])/u.test(revision) ? heads + revision : revision;
}

/** Reads under the remote's names; nothing can be moved. */
export function readUnder(local: Repository, prefixes: Prefixes): Repository {
  const here = (revision: string): string => nameHere(revision, prefixes);
  const there = (ref: string): string => {
    if (ref.startsWith(prefixes.heads)) return `refs/heads/${ref.slice(prefixes.heads.length)}`;
    return ref.startsWith(prefixes.tags) ? `refs/tags/${ref.slice(prefixes.tags.length)}` : ref;
  };
  const refuse = async (): Promise<never> => {
    throw new ConfigurationError('What was fetched is only read here', {
      remedy: 'Let the workflow do this, or name the repository that can be written.',
    });
  };
  return {
    ...local,
    workTree: undefined,
    resolve: revision => local.resolve(here(revision)),
    refs: async prefix =>
      (await local.refs(here(prefix))).map(({ name, commit }) => ({ name: there(name), commit })),
    history: (to, { from, ...rest } = {}) =>
      local.history(here(to), { ...rest, ...(from === undefined ? {} : { from: here(from) }) }),
    readFile: (commit, path) => local.readFile(here(commit), path),
    listFiles: (commit, folder) => local.listFiles(here(commit), folder),
    changes: (from, to) => local.changes(here(from), here(to)),
    mergeBase: (a, b) => local.mergeBase(here(a), here(b)),
    checkedOutAt: async () => undefined,
    ...{ updateRef: refuse, deleteRef: refuse, tag: refuse },
  };
}
