// What a checkout must never lose: what lies behind links, what git holds, and what nobody recorded.
import { execFileSync } from 'node:child_process';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { addData } from '#lib/flows/dvc/add.ts';
import { type CheckoutFlags, checkout } from '#lib/flows/dvc/checkout.ts';
import { readFiles } from '../../dvc/work-tree/work-place.ts';

let root: string;
let outside: string;
beforeEach(() => {
  const top = realpathSync(mkdtempSync(join(tmpdir(), 'checkout-')));
  root = join(top, 'repository');
  outside = join(top, 'outside');
  mkdirSync(outside);
  writeFileSync(join(outside, 'precious'), 'nowhere else');
  execFileSync('git', ['init', '--quiet', root]);
  write('.dvc/config', '');
});

const write = (name: string, text: string) => {
  mkdirSync(dirname(join(root, name)), { recursive: true });
  writeFileSync(join(root, name), text);
};
const options = () => ({
  ...{ directory: root, env: {}, now: Date.now, command: 'mainline dvc checkout', onWait: () => {} },
});
const add = (...targets: readonly string[]) => addData({ ...options(), targets });
const checkOut = (flags: Partial<CheckoutFlags> = {}) => checkout({ ...options(), targets: [], ...flags });
const there = (name: string) => existsSync(join(root, name));

it.each([
  ['a file behind a link', 'd/l/f', {}],
  ['a file behind a link, forced', 'd/l/f', { force: true }],
  ['a folder that is a link', 'd/l', {}],
  ['a folder that is a link, forced', 'd/l', { force: true }],
])('a part of a folder is not put through a link: %s', async (_, target, flags) => {
  write('d/l/f', 'recorded');
  write('d/other', 'x');
  await add('d');
  rmSync(join(root, 'd/l'), { recursive: true });
  symlinkSync(outside, join(root, 'd/l'));
  await expect(checkOut({ targets: [target], ...flags })).rejects.toThrow('d/l is to be a folder');
  expect(readFiles(outside)).toEqual({ precious: 'nowhere else' });
});

it('what lies behind a link in a folder is not taken away, even if the listing knows nothing of it', async () => {
  write('d/f', 'recorded');
  await add('d');
  symlinkSync(outside, join(root, 'd/l'));
  await expect(checkOut({ targets: ['d/l'], force: true })).rejects.toThrow('d/l is to be a folder');
  expect(readFiles(outside)).toEqual({ precious: 'nowhere else' });
});

it('a part of an output that is itself a link is left as it is when nothing has to be done', async () => {
  write('d/f', 'recorded');
  await add('d');
  writeFileSync(join(outside, 'f'), 'recorded');
  rmSync(join(root, 'd'), { recursive: true });
  symlinkSync(outside, join(root, 'd'));
  expect(await checkOut({ targets: ['d/f'] })).toMatchObject({ modified: [], added: [] });
  rmSync(join(outside, 'f'));
  await expect(checkOut({ targets: ['d/f'], force: true })).rejects.toThrow('d is to be a folder');
  expect(readFiles(outside)).toEqual({ precious: 'nowhere else' });
});

it('what is tracked no more goes, as we left it', async () => {
  write('f', 'file');
  write('d/sub/a', 'folder');
  await add('f', 'd');
  for (const name of ['f.dvc', 'd.dvc']) rmSync(join(root, name));
  expect(await checkOut()).toMatchObject({ deleted: ['d', 'f'] });
  expect([there('f'), there('d')]).toEqual([false, false]);
});

it('what is tracked no more stays where git tracks it now', async () => {
  write('f', 'file');
  write('d/a', 'folder');
  await add('f', 'd');
  for (const name of ['f.dvc', 'd.dvc', '.gitignore']) rmSync(join(root, name));
  execFileSync('git', ['add', 'f', 'd/a'], { cwd: root });
  expect(await checkOut()).toMatchObject({ deleted: [] });
  expect([there('f'), there('d/a')]).toEqual([true, true]);
});

it('a file with the same bytes that somebody else wrote stays', async () => {
  write('f', 'file');
  write('d/a', 'folder');
  await add('f', 'd');
  for (const name of ['f', 'd', 'f.dvc', 'd.dvc']) rmSync(join(root, name), { recursive: true });
  write('f', 'file');
  write('d/a', 'folder');
  for (const name of ['f', 'd']) utimesSync(join(root, name), 1_700_000_000, 1_700_000_000);
  expect(await checkOut()).toMatchObject({ deleted: [] });
  expect([there('f'), there('d/a')]).toEqual([true, true]);
});

it('ignored files and repositories inside a folder that is tracked no more stay', async () => {
  write('.dvcignore', '*.mine\n');
  write('d/a', 'folder');
  write('d/notes.mine', 'nowhere else');
  write('d/inner/.dvc/config', '');
  write('d/inner/data', 'nowhere else');
  await add('d');
  rmSync(join(root, 'd.dvc'));
  await checkOut();
  expect([there('d/a'), there('d/notes.mine'), there('d/inner/data')]).toEqual([false, true, true]);
});

it('what is tracked no more stays when its object is damaged', async () => {
  write('f', 'recorded');
  await add('f');
  const md5 = /md5: (\w{32})/.exec(readFileSync(join(root, 'f.dvc'), 'utf8'))?.[1] ?? '';
  const object = join(root, '.dvc/cache/files/md5', md5.slice(0, 2), md5.slice(2));
  rmSync(object);
  writeFileSync(object, 'rec', { mode: 0o444 });
  rmSync(join(root, 'f.dvc'));
  expect(await checkOut()).toMatchObject({ deleted: [] });
  expect(readFileSync(join(root, 'f'), 'utf8')).toBe('recorded');
});

it('an output that became a link to a folder is replaced by force, the folder kept', async () => {
  write('d/f', 'recorded');
  await add('d');
  rmSync(join(root, 'd'), { recursive: true });
  symlinkSync(outside, join(root, 'd'));
  await expect(checkOut()).rejects.toThrow('d is a link to a folder');
  expect(await checkOut({ force: true })).toMatchObject({ modified: ['d/'] });
  expect(lstatSync(join(root, 'd')).isDirectory()).toBe(true);
  expect(readFiles(outside)).toEqual({ precious: 'nowhere else' });
});

it('what would be lost of one output stops the others before anything is touched, and all of it is named', async () => {
  for (const name of ['a', 'b', 'd/inner']) write(name, name);
  await add('a', 'b', 'd');
  rmSync(join(root, 'a'));
  write('b', 'mine');
  write('d/new', 'mine as well');
  await expect(checkOut()).rejects.toMatchObject({
    name: 'CheckoutConflict',
    paths: [join(root, 'b'), join(root, 'd/new')],
  });
  expect(there('a')).toBe(false);
  expect(await checkOut({ force: true })).toMatchObject({ added: ['a'], failed: [] });
  expect(there('d/new')).toBe(false);
});
