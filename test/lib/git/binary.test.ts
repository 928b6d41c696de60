import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openGit } from '#lib/git/binary.ts';

const identity = {
  GIT_AUTHOR_NAME: 'Ada',
  GIT_AUTHOR_EMAIL: 'ada@example.org',
  GIT_COMMITTER_NAME: 'Ada',
  GIT_COMMITTER_EMAIL: 'ada@example.org',
};

async function repository(): Promise<{ folder: string; git: (...args: string[]) => string }> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'git repository ')));
  const git = (...args: string[]): string =>
    execFileSync('git', args, { cwd: folder, env: { ...process.env, ...identity }, encoding: 'utf8' }).trim();
  git('init', '--quiet', '--initial-branch=main');
  await writeFile(join(folder, 'params.yaml'), 'a: 1\n');
  await writeFile(join(folder, '.gitignore'), 'ignored\n');
  git('add', '.');
  git('commit', '--quiet', '-m', 'first');
  return { folder, git };
}

it('a folder outside any repository has no git', async () => {
  expect(await openGit(await mkdtemp(join(tmpdir(), 'no git ')))).toBeUndefined();
});

it('files, names and merge bases are read from history', async () => {
  const { folder, git } = await repository();
  const first = git('rev-parse', 'HEAD');
  git('checkout', '--quiet', '-b', 'work');
  await writeFile(join(folder, 'params.yaml'), 'a: 2\n');
  git('commit', '--quiet', '-am', 'second');
  const opened = await openGit(join(folder));
  expect(opened?.root).toBe(folder);
  expect(await opened?.resolve('main')).toBe(first);
  expect(await opened?.resolve('nowhere')).toBeUndefined();
  expect(await opened?.mergeBase('main', 'work')).toBe(first);
  expect(Buffer.from((await opened?.readFile('main', 'params.yaml')) ?? []).toString()).toBe('a: 1\n');
  expect(await opened?.readFile('main', 'gone.yaml')).toBeUndefined();
});

it('changed, new, deleted and oddly named paths are listed, ignored ones are not', async () => {
  const { folder, git } = await repository();
  await mkdir(join(folder, 'data'));
  await writeFile(join(folder, 'data', 'é "x"\n.csv'), '');
  await writeFile(join(folder, 'ignored'), '');
  await rm(join(folder, 'params.yaml'));
  const before = git('status', '--porcelain');
  const opened = await openGit(folder);
  expect(await opened?.changedPaths('HEAD')).toEqual(['data/é "x"\n.csv', 'params.yaml']);
  expect(git('status', '--porcelain')).toBe(before);
});

it('a name that looks like an option is not one', async () => {
  const { folder } = await repository();
  expect(await (await openGit(folder))?.resolve('--all')).toBeUndefined();
});

it('a commit is written out beside the work tree, whose index stays as it is', async () => {
  const { folder, git } = await repository();
  await writeFile(join(folder, 'params.yaml'), 'a: 3\n');
  git('add', '.');
  const before = git('status', '--porcelain');
  const target = await mkdtemp(join(tmpdir(), 'written out '));
  await (await openGit(folder))?.writeTree('HEAD', target);
  expect(await readFile(join(target, 'params.yaml'), 'utf8')).toBe('a: 1\n');
  expect(git('status', '--porcelain')).toBe(before);
  expect(git('worktree', 'list').split('\n')).toHaveLength(1);
});
