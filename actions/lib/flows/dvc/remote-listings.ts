// What tracked folders hold when the cache has lost their listings, or never had them, as after a clone: the remote knows.
// For questions alone, as with DVC: nothing is added to the cache.

import type { ObjectCache } from '#lib/dvc/objects/cache.ts';
import type { HashName, TreeEntry } from '#lib/dvc/objects/object.ts';
import { isListing } from '#lib/dvc/objects/object-path.ts';
import { indexedOutputs } from '#lib/dvc/repository/indexed-stage.ts';
import type { DvcRepository } from '#lib/dvc/repository/repository.ts';
import type { RepositoryIndex } from '#lib/dvc/repository/repository-index.ts';
import { ConfigurationError } from '#lib/errors.ts';

/** The cache, which then also answers for listings that only a remote has. Without a remote it answers as before. */
export async function withRemoteListings(
  repository: DvcRepository,
  index: RepositoryIndex,
  env: Readonly<Record<string, string | undefined>>,
): Promise<ObjectCache> {
  const { cache, config } = repository;
  const lacking = indexedOutputs(index).flatMap(({ output, locked }) => {
    const { md5, hash = 'md5' as HashName } = locked ?? {};
    if (md5 === undefined || !output.cache || !isListing(md5) || cache.has(md5, hash)) return [];
    return [{ md5, hash, remote: output.remote ?? config.defaultRemote }];
  });
  const known = new Map<string, readonly TreeEntry[]>();
  for (const [remote, own] of Map.groupBy(lacking, one => one.remote)) {
    if (remote === undefined) continue;
    for (const [hash, folders] of Map.groupBy(own, one => one.hash)) {
      const names = new Set(folders.map(({ md5 }) => md5));
      for (const [md5, entries] of await ask(repository, { remote, hash, names, env }))
        known.set(md5, entries);
    }
  }
  if (known.size === 0) return cache;
  return { ...cache, readTree: (md5, hash) => cache.readTree(md5, hash) ?? known.get(md5) };
}

interface Question {
  readonly remote: string;
  readonly hash: HashName;
  readonly names: ReadonlySet<string>;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Nothing where the remote cannot be asked: what is missing is then told as missing from the cache. */
async function ask(
  repository: DvcRepository,
  { remote, hash, names, env }: Question,
): Promise<ReadonlyMap<string, readonly TreeEntry[]>> {
  const [{ openRemote }, { readListings }] = await Promise.all([
    import('#lib/flows/dvc/open-remote.ts'),
    import('#lib/dvc/remotes/fetch.ts'),
  ]);
  try {
    const { bucket } = await openRemote(repository, { remote, env });
    try {
      return await readListings(names, hash, { cache: repository.cache, bucket });
    } finally {
      bucket.close();
    }
  } catch (error) {
    if (error instanceof ConfigurationError) return new Map();
    throw error;
  }
}
