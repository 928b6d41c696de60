import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openFolderBucket } from '#lib/storage/folder-bucket.ts';
import { mountAt } from '../../support/mount.ts';

const EMPTY_MD5 = 'd41d8cd98f00b204e9800998ecf8427e';
const name = 'files/md5/17/6cec0be157d2d470f973a524be83a9.dir';
let top: string;
let file: string;
let folder: string;

beforeEach(() => {
  top = mkdtempSync(join(tmpdir(), 'mainline-bucket-'));
  file = join(top, 'file');
  folder = join(top, 'store');
  writeFileSync(file, 'content');
});

afterEach(() => rmSync(top, { recursive: true, force: true }));

test('objects are read-only and runs are not, as DVC leaves them', async () => {
  const bucket = openFolderBucket({ folder });
  const run = `runs/ab/ab${'0'.repeat(62)}/${'1'.repeat(64)}`;
  await bucket.upload(file, name);
  await bucket.upload(file, run);
  expect(statSync(join(folder, name)).mode & 0o777).toBe(0o444);
  expect(statSync(join(folder, run)).mode & 0o777).toBe(0o666 & ~process.umask());
});

test('a large file arrives whole and is hashed on the way', async () => {
  writeFileSync(file, Buffer.alloc(3 * 1024 * 1024, 7));
  const bucket = openFolderBucket({ folder });
  await expect(bucket.upload(file, name, { expectedMd5: EMPTY_MD5 })).rejects.toMatchObject({
    kind: 'damaged',
  });
  expect(existsSync(join(folder, name))).toBe(false);
  await bucket.upload(file, name);
  expect(readFileSync(join(folder, name))).toEqual(readFileSync(file));
  expect(readdirSync(join(folder, 'tmp'))).toEqual([]);
});

test('bytes that are not what they should be leave nothing behind', async () => {
  const bucket = openFolderBucket({ folder });
  await expect(bucket.upload(file, name, { expectedMd5: EMPTY_MD5 })).rejects.toMatchObject({
    kind: 'damaged',
  });
  expect(existsSync(join(folder, name))).toBe(false);
  expect(readdirSync(join(folder, 'tmp'))).toEqual([]);
});

test.for(['../outside', 'files/../../outside', '/etc/passwd', 'a//b', 'files/md5/..', ''])(
  'the name %j becomes no path',
  async bad => {
    const bucket = openFolderBucket({ folder });
    await expect(bucket.upload(file, bad)).rejects.toThrow('not the name of an object');
    await expect(bucket.find(bad)).rejects.toThrow('not the name of an object');
  },
);

test('a name is listed below a prefix that need not end at a slash', async () => {
  const bucket = openFolderBucket({ folder });
  await bucket.upload(file, name);
  await bucket.upload(file, 'files/md5/18/00');
  const names: string[] = [];
  for await (const entries of bucket.list('files/md5/17')) names.push(...entries.map(one => one.name));
  expect(names).toEqual([name]);
  for await (const entries of bucket.list('runs/')) names.push(...entries.map(one => one.name));
  expect(names).toEqual([name]);
});

test('what killed runs left is removed when it is old, what runs still write is not', async () => {
  mkdirSync(join(folder, 'tmp'), { recursive: true });
  writeFileSync(join(folder, 'tmp', 'mainline-new'), 'half');
  writeFileSync(join(folder, 'tmp', 'of-somebody'), 'else');
  utimesSync(join(folder, 'tmp', 'of-somebody'), 1, 1);
  await openFolderBucket({ folder }).upload(file, name);
  expect(readdirSync(join(folder, 'tmp')).sort()).toEqual(['mainline-new', 'of-somebody']);
});

test('a name that is not there is told as missing', async () => {
  const bucket = openFolderBucket({ folder });
  expect(await bucket.find(name)).toBeUndefined();
  await expect(bucket.download(name, join(top, 'arrived'))).rejects.toMatchObject({ kind: 'missing' });
});

test('a named pipe under the name of an object is refused, and nobody waits for its other end', async () => {
  const bucket = openFolderBucket({ folder });
  await bucket.upload(file, name);
  rmSync(join(folder, name));
  execFileSync('mkfifo', [join(folder, name)]);
  await expect(bucket.download(name, join(top, 'arrived'))).rejects.toMatchObject({ kind: 'damaged' });
  expect(existsSync(join(top, 'arrived'))).toBe(false);
  expect(await bucket.find(name)).toBeUndefined();
  execFileSync('mkfifo', [join(top, 'pipe')]);
  await expect(bucket.upload(join(top, 'pipe'), name)).rejects.toMatchObject({ kind: 'damaged' });
});

test('a disk that is too full for what comes from a remote is not the disk of the remote', async context => {
  const small = mkdtempSync(join(tmpdir(), 'mainline-small-'));
  mountAt(context, small, ['-t', 'tmpfs', '-o', 'size=16k', 'tmpfs']);
  writeFileSync(file, Buffer.alloc(100_000, 7));
  const bucket = openFolderBucket({ folder });
  await bucket.upload(file, name);
  await expect(bucket.download(name, join(small, 'file'))).rejects.toThrow(`${small} could not be written`);
});
