import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { isIntact } from '#lib/dvc/objects/intact.ts';
import { hashBytes } from '#lib/dvc/objects/md5.ts';
import { listLegacyObjects, migrateObjects } from '#lib/dvc/work-tree/migrate.ts';
import { createWorkPlace } from '../work-tree/work-place.ts';

it('only a hash becomes a path', () => {
  const { cache } = createWorkPlace();
  expect(() => cache.pathOf('../../../etc/passwd')).toThrow('is not the MD5');
  expect(() => cache.has(`${'a'.repeat(32)}.dir/..`)).toThrow('is not the MD5');
});

it('what is missing of a folder is named: its listing, or those of its files that are gone', async () => {
  const { cache, open, path, write } = createWorkPlace();
  for (const name of ['a', 'b', 'c']) write(`d/${name}`, name === 'c' ? 'a' : name);
  const md5 = (await open().keep(path('d')))?.fingerprint.md5 ?? '';
  expect(cache.missing(md5)).toEqual([]);
  expect([...cache.list()].map(object => object.md5).toSorted()).toEqual(
    [hashBytes('a'), hashBytes('b'), md5].toSorted(),
  );
  expect(isIntact(cache.folder, md5)).toBe(true);
  cache.remove([hashBytes('a')]);
  expect(cache.missing(md5)).toEqual([hashBytes('a')]);
  expect(isIntact(cache.folder, md5)).toBe(false);
  cache.remove([md5, hashBytes('b')]);
  expect(cache.missing(md5)).toEqual([md5]);
  expect([...cache.list()]).toEqual([]);
});

it('a download gets its name only if its bytes are what the name says', async () => {
  const { cache } = createWorkPlace();
  const file = cache.temporary();
  writeFileSync(file, 'whole');
  expect(await cache.adopt(file, hashBytes('other'))).toBe(false);
  expect(statSync(file, { throwIfNoEntry: false })).toBeUndefined();
  writeFileSync(file, 'whole');
  expect(await cache.adopt(file, hashBytes('whole'))).toBe(true);
  expect(statSync(cache.pathOf(hashBytes('whole'))).mode & 0o777).toBe(0o444);
  expect([...cache.list()]).toEqual([{ md5: hashBytes('whole'), size: 5 }]);
});

it('bytes of a download get their name only if they are what it says, by the hash it is of', async () => {
  const { cache } = createWorkPlace();
  const whole = Buffer.from('whole');
  expect(await cache.adoptBytes(whole, hashBytes('other'))).toBe(false);
  expect([...cache.list()]).toEqual([]);
  expect(await cache.adoptBytes(whole, hashBytes('whole'))).toBe(true);
  expect(statSync(cache.pathOf(hashBytes('whole'))).mode & 0o777).toBe(0o444);
  expect([...cache.list()]).toEqual([{ md5: hashBytes('whole'), size: 5 }]);
  // md5-dos2unix of this text by DVC 3.67.1
  const [text, legacy] = [Buffer.from('a\r\nb\n\r\n'), '2a78ec56388379f8d199c845f73d611f'];
  expect(await cache.adoptBytes(text, legacy)).toBe(false);
  expect(await cache.adoptBytes(text, legacy, 'md5-dos2unix')).toBe(true);
  expect(readFileSync(cache.pathOf(legacy, 'md5-dos2unix'))).toEqual(text);
});

it('an object of DVC 2 gets its DVC 3 name beside the old one, once', async () => {
  const { cache, write } = createWorkPlace();
  // md5-dos2unix of this text by DVC 3.67.1
  const [text, legacy] = ['a\r\nb\n\r\n', '2a78ec56388379f8d199c845f73d611f'];
  const listing = `[{"md5": "${legacy}", "relpath": "a"}]`;
  for (const [name, content] of [
    [legacy, text],
    [`${hashBytes(listing)}.dir`, listing],
  ] as const) {
    write(`.dvc/cache/${name.slice(0, 2)}/${name.slice(2)}`, content);
  }
  const names = listLegacyObjects(cache);
  expect(names.toSorted()).toEqual([legacy, `${hashBytes(listing)}.dir`].toSorted());
  const options = { threads: 1, now: Date.now, shared: false };
  expect(await migrateObjects(cache, names, options)).toBe(2);
  const object = statSync(cache.pathOf(hashBytes(text)));
  expect(object).toMatchObject({ nlink: 2, mode: 0o100444 });
  expect(object.ino).toBe(statSync(cache.pathOf(legacy, 'md5-dos2unix')).ino);
  expect(cache.has(`${hashBytes(listing)}.dir`)).toBe(true);
  expect(await migrateObjects(cache, names, options)).toBe(0);
});
