// Objects of the cache go to a remote. A folder's listing goes after the files it names, and only when all of them are
// there: who finds it may rely on them, as DVC does.
import { statSync } from 'node:fs';
import type { ObjectCache } from '#lib/dvc/objects/cache.ts';
import type { HashName, ObjectProgress } from '#lib/dvc/objects/object.ts';
import { findExisting } from '#lib/dvc/remotes/existing.ts';
import { objectName } from '#lib/dvc/remotes/layout.ts';
import { copyNear, type NearCopied } from '#lib/dvc/remotes/near.ts';
import { addResults, createFailures, runPool, type TransferResult } from '#lib/dvc/remotes/pool.ts';
import { groupWanted, type Wanted, type WantedGroup } from '#lib/dvc/remotes/wanted.ts';
import type { Arrivals } from '#lib/dvc/work-tree/work-tree.ts';
import type { Bucket } from '#lib/storage/bucket.ts';

export interface TransferOptions {
  /** Where objects that are fetched go after. */
  readonly arrivals?: Arrivals | undefined;
  readonly cache: ObjectCache;
  readonly bucket: Bucket;
  /** At a time; the bucket's own number unless given. */
  readonly jobs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: ObjectProgress) => void) | undefined;
}

/** @throws BucketFailure that every other object would share, such as a denied access */
export async function pushObjects(
  wanted: readonly Wanted[],
  options: TransferOptions,
): Promise<TransferResult> {
  const results: TransferResult[] = [];
  for (const group of groupWanted(wanted, options.cache)) results.push(await pushGroup(group, options));
  return addResults(results);
}

async function pushGroup(group: WantedGroup, options: TransferOptions): Promise<TransferResult> {
  const { cache, bucket, signal, jobs = bucket.jobs } = options;
  const { hash } = group;
  // What is in a folder that is there already is there as well: nobody asks for it.
  const listings = group.folders.map(({ md5 }) => md5);
  const complete = await findExisting(bucket, listings, { hash, jobs, signal });
  const folders = group.folders.filter(({ md5 }) => !complete.has(md5));
  const names = new Set([
    ...group.files,
    ...folders.flatMap(({ entries = [] }) => entries.map(({ md5 }) => md5)),
  ]);
  const there = await findExisting(bucket, [...names], { hash, jobs, signal });
  const absent = [...names].filter(md5 => !there.has(md5));
  const near = await pushNear(absent, hash, options);
  const gone = new Set<string>();
  const sizes = new Map<string, number>();
  for (const md5 of near.rest) {
    const info = statSync(cache.pathOf(md5, hash), { throwIfNoEntry: false });
    if (info) sizes.set(md5, info.size);
    else gone.add(md5);
  }
  const files = await uploadAll(sizes, hash, options);
  const failed = new Set(files.failed.map(({ name }) => name));
  const isWhole = (entries: readonly { readonly md5: string }[]) =>
    entries.every(({ md5 }) => !gone.has(md5) && !failed.has(md5));
  const ready = folders.filter(({ entries }) => entries !== undefined && isWhole(entries));
  const listed = new Map(ready.map(({ md5 }) => [md5, statSync(cache.pathOf(md5, hash)).size]));
  const uploaded = await uploadAll(listed, hash, options);
  const unknown = folders.filter(({ entries }) => entries === undefined).map(({ md5 }) => md5);
  return addResults([
    { ...near, missing: [], failed: [] },
    files,
    uploaded,
    { transferred: 0, bytes: 0, missing: [...gone, ...unknown], failed: [] },
  ]);
}

/** Small objects for a remote on this machine. */
async function pushNear(
  md5s: readonly string[],
  hash: HashName,
  { bucket, cache, signal, onProgress }: TransferOptions,
): Promise<NearCopied> {
  if (!bucket.folder || hash !== 'md5') return { transferred: 0, bytes: 0, rest: md5s };
  return copyNear(md5s, { from: cache.folder, to: bucket.folder, umask: cache.umask, signal, onProgress });
}

/** @param sizes bytes by MD5 */
async function uploadAll(
  sizes: ReadonlyMap<string, number>,
  hash: HashName,
  { cache, bucket, signal, onProgress, jobs = bucket.jobs }: TransferOptions,
): Promise<TransferResult> {
  const failures = createFailures(jobs);
  const totalFiles = sizes.size;
  const totalBytes = [...sizes.values()].reduce((sum, size) => sum + size, 0);
  let bytes = 0;
  if (totalFiles > 0) onProgress?.({ files: 0, bytes: 0, totalFiles, totalBytes });
  await runPool(sizes, { jobs, signal }, async ([md5, size]) => {
    try {
      await bucket.upload(cache.pathOf(md5, hash), objectName(md5, hash), {
        signal,
        // The older hash is not that of the bytes as they are.
        expectedMd5: hash === 'md5' ? md5.slice(0, 32) : undefined,
        onBytes: moved => onProgress?.({ files: 0, bytes: moved }),
      });
      failures.succeed();
      bytes += size;
      onProgress?.({ files: 1, bytes: 0 });
    } catch (error) {
      failures.add(md5, error);
    }
  });
  const { failed, missing } = failures;
  return { transferred: totalFiles - failed.length - missing.length, bytes, missing, failed };
}
