import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ObjectCache } from '#lib/dvc/objects/cache.ts';
import { formatListing, nameListing } from '#lib/dvc/objects/listing.ts';
import { openObjectCache } from '#lib/dvc/objects/open-cache.ts';
import { compareWithRemote } from '#lib/dvc/remotes/compare.ts';
import { fetchObjects } from '#lib/dvc/remotes/fetch.ts';
import { objectName } from '#lib/dvc/remotes/layout.ts';
import { pushObjects } from '#lib/dvc/remotes/push.ts';
import { fetchRuns, findRemoteRuns, pushRuns } from '#lib/dvc/remotes/runs.ts';
import type { Wanted } from '#lib/dvc/remotes/wanted.ts';
import type { Bucket } from '#lib/storage/bucket.ts';
import { BucketFailure } from '#lib/storage/bucket-failure.ts';
import { openFolderBucket } from '#lib/storage/folder-bucket.ts';

let top: string;
let cache: ObjectCache;
let bucket: Bucket;

beforeEach(() => {
  top = mkdtempSync(join(tmpdir(), 'mainline-remotes-'));
  cache = openObjectCache(join(top, 'cache'));
  bucket = openFolderBucket({ folder: join(top, 'store') });
});

afterEach(() => rmSync(top, { recursive: true, force: true }));

const md5Of = (text: string) => createHash('md5').update(text).digest('hex');

function put(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

function store(text: string, md5 = md5Of(text)): string {
  put(cache.pathOf(md5), text);
  return md5;
}

/** A folder with these files, in the cache. */
function storeFolder(files: Readonly<Record<string, string>>): string {
  const entries = Object.entries(files).map(([relpath, text]) => ({ relpath, md5: store(text) }));
  const listing = formatListing(entries);
  return store(listing, nameListing(listing));
}

const wanted = (md5: string, within?: string): Wanted => ({
  ...{ md5, hash: 'md5', path: '/repository/data', remote: undefined },
  ...(within !== undefined && { within }),
});

const isThere = async (md5: string) => (await bucket.find(objectName(md5))) !== undefined;

/** A cache that has nothing yet. */
function emptyCache(): ObjectCache {
  return openObjectCache(join(top, 'other'));
}

/** A bucket that fails for some names as if the network were broken. */
function failing(isBroken: (name: string) => boolean): Bucket {
  const stop = (name: string) => {
    if (isBroken(name)) throw new BucketFailure('unavailable', `no ${name}`);
  };
  return {
    ...bucket,
    upload: async (file, name, options) => {
      stop(name);
      await bucket.upload(file, name, options);
    },
    download: async (name, file, options) => {
      stop(name);
      await bucket.download(name, file, options);
    },
  };
}

test('a folder goes there and comes back whole', async () => {
  const folder = storeFolder({ 'a.txt': 'A', 'deep/b.txt': 'B' });
  const pushed = await pushObjects([wanted(folder)], { cache, bucket });
  expect(pushed).toMatchObject({ transferred: 3, missing: [], failed: [] });
  expect(await pushObjects([wanted(folder)], { cache, bucket })).toMatchObject({ transferred: 0 });
  const other = emptyCache();
  expect(await fetchObjects([wanted(folder)], { cache: other, bucket })).toMatchObject({ transferred: 3 });
  expect(other.missing(folder)).toEqual([]);
  expect(readFileSync(other.pathOf(md5Of('B')), 'utf8')).toBe('B');
});

test('a listing is not pushed before all of its files are there, and a second run brings only the rest', async () => {
  const folder = storeFolder({ a: 'A', b: 'B' });
  const broken = failing(name => name === objectName(md5Of('B')));
  const first = await pushObjects([wanted(folder)], { cache, bucket: broken });
  expect(first).toMatchObject({ transferred: 1, failed: [{ name: md5Of('B') }] });
  expect(await isThere(folder)).toBe(false);
  const second = await pushObjects([wanted(folder)], { cache, bucket });
  expect(second).toMatchObject({ transferred: 2, failed: [] });
  expect(await isThere(folder)).toBe(true);
});

test('a listing whose files are not all in the cache stays here, and what is missing is named', async () => {
  const folder = storeFolder({ a: 'A', b: 'B' });
  cache.remove([md5Of('B')]);
  expect(await pushObjects([wanted(folder)], { cache, bucket })).toMatchObject({
    transferred: 1,
    missing: [md5Of('B')],
  });
  expect(await isThere(folder)).toBe(false);
});

test('a file of the cache whose bytes are not what its name says is not pushed', async () => {
  const md5 = store('whole');
  put(cache.pathOf(md5), 'broken');
  const { failed } = await pushObjects([wanted(md5)], { cache, bucket });
  expect(failed).toMatchObject([{ name: md5, failure: { kind: 'damaged' } }]);
  expect(await isThere(md5)).toBe(false);
});

test('an object of the remote whose bytes are not what its name says is refused and named', async () => {
  const md5 = store('whole');
  await pushObjects([wanted(md5)], { cache, bucket });
  const path = join(top, 'store', objectName(md5));
  chmodSync(path, 0o644);
  writeFileSync(path, 'evil!');
  const other = emptyCache();
  const { failed, transferred } = await fetchObjects([wanted(md5)], { cache: other, bucket });
  expect({ transferred, failed }).toMatchObject({ transferred: 0, failed: [{ name: md5 }] });
  expect(other.has(md5)).toBe(false);
});

test.for([
  ['leaves its folder', '[{"md5": "d41d8cd98f00b204e9800998ecf8427e", "relpath": "../../outside"}]'],
  ['is no listing', '{"a": 1}'],
])('a listing of the remote that %s is refused, even under its right name', async ([, text = '']) => {
  const md5 = `${md5Of(text)}.dir`;
  put(join(top, 'store', objectName(md5)), text);
  const other = emptyCache();
  const result = await fetchObjects([wanted(md5)], { cache: other, bucket });
  expect(result).toMatchObject({ transferred: 0, failed: [{ name: md5 }] });
  expect(other.has(md5)).toBe(false);
});

test('a listing of the remote under another name is refused before any of its files is asked for', async () => {
  const md5 = `${md5Of('another listing')}.dir`;
  const text = formatListing([{ relpath: 'a', md5: md5Of('A') }]);
  put(join(top, 'store', objectName(md5)), text);
  const result = await fetchObjects([wanted(md5)], { cache: emptyCache(), bucket });
  expect(result).toMatchObject({ transferred: 0, missing: [], failed: [{ name: md5 }] });
});

test('a download that stops half-way keeps what arrived, without the listing', async () => {
  const folder = storeFolder({ a: 'A', b: 'B', c: 'C' });
  await pushObjects([wanted(folder)], { cache, bucket });
  const other = emptyCache();
  const broken = failing(name => name === objectName(md5Of('C')));
  const first = await fetchObjects([wanted(folder)], { cache: other, bucket: broken });
  expect(first).toMatchObject({ transferred: 2, failed: [{ name: md5Of('C') }] });
  expect([other.has(md5Of('A')), other.has(folder)]).toEqual([true, false]);
  expect(await fetchObjects([wanted(folder)], { cache: other, bucket })).toMatchObject({ transferred: 2 });
  expect(other.missing(folder)).toEqual([]);
});

test('of a folder only the part that was asked for comes, with the listing', async () => {
  const folder = storeFolder({ 'deep/a': 'A', 'deep/b': 'B', 'deeper/c': 'C' });
  await pushObjects([wanted(folder)], { cache, bucket });
  const other = emptyCache();
  expect(await fetchObjects([wanted(folder, 'deep')], { cache: other, bucket })).toMatchObject({
    transferred: 3,
  });
  expect(other.missing(folder)).toEqual([md5Of('C')]);
});

test('what the remote lacks is told as missing, not as failed', async () => {
  const result = await fetchObjects([wanted(md5Of('never pushed'))], { cache, bucket });
  expect(result).toMatchObject({ transferred: 0, missing: [md5Of('never pushed')], failed: [] });
});

test('a refusal that every object would share ends the transfer at once', async () => {
  const md5s = ['1', '2', '3'].map(text => store(text));
  let asked = 0;
  const denied: Bucket = {
    ...bucket,
    upload: async () => {
      asked += 1;
      throw new BucketFailure('denied', 'not yours');
    },
  };
  const pushing = pushObjects(
    md5s.map(md5 => wanted(md5)),
    { cache, bucket: denied, jobs: 1 },
  );
  await expect(pushing).rejects.toThrow('not yours');
  expect(asked).toBe(1);
});

test('a remote that answers nothing any more is given up on after a few objects', async () => {
  const md5s = Array.from({ length: 50 }, (_, index) => store(`${index}`));
  const pushing = pushObjects(
    md5s.map(md5 => wanted(md5)),
    { cache, bucket: failing(() => true), jobs: 2 },
  );
  await expect(pushing).rejects.toMatchObject({ kind: 'unavailable' });
});

test('runs are moved once, and those of one key alone when only they are asked for', async () => {
  const run = (key: string) => `runs/${key.slice(0, 2)}/${key}/${'f'.repeat(64)}`;
  const [one, other] = ['a'.repeat(64), 'b'.repeat(64)];
  for (const key of [one, other]) put(join(cache.folder, run(key)), `cmd: ${key}\n`);
  put(join(cache.folder, 'runs/aa/temporary'), 'half');
  expect(await pushRuns({ cache, bucket })).toBe(2);
  expect(await pushRuns({ cache, bucket })).toBe(0);
  const empty = emptyCache();
  expect(await findRemoteRuns(one, { cache: empty, bucket })).toBe(1);
  expect(existsSync(join(empty.folder, run(other)))).toBe(false);
  expect(await fetchRuns({ cache: empty, bucket })).toBe(1);
  expect(readFileSync(join(empty.folder, run(other)), 'utf8')).toBe(`cmd: ${other}\n`);
});

test('a file that lies in a folder as well stays in the cache when cache and remote are compared', async () => {
  const both = [wanted(storeFolder({ a: 'A' })), wanted(md5Of('A'))];
  await pushObjects(both, { cache, bucket });
  expect(Object.fromEntries(await compareWithRemote(both, { cache, bucket }))).toEqual({});
  expect(cache.readTree(md5Of('A'))).toBeUndefined();
  expect(cache.has(md5Of('A'))).toBe(true);
});

test('cache and remote are compared file by file', async () => {
  const folder = storeFolder({ a: 'A', b: 'B' });
  expect(Object.fromEntries(await compareWithRemote([wanted(folder)], { cache, bucket }))).toEqual({
    '/repository/data': 'new',
    '/repository/data/a': 'new',
    '/repository/data/b': 'new',
  });
  await pushObjects([wanted(folder)], { cache, bucket });
  cache.remove([md5Of('B')]);
  expect(Object.fromEntries(await compareWithRemote([wanted(folder)], { cache, bucket }))).toEqual({
    '/repository/data/b': 'deleted',
  });
});
