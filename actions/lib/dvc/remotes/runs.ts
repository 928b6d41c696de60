// The run-cache at a remote: what stages made of which inputs. Its files are named by what they say, so one that is there
// never needs to be moved again.
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isRunName, runsPrefix } from '#lib/dvc/remotes/layout.ts';
import { runPool } from '#lib/dvc/remotes/pool.ts';
import type { TransferOptions } from '#lib/dvc/remotes/push.ts';
import { hasCode } from '#lib/errors.ts';

/** @returns how many runs were brought there */
export async function pushRuns({
  cache,
  bucket,
  signal,
  jobs = bucket.jobs,
}: TransferOptions): Promise<number> {
  const own = listOwnRuns(cache.folder);
  if (own.length === 0) return 0;
  const there = new Set(await listRemoteRuns(bucket, runsPrefix(), signal));
  const absent = own.filter(name => !there.has(name));
  await runPool(absent, { jobs, signal }, name => bucket.upload(join(cache.folder, name), name, { signal }));
  return absent.length;
}

/** @returns how many runs were brought here */
export function fetchRuns(options: TransferOptions): Promise<number> {
  return bringRuns(runsPrefix(), options);
}

/**
 * The runs of one command on the same inputs, by a single request that lists: they lie in the local run-cache afterwards.
 * @param key 64 hex digits, as `runKey` gives it. @returns how many were brought
 */
export function findRemoteRuns(key: string, options: TransferOptions): Promise<number> {
  return bringRuns(runsPrefix(key), options);
}

async function bringRuns(
  prefix: string,
  { cache, bucket, signal, jobs = bucket.jobs }: TransferOptions,
): Promise<number> {
  const names = await listRemoteRuns(bucket, prefix, signal);
  const absent = names.filter(name => !existsSync(join(cache.folder, name)));
  await runPool(absent, { jobs, signal }, async name => {
    const file = cache.temporary();
    try {
      await bucket.download(name, file, { signal });
      mkdirSync(dirname(join(cache.folder, name)), { recursive: true });
      renameSync(file, join(cache.folder, name));
    } finally {
      rmSync(file, { force: true });
    }
  });
  return absent.length;
}

async function listRemoteRuns(
  bucket: TransferOptions['bucket'],
  prefix: string,
  signal: AbortSignal | undefined,
): Promise<readonly string[]> {
  const names: string[] = [];
  for await (const entries of bucket.list(prefix, { signal })) {
    names.push(...entries.map(({ name }) => name).filter(isRunName));
  }
  return names;
}

function listOwnRuns(cacheFolder: string): readonly string[] {
  try {
    return readdirSync(join(cacheFolder, 'runs'), { recursive: true, encoding: 'utf8' })
      .map(name => `runs/${name.replaceAll('\\', '/')}`)
      .filter(isRunName);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return [];
    throw error;
  }
}
