// Many small new objects at once: they enter the cache by folders, whole and read-only, whoever else writes there.
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openStaging, publishStaged, type Staging } from '#lib/dvc/objects/staging.ts';
import { createWriter } from '#lib/dvc/objects/store.ts';
import { createWorkPlace, type WorkPlace } from '../work-tree/work-place.ts';

const FILES = 1500;
const md5Of = (text: string) => createHash('md5').update(text).digest('hex');

let place: WorkPlace;
beforeEach(() => {
  place = createWorkPlace();
});
afterEach(() => rmSync(place.root, { recursive: true }));

function writeMany(): ReadonlySet<string> {
  const texts = Array.from({ length: FILES }, (_, index) => `row ${index}`);
  for (const [index, text] of texts.entries()) place.write(`data/${index}`, text);
  return new Set(texts.map(md5Of));
}

const kept = () => new Set([...place.cache.list()].map(({ md5 }) => md5));
const temporary = () => {
  const folder = join(place.cacheFolder, 'tmp');
  return existsSync(folder) ? readdirSync(folder) : [];
};

it('very many new files are all kept, read-only, and nothing is left beside them', async () => {
  const expected = writeMany();
  const hashed = await place.open({ umask: 0o077 }).keep(place.path('data'));
  expect(kept()).toEqual(new Set([...expected, hashed?.fingerprint.md5]));
  for (const { md5 } of place.cache.list()) {
    expect(md5Of(readFileSync(place.cache.pathOf(md5), 'utf8'))).toBe(md5.slice(0, 32));
    expect(statSync(place.cache.pathOf(md5)).mode & 0o777).toBe(0o444);
  }
  expect(temporary()).toEqual([]);
});

it('in a shared cache the folders belong to the group', async () => {
  writeMany();
  await place.open({ shared: true }).keep(place.path('data'));
  const [object] = kept();
  expect(statSync(dirname(place.cache.pathOf(object ?? ''))).mode & 0o7777).toBe(0o2775);
});

it('what was stored before somebody stopped it is in the cache, whole', async () => {
  const expected = writeMany();
  const stop = new AbortController();
  let time = Date.now();
  const keeping = place.open({ now: () => (time += 100) }).keep(place.path('data'), {
    signal: stop.signal,
    onProgress: ({ files }) => files > 0 && stop.abort(),
  });
  await expect(keeping).rejects.toThrow();
  expect(kept().size).toBeGreaterThan(0);
  expect(kept().size).toBeLessThan(FILES);
  for (const md5 of kept()) expect(expected).toContain(md5);
  expect(temporary()).toEqual([]);
});

function openManyStaged(): Staging {
  const staging = openStaging(place.cacheFolder, FILES);
  if (staging === undefined) throw new Error('an empty cache has no folders');
  return staging;
}

it('objects that others put there meanwhile stay, also in the same folders', () => {
  const staging = openManyStaged();
  const options = { folder: place.cacheFolder, shared: false, umask: 0o022, method: 'copy' } as const;
  createWriter({ ...options, staging }).storeBytes(Buffer.from('ours'), md5Of('ours'));
  const theirs = `${md5Of('ours').slice(0, 2)}${'0'.repeat(30)}`;
  mkdirSync(dirname(place.cache.pathOf(theirs)), { recursive: true });
  writeFileSync(place.cache.pathOf(theirs), 'theirs');
  publishStaged(staging, { cacheFolder: place.cacheFolder, shared: false });
  expect(kept()).toEqual(new Set([theirs, md5Of('ours')]));
  expect(temporary()).toEqual([]);
});

it('nothing is seen in the cache before it is all there, and the same bytes are written once', () => {
  const staging = openManyStaged();
  const store = { folder: place.cacheFolder, shared: false, umask: 0o022, method: 'copy', staging } as const;
  createWriter(store).storeBytes(Buffer.from('same'), md5Of('same'));
  createWriter(store).storeBytes(Buffer.from('same'), md5Of('same'));
  expect(kept()).toEqual(new Set());
  publishStaged(staging, { cacheFolder: place.cacheFolder, shared: false });
  expect(kept()).toEqual(new Set([md5Of('same')]));
});

it('few files, and folders that the cache has, go the usual way', () => {
  expect(openStaging(place.cacheFolder, 10)).toBeUndefined();
  mkdirSync(join(place.cacheFolder, 'files/md5/0f'), { recursive: true });
  const { isNew } = openManyStaged();
  expect([isNew[14], isNew[15], isNew[16]]).toEqual([1, 0, 1]);
});

it('what a killed run left is removed a day after the last of it was written', async () => {
  const DAY = 25 * 3600 * 1000;
  place.write('f', 'x');
  place.write('.dvc/cache/tmp/mainline-old/ab/cd', 'staged');
  place.write('.dvc/cache/tmp/mainline-new/ab/cd', 'staged');
  const soon = (Date.now() + DAY) / 1000;
  utimesSync(place.path('.dvc/cache/tmp/mainline-new/ab'), soon, soon);
  await place.open({ now: () => Date.now() + DAY }).keep(place.path('f'));
  expect(temporary()).toEqual(['mainline-new']);
});

it('a place that cannot be written to is named, and nothing stays', async () => {
  writeMany();
  mkdirSync(place.cacheFolder, { recursive: true });
  writeFileSync(join(place.cacheFolder, 'files'), 'in the way');
  await expect(place.open().keep(place.path('data'))).rejects.toThrow(join(place.cacheFolder, 'files'));
  expect(temporary()).toEqual([]);
  expect(readFileSync(join(place.cacheFolder, 'files'), 'utf8')).toBe('in the way');
});
