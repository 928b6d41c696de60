// Files of a folder that is not there yet are made while its objects arrive.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { hashBytes } from '#lib/dvc/objects/md5.ts';
import type { Hashed } from '#lib/dvc/objects/object.ts';
import { fetchObjects } from '#lib/dvc/remotes/fetch.ts';
import { pushObjects } from '#lib/dvc/remotes/push.ts';
import type { WorkTree } from '#lib/dvc/work-tree/work-tree.ts';
import { openFolderBucket } from '#lib/storage/folder-bucket.ts';
import { createWorkPlace, later, type WorkPlace } from './work-place.ts';

const FILES = { a: 'one', 'sub/b': 'two', 'sub/again': 'one' };
const MEBIBYTE = 1024 * 1024;

let place: WorkPlace;
let tree: WorkTree;
let hashed: Hashed;
beforeEach(async () => {
  place = createWorkPlace();
  for (const [name, text] of Object.entries(FILES)) place.write(`data/${name}`, text);
  const kept = await place.open().keep(place.path('data'));
  if (!kept) throw new Error('nothing was kept');
  hashed = kept;
  rmSync(place.path('data'), { recursive: true });
  tree = place.open();
});

const folderOf = (size: number | undefined = hashed.fingerprint.size) => ({
  ...{ path: place.path('data'), md5: hashed.fingerprint.md5, size },
});
const expectFolder = (size?: number): void => tree.arrivals.expect(folderOf(size), hashed.tree ?? []);
const take = (text: string): void => tree.arrivals.take(hashBytes(text), Buffer.from(text));
const checkout = () => tree.checkout(hashed.fingerprint, place.path('data'));
const staging = (): string => place.path('.dvc/tmp/mainline/checkout');
/** Folders that wait for their checkout. */
const waiting = (): readonly string[] =>
  existsSync(staging()) ? readdirSync(staging()).map(name => join(staging(), name)) : [];
const waitingFiles = (): readonly string[] =>
  waiting().flatMap(folder =>
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter(entry => entry.isFile())
      .map(entry => join(entry.parentPath, entry.name).slice(folder.length + 1))
      .sort(),
  );

it('what has arrived is what is checked out, under every name that it has; the rest comes from the cache', async () => {
  expectFolder();
  take('one');
  expect(waitingFiles()).toEqual(['a', 'sub/again']);
  expect(existsSync(place.path('data'))).toBe(false);
  const made = statSync(join(waiting()[0] ?? '', 'sub/again')).ino;
  expect((await checkout()).files.added).toEqual(['a', 'sub/again', 'sub/b']);
  expect(place.read('data')).toEqual(FILES);
  expect(statSync(place.path('data/sub/again')).ino).toBe(made);
  expect(statSync(place.path('data/a')).mode & 0o777).toBe(0o644);
  expect(waiting()).toEqual([]);
});

it('files that have arrived are known by their hash after it, those that were touched meanwhile are not', async () => {
  tree = place.open({ now: later });
  expectFolder();
  take('one');
  writeFileSync(join(waiting()[0] ?? '', 'a'), 'changed');
  await checkout();
  tree.save();
  let read = 0;
  const onProgress = ({ files }: { readonly files: number }) => (read += files);
  const found = await place.open({ now: later }).hash(place.path('data'), { onProgress });
  expect(found?.tree?.find(({ relpath }) => relpath === 'a')?.md5).toBe(hashBytes('changed'));
  expect(read).toBe(1);
});

it.each([
  ['the place is taken', () => mkdirSync(place.path('data'))],
  ['its files become links', () => (tree = place.open({ linkTypes: ['hardlink'] }))],
  ['a file has the name of the folder for folders', () => place.write('.dvc/tmp/mainline/checkout', 'x')],
])('nothing is made where %s', (_, make) => {
  make();
  expectFolder();
  take('one');
  expect(existsSync(staging()) && statSync(staging()).isDirectory() ? waiting() : []).toEqual([]);
});

it.each([257 * MEBIBYTE, undefined])('nothing is made of a folder of %s bytes', size => {
  tree.arrivals.expect({ ...folderOf(), size }, hashed.tree ?? []);
  take('one');
  expect(waiting()).toEqual([]);
});

it('what was made of another version is not used, and removed in the end', async () => {
  tree.arrivals.expect({ ...folderOf(), md5: `${'0'.repeat(32)}.dir` }, [
    { relpath: 'a', md5: hashBytes('zzz') },
  ]);
  take('zzz');
  expect(waitingFiles()).toEqual(['a']);
  await checkout();
  expect(place.read('data')).toEqual(FILES);
  tree.arrivals.close();
  expect(waiting()).toEqual([]);
});

it('a name that two files would have is not taken from the first, and the checkout says what stands in the way', async () => {
  expectFolder();
  writeFileSync(join(waiting()[0] ?? '', 'a'), 'somebody');
  take('one');
  expect(readFileSync(join(waiting()[0] ?? '', 'a'), 'utf8')).toBe('somebody');
  await expect(checkout()).rejects.toThrow('a could not be written');
});

it('what is fetched from a folder arrives, and so do objects that are moved one by one', async () => {
  const bucket = openFolderBucket({ folder: place.path('store') });
  const wanted = [{ ...folderOf(), hash: 'md5' as const, remote: undefined }];
  await pushObjects(wanted, { cache: place.cache, bucket });
  rmSync(place.cacheFolder, { recursive: true });
  const { transferred } = await fetchObjects(wanted, { cache: place.cache, bucket, arrivals: tree.arrivals });
  expect(transferred).toBe(3);
  expect(waiting()).toHaveLength(1);
  await checkout();
  expect(place.read('data')).toEqual(FILES);
});
