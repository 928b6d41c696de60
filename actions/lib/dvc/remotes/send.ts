// A file or folder goes straight to a remote, without the cache: hashed where it lies, then sent as what it was when it was
// hashed. A folder's listing goes last, and only when all of its files are there.
import { createHash } from 'node:crypto';
import { createReadStream, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatListing, nameListing, sortEntries } from '#lib/dvc/objects/listing.ts';
import { hashFileNow } from '#lib/dvc/objects/md5.ts';
import type { Fingerprint, TreeEntry } from '#lib/dvc/objects/object.ts';
import { findExisting } from '#lib/dvc/remotes/existing.ts';
import { objectName } from '#lib/dvc/remotes/layout.ts';
import { createFailures, runPool } from '#lib/dvc/remotes/pool.ts';
import type { TransferOptions } from '#lib/dvc/remotes/push.ts';
import { createIgnore } from '#lib/dvc/scan/ignore.ts';
import { type Scan, scanPath } from '#lib/dvc/scan/scan.ts';
import { ConfigurationError } from '#lib/errors.ts';
import { BucketFailure } from '#lib/storage/bucket-failure.ts';

/** Below this a file is read at once; a larger one in pieces, so that a signal is heard meanwhile. */
const SMALL_BYTES = 8 * 1024 * 1024;

export interface Sent {
  readonly fingerprint: Fingerprint & { readonly size: number };
  /** How many objects were not there yet. */
  readonly transferred: number;
}

/**
 * @param path absolute; links to files are followed, links to folders left out
 * @throws ConfigurationError when something did not arrive; what did arrive stays for the next run
 */
export async function sendPath(path: string, options: TransferOptions): Promise<Sent> {
  const scan = scanPath(
    path,
    createIgnore(path, () => undefined),
  );
  if (!scan) throw gone(path);
  const md5s = await hashAll(scan, options);
  const sources = new Map(md5s.map((md5, row) => [md5, placeOf(scan, row)]));
  const sent = await sendObjects(sources, options);
  const size = scan.sizes.reduce((sum, one) => sum + one, 0);
  if (!scan.isFolder) return { fingerprint: { md5: md5s[0] ?? '', size }, transferred: sent };
  const entries = scan.relpaths.map((relpath, row): TreeEntry => ({ relpath, md5: md5s[row] ?? '' }));
  const text = formatListing(sortEntries(entries));
  const md5 = nameListing(text);
  const fingerprint = { md5, size, nfiles: entries.length };
  return { fingerprint, transferred: sent + (await sendListing(text, md5, options)) };
}

function placeOf({ path, isFolder, relpaths }: Scan, row: number): string {
  return isFolder ? join(path, relpaths[row] ?? '') : path;
}

async function hashAll(scan: Scan, { signal }: TransferOptions): Promise<readonly string[]> {
  const md5s: string[] = [];
  for (const [row, size] of scan.sizes.entries()) {
    signal?.throwIfAborted();
    const file = placeOf(scan, row);
    md5s.push(size < SMALL_BYTES ? hashFileNow(file).md5 : await hashLarge(file, signal));
  }
  return md5s;
}

async function hashLarge(file: string, signal: AbortSignal | undefined): Promise<string> {
  const digest = createHash('md5');
  for await (const chunk of createReadStream(file, { highWaterMark: 1024 * 1024, signal }))
    digest.update(chunk);
  return digest.digest('hex');
}

/** @param sources where each object lies, by its MD5. @returns how many were sent */
async function sendObjects(
  sources: ReadonlyMap<string, string>,
  { bucket, signal, onProgress, jobs = bucket.jobs }: TransferOptions,
): Promise<number> {
  const md5s = [...sources.keys()];
  const there = await findExisting(bucket, md5s, { hash: 'md5', jobs, signal });
  const absent = [...sources].filter(([md5]) => !there.has(md5));
  const failures = createFailures(jobs);
  onProgress?.({ files: 0, bytes: 0, totalFiles: absent.length });
  await runPool(absent, { jobs, signal }, async ([md5, file]) => {
    const onBytes = (bytes: number) => onProgress?.({ files: 0, bytes });
    try {
      await bucket.upload(file, objectName(md5), { signal, onBytes, expectedMd5: md5 });
      failures.succeed();
    } catch (error) {
      if (error instanceof BucketFailure && error.kind === 'damaged') throw changed(file, error);
      failures.add(file, error);
    }
    onProgress?.({ files: 1, bytes: 0 });
  });
  const [first] = failures.failed;
  if (first === undefined) return absent.length;
  const others = failures.failed.length > 1 ? ` and ${failures.failed.length - 1} more` : '';
  throw new ConfigurationError(`${first.name}${others} did not arrive: ${first.failure.message}`, {
    remedy: 'Run it again: what has arrived stays.',
    cause: first.failure,
  });
}

async function sendListing(
  text: string,
  md5: string,
  { cache, bucket, signal }: TransferOptions,
): Promise<number> {
  if (await bucket.find(objectName(md5), { signal })) return 0;
  const file = cache.temporary();
  try {
    writeFileSync(file, text, { flag: 'wx' });
    await bucket.upload(file, objectName(md5), { signal });
    return 1;
  } finally {
    rmSync(file, { force: true });
  }
}

function gone(path: string): ConfigurationError {
  return new ConfigurationError(`${path} does not exist`, {
    at: { file: path },
    remedy: 'Correct the path.',
  });
}

function changed(path: string, cause: BucketFailure): ConfigurationError {
  return new ConfigurationError(`${path} changed while it was sent`, {
    at: { file: path },
    remedy: 'Run it again when nothing writes there any more.',
    cause,
  });
}
