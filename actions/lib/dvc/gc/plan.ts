// What garbage collection would remove: every object of the cache that nothing in use names.
import type { UsedObjects } from '#lib/dvc/gc/used-objects.ts';
import type { ObjectCache } from '#lib/dvc/objects/cache.ts';
import type { HashName } from '#lib/dvc/objects/object.ts';

export interface Garbage {
  readonly md5: string;
  readonly hash: HashName;
  /** Bytes. */
  readonly size: number;
}

export interface CollectionPlan {
  /** Listings of folders; they go first, so that no folder is there without its files. */
  readonly folders: readonly Garbage[];
  readonly files: readonly Garbage[];
  /** How many objects stay. */
  readonly kept: number;
}

const HASHES: readonly HashName[] = ['md5', 'md5-dos2unix'];

export function planCollection(cache: Pick<ObjectCache, 'list'>, { names }: UsedObjects): CollectionPlan {
  const folders: Garbage[] = [];
  const files: Garbage[] = [];
  let kept = 0;
  for (const hash of HASHES) {
    for (const { md5, size } of cache.list(hash)) {
      if (names[hash].has(md5)) kept += 1;
      else (md5.endsWith('.dir') ? folders : files).push({ md5, hash, size });
    }
  }
  return { folders, files, kept };
}

/** Removes what the plan says, listings of all kinds before any file; may be stopped at any moment. */
export function carryOut({ folders, files }: CollectionPlan, cache: Pick<ObjectCache, 'remove'>): void {
  for (const garbage of [folders, files]) {
    for (const hash of HASHES) {
      const names = garbage.filter(one => one.hash === hash).map(({ md5 }) => md5);
      cache.remove(names, hash);
    }
  }
}

/** Bytes of all of them. */
export function sumSizes(garbage: readonly Garbage[]): number {
  return garbage.reduce((sum, { size }) => sum + size, 0);
}
