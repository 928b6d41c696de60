// Files that are links into a cache whose objects are gone: what DVC 3.67.1 said of such a repository, and what is kept.
import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { dataStatusToJson } from '#lib/dvc/status/data-status.ts';
import { revisionDiffToJson } from '#lib/dvc/status/revision-diff.ts';
import { statusToJson } from '#lib/dvc/status/status.ts';
import { addData } from '#lib/flows/dvc/add.ts';
import { checkout } from '#lib/flows/dvc/checkout.ts';
import { dataStatusOfRepository } from '#lib/flows/dvc/data-status.ts';
import { diffRevisions } from '#lib/flows/dvc/diff.ts';
import { listRepository } from '#lib/flows/dvc/list.ts';
import { moveData } from '#lib/flows/dvc/move.ts';
import { statusOfRepository } from '#lib/flows/dvc/status.ts';

const F = '9a8ad92c50cae39aa2c5604fd0ab6d8c';
const A = '60b725f10c9c85c70d97880dfe8191b3';
const B = '3b5d5c3712955042212316173ccf37be';
const D = 'ac08c5bb9cc3d0b198adcf22ff4fc983.dir';
const PIPELINE = 'stages:\n  t: {cmd: cat f d/a > p, deps: [f, d], outs: [p: {cache: false}]}\n';
const LISTING = `[{"md5": "${A}", "relpath": "a"}, {"md5": "${B}", "relpath": "in/b"}]`;

let root: string;
const objectOf = (md5: string) => join(root, '.dvc/cache/files/md5', md5.slice(0, 2), md5.slice(2));
const write = (path: string, text: string) => {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
};
const options = () => ({
  ...{ directory: root, env: {}, now: Date.now, command: 'mainline dvc', onWait: () => {} },
});

beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'lost-cache-')));
  const git = (...words: readonly string[]) =>
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.com', ...words], { cwd: root });
  git('init', '-q');
  write(join(root, '.dvc/config'), '[cache]\n    type = symlink\n');
  write(join(root, '.dvc/.gitignore'), '/tmp\n/cache\n');
  write(join(root, '.gitignore'), '/f\n/d\n');
  write(join(root, 'f.dvc'), `outs:\n- md5: ${F}\n  size: 2\n  hash: md5\n  path: f\n`);
  write(join(root, 'd.dvc'), `outs:\n- md5: ${D}\n  size: 4\n  nfiles: 2\n  hash: md5\n  path: d\n`);
  git('add', '-A');
  git('commit', '-q', '-m', 'first');
  write(objectOf(D), LISTING);
  mkdirSync(join(root, 'd/in'), { recursive: true });
  symlinkSync(objectOf(F), join(root, 'f'));
  symlinkSync(objectOf(A), join(root, 'd/a'));
  symlinkSync(objectOf(B), join(root, 'd/in/b'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

it('status says that outputs are not in the cache', async () => {
  const { stages } = await statusOfRepository({ ...options(), targets: [] });
  expect(statusToJson(stages)).toEqual({
    'd.dvc': [{ 'changed outs': { d: 'not in cache' } }],
    'f.dvc': [{ 'changed outs': { f: 'not in cache' } }],
  });
});

it('status goes on where DVC ends with an error: a dependency that leads nowhere is deleted', async () => {
  write(join(root, 'dvc.yaml'), PIPELINE);
  const { stages } = await statusOfRepository({ ...options(), targets: ['t'] });
  expect(statusToJson(stages)).toEqual({
    t: [{ 'changed deps': { f: 'deleted', d: 'modified' } }, { 'changed outs': { p: 'deleted' } }],
  });
});

it('data status says that files are deleted and their folder modified', async () => {
  const flags = { targets: [], unchanged: false, untracked: false };
  const whole = await dataStatusOfRepository({ ...options(), ...flags, granular: false });
  expect(dataStatusToJson(whole)).toEqual({
    not_in_cache: ['f'],
    uncommitted: { modified: ['d/'], deleted: ['f'] },
  });
  const each = await dataStatusOfRepository({ ...options(), ...flags, granular: true });
  expect(dataStatusToJson(each)).toEqual({
    not_in_cache: ['d/a', 'd/in/b', 'f'],
    uncommitted: { modified: ['d/'], deleted: ['d/a', 'd/in/b', 'f'] },
  });
});

it('diff shows the hash that DVC gives such a folder', async () => {
  const diff = await diffRevisions({ ...options(), before: 'HEAD', targets: [] });
  expect(revisionDiffToJson(diff, { showHash: true, hideMissing: false })).toEqual({
    ...{ added: [], deleted: [], renamed: [] },
    modified: [
      { path: 'd/', hash: { old: D, new: 'b722dc99c13ab0a699383e3e4b40b9a6.dir' } },
      { path: 'd/a', hash: { old: A, new: null } },
      { path: 'd/in/b', hash: { old: B, new: null } },
      { path: 'f', hash: { old: F, new: null } },
    ],
    'not in cache': [
      { path: 'd/a', hash: A },
      { path: 'd/in/b', hash: B },
      { path: 'f', hash: F },
    ],
  });
});

it('add has nothing to add, and leaves the .dvc files as they are', async () => {
  await expect(addData({ ...options(), targets: ['f'] })).rejects.toThrow('f does not exist');
  await expect(addData({ ...options(), targets: ['d'] })).rejects.toThrow('is not there');
  expect(readFileSync(join(root, 'f.dvc'), 'utf8')).toContain(F);
});

it('checkout names what it cannot bring and leaves the links, which lead to their objects again after a pull', async () => {
  expect(await checkout({ ...options(), targets: [] })).toMatchObject({ failed: ['d', 'f'] });
  expect(readlinkSync(join(root, 'f'))).toBe(objectOf(F));
  expect(readdirSync(join(root, 'd'))).toEqual(['a', 'in']);
  for (const [md5, text] of [
    [F, 'f\n'],
    [A, 'a\n'],
    [B, 'b\n'],
  ] as const)
    write(objectOf(md5), text);
  expect(await checkout({ ...options(), targets: [] })).toMatchObject({
    failed: [],
    added: [],
    modified: [],
  });
});

it('a link that nobody recorded goes with the checkout of its folder', async () => {
  for (const [md5, text] of [
    [A, 'a\n'],
    [B, 'b\n'],
  ] as const)
    write(objectOf(md5), text);
  symlinkSync(objectOf('0'.repeat(32)), join(root, 'd/old'));
  await checkout({ ...options(), targets: ['d.dvc'] });
  expect(readdirSync(join(root, 'd'))).toEqual(['a', 'in']);
});

it('move takes the link along', async () => {
  await moveData({ ...options(), from: 'f', to: 'g' });
  expect(readlinkSync(join(root, 'g'))).toBe(objectOf(F));
  expect(readdirSync(root)).not.toContain('f');
  expect(readFileSync(join(root, 'g.dvc'), 'utf8')).toContain(F);
});

it('ls names the files of a folder whose listing only the remote has, and keeps nothing of it', async () => {
  const list = () =>
    listRepository({ ...options(), path: '', recursive: true, dvcOnly: true }).then(entries =>
      entries.map(({ path }) => path),
    );
  const remote = join(root, 'remote/files/md5', D.slice(0, 2), D.slice(2));
  rmSync(objectOf(D));
  await expect(list()).rejects.toThrow('not in the cache');
  write(remote, LISTING);
  await expect(list()).rejects.toThrow('not in the cache');
  write(join(root, '.dvc/config'), '[core]\n    remote = o\n[\'remote "o"\']\n    url = ../remote\n');
  expect(await list()).toEqual(['d/a', 'd/in/b', 'f']);
  expect(existsSync(objectOf(D))).toBe(false);
  write(remote, LISTING.replace('in/b', 'in/c'));
  await expect(list()).rejects.toThrow('not in the cache');
});
