// A remote on this machine and very many small objects: they move without requests, folder by folder.
import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ObjectCache } from '#lib/dvc/objects/cache.ts';
import { formatListing, nameListing } from '#lib/dvc/objects/listing.ts';
import type { ObjectProgress } from '#lib/dvc/objects/object.ts';
import { openObjectCache } from '#lib/dvc/objects/open-cache.ts';
import { fetchObjects } from '#lib/dvc/remotes/fetch.ts';
import { pushObjects } from '#lib/dvc/remotes/push.ts';
import type { Wanted } from '#lib/dvc/remotes/wanted.ts';
import type { Bucket } from '#lib/storage/bucket.ts';
import { openFolderBucket } from '#lib/storage/folder-bucket.ts';

const COUNT = 1500;

let top: string;
let cache: ObjectCache;
let remote: string;
let bucket: Bucket;

beforeEach(() => {
  top = mkdtempSync(join(tmpdir(), 'mainline-near-'));
  cache = openObjectCache(join(top, 'cache'));
  remote = join(top, 'store');
  bucket = openFolderBucket({ folder: remote });
});

afterEach(() => rmSync(top, { recursive: true, force: true }));

const md5Of = (bytes: string) => createHash('md5').update(bytes).digest('hex');

function put(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

function store(text: string): string {
  const md5 = md5Of(text);
  put(cache.pathOf(md5), text);
  return md5;
}

const TEXTS = Array.from({ length: COUNT }, (_, index) => `row ${index}\n`);

/** A folder of {@link TEXTS} in the cache, and further files. */
function storeFolder(more: readonly string[] = []): Wanted {
  const entries = [...TEXTS, ...more].map((text, index) => ({
    relpath: `${String(index).padStart(5, '0')}.txt`,
    md5: store(text),
  }));
  const listing = formatListing(entries);
  const md5 = nameListing(listing);
  put(cache.pathOf(md5), listing);
  return { md5, hash: 'md5', path: '/repository/data', remote: undefined };
}

/** What lies below a folder with DVC's layout, by the name that its place gives it. */
function objectsIn(folder: string): Readonly<Record<string, string>> {
  const root = join(folder, 'files', 'md5');
  if (!existsSync(root)) return {};
  const objects = readdirSync(root).flatMap(prefix =>
    readdirSync(join(root, prefix)).map(name => [prefix + name, join(root, prefix, name)] as const),
  );
  return Object.fromEntries(objects);
}

/** @returns how many objects there are, all of them whole */
function expectSound(folder: string): number {
  const objects = Object.entries(objectsIn(folder)).filter(([name]) => !name.endsWith('.dir'));
  expect(objects.map(([, file]) => md5Of(readFileSync(file, 'utf8')))).toEqual(objects.map(([name]) => name));
  expect(objects.filter(([, file]) => (statSync(file).mode & 0o777) !== 0o444)).toEqual([]);
  return objects.length;
}

const leftIn = (folder: string) => (existsSync(join(folder, 'tmp')) ? readdirSync(join(folder, 'tmp')) : []);

test('all of them go there, once, and come back', async () => {
  const large = 'x'.repeat(70_000);
  const folder = storeFolder([large]);
  const seen = { files: 0, bytes: 0, totalFiles: 0 };
  const onProgress = ({ files, bytes, totalFiles = 0 }: ObjectProgress) => {
    seen.files += files;
    seen.bytes += bytes;
    seen.totalFiles += totalFiles;
  };
  const bytes = [...TEXTS, large].join('').length;
  const listing = statSync(cache.pathOf(folder.md5)).size;
  const pushed = await pushObjects([folder], { cache, bucket, onProgress });
  expect(pushed).toEqual({ transferred: COUNT + 2, bytes: bytes + listing, missing: [], failed: [] });
  expect(seen).toEqual({ files: COUNT + 2, bytes: bytes + listing, totalFiles: COUNT + 2 });
  expect(expectSound(remote)).toBe(COUNT + 1);
  expect(leftIn(remote)).toEqual([]);
  expect(await pushObjects([folder], { cache, bucket })).toMatchObject({ transferred: 0 });

  const other = openObjectCache(join(top, 'other'));
  const fetched = await fetchObjects([folder], { cache: other, bucket });
  expect(fetched).toEqual({ transferred: COUNT + 2, bytes: bytes + listing, missing: [], failed: [] });
  expect(expectSound(join(top, 'other'))).toBe(COUNT + 1);
  expect(other.missing(folder.md5)).toEqual([]);
  expect(leftIn(join(top, 'other'))).toEqual([]);
});

test('what is damaged, missing or no file stays, is named, and holds back the listing alone', async () => {
  const folder = storeFolder();
  const [damaged = '', missing = '', odd = ''] = [3, 700, 1400].map(index => md5Of(TEXTS[index] ?? ''));
  chmodSync(cache.pathOf(damaged), 0o644);
  writeFileSync(cache.pathOf(damaged), 'something else');
  rmSync(cache.pathOf(missing));
  rmSync(cache.pathOf(odd));
  mkdirSync(cache.pathOf(odd));
  const pushed = await pushObjects([folder], { cache, bucket });
  expect(pushed).toMatchObject({ transferred: COUNT - 3, missing: [missing] });
  expect(pushed.failed.map(({ name, failure }) => [name, failure.kind]).toSorted()).toEqual(
    [
      [damaged, 'damaged'],
      [odd, 'damaged'],
    ].toSorted(),
  );
  expect(expectSound(remote)).toBe(COUNT - 3);
  expect(existsSync(join(remote, 'files', 'md5', folder.md5.slice(0, 2), folder.md5.slice(2)))).toBe(false);
});

test('an object of the remote that is another does not come, and the others do', async () => {
  const folder = storeFolder();
  await pushObjects([folder], { cache, bucket });
  const damaged = md5Of(TEXTS[77] ?? '');
  const file = objectsIn(remote)[damaged] ?? '';
  chmodSync(file, 0o644);
  writeFileSync(file, 'something else');
  const other = openObjectCache(join(top, 'other'));
  const fetched = await fetchObjects([folder], { cache: other, bucket });
  expect(fetched).toMatchObject({ transferred: COUNT - 1, missing: [] });
  expect(fetched.failed).toMatchObject([{ name: damaged, failure: { kind: 'damaged' } }]);
  expect(expectSound(join(top, 'other'))).toBe(COUNT - 1);
  expect(other.has(folder.md5)).toBe(false);
});

test('who stops it half-way keeps what has arrived, and the rest comes the next time', async () => {
  const folder = storeFolder();
  const stop = new AbortController();
  let files = 0;
  const onProgress = (progress: ObjectProgress) => {
    files += progress.files;
    if (files === 450) stop.abort(new Error('stopped'));
  };
  const stopped = pushObjects([folder], { cache, bucket, signal: stop.signal, onProgress });
  await expect(stopped).rejects.toThrow('stopped');
  expect(expectSound(remote)).toBe(450);
  expect(leftIn(remote)).toEqual([]);
  expect(await pushObjects([folder], { cache, bucket })).toMatchObject({ transferred: COUNT - 450 + 1 });
  expect(expectSound(remote)).toBe(COUNT);
});

test('objects that somebody else brings meanwhile are no obstacle', async () => {
  const folder = storeFolder();
  let isFirst = true;
  const onProgress = ({ files }: ObjectProgress) => {
    if (files === 0 || !isFirst) return;
    isFirst = false;
    for (const [name, file] of Object.entries(objectsIn(join(top, 'cache')))) {
      const place = join(remote, 'files', 'md5', name.slice(0, 2), name.slice(2));
      if (name.endsWith('.dir') || existsSync(place)) continue;
      put(place, readFileSync(file, 'utf8'));
      chmodSync(place, 0o444);
    }
  };
  expect(await pushObjects([folder], { cache, bucket, onProgress })).toMatchObject({
    missing: [],
    failed: [],
  });
  expect(expectSound(remote)).toBe(COUNT);
  expect(leftIn(remote)).toEqual([]);
});
