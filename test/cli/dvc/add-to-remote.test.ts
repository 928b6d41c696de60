// add --to-remote: .dvc files, names at the remote and exit codes are those of DVC 3.67.1 for the same files, but for the
// temporary files that DVC leaves at the remote.
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { launch } from './launch.ts';

let top: string;
let root: string;

beforeEach(() => {
  top = realpathSync(mkdtempSync(join(tmpdir(), 'mainline-to-remote-')));
  root = join(top, 'repo');
  mkdirSync(join(root, '.dvc'), { recursive: true });
  writeFileSync(
    join(root, '.dvc/config'),
    '[core]\n    remote = s\n    no_scm = true\n[\'remote "s"\']\n    url = ../../store\n' +
      '[\'remote "other"\']\n    url = ../../other\n',
  );
  mkdirSync(join(top, 'ext/sub'), { recursive: true });
  mkdirSync(join(top, 'ext/empty'));
  writeFileSync(join(top, 'ext/a'), 'a\n');
  chmodSync(join(top, 'ext/a'), 0o755);
  writeFileSync(join(top, 'ext/sub/b'), 'b\n');
  symlinkSync('a', join(top, 'ext/l'));
  symlinkSync('sub', join(top, 'ext/ls'));
});

afterEach(() => rmSync(top, { recursive: true, force: true }));

const add = (...words: readonly string[]) => launch(['add', '--to-remote', ...words], root);
const read = (name: string) => readFileSync(join(root, name), 'utf8');

function filesBelow(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(name => statSync(join(folder, name)).isFile())
    .map(name => `${(statSync(join(folder, name)).mode & 0o777).toString(8)} ${name}`)
    .sort();
}

const A = '444 files/md5/60/b725f10c9c85c70d97880dfe8191b3';
const B = '444 files/md5/3b/5d5c3712955042212316173ccf37be';
const FOLDER = '444 files/md5/38/7d764849506e022d871506694956af.dir';

test('a folder from elsewhere goes to the remote and into a .dvc file, and nowhere else', async () => {
  expect(await add('../ext')).toMatchObject({ code: 0 });
  const record =
    'outs:\n- md5: 387d764849506e022d871506694956af.dir\n  size: 6\n  nfiles: 3\n  hash: md5\n  path: ext\n';
  expect(read('ext.dvc')).toBe(record);
  expect(filesBelow(join(top, 'store'))).toEqual([FOLDER, B, A]);
  expect(filesBelow(join(root, '.dvc/cache'))).toEqual([]);
  for (const name of ['ext', '.gitignore']) expect(existsSync(join(root, name))).toBe(false);
  expect(await launch(['pull'], root)).toMatchObject({ code: 0 });
  expect(read('ext/sub/b')).toBe('b\n');
});

test('--out names the place, or the folder for it, and what is in the way needs --force', async () => {
  mkdirSync(join(root, 'x'));
  const record = (path: string) =>
    `outs:\n- md5: 60b725f10c9c85c70d97880dfe8191b3\n  size: 2\n  hash: md5\n  path: ${path}\n`;
  expect(await add('../ext/a', '-o', 'x/out.txt')).toMatchObject({ code: 0 });
  expect(read('x/out.txt.dvc')).toBe(record('out.txt'));
  expect(await add('../ext/a', '-o', 'x')).toMatchObject({ code: 0 });
  expect(read('x/a.dvc')).toBe(record('a'));
  writeFileSync(join(root, 'x/out.txt'), 'own\n');
  expect(await add('../ext/sub/b', '-o', 'x/out.txt')).toMatchObject({ code: 1 });
  expect(read('x/out.txt.dvc')).toBe(record('out.txt'));
  expect(await add('../ext/sub/b', '-o', 'x/out.txt', '--force')).toMatchObject({ code: 0 });
  expect(read('x/out.txt.dvc')).toContain('3b5d5c3712955042212316173ccf37be');
  expect(read('x/out.txt')).toBe('own\n');
});

test('what is tracked already is recorded anew, and what people wrote into its .dvc file stays', async () => {
  writeFileSync(join(root, 'f'), 'f\n');
  await launch(['add', 'f'], root);
  writeFileSync(join(root, 'f.dvc'), `${read('f.dvc')}# c\nmeta: {x: 1}\ndesc: hi\n`);
  writeFileSync(join(root, 'f'), 'g\n');
  expect(await add('f')).toMatchObject({ code: 0 });
  expect(read('f.dvc')).toBe(
    'outs:\n- md5: f5302386464f953ed581edac03556e55\n  size: 2\n  hash: md5\n  path: f\n# c\nmeta: {x: 1}\ndesc: hi\n',
  );
  expect(filesBelow(join(top, 'store'))).toEqual(['444 files/md5/f5/302386464f953ed581edac03556e55']);
});

test('an empty folder is recorded as one', async () => {
  expect(await add('../ext/empty')).toMatchObject({ code: 0 });
  expect(read('empty.dvc')).toBe(
    'outs:\n- md5: d751713988987e9331980363e24189ce.dir\n  size: 0\n  nfiles: 0\n  hash: md5\n  path: empty\n',
  );
});

test('--remote names another remote, and one that does not exist is an error', async () => {
  expect(await add('../ext/a', '--remote', 'other', '--remote-jobs', '2')).toMatchObject({ code: 0 });
  expect(filesBelow(join(top, 'other'))).toEqual([A]);
  expect(await add('../ext/sub/b', '-r', 'zz')).toMatchObject({ code: 1 });
  expect(existsSync(join(root, 'b.dvc'))).toBe(false);
});

test.for([
  [['--to-remote', '../ext', '../ext/a'], 'one target'],
  [['--to-remote', '--glob', '../ext'], '--glob'],
  [['--to-remote', '--no-commit', '../ext'], '--no-commit'],
  [['-r', 's', '../ext'], '--to-remote'],
  [['--remote-jobs', '2', '../ext'], '--to-remote'],
  [['--to-remote', '../nothere'], 'does not exist'],
] as const)('%s ends with 1, and says why', async ([words, told]) => {
  const answer = await launch(['add', ...words], root);
  expect(answer).toMatchObject({ code: 1 });
  expect(answer.err).toContain(told);
  expect(filesBelow(join(top, 'store'))).toEqual([]);
});

test('a part of a tracked folder does not take the place of the folder, as it does in DVC', async () => {
  mkdirSync(join(root, 'd'));
  for (const name of ['a', 'b']) writeFileSync(join(root, 'd', name), name);
  await launch(['add', 'd'], root);
  const before = read('d.dvc');
  const answer = await add('d/a');
  expect(answer).toMatchObject({ code: 1 });
  expect(answer.err).toContain('add --to-remote d');
  expect(read('d.dvc')).toBe(before);
});

test('a remote that cannot take it leaves no .dvc file', async () => {
  writeFileSync(join(top, 'store'), 'a file where the remote should be');
  expect(await add('../ext')).toMatchObject({ code: 255 });
  expect(existsSync(join(root, 'ext.dvc'))).toBe(false);
});

test('data that is copied onto itself with --out stays', async () => {
  mkdirSync(join(root, 'd'));
  writeFileSync(join(root, 'd/a'), 'a\n');
  expect(await launch(['add', 'd', '--out', 'd', '--force'], root)).toMatchObject({ code: 1 });
  expect(await launch(['add', 'd/a', '--out', 'd', '--force'], root)).toMatchObject({ code: 0 });
  expect(await launch(['add', 'd', '--out', 'd/a', '--force'], root)).toMatchObject({ code: 1 });
  expect(read('d/a')).toBe('a\n');
});
