// `dvc status --cloud`: which objects the cache has and a remote has not, the other way round, or neither.
import type { HashName } from '#lib/dvc/objects/object.ts';
import { isListing } from '#lib/dvc/objects/object-path.ts';
import { findExisting } from '#lib/dvc/remotes/existing.ts';
import type { TransferOptions } from '#lib/dvc/remotes/push.ts';
import { entriesWithin, type Wanted } from '#lib/dvc/remotes/wanted.ts';

/** `new`: only here. `deleted`: only there. `missing`: nowhere. */
export type RemoteState = 'new' | 'deleted' | 'missing';

/** By the absolute path of an output, or of a file in one; what both have is left out. Of equal files one is named. */
export async function compareWithRemote(
  wanted: readonly Wanted[],
  { cache, bucket, signal, jobs = bucket.jobs }: TransferOptions,
): Promise<ReadonlyMap<string, RemoteState>> {
  const states = new Map<string, RemoteState>();
  for (const hash of ['md5', 'md5-dos2unix'] as const) {
    const own = wanted.filter(one => one.hash === hash);
    if (own.length === 0) continue;
    const paths = nameObjects(own, hash, cache);
    const there = await findThere(own, [...paths.keys()], { cache, bucket, signal, jobs, hash });
    for (const [md5, path] of paths) {
      const isHere = cache.has(md5, hash);
      const isThere = there.has(md5);
      if (isHere && !isThere) states.set(path, 'new');
      if (!isHere && isThere) states.set(path, 'deleted');
      if (!isHere && !isThere) states.set(path, 'missing');
    }
  }
  return states;
}

function nameObjects(
  wanted: readonly Wanted[],
  hash: HashName,
  cache: TransferOptions['cache'],
): ReadonlyMap<string, string> {
  const paths = new Map<string, string>();
  for (const { md5, path, within } of wanted) {
    paths.set(md5, path);
    if (!isListing(md5)) continue;
    for (const entry of entriesWithin(cache.readTree(md5, hash), within) ?? []) {
      if (!paths.has(entry.md5)) paths.set(entry.md5, `${path}/${entry.relpath}`);
    }
  }
  return paths;
}

/** A folder whose listing is there has all of its files there. */
async function findThere(
  wanted: readonly Wanted[],
  md5s: readonly string[],
  {
    cache,
    bucket,
    signal,
    hash,
    jobs = bucket.jobs,
  }: Omit<TransferOptions, 'onProgress'> & { readonly hash: HashName },
): Promise<ReadonlySet<string>> {
  const listings = md5s.filter(isListing);
  const found = new Set(await findExisting(bucket, listings, { hash, jobs, signal }));
  for (const { md5 } of wanted) {
    if (!isListing(md5) || !found.has(md5)) continue;
    for (const entry of cache.readTree(md5, hash) ?? []) found.add(entry.md5);
  }
  const rest = md5s.filter(md5 => !isListing(md5) && !found.has(md5));
  for (const md5 of await findExisting(bucket, rest, { hash, jobs, signal })) found.add(md5);
  return found;
}
