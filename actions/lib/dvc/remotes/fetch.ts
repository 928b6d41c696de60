// Objects of a remote come to the cache. Every one is hashed before it gets its name there, whatever the configuration
// says; what arrived stays, so that a second run brings only the rest; a folder's listing comes into the cache last.
import { readFileSync, rmSync, statSync } from 'node:fs';
import { LISTING_LIMIT_BYTES, nameListing, parseListing } from '#lib/dvc/objects/listing.ts';
import type { HashName, TreeEntry } from '#lib/dvc/objects/object.ts';
import { isListing } from '#lib/dvc/objects/object-path.ts';
import { objectName } from '#lib/dvc/remotes/layout.ts';
import { copyNear, type NearCopied } from '#lib/dvc/remotes/near.ts';
import {
  addResults,
  createFailures,
  type FailedObject,
  runPool,
  type TransferResult,
} from '#lib/dvc/remotes/pool.ts';
import type { TransferOptions } from '#lib/dvc/remotes/push.ts';
import { entriesWithin, type Wanted } from '#lib/dvc/remotes/wanted.ts';
import { BucketFailure } from '#lib/storage/bucket-failure.ts';

/** @throws BucketFailure that every other object would share, such as a denied access */
export async function fetchObjects(
  wanted: readonly Wanted[],
  options: TransferOptions,
): Promise<TransferResult> {
  const results: TransferResult[] = [];
  for (const hash of ['md5', 'md5-dos2unix'] as const) {
    const own = wanted.filter(one => one.hash === hash);
    if (own.length > 0) results.push(await fetchGroup(own, hash, options));
  }
  return addResults(results);
}

async function fetchGroup(
  wanted: readonly Wanted[],
  hash: HashName,
  options: TransferOptions,
): Promise<TransferResult> {
  const { arrivals, cache } = options;
  const names = new Set(wanted.filter(({ md5 }) => !isListing(md5)).map(({ md5 }) => md5));
  const paths = new Map<string, string>();
  const folders = wanted.filter(({ md5 }) => isListing(md5));
  const listings = await fetchListings(new Set(folders.map(({ md5 }) => md5)), hash, options);
  try {
    for (const { md5, path, size, within } of folders) {
      const whole = within === undefined && hash === 'md5' ? listings.entries.get(md5) : undefined;
      if (whole) arrivals?.expect({ path, md5, size }, whole);
      for (const entry of entriesWithin(listings.entries.get(md5), within) ?? []) {
        names.add(entry.md5);
        if (listings.files.has(md5)) paths.set(entry.md5, `${path}/${entry.relpath}`);
      }
    }
    const near = await fetchNear(absentFrom(names, hash, options), hash, options);
    const files = await downloadAll(near.rest, hash, options);
    const failed = new Set(files.failed.map(({ name }) => name));
    let adopted = 0;
    let bytes = 0;
    for (const [md5, file] of listings.files) {
      // A listing whose files are not at the remote tells what is missing; one whose files failed waits for them.
      if (listings.entries.get(md5)?.some(entry => failed.has(entry.md5))) continue;
      bytes += statSync(file).size;
      if (await cache.adopt(file, md5, hash)) adopted += 1;
    }
    const own = { transferred: adopted, bytes, missing: listings.missing, failed: listings.failed };
    const named = files.failed.map(one => ({ ...one, path: paths.get(one.name) }));
    return addResults([{ ...near, missing: [], failed: [] }, { ...files, failed: named }, own]);
  } finally {
    for (const file of listings.files.values()) rmSync(file, { force: true });
  }
}

/** What folders hold of which the cache has no listing. It does not come into the cache: its files are not there either. */
export async function readListings(
  md5s: ReadonlySet<string>,
  hash: HashName,
  options: TransferOptions,
): Promise<ReadonlyMap<string, readonly TreeEntry[]>> {
  const { entries, files } = await fetchListings(md5s, hash, options);
  for (const file of files.values()) rmSync(file, { force: true });
  return entries;
}

interface Listings {
  readonly entries: ReadonlyMap<string, readonly TreeEntry[]>;
  /** Those that were brought, beside the cache until their files are there. */
  readonly files: ReadonlyMap<string, string>;
  readonly missing: readonly string[];
  readonly failed: readonly FailedObject[];
}

async function fetchListings(
  md5s: ReadonlySet<string>,
  hash: HashName,
  { cache, bucket, signal, jobs = bucket.jobs }: TransferOptions,
): Promise<Listings> {
  const entries = new Map<string, readonly TreeEntry[]>();
  const files = new Map<string, string>();
  const failures = createFailures(jobs);
  const fetching = runPool(md5s, { jobs, signal }, async md5 => {
    const known = cache.readTree(md5, hash);
    if (known) {
      entries.set(md5, known);
      return;
    }
    const file = cache.temporary();
    try {
      await bucket.download(objectName(md5, hash), file, { signal });
      entries.set(md5, readListing(file, md5));
      files.set(md5, file);
      failures.succeed();
    } catch (error) {
      rmSync(file, { force: true });
      failures.add(md5, error);
    }
  });
  await fetching.catch((error: unknown) => {
    for (const file of files.values()) rmSync(file, { force: true });
    throw error;
  });
  return { entries, files, missing: failures.missing, failed: failures.failed };
}

/** What came from elsewhere becomes paths: only when its bytes are those its name says, and every path is a plain one. */
function readListing(file: string, md5: string): readonly TreeEntry[] {
  if (statSync(file).size > LISTING_LIMIT_BYTES) throw lies(md5, 'it is too large to be a listing');
  const text = readFileSync(file, 'utf8');
  if (nameListing(text) !== md5) throw lies(md5, 'its bytes are not what its name says');
  const entries = parseListing(text);
  if (typeof entries === 'string') throw lies(md5, entries);
  return entries;
}

function absentFrom(
  md5s: ReadonlySet<string>,
  hash: HashName,
  { cache }: TransferOptions,
): readonly string[] {
  const isHere = hash === 'md5' ? cache.ask(md5s.size).isThere : (md5: string) => cache.has(md5, hash);
  return [...md5s].filter(md5 => !isHere(md5));
}

async function fetchNear(
  md5s: readonly string[],
  hash: HashName,
  { arrivals, bucket, cache, signal, onProgress }: TransferOptions,
): Promise<NearCopied> {
  if (!bucket.folder || hash !== 'md5') return { transferred: 0, bytes: 0, rest: md5s };
  const to = { path: cache.folder, shared: cache.shared };
  const { umask } = cache;
  return copyNear(md5s, {
    ...{ from: bucket.folder.path, to, umask, signal, onProgress },
    onMoved: (md5, bytes) => {
      cache.checked.add(md5);
      arrivals?.take(md5, bytes);
    },
  });
}

async function downloadAll(
  md5s: readonly string[],
  hash: HashName,
  { arrivals, cache, bucket, signal, onProgress, jobs = bucket.jobs }: TransferOptions,
): Promise<TransferResult> {
  const failures = createFailures(jobs);
  let transferred = 0;
  let bytes = 0;
  if (md5s.length > 0) onProgress?.({ files: 0, bytes: 0, totalFiles: md5s.length });
  await runPool(md5s, { jobs, signal }, async md5 => {
    const file = cache.temporary();
    let moved = 0;
    const onBytes = (count: number) => {
      moved += count;
      onProgress?.({ files: 0, bytes: count });
    };
    const take = async (): Promise<boolean> => {
      const bring = bucket.downloadOrRead ?? bucket.download;
      const bytes = await bring(objectName(md5, hash), file, { signal, onBytes });
      const isRight = bytes ? await cache.adoptBytes(bytes, md5, hash) : await cache.adopt(file, md5, hash);
      if (!isRight || hash !== 'md5') return isRight;
      cache.checked.add(md5);
      if (bytes) arrivals?.take(md5, bytes);
      return isRight;
    };
    try {
      // What was damaged on its way is whole the second time.
      if (!(await take()) && !(await take())) throw lies(md5, 'its bytes are not what its name says');
      transferred += 1;
      bytes += moved;
      failures.succeed();
    } catch (error) {
      rmSync(file, { force: true });
      failures.add(md5, error);
    }
    onProgress?.({ files: 1, bytes: 0 });
  });
  return { transferred, bytes, missing: failures.missing, failed: failures.failed };
}

function lies(md5: string, reason: string): BucketFailure {
  return new BucketFailure('damaged', `The object ${md5} of the remote is not used: ${reason}`, {
    remedy: 'Remove it there and push it again from where the data is whole.',
  });
}
