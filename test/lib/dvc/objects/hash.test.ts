import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { createHasher } from '#lib/dvc/objects/hash.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hash-'));
});

const print = async (name: string) => (await createHasher(Date.now)(join(folder, name)))?.fingerprint;
const md5sum = (name: string) =>
  execFileSync('md5sum', [join(folder, name)], { encoding: 'utf8' }).slice(0, 32);

it('files small and large get the hash that md5sum prints', async () => {
  writeFileSync(join(folder, 'small'), 'a\r\nb\0');
  writeFileSync(join(folder, 'large'), Buffer.alloc(3_000_001, 'abcdefg'));
  expect(await print('small')).toEqual({ md5: md5sum('small'), size: 5 });
  expect(await print('large')).toEqual({ md5: md5sum('large'), size: 3_000_001 });
});

// The hashes of the next two are those of objects that DVC 3.64 wrote (fixtures/dvc/edge-cache).
it('file names are sorted by code point, as DVC sorts them', async () => {
  mkdirSync(join(folder, 'u'));
  writeFileSync(join(folder, 'u/\u{1f600}'), '1\n');
  writeFileSync(join(folder, 'u/\ufb00'), '2\n');
  expect(await print('u')).toEqual({ md5: '0d0404c0e323d00abf41e521373e730f.dir', size: 4, nfiles: 2 });
});

it('links to files count as files, links to folders and empty folders do not count', async () => {
  mkdirSync(join(folder, 'd/real'), { recursive: true });
  mkdirSync(join(folder, 'd/empty'));
  mkdirSync(join(folder, 'd/.git'));
  writeFileSync(join(folder, 'd/.git/config'), 'x');
  writeFileSync(join(folder, 'd/real/x'), '1\n');
  symlinkSync('real/x', join(folder, 'd/lnk'));
  symlinkSync('real', join(folder, 'd/linked'));
  expect(await print('d')).toEqual({ md5: '361ddce3bb6d973e88a636e50be6a25c.dir', size: 4, nfiles: 2 });
});

it('an empty file and an empty folder have the hashes DVC gives them', async () => {
  mkdirSync(join(folder, 'empty'));
  writeFileSync(join(folder, 'none'), '');
  expect(await print('empty')).toEqual({ md5: 'd751713988987e9331980363e24189ce.dir', size: 0, nfiles: 0 });
  expect(await print('none')).toEqual({ md5: 'd41d8cd98f00b204e9800998ecf8427e', size: 0 });
});

it('what does not exist has no hash, a link that leads nowhere inside a folder is an error', async () => {
  expect(await print('nothing')).toBeUndefined();
  mkdirSync(join(folder, 'd'));
  symlinkSync('nowhere', join(folder, 'd/lnk'));
  await expect(print('d')).rejects.toThrow('is not there');
});

it('a file changed between two looks is hashed again, also when its size and time stay', async () => {
  const file = join(folder, 'f');
  const hash = createHasher(() => Date.now() + 60_000);
  writeFileSync(file, 'one');
  utimesSync(file, 1000, 1000);
  const first = await hash(file);
  writeFileSync(file, 'two');
  utimesSync(file, 1000, 1000);
  expect((await hash(file))?.fingerprint.md5).toBe(md5sum('f'));
  expect(first?.fingerprint.md5).not.toBe(md5sum('f'));
});

it('a folder that holds a .dvcignore is refused, as DVC refuses it', async () => {
  mkdirSync(join(folder, 'd'));
  writeFileSync(join(folder, 'd/.dvcignore'), '*.tmp\n');
  await expect(print('d')).rejects.toThrow('stands inside a folder');
});
