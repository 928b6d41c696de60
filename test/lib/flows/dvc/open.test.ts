import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { RepositoryIndex } from '#lib/dvc/repository/repository-index.ts';
import { openDvcRepository } from '#lib/flows/dvc/open.ts';

const ENV = {
  ...process.env,
  ...{
    GIT_AUTHOR_NAME: 'a',
    GIT_AUTHOR_EMAIL: 'a@b.c',
    GIT_COMMITTER_NAME: 'a',
    GIT_COMMITTER_EMAIL: 'a@b.c',
  },
};
const MD5 = 'd3b07384d113edec49eaa6238ad5ff00';
const tracking = (path: string) => `outs:\n- md5: ${MD5}\n  size: 4\n  hash: md5\n  path: ${path}\n`;

let root: string;
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'mainline-open-')));
  git('init', '-q');
  write({ '.dvc/config': '' });
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function git(...words: readonly string[]): void {
  execFileSync('git', words, { cwd: root, env: ENV, stdio: 'pipe' });
}

function write(files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}

const open = (folder = '.') => openDvcRepository({ directory: join(root, folder), env: {}, now: () => 0 });
const namesOf = ({ tracked, pipelines }: RepositoryIndex) => [
  ...tracked.map(({ address }) => address),
  ...pipelines.map(({ pipeline }) => pipeline.file.slice(root.length + 1)),
];

describe('the index of a repository', () => {
  test('is of the nearest repository upwards, and stays out of those inside it', async () => {
    write({
      'a.dvc': tracking('a'),
      'sub/.dvc/config': '',
      'sub/b.dvc': tracking('b'),
      'sub/deep/c.dvc': tracking('c'),
    });
    expect(namesOf(await (await open()).readIndex())).toEqual(['a.dvc']);
    expect(namesOf(await (await open('sub/deep')).readIndex())).toEqual(['b.dvc', 'deep/c.dvc']);
  });

  test('leaves out what git or .dvcignore ignores, and what lies in outputs', async () => {
    write({
      ...{ '.gitignore': '/ignored\n', '.dvcignore': 'skip/\n', 'kept/a.dvc': tracking('a') },
      ...{ 'ignored/b.dvc': tracking('b'), 'skip/c.dvc': tracking('c') },
      ...{ 'data.dvc': tracking('data'), 'data/d.dvc': tracking('d') },
      'dvc.yaml': 'stages:\n  s:\n    cmd: x\n    outs:\n    - out:\n        cache: false\n',
      'out/e.dvc': 'this is no YAML: [',
    });
    expect(namesOf(await (await open()).readIndex())).toEqual(['data.dvc', 'kept/a.dvc', 'dvc.yaml']);
  });

  test('of a commit is what was there then, under the .dvcignore of then', async () => {
    write({
      'p/a.dvc': tracking('a'),
      'p/dvc.yaml': 'stages:\n  s:\n    cmd: x\n    outs: [o]\n',
      'p/skip/c.dvc': tracking('c'),
      '.dvcignore': 'skip\n',
    });
    git('add', '-A');
    git('commit', '-qm', 'then');
    rmSync(join(root, 'p'), { recursive: true });
    write({ '.dvcignore': 'p\n', 'b.dvc': tracking('b') });
    const repository = await open();
    expect(namesOf(await repository.readIndex())).toEqual(['b.dvc']);
    const source = await repository.sourceAt('HEAD');
    expect(namesOf(await repository.readIndex(source))).toEqual(['p/a.dvc', 'p/dvc.yaml']);
    expect((await source.list(join(root, 'p')))?.map(({ name, size }) => [name, size])).toEqual([
      ['a.dvc', tracking('a').length],
      ['dvc.yaml', 38],
    ]);
    await expect(repository.sourceAt('nowhere')).rejects.toThrow('git knows no revision nowhere');
  });
});

test('outside of any repository DVC ends with 253, and so do we', async () => {
  rmSync(join(root, '.dvc'), { recursive: true });
  await expect(open()).rejects.toMatchObject({ exitCode: 253 });
});
