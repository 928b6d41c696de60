import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmod, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { changeState, readState } from '#lib/flows/state.ts';
import { openRepository } from '#lib/git/open-repository.ts';
import { openPushedRepository } from '#lib/git/pushed-repository.ts';
import type { Repository } from '#lib/git/repository.ts';
import { openBranchStore } from '#lib/storage/branch.ts';

const by = { name: 'Bot', email: 'bot@localhost', at: '2026-01-01T00:00:00Z' };
const STATE = 'refs/heads/mainline/state';

interface Place {
  readonly origin: string;
  git(...args: readonly string[]): string;
  /** A clone of its own, as every job of a workflow has one. */
  open(): Promise<{ readonly repository: Repository; readonly clone: string }>;
}

async function createOrigin(): Promise<Place> {
  const folder = await mkdtemp(join(tmpdir(), 'a pushed repository '));
  const origin = join(folder, 'shop.git');
  execFileSync('git', ['init', '--quiet', '--bare', '--initial-branch=main', origin]);
  const git = (...args: readonly string[]): string =>
    execFileSync('git', [`--git-dir=${origin}`, ...args], { encoding: 'utf8', stdio: 'pipe' }).trim();
  const first = await openRepository(origin);
  const commit = await first.commitFiles(undefined, new Map([['a.txt', 'a']]), { message: 'a', author: by });
  await first.updateRef('refs/heads/main', commit, undefined);
  let n = 0;
  return {
    origin,
    git,
    open: async () => {
      const clone = join(folder, `clone ${n++}`);
      execFileSync('git', ['clone', '--quiet', origin, clone]);
      return { clone, repository: await openPushedRepository(await openRepository(clone), { url: origin }) };
    },
  };
}

it('branches are those of the remote, and the clone keeps its own', async () => {
  const { open, git } = await createOrigin();
  const { repository, clone } = await open();
  const main = await repository.resolve('main');
  expect(main).toBe(git('rev-parse', 'main'));
  const commit = await repository.commitFiles(main, new Map([['b.txt', 'b']]), { message: 'b', author: by });
  expect(await repository.updateRef('refs/heads/main', commit, main)).toBe(true);
  expect(git('rev-parse', 'main')).toBe(commit);
  expect(Buffer.from((await repository.readFile('main', 'b.txt')) ?? []).toString()).toBe('b');
  expect(execFileSync('git', ['rev-parse', 'main'], { cwd: clone, encoding: 'utf8' }).trim()).toBe(main);
  expect(execFileSync('git', ['status', '--porcelain'], { cwd: clone, encoding: 'utf8' })).toBe('');
});

it('of two who believe the same, one moves it and the other is told, and sees where it stands', async () => {
  const { open } = await createOrigin();
  const [a, b] = [(await open()).repository, (await open()).repository];
  const main = await a.resolve('main');
  const write = (repository: Repository, text: string): Promise<string> =>
    repository.commitFiles(main, new Map([['c.txt', text]]), { message: text, author: by });
  const [first, second] = [await write(a, 'first'), await write(b, 'second')];
  expect(await a.updateRef('refs/heads/main', first, main)).toBe(true);
  expect(await b.updateRef('refs/heads/main', second, main)).toBe(false);
  expect(await b.resolve('refs/heads/main')).toBe(first);
  expect(await b.updateRef('refs/heads/main', second, undefined)).toBe(false);
});

it('of two who made the very same commit one moves the branch', async () => {
  const { open } = await createOrigin();
  const [a, b] = [(await open()).repository, (await open()).repository];
  const main = await a.resolve('main');
  const write = (repository: Repository): Promise<string> =>
    repository.commitFiles(main, new Map([['c.txt', 'c']]), { message: 'c', author: by });
  const [first, second] = [await write(a), await write(b)];
  expect(second).toBe(first);
  expect(await a.updateRef('refs/heads/main', first, main)).toBe(true);
  expect(await b.updateRef('refs/heads/main', second, main)).toBe(false);
  expect(await b.resolve('refs/heads/main')).toBe(first);
});

it('six jobs that write the state at once lose nothing', async () => {
  const { open } = await createOrigin();
  const jobs = await Promise.all(Array.from({ length: 6 }, open));
  await Promise.all(
    jobs.map(({ repository }, i) =>
      changeState(repository, Date.now, async state => {
        const n = state.list('audit/').length;
        const files = new Map([[`audit/m/${n}-${i}.json`, '{}']]);
        return { files, message: `job ${i}`, result: undefined };
      }),
    ),
  );
  const paths = (await readState((await open()).repository)).list('audit/');
  expect(paths.map(path => path.split('/')[2]?.split('-')[0])).toEqual(['0', '1', '2', '3', '4', '5']);
});

it('a commit that no branch here names is brought by its id', async () => {
  const { open, git, origin } = await createOrigin();
  const { repository } = await open();
  const there = await openRepository(origin);
  const commit = await there.commitFiles(undefined, new Map([['p.txt', 'p']]), { message: 'p', author: by });
  git('update-ref', 'refs/pull/7/head', commit);
  expect(await repository.resolve(commit)).toBeUndefined();
  await repository.bring(['0'.repeat(40), commit]);
  expect(await repository.resolve(commit)).toBe(commit);
});

it('a tag is written once', async () => {
  const { open, git } = await createOrigin();
  const [a, b] = [(await open()).repository, (await open()).repository];
  const main = (await a.resolve('main')) ?? '';
  expect(await a.tag('m@v1.0.0+0', main, { message: 'm 1.0.0.0', author: by })).toBe(true);
  expect(await b.tag('m@v1.0.0+0', main, { message: 'another', author: by })).toBe(false);
  expect(git('for-each-ref', '--format=%(objecttype) %(contents:subject)', 'refs/tags')).toBe(
    'tag m 1.0.0.0',
  );
  expect((await b.refs('refs/tags/')).map(({ name }) => name)).toEqual(['refs/tags/m@v1.0.0+0']);
});

it('a remote that refuses says why, and no token is repeated', async () => {
  const { open, origin } = await createOrigin();
  const { repository } = await open();
  const hook = join(origin, 'hooks', 'pre-receive');
  await writeFile(hook, '#!/bin/sh\necho "the ruleset forbids it" >&2\nexit 1\n');
  await chmod(hook, 0o755);
  const main = await repository.resolve('main');
  const commit = await repository.commitFiles(main, new Map([['d.txt', 'd']]), { message: 'd', author: by });
  await expect(repository.updateRef(STATE, commit, undefined)).rejects.toThrow(/the ruleset forbids it/u);
  const local = await openRepository(origin);
  const secret = 'https://user:s3cr3t@127.0.0.1:9/shop.git';
  const failure = await openPushedRepository(local, { url: secret }).catch((error: Error) => error.message);
  expect(failure).toContain('127.0.0.1:9');
  expect(failure).not.toContain('s3cr3t');
});

it('bytes kept on the branch are found by their digest from any clone, and kept once', async () => {
  const { open, git } = await createOrigin();
  const [a, b] = [(await open()).repository, (await open()).repository];
  const bytes = Buffer.from('a model');
  const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
  expect(await openBranchStore(a).read(digest)).toBeUndefined();
  const kept = await Promise.all([a, b].map(one => openBranchStore(one).write(bytes)));
  expect(kept).toEqual([digest, digest]);
  expect(git('rev-list', '--count', 'mainline/store')).toBe('1');
  expect(await openBranchStore((await open()).repository).read(digest)).toEqual(bytes);
});
