// The .dvc files are those that `dvc import-url --no-download` of DVC 3.67.1 wrote for a file and a folder, and the answers
// are those that its `data status --json` gave.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { launch } from './launch.ts';

const FILE = `md5: 6513dcae525fd9d446f81bde35697dbd
frozen: true
deps:
- md5: b026324c6904b2a9cb4b88d6d61c81d1
  size: 2
  hash: md5
  path: /srv/source/f
outs:
- hash: md5
  path: f
`;
const FOLDER = `md5: d4e230490948e5be70579d3e319c8161
frozen: true
deps:
- md5: 3da857f7088d7c81b5885d1b19229296.dir
  size: 2
  nfiles: 1
  hash: md5
  path: /srv/source/d
outs:
- hash: md5
  path: d
`;

test('what was imported without its content is compared with what its source was', async () => {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'partial-')));
  const git = (...words: readonly string[]) =>
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b.c', ...words], { cwd: root });
  const status = async () => JSON.parse((await launch(['data', 'status', '--json'], root)).out);
  git('init', '-q');
  await launch(['init', '-q'], root);
  writeFileSync(join(root, 'f.dvc'), FILE);
  writeFileSync(join(root, 'd.dvc'), FOLDER);
  const both = ['d/', 'f'];
  expect(await status()).toEqual({
    not_in_cache: both,
    committed: { added: both },
    uncommitted: { deleted: both },
  });
  git('add', '-A');
  git('commit', '-qm', '1');
  writeFileSync(join(root, 'f'), 'x\n');
  expect(await status()).toEqual({
    not_in_cache: both,
    uncommitted: { modified: ['f'], deleted: ['d/'] },
  });
  writeFileSync(join(root, 'f'), '1\n');
  mkdirSync(join(root, 'd'));
  writeFileSync(join(root, 'd/a'), '2\n');
  expect(await status()).toEqual({ not_in_cache: both });
  rmSync(root, { recursive: true });
});
