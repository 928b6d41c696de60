import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { checkoutObject, objectPath, storeObject, verifyObject } from '#lib/dvc/objects/cache.ts';
import { createHasher } from '#lib/dvc/objects/hash.ts';
import type { Hashed } from '#lib/dvc/objects/object.ts';
import { FIXTURES } from '../values/typed-values.ts';

const RAW = '3f651a56f8af1f15a0c2d120019b5203.dir';
let folder: string;
let cacheDir: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cache-'));
  cacheDir = join(folder, 'cache');
});

const hash = async (path: string) => (await createHasher(Date.now)(path)) as Hashed;
const golden = () => cpSync(`${FIXTURES}pipeline/cache`, cacheDir, { recursive: true });

it("a folder from DVC's cache is put back and hashes to the same object", async () => {
  golden();
  const verified = await verifyObject(cacheDir, { md5: RAW });
  expect(verified?.tree?.map(entry => entry.relpath)).toEqual(['a.txt', 'sub/b.txt', 'é.txt']);
  await checkoutObject(cacheDir, { md5: RAW, ...verified }, join(folder, 'raw'));
  expect((await hash(join(folder, 'raw'))).fingerprint).toEqual({ md5: RAW, size: 11, nfiles: 3 });
  expect(statSync(join(folder, 'raw/a.txt')).mode & 0o200).toBe(0o200);
});

it("what is stored has the names, bytes and permissions of DVC's cache", async () => {
  golden();
  await checkoutObject(
    cacheDir,
    { md5: RAW, ...(await verifyObject(cacheDir, { md5: RAW })) },
    join(folder, 'raw'),
  );
  const own = join(folder, 'own');
  await storeObject(own, join(folder, 'raw'), await hash(join(folder, 'raw')));
  const objects = execFileSync('find', ['.', '-type', 'f'], { cwd: own, encoding: 'utf8' })
    .trim()
    .split('\n');
  expect(objects).toHaveLength(4);
  for (const object of objects) {
    expect(readFileSync(join(own, object))).toEqual(readFileSync(join(cacheDir, object)));
    expect(statSync(join(own, object)).mode & 0o777).toBe(0o444);
  }
});

it('an object that lost a byte is removed and never used', async () => {
  golden();
  const object = objectPath(cacheDir, 'c5053d4da03789bfbc4bee760fade936');
  chmodSync(object, 0o644);
  writeFileSync(object, 'b');
  expect(await verifyObject(cacheDir, { md5: RAW })).toBeUndefined();
  expect(existsSync(object)).toBe(false);
  expect(existsSync(objectPath(cacheDir, RAW))).toBe(false);
});

it('a missing object is not there, a folder with a missing file neither', async () => {
  golden();
  expect(await verifyObject(cacheDir, { md5: 'f'.repeat(32) })).toBeUndefined();
  await rm(objectPath(cacheDir, 'c5053d4da03789bfbc4bee760fade936'));
  expect(await verifyObject(cacheDir, { md5: RAW })).toBeUndefined();
});

it('a folder object that names a file outside of it is not used', async () => {
  const text = '[{"md5": "b1946ac92492d2347c6235b4d2611184", "relpath": "../evil"}]';
  const md5 = `${execFileSync('md5sum', { input: text, encoding: 'utf8' }).slice(0, 32)}.dir`;
  golden();
  await mkdir(dirname(objectPath(cacheDir, md5)), { recursive: true });
  await writeFile(objectPath(cacheDir, md5), text);
  expect(await verifyObject(cacheDir, { md5 })).toBeUndefined();
});

it('only a hash becomes a path', () => {
  expect(() => objectPath(cacheDir, '../../../etc/passwd')).toThrow('is not the MD5');
});

it('an object that a crash left half written is written anew', async () => {
  await writeFile(join(folder, 'model.bin'), 'whole');
  const hashed = await hash(join(folder, 'model.bin'));
  const object = objectPath(cacheDir, hashed.fingerprint.md5);
  await mkdir(dirname(object), { recursive: true });
  await writeFile(object, 'wh');
  await storeObject(cacheDir, join(folder, 'model.bin'), hashed);
  expect(readFileSync(object, 'utf8')).toBe('whole');
});

it('a file that changes while it is being stored is refused', async () => {
  await writeFile(join(folder, 'model.bin'), 'one');
  const hashed = await hash(join(folder, 'model.bin'));
  await writeFile(join(folder, 'model.bin'), 'two');
  await expect(storeObject(cacheDir, join(folder, 'model.bin'), hashed)).rejects.toThrow(
    'changed while it was',
  );
  expect(existsSync(objectPath(cacheDir, hashed.fingerprint.md5))).toBe(false);
});

it('an executable comes back executable, and replaces what stood there, even a link', async () => {
  await writeFile(join(folder, 'run.sh'), '#!/bin/sh\n', { mode: 0o755 });
  const hashed = await hash(join(folder, 'run.sh'));
  expect(hashed.fingerprint.isexec).toBe(true);
  await storeObject(cacheDir, join(folder, 'run.sh'), hashed);
  await writeFile(join(folder, 'other'), 'keep');
  symlinkSync(join(folder, 'other'), join(folder, 'out'));
  await checkoutObject(cacheDir, hashed.fingerprint, join(folder, 'out'));
  expect(statSync(join(folder, 'out')).mode & 0o111).not.toBe(0);
  expect(readFileSync(join(folder, 'other'), 'utf8')).toBe('keep');
});
