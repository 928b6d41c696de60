import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import fc from 'fast-check';
import { beforeEach, expect, it } from 'vitest';
import { formatListing, nameListing } from '#lib/dvc/objects/listing.ts';
import { hashBytes } from '#lib/dvc/objects/md5.ts';
import type { Fingerprint } from '#lib/dvc/objects/object.ts';
import { objectPath } from '#lib/dvc/objects/object-path.ts';
import { CheckoutConflict, MissingObjects } from '#lib/dvc/work-tree/checkout-failure.ts';
import { createWorkPlace, later, type WorkPlace } from './work-place.ts';

let place: WorkPlace;
beforeEach(() => {
  place = createWorkPlace();
});

/** Stores a folder with these files and takes it away again. @returns its MD5 */
async function store(files: Readonly<Record<string, string>>): Promise<string> {
  mkdirSync(place.path('made'));
  for (const [name, text] of Object.entries(files)) place.write(`made/${name}`, text);
  const hashed = await place.open().keep(place.path('made'));
  rmSync(place.path('made'), { recursive: true });
  return hashed?.fingerprint.md5 ?? '';
}
const objectOf = (text: string): string => objectPath(place.cacheFolder, hashBytes(text));
const checkout = (md5: string, options?: { force?: boolean; relink?: boolean; allowMissing?: boolean }) =>
  place.open().checkout({ md5 }, place.path('data'), options);
const conflict = (paths: readonly string[]) =>
  expect.objectContaining({ name: 'CheckoutConflict', paths: paths.map(place.path) });

it('a folder comes with all its files, writable, and is unchanged the next time', async () => {
  const md5 = await store({ a: '1', 'sub/deep/b': '2' });
  expect(await checkout(md5)).toEqual({
    change: 'added',
    files: { added: ['a', 'sub/deep/b'], modified: [], deleted: [] },
  });
  expect(place.read('data')).toEqual({ a: '1', 'sub/deep/b': '2' });
  expect(statSync(place.path('data/a')).mode & 0o777).toBe(0o644);
  expect(await checkout(md5)).toMatchObject({ change: 'unchanged' });
});

it('only files that differ are touched, and folders that become empty go', async () => {
  const old = await store({ same: 'x', other: 'old', 'gone/away': 'y' });
  const md5 = await store({ same: 'x', other: 'new', added: 'z' });
  await checkout(old);
  const before = statSync(place.path('data/same'));
  expect(await checkout(md5)).toEqual({
    change: 'modified',
    files: { added: ['added'], modified: ['other'], deleted: ['gone/away'] },
  });
  expect(statSync(place.path('data/same'))).toMatchObject({ ino: before.ino, ctimeMs: before.ctimeMs });
  expect(place.read('data')).toEqual({ added: 'z', other: 'new', same: 'x' });
  expect(existsSync(place.path('data/gone'))).toBe(false);
});

it('work that is nowhere else stops it before anything is touched, unless it is forced', async () => {
  const md5 = await store({ a: 'committed', b: 'committed too' });
  place.write('data/a', 'mine');
  place.write('data/new', 'mine as well');
  await expect(checkout(md5)).rejects.toThrow(conflict(['data/a', 'data/new']));
  expect(place.read('data')).toEqual({ a: 'mine', new: 'mine as well' });
  await checkout(md5, { force: true });
  expect(place.read('data')).toEqual({ a: 'committed', b: 'committed too' });
});

it('what the cache lacks is named before anything is touched', async () => {
  const old = await store({ a: 'old' });
  const md5 = await store({ a: 'new', b: 'lost' });
  await checkout(old);
  place.cache.remove([hashBytes('lost')]);
  const lost = { name: 'MissingObjects', paths: [place.path('data/b')], objects: [hashBytes('lost')] };
  await expect(checkout(md5)).rejects.toThrow(expect.objectContaining(lost));
  expect(place.read('data')).toEqual({ a: 'old' });
  await checkout(md5, { allowMissing: true });
  expect(place.read('data')).toEqual({ a: 'new' });
  await expect(checkout('f'.repeat(32))).rejects.toThrow(MissingObjects);
  await expect(checkout(`${'f'.repeat(32)}.dir`)).rejects.toThrow(MissingObjects);
});

it.each(['copy', 'hardlink', 'symlink'] as const)(
  'a damaged object never reaches the work tree by %s, and leaves the cache',
  async type => {
    const md5 = await store({ a: 'sound', b: 'damaged' });
    chmodSync(objectOf('damaged'), 0o644);
    writeFileSync(objectOf('damaged'), 'DAMAGED');
    chmodSync(objectOf('damaged'), 0o444);
    const tree = place.open({ linkTypes: [type] });
    await expect(tree.checkout({ md5 }, place.path('data'))).rejects.toThrow(MissingObjects);
    expect(existsSync(place.path('data/b'))).toBe(false);
    expect(existsSync(objectOf('damaged'))).toBe(false);
  },
);

it('a listing that is damaged is removed, and counts as missing', async () => {
  const md5 = await store({ a: '1' });
  const listing = objectPath(place.cacheFolder, md5);
  chmodSync(listing, 0o644);
  writeFileSync(listing, '[]');
  await expect(checkout(md5)).rejects.toThrow(MissingObjects);
  expect(existsSync(listing)).toBe(false);
});

it('a listing that names a file outside is refused, whatever its hash', async () => {
  const text = formatListing([{ md5: hashBytes('x'), relpath: '../evil' }]);
  const listing = objectPath(place.cacheFolder, nameListing(text));
  mkdirSync(dirname(listing), { recursive: true });
  writeFileSync(listing, text);
  await expect(checkout(nameListing(text))).rejects.toThrow('leaves its folder');
  expect(existsSync(place.path('evil'))).toBe(false);
});

it('no file is written through a link that stands where a folder is to be', async () => {
  const md5 = await store({ 'sub/a': '1' });
  mkdirSync(place.path('data'));
  mkdirSync(place.path('outside'));
  symlinkSync(place.path('outside'), place.path('data/sub'));
  await expect(checkout(md5)).rejects.toThrow('is to be a folder');
  expect(place.read('outside')).toEqual({});
});

it('a link that leads nowhere is only replaced by force', async () => {
  const md5 = await store({ a: '1' });
  symlinkSync('nowhere', place.path('data'));
  await expect(checkout(md5)).rejects.toThrow(CheckoutConflict);
  await checkout(md5, { force: true });
  expect(place.read('data')).toEqual({ a: '1' });
});

it('a link to a folder where an output is to be is never followed: force takes away the link alone', async () => {
  const md5 = await store({ a: '1' });
  mkdirSync(place.path('outside'));
  writeFileSync(place.path('outside/precious'), 'nowhere else');
  symlinkSync(place.path('outside'), place.path('data'));
  await expect(checkout(md5)).rejects.toThrow('is a link to a folder');
  const restore = place.open().checkout({ md5 }, place.path('data'), { force: true, keepLinks: true });
  await expect(restore).rejects.toThrow('is a link to a folder');
  expect(place.read('outside')).toEqual({ precious: 'nowhere else' });
  await checkout(md5, { force: true });
  expect(lstatSync(place.path('data')).isDirectory()).toBe(true);
  expect(place.read('data')).toEqual({ a: '1' });
  expect(place.read('outside')).toEqual({ precious: 'nowhere else' });
});

it('a file takes the place of a link to a folder, and the folder keeps what it has', async () => {
  const md5 = await store({ a: '1' });
  mkdirSync(place.path('outside'));
  writeFileSync(place.path('outside/a'), '1');
  symlinkSync(place.path('outside'), place.path('data'));
  expect(await checkout(md5)).toMatchObject({ change: 'unchanged' });
  expect(lstatSync(place.path('data')).isSymbolicLink()).toBe(true);
  await checkout(hashBytes('1'), { force: true });
  expect(readFileSync(place.path('data'), 'utf8')).toBe('1');
  expect(place.read('outside')).toEqual({ a: '1' });
});

it('what is taken into the cache through a link to a folder does not become links there', async () => {
  mkdirSync(place.path('outside'));
  writeFileSync(place.path('outside/a'), '1');
  symlinkSync(place.path('outside'), place.path('data'));
  for (const type of ['symlink', 'hardlink'] as const) {
    await place.open({ linkTypes: [type] }).keep(place.path('data'));
    const { nlink, mode } = lstatSync(place.path('outside/a'));
    expect({ nlink, mode: mode & 0o222 }).toEqual({ nlink: 1, mode: 0o200 });
    expect(lstatSync(place.path('outside/a')).isFile()).toBe(true);
  }
});

it.each([
  ['shorter than', 'curio'],
  ['as long as', 'CURIOUS'],
])('an object that is damaged, %s the file, is no copy of it', async (_, lie) => {
  const md5 = await store({ a: '1' });
  place.write('data/a', 'curious');
  const tree = place.open({ now: later });
  await tree.keep(place.path('data'));
  tree.save();
  chmodSync(objectOf('curious'), 0o644);
  writeFileSync(objectOf('curious'), lie);
  await expect(checkout(md5)).rejects.toEqual(conflict(['data/a']));
  expect(place.read('data')).toEqual({ a: 'curious' });
  // Gone, so that taking the file in again stores it.
  expect(existsSync(objectOf('curious'))).toBe(false);
});

it('a named pipe in the cache is no object, and nobody waits for it', async () => {
  const md5 = await store({ a: '1' });
  rmSync(objectOf('1'));
  execFileSync('mkfifo', [objectOf('1')]);
  await expect(checkout(md5)).rejects.toThrow(MissingObjects);
});

it('a file takes the place of a folder, and a folder that of a file', async () => {
  const md5 = await store({ 'sub/a': '1' });
  await checkout(md5);
  expect(await checkout(hashBytes('1'))).toMatchObject({ change: 'modified' });
  expect(readFileSync(place.path('data'), 'utf8')).toBe('1');
  await checkout(md5);
  expect(place.read('data')).toEqual({ 'sub/a': '1' });
  await checkout(await store({}));
  expect(place.read('data')).toEqual({});
});

// As `dvc checkout` of DVC 3.67.1 leaves them: 0744, whatever the file had before.
it('a file that was executable is again for its owner', async () => {
  chmodSync(place.write('run.sh', 'x'), 0o755);
  const print = (await place.open().keep(place.path('run.sh')))?.fingerprint ?? { md5: '' };
  await place.open().checkout(print, place.path('copy.sh'));
  expect(statSync(place.path('copy.sh')).mode & 0o777).toBe(0o744);
});

it('links come by the first type that works, read-only, and are changed to another type on demand', async () => {
  const md5 = await store({ a: '1' });
  const path = place.path('data/a');
  const by = (type: 'hardlink' | 'symlink' | 'copy', relink = true) =>
    place.open({ linkTypes: [type] }).checkout({ md5 }, place.path('data'), { relink });
  await by('hardlink', false);
  expect(statSync(path).ino).toBe(statSync(objectOf('1')).ino);
  expect(statSync(path).mode & 0o777).toBe(0o444);
  await by('copy', false);
  expect(statSync(path).nlink).toBe(2);
  await by('copy');
  expect(lstatSync(path)).toMatchObject({ nlink: 1, mode: 0o100644 });
  await by('symlink');
  expect(readlinkSync(path)).toBe(objectOf('1'));
  await by('hardlink');
  expect(lstatSync(path)).toMatchObject({ nlink: 2, mode: 0o100444 });
});

it('what DVC 2 stored is put back from its old place, checked by its old hash', async () => {
  const [text, md5] = ['a\r\nb\n\r\n', '2a78ec56388379f8d199c845f73d611f'];
  place.write(`.dvc/cache/${md5.slice(0, 2)}/${md5.slice(2)}`, text);
  const print = { md5, hash: 'md5-dos2unix' } as const;
  expect(await place.open().checkout(print, place.path('data'))).toMatchObject({ change: 'added' });
  expect(readFileSync(place.path('data'), 'utf8')).toBe(text);
  expect(await place.open().checkout(print, place.path('data'))).toMatchObject({ change: 'unchanged' });
});

it('no temporary file stays anywhere, and files that came are known by the index', async () => {
  const md5 = await store({ a: '1', b: '2' });
  const tree = place.open({ now: later });
  await tree.checkout({ md5 }, place.path('data'));
  tree.save();
  expect(Object.keys(place.read('.dvc/cache/tmp'))).toEqual([]);
  expect(Object.keys(place.read('.dvc/tmp'))).toEqual(['mainline/state']);
  expect(Object.keys(place.read('data'))).toEqual(['a', 'b']);
  const known = { hash: async () => (await place.open().hash(place.path('data')))?.fingerprint.md5 };
  expect(await known.hash()).toBe(md5);
});

const folders = fc.dictionary(
  fc.constantFrom('a', 'b', 'c/d', 'c/e', 'f/g/h', 'i'),
  fc.constantFrom('1', '2', '', 'long'.repeat(9)),
);

it('from any folder to any other, by any type of link, the work tree is what the listing says', async () => {
  await fc.assert(
    fc.asyncProperty(
      folders,
      folders,
      fc.constantFrom('copy', 'hardlink', 'symlink'),
      async (from, to, type) => {
        place = createWorkPlace();
        const [first, second] = [await store(from), await store(to)];
        const tree = place.open({ linkTypes: [type], now: later });
        await tree.checkout({ md5: first }, place.path('data'));
        await tree.checkout({ md5: second }, place.path('data'));
        expect(place.read('data')).toEqual(to);
        expect((await tree.hash(place.path('data')))?.fingerprint.md5).toBe(second);
      },
    ),
    { numRuns: 40 },
  );
});

// As DVC 3.67.1 leaves the same files after the same commands.
it.each(['hardlink', 'symlink'] as const)(
  'files of a folder keep any type of a list that begins with %s until they are linked again; a file by itself does not',
  async type => {
    const tree = place.open({ linkTypes: [type, 'copy'] });
    const isLinked = (name: string) => {
      const info = lstatSync(place.path(name));
      return info.isSymbolicLink() || info.nlink > 1;
    };
    place.write('d/plain', '1');
    place.write('d/tool', '2');
    chmodSync(place.path('d/tool'), 0o755);
    place.write('file', '3');
    const prints = new Map<string, Fingerprint>();
    for (const name of ['d', 'file']) {
      await place.open().keep(place.path(name));
      const kept = await tree.keep(place.path(name));
      if (kept) prints.set(name, kept.fingerprint);
    }
    expect(['d/plain', 'd/tool', 'file'].filter(isLinked)).toEqual(['file']);
    for (const [name, print] of prints) await tree.checkout(print, place.path(name), { relink: true });
    expect(['d/plain', 'd/tool', 'file'].filter(isLinked)).toEqual(['d/plain', 'file']);
  },
);

it('a link that somebody made to a file of theirs does not make that file executable', async () => {
  const md5 = await store({ a: 'echo' });
  place.write('theirs', 'echo');
  symlinkSync(place.path('theirs'), place.path('data'));
  const [entry] = place.cache.readTree(md5) ?? [];
  await place.open().checkout({ md5: entry?.md5 ?? '', isexec: true }, place.path('data'));
  expect(statSync(place.path('theirs')).mode & 0o777).toBe(0o644);
});

const wholeFolder = (md5: string, options?: Parameters<ReturnType<WorkPlace['open']>['checkout']>[2]) =>
  place.open({ now: later }).checkout({ md5, size: 6 }, place.path('data'), options);

it('a small new folder comes as a whole, and is unchanged the next time', async () => {
  const md5 = await store({ a: '1', 'sub/deep/b': '22', 'sub/c': '333' });
  expect(await wholeFolder(md5)).toMatchObject({ change: 'added' });
  expect(place.read('data')).toEqual({ a: '1', 'sub/deep/b': '22', 'sub/c': '333' });
  expect(statSync(place.path('data/sub/c')).mode & 0o777).toBe(0o644);
  expect(await wholeFolder(md5)).toMatchObject({ change: 'unchanged' });
  expect(readdirSync(place.path('.dvc/tmp/mainline/checkout'))).toEqual([]);
});

it('of a small new folder everything comes but what is damaged', async () => {
  const md5 = await store({ a: '1', b: '22' });
  chmodSync(objectOf('22'), 0o644);
  writeFileSync(objectOf('22'), '2x');
  await expect(wholeFolder(md5)).rejects.toThrow(MissingObjects);
  expect(place.read('data')).toEqual({ a: '1' });
  expect(existsSync(objectOf('22'))).toBe(false);
});

it('a file that somebody makes where a small new folder is about to come stays, and so does the rest', async () => {
  const md5 = await store({ a: '1', 'sub/b': '22', 'other/c': '333' });
  const onProgress = () => {
    mkdirSync(place.path('data/sub'), { recursive: true });
    writeFileSync(place.path('data/sub/theirs'), 'kept');
  };
  await wholeFolder(md5, { onProgress });
  expect(place.read('data')).toEqual({ a: '1', 'other/c': '333', 'sub/b': '22', 'sub/theirs': 'kept' });
  expect(readdirSync(place.path('.dvc/tmp/mainline/checkout'))).toEqual([]);
});

it('a file that somebody makes under a name of a small new folder is not lost', async () => {
  const md5 = await store({ a: '1', b: '22' });
  const onProgress = () => void place.write('data/a', 'kept');
  await expect(wholeFolder(md5, { onProgress })).rejects.toEqual(conflict(['data/a']));
  expect(place.read('data')).toEqual({ a: 'kept', b: '22' });
  expect(readdirSync(place.path('.dvc/tmp/mainline/checkout'))).toEqual([]);
});

it('a small new folder that is stopped half-way is not there, and comes whole the next time', async () => {
  const md5 = await store({ a: '1', b: '22' });
  const onProgress = () => {
    throw new Error('stopped');
  };
  await expect(wholeFolder(md5, { onProgress })).rejects.toThrow('stopped');
  expect(existsSync(place.path('data'))).toBe(false);
  expect(readdirSync(place.path('.dvc/tmp/mainline/checkout'))).toEqual([]);
  expect(await wholeFolder(md5)).toMatchObject({ change: 'added' });
});

it('a name that is too long is told as the path it was to have', async () => {
  const long = 'n'.repeat(300);
  const listing = formatListing([{ relpath: long, md5: hashBytes('1') }]);
  await store({ a: '1' });
  const md5 = nameListing(listing);
  const object = objectPath(place.cacheFolder, md5);
  mkdirSync(dirname(object), { recursive: true });
  writeFileSync(object, listing);
  await expect(wholeFolder(md5)).rejects.toThrow(`${place.path(`data/${long}`)} could not be written`);
});
