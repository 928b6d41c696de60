// Which of some objects a remote has: asked one by one when they are few or that costs nothing, else by listing what lies
// there. How much lies there is guessed from one of the 256 folders, over which MD5s spread evenly.
import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { HashName } from '#lib/dvc/objects/object.ts';
import { objectPath } from '#lib/dvc/objects/object-path.ts';
import { objectName, objectsPrefix } from '#lib/dvc/remotes/layout.ts';
import { runPool } from '#lib/dvc/remotes/pool.ts';
import type { Bucket } from '#lib/storage/bucket.ts';
import { BucketFailure } from '#lib/storage/bucket-failure.ts';

/** So few are asked for one by one without a guess. */
const FEW = 16;
const PAGE = 1000;
/** A request that lists costs a server about as much as this many that ask for one. */
const LIST_WEIGHT = 4;

export interface ExistingOptions {
  readonly hash: HashName;
  readonly jobs: number;
  readonly signal?: AbortSignal | undefined;
}

/** The remote does not even say what it has, so that nothing was moved: DVC has an exit code of its own for that. */
export class NoAnswer extends BucketFailure {}

/** @returns those of the objects that are there. @throws NoAnswer */
export async function findExisting(
  bucket: Bucket,
  md5s: readonly string[],
  options: ExistingOptions,
): Promise<ReadonlySet<string>> {
  try {
    return await findSome(bucket, md5s, options);
  } catch (error) {
    throw error instanceof BucketFailure ? new NoAnswer(error.kind, error.message, error) : error;
  }
}

async function findSome(
  bucket: Bucket,
  md5s: readonly string[],
  options: ExistingOptions,
): Promise<ReadonlySet<string>> {
  if (bucket.folder) return askEach(bucket, withFolder(bucket.folder.path, md5s, options.hash), options);
  if (md5s.length <= FEW || !bucket.canList || (await isLarge(bucket, md5s.length, options)))
    return askEach(bucket, md5s, options);
  return listAll(bucket, new Set(md5s), options);
}

/** Those of the objects whose folder, one of 256, is at a remote on this machine: nobody need be asked for the others. */
function withFolder(remote: string, md5s: readonly string[], hash: HashName): readonly string[] {
  const folders = new Map<string, boolean>();
  return md5s.filter(md5 => {
    const prefix = md5.slice(0, 2);
    const isKnown = folders.get(prefix);
    if (isKnown !== undefined) return isKnown;
    const isThere = mayBeThere(dirname(objectPath(remote, md5, hash)));
    folders.set(prefix, isThere);
    return isThere;
  });
}

/** What cannot be looked at is asked for all the same, which tells why. */
function mayBeThere(folder: string): boolean {
  try {
    return statSync(folder, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return true;
  }
}

async function askEach(
  bucket: Bucket,
  md5s: readonly string[],
  { hash, jobs, signal }: ExistingOptions,
): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  await runPool(md5s, { jobs, signal }, async md5 => {
    if (await bucket.find(objectName(md5, hash), { signal })) found.add(md5);
  });
  return found;
}

/** True when listing everything would take more requests than asking for each. */
async function isLarge(bucket: Bucket, asked: number, { hash, signal }: ExistingOptions): Promise<boolean> {
  let sample = 0;
  const limit = (asked * PAGE) / LIST_WEIGHT / 256;
  for await (const entries of bucket.list(`${objectsPrefix(hash)}00/`, { signal })) {
    sample += entries.length;
    if (sample > limit) return true;
  }
  return false;
}

async function listAll(
  bucket: Bucket,
  asked: ReadonlySet<string>,
  { hash, jobs, signal }: ExistingOptions,
): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  const prefix = objectsPrefix(hash);
  const parts = asked.size > PAGE ? [...'0123456789abcdef'] : [''];
  // Among what DVC 2 left, the prefix is empty and would list everything else as well.
  const starts = hash === 'md5' ? parts : [...'0123456789abcdef'];
  await runPool(starts, { jobs, signal }, async part => {
    for await (const entries of bucket.list(prefix + part, { signal })) {
      for (const { name } of entries) {
        const md5 = name.slice(prefix.length).replace('/', '');
        if (asked.has(md5)) found.add(md5);
      }
    }
  });
  return found;
}
