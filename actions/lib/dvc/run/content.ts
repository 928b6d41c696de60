// What running a stage needs of content: hash it, take it into the cache, put it back. Narrow on purpose, so that the
// stages know neither links nor the state index.

import type { ObjectCache } from '#lib/dvc/objects/cache.ts';
import type { Fingerprint, Hashed, HashName } from '#lib/dvc/objects/object.ts';
import { MissingObjects } from '#lib/dvc/work-tree/checkout-failure.ts';
import type { WorkTree } from '#lib/dvc/work-tree/work-tree.ts';

export interface Content {
  /** Undefined when nothing is there. */
  hash(path: string, name?: HashName): Promise<Hashed | undefined>;
  /** Hashes and takes into the cache. */
  keep(path: string): Promise<Hashed | undefined>;
  /** True when the cache holds all of it, as far as that can be told without reading it. */
  has(print: Fingerprint): boolean;
  /** Puts it at a place, in place of what is there but a link to a folder. @returns false when the cache lacks a part, or a part is damaged. */
  restore(print: Fingerprint, path: string): Promise<boolean>;
  /** Lets a file be written that may be a link into the cache. */
  unprotect(path: string): Promise<void>;
}

/** Content of a work tree with its cache. */
export function contentOf(
  { workTree, cache }: { readonly workTree: WorkTree; readonly cache: ObjectCache },
  unprotect: (path: string) => Promise<void> = async () => {},
): Content {
  return {
    hash: (path, name) => workTree.hash(path, name && { hash: name }),
    keep: path => workTree.keep(path),
    has: ({ md5, hash }) => cache.missing(md5, hash).length === 0,
    restore: async (print, path) => {
      try {
        await workTree.checkout(print, path, { force: true, keepLinks: true });
        return true;
      } catch (thrown) {
        if (thrown instanceof MissingObjects) return false;
        throw thrown;
      }
    },
    unprotect,
  };
}
