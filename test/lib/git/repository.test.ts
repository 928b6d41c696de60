// The Repository against git itself: what we write, git reads; what git wrote, we read.
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, realpath, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { openRepository } from '#lib/git/open-repository.ts';
import type { NewCommit, Repository } from '#lib/git/repository.ts';

const who = {
  GIT_AUTHOR_NAME: 'Ada',
  GIT_AUTHOR_EMAIL: 'ada@example.org',
  GIT_COMMITTER_NAME: 'Ada',
  GIT_COMMITTER_EMAIL: 'ada@example.org',
};
const by: NewCommit['author'] = { name: 'Bot', email: 'bot@example.org', at: '2026-03-01T10:00:00+02:00' };

interface Made {
  readonly folder: string;
  readonly repository: Repository;
  git(...args: string[]): string;
  commit(files: Readonly<Record<string, string>>, message: string): Promise<string>;
}

async function make(): Promise<Made> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'a repository ')));
  const git = (...args: string[]): string =>
    execFileSync('git', args, { cwd: folder, env: { ...process.env, ...who }, encoding: 'utf8' }).trim();
  git('init', '--quiet', '--initial-branch=main');
  const commit = async (files: Readonly<Record<string, string>>, message: string): Promise<string> => {
    for (const [file, text] of Object.entries(files)) {
      await mkdir(dirname(join(folder, file)), { recursive: true });
      await writeFile(join(folder, file), text);
    }
    git('add', '--all');
    git('commit', '--quiet', '-m', message);
    return git('rev-parse', 'HEAD');
  };
  await commit({ 'a.txt': 'a\n', 'folder/é "x".txt': 'x\n' }, 'first');
  return { folder, repository: await openRepository(folder), git, commit };
}

it('a commit is written beside the work tree, which stays as it was', async () => {
  const { folder, repository, git } = await make();
  await writeFile(join(folder, 'a.txt'), 'being edited\n');
  const status = git('status', '--porcelain');
  const parent = await repository.resolve('main');
  const files = new Map([
    ['new/ü.txt', 'new\n'],
    ['a.txt', null],
  ]);
  const id = await repository.commitFiles(parent, files, {
    message: 'a machine wrote this\n\nwhy',
    author: by,
  });
  expect(git('log', '-1', '--format=%an %ae %aI %s', id)).toBe(
    'Bot bot@example.org 2026-03-01T10:00:00+02:00 a machine wrote this',
  );
  expect(git('-c', 'core.quotePath=false', 'ls-tree', '-r', '-z', '--name-only', id).split('\0')).toEqual([
    'folder/é "x".txt',
    'new/ü.txt',
    '',
  ]);
  expect(git('rev-parse', `${id}^`)).toBe(parent);
  expect(git('status', '--porcelain')).toBe(status);
  expect(await readFile(join(folder, 'a.txt'), 'utf8')).toBe('being edited\n');
});

it('an orphan branch begins without a parent', async () => {
  const { repository, git } = await make();
  const id = await repository.commitFiles(undefined, new Map([['x', 'x']]), { message: 'begin', author: by });
  expect(await repository.updateRef('refs/heads/mainline/state', id, undefined)).toBe(true);
  expect(git('rev-list', '--parents', 'mainline/state')).toBe(id);
});

it('a ref moves only from where we believe it to stand', async () => {
  const { repository, commit } = await make();
  const first = await repository.resolve('main');
  const second = await commit({ 'a.txt': 'b\n' }, 'second');
  const ref = 'refs/heads/other';
  expect(await repository.updateRef(ref, second, first)).toBe(false);
  expect(await repository.updateRef(ref, first ?? '', undefined)).toBe(true);
  expect(await repository.updateRef(ref, second, undefined)).toBe(false);
  expect(await repository.updateRef(ref, second, first)).toBe(true);
  expect(await repository.resolve('other')).toBe(second);
  expect(await repository.deleteRef(ref, first ?? '')).toBe(false);
  expect(await repository.deleteRef(ref, second)).toBe(true);
});

it('of twenty writers at once every one gets its commit in, none is lost', async () => {
  const { folder, git } = await make();
  const ref = 'refs/heads/mainline/state';
  const write = async (n: number): Promise<void> => {
    const repository = await openRepository(folder);
    for (;;) {
      const parent = await repository.resolve(ref);
      const next = await repository.commitFiles(parent, new Map([[`f${n}`, '']]), {
        message: `${n}`,
        author: by,
      });
      if (await repository.updateRef(ref, next, parent)) return;
    }
  };
  await Promise.all(Array.from({ length: 20 }, (_, n) => write(n)));
  expect(git('rev-list', '--count', ref)).toBe('20');
  expect(git('ls-tree', '--name-only', ref).split('\n')).toHaveLength(20);
});

it('history, changes with renames, files and blobs are read as git has them', async () => {
  const { repository, git, commit } = await make();
  const first = git('rev-parse', 'HEAD');
  git('mv', 'a.txt', 'b.txt');
  const second = await commit({ 'c.txt': 'c\n' }, 'second\n\nbody\n\nCo-authored-by: Bob <bob@example.org>');
  git('rm', '--quiet', 'c.txt');
  const third = await commit({}, 'third');
  expect(await repository.changes(first, second)).toEqual([
    { path: 'b.txt', previousPath: 'a.txt', status: 'renamed' },
    { path: 'c.txt', status: 'added' },
  ]);
  expect(await repository.changes(second, third)).toEqual([{ path: 'c.txt', status: 'removed' }]);
  const history = await repository.history(third, { from: first });
  expect(history.map(({ id }) => id)).toEqual([third, second]);
  expect(history[1]).toMatchObject({
    parents: [first],
    author: { name: 'Ada', email: 'ada@example.org' },
    message: 'second\n\nbody\n\nCo-authored-by: Bob <bob@example.org>',
  });
  expect((await repository.history(third, { paths: ['c.txt'] })).map(({ id }) => id)).toEqual([
    third,
    second,
  ]);
  const files = await repository.listFiles(second, 'folder');
  expect(files.map(({ path }) => path)).toEqual(['folder/é "x".txt']);
  const id = files[0]?.id ?? '';
  const missing = '0123456789012345678901234567890123456789';
  const blobs = await repository.readBlobs([missing, id, id]);
  expect([...blobs].map(([key, bytes]) => [key, Buffer.from(bytes).toString()])).toEqual([[id, 'x\n']]);
});

it('trees are merged as git merges them, and a conflict names its paths', async () => {
  const { repository, git, commit } = await make();
  const base = git('rev-parse', 'HEAD');
  git('checkout', '--quiet', '-b', 'theirs');
  const theirs = await commit({ 'theirs.txt': 't\n', 'a.txt': 'theirs\n' }, 'theirs');
  git('checkout', '--quiet', '-b', 'ours', base);
  const ours = await commit({ 'ours.txt': 'o\n' }, 'ours');
  const merged = await repository.mergeTrees({ base, ours, theirs });
  git('merge', '--quiet', '--no-edit', 'theirs');
  expect(merged).toEqual({ tree: git('rev-parse', 'HEAD^{tree}') });
  git('checkout', '--quiet', ours);
  const clash = await commit({ 'a.txt': 'ours\n' }, 'clash');
  expect(await repository.mergeTrees({ base, ours: clash, theirs })).toEqual({ conflicts: ['a.txt'] });
});

it('a tag is annotated, and a taken name is told', async () => {
  const { repository, git } = await make();
  const head = git('rev-parse', 'HEAD');
  expect(await repository.tag('m@v1.0.0', head, { message: 'm 1.0.0', author: by })).toBe(true);
  expect(await repository.tag('m@v1.0.0', head, { message: 'again', author: by })).toBe(false);
  expect(git('cat-file', '-t', 'm@v1.0.0')).toBe('tag');
  expect(git('for-each-ref', '--format=%(taggername) %(subject)', 'refs/tags')).toBe('Bot m 1.0.0');
});

it('a bare repository has no work tree, a linked one tells which branch it holds', async () => {
  const { folder, git } = await make();
  const bare = `${folder}.git`;
  git('clone', '--quiet', '--bare', '.', bare);
  const opened = await openRepository(bare);
  expect(opened).toMatchObject({ directory: bare, workTree: undefined });
  expect(await opened.checkedOutAt('main')).toBeUndefined();
  const work = await openRepository(join(folder, 'folder'));
  expect(work).toMatchObject({ directory: join(folder, '.git'), workTree: folder });
  expect(await work.checkedOutAt('main')).toBe(folder);
});

it('a folder without a repository is told with its path', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'no repository '));
  await expect(openRepository(folder)).rejects.toThrow(/not a git repository/u);
});
