import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { beforeEach, expect, it } from 'vitest';
import { createWorkPlace, later, type WorkPlace } from './work-place.ts';

let place: WorkPlace;
beforeEach(() => {
  place = createWorkPlace();
});
const print = async (name: string) => (await place.open().hash(place.path(name)))?.fingerprint;

// The hashes of the next three are those of objects that DVC 3.64 wrote (fixtures/dvc/edge-cache).
it('file names are sorted by code point, as DVC sorts them', async () => {
  place.write('u/\u{1f600}', '1\n');
  place.write('u/\ufb00', '2\n');
  expect(await print('u')).toEqual({ md5: '0d0404c0e323d00abf41e521373e730f.dir', size: 4, nfiles: 2 });
});

it('links to files count as files, links to folders and empty folders do not count', async () => {
  mkdirSync(place.path('d/empty'), { recursive: true });
  place.write('d/.git/config', 'x');
  place.write('d/real/x', '1\n');
  symlinkSync('real/x', place.path('d/lnk'));
  symlinkSync('real', place.path('d/linked'));
  expect(await print('d')).toEqual({ md5: '361ddce3bb6d973e88a636e50be6a25c.dir', size: 4, nfiles: 2 });
});

it('an empty file and an empty folder have the hashes DVC gives them', async () => {
  mkdirSync(place.path('empty'));
  place.write('none', '');
  expect(await print('empty')).toEqual({ md5: 'd751713988987e9331980363e24189ce.dir', size: 0, nfiles: 0 });
  expect(await print('none')).toEqual({ md5: 'd41d8cd98f00b204e9800998ecf8427e', size: 0 });
});

it('names of files sort before those of deeper ones only where their characters do', async () => {
  for (const name of ['a/b', 'a-b', 'a.b', 'a', 'aa'].slice(0, 3)) place.write(`d/${name}`, name);
  const hashed = await place.open().hash(place.path('d'));
  expect(hashed?.tree?.map(({ relpath }) => relpath)).toEqual(['a-b', 'a.b', 'a/b']);
});

it('an executable file says so, a folder never', async () => {
  chmodSync(place.write('d/run.sh', 'x'), 0o755);
  expect(await print('d/run.sh')).toMatchObject({ isexec: true });
  expect(await print('d')).not.toHaveProperty('isexec');
});

it('what DVC 2 hashed is hashed as by DVC 2, and says so; the index keeps both kinds apart', async () => {
  place.write('d/text', 'a\r\nb\n\r\n');
  const tree = place.open({ now: later });
  // MD5s by DVC 3.67.1, of the text and of its bytes
  const legacy = { md5: '2a78ec56388379f8d199c845f73d611f', hash: 'md5-dos2unix', size: 7 };
  for (const _ of [1, 2]) {
    const asBefore = await tree.hash(place.path('d/text'), { hash: 'md5-dos2unix' });
    expect(asBefore?.fingerprint).toEqual(legacy);
    expect((await tree.hash(place.path('d/text')))?.fingerprint.md5).not.toBe(legacy.md5);
  }
});

it('what does not exist has no hash, a link that leads nowhere or to itself is an error', async () => {
  expect(await print('nothing')).toBeUndefined();
  expect(await print('nothing/inside')).toBeUndefined();
  mkdirSync(place.path('d'));
  symlinkSync('nowhere', place.path('d/lnk'));
  await expect(print('d')).rejects.toThrow('is not there');
  mkdirSync(place.path('e'));
  symlinkSync('loop', place.path('e/loop'));
  await expect(print('e')).rejects.toThrow('leads back to itself');
});

it('a folder that holds a .dvcignore is refused, as DVC refuses it, unless that file is left out', async () => {
  place.write('d/sub/.dvcignore', '*.tmp\n');
  await expect(print('d')).rejects.toThrow('stands inside a folder');
  place.write('.dvcignore', '.dvcignore\n');
  expect(await print('d')).toMatchObject({ nfiles: 0 });
});

it('patterns and repositories inside leave files out', async () => {
  place.write('.dvcignore', '*.tmp\n/d/skipped/\n');
  for (const name of ['keep', 'x.tmp', 'skipped/y', 'inner/z', 'inner/.dvc/config'])
    place.write(`d/${name}`, name);
  const hashed = await place.open().hash(place.path('d'));
  expect(hashed?.tree?.map(({ relpath }) => relpath)).toEqual(['keep']);
});

it('a name that is no UTF-8 is refused and shown', async () => {
  place.write('d/fine', 'x');
  writeFileSync(Buffer.concat([Buffer.from(place.path('d/b')), Buffer.from([0xff, 0x64])]), 'x');
  await expect(print('d')).rejects.toThrow('d/b\\xffd is not UTF-8');
});

it('a pipe is refused instead of being read for ever', async () => {
  mkdirSync(place.path('d'));
  execFileSync('mkfifo', [place.path('d/pipe')]);
  await expect(print('d')).rejects.toThrow('neither a file nor a folder');
});

it.skipIf(process.getuid?.() === 0)('a file that may not be read is named', async () => {
  chmodSync(place.write('d/secret', 'x'), 0);
  await expect(print('d')).rejects.toThrow('d/secret may not be read');
});

it('large files on several threads have the hash they have on one', async () => {
  for (let index = 0; index < 150; index++)
    place.write(`d/${index % 10}/${index}`, Buffer.alloc(600_000, `row ${index}`));
  const counted: number[] = [];
  const onProgress = ({ files }: { files: number }) => counted.push(files);
  const [one, four] = [place.open(), place.open({ processors: 4 })];
  const alone = await one.hash(place.path('d'));
  const together = await four.hash(place.path('d'), { onProgress });
  expect(together?.fingerprint).toEqual(alone?.fingerprint);
  expect(counted.reduce((sum, files) => sum + files, 0)).toBe(150);
});

it('an abort stops it', async () => {
  for (let index = 0; index < 200; index++) place.write(`d/${index}`, Buffer.alloc(200_000, index));
  let ticks = 0;
  const tree = place.open({ now: () => (ticks += 30) });
  await expect(
    tree.hash(place.path('d'), { signal: AbortSignal.abort(new Error('enough')) }),
  ).rejects.toThrow('enough');
});
