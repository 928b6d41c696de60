// The local forge with real repositories: merging is held against git's own merge.
import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, realpath, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { MergeMethod, RehearsalForge } from '#lib/forge/forge.ts';
import { openLocalForge } from '#lib/forge/local.ts';
import { openRepository } from '#lib/git/open-repository.ts';
import type { Repository } from '#lib/git/repository.ts';

interface Made {
  readonly folder: string;
  readonly repository: Repository;
  readonly forge: RehearsalForge;
  git(...args: string[]): string;
  commit(file: string, text: string, message: string, who?: string): Promise<string>;
}

/** A work tree and its bare origin, which holds the forge. */
async function make(): Promise<Made> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'a forge ')));
  let person = 'Ada';
  const git = (...args: string[]): string =>
    execFileSync('git', args, {
      cwd: folder,
      encoding: 'utf8',
      stdio: 'pipe',
      env: {
        ...process.env,
        GIT_AUTHOR_NAME: person,
        GIT_AUTHOR_EMAIL: `${person.toLowerCase()}@example.org`,
        GIT_COMMITTER_NAME: person,
        GIT_COMMITTER_EMAIL: `${person.toLowerCase()}@example.org`,
      },
    }).trim();
  git('init', '--quiet', '--initial-branch=main');
  const commit = async (file: string, text: string, message: string, who = 'Ada'): Promise<string> => {
    person = who;
    await writeFile(join(folder, file), text);
    git('add', '--all');
    git('commit', '--quiet', '-m', message);
    return git('rev-parse', 'HEAD');
  };
  await commit('a.txt', 'a\n', 'first');
  git('clone', '--quiet', '--bare', '.', `${folder}.git`);
  git('remote', 'add', 'origin', `${folder}.git`);
  const repository = await openRepository(`${folder}.git`);
  return { folder, repository, forge: openLocalForge(repository), git, commit };
}

/** A branch of two commits by two people, while main went on. */
async function branched(made: Made): Promise<number> {
  const { git, commit, forge } = made;
  git('switch', '--quiet', '-c', 'work');
  await commit('b.txt', 'b\n', 'one\n\nwhy one');
  await commit('c.txt', 'c\n', 'two', 'Bob');
  git('push', '--quiet', 'origin', 'work');
  git('switch', '--quiet', 'main');
  await commit('d.txt', 'd\n', 'main goes on');
  git('push', '--quiet', 'origin', 'main');
  return (await forge.openPull({ branch: 'work', title: 'Work', body: 'for all', author: 'ada' })).number;
}

const request = (expectedHead: string, method: MergeMethod) => ({
  ...{ by: 'carol', method, expectedHead, at: '2026-03-01T10:00:00Z', bypassed: false },
});

it.each<readonly [MergeMethod, readonly string[]]>([
  ['merge', ['Merge pull request #1 from work', 'main goes on', 'first']],
  ['squash', ['Work (#1)', 'main goes on', 'first']],
  ['rebase', ['two', 'one', 'main goes on', 'first']],
])('%s gives the tree that git gives, and its own line of history', async (method, subjects) => {
  const made = await make();
  const number = await branched(made);
  const { head } = await made.forge.getPull(number);
  const merged = await made.forge.merge(number, request(head, method));
  made.git('fetch', '--quiet');
  made.git('merge', '--quiet', '--no-edit', 'work');
  expect(made.git('rev-parse', 'origin/main^{tree}')).toBe(made.git('rev-parse', 'HEAD^{tree}'));
  expect(made.git('rev-parse', 'origin/main')).toBe(merged.commit);
  expect(made.git('log', '--first-parent', '--format=%s', 'origin/main').split('\n')).toEqual(subjects);
  expect(await made.forge.getPull(number)).toMatchObject({ state: 'merged', head });
});

it('a squash keeps everybody who wrote a part known', async () => {
  const made = await make();
  const number = await branched(made);
  await made.forge.merge(number, request((await made.forge.getPull(number)).head, 'squash'));
  made.git('fetch', '--quiet');
  expect(made.git('log', '-1', '--format=%an|%cn|%b', 'origin/main')).toBe(
    'Ada|carol|for all\n\nCo-authored-by: Bob <bob@example.org>',
  );
});

it('a conflict names its paths, and main stays', async () => {
  const made = await make();
  const number = await branched(made);
  const main = await made.commit('b.txt', 'mine\n', 'clash');
  made.git('push', '--quiet', 'origin', 'main');
  const { head } = await made.forge.getPull(number);
  for (const method of ['merge', 'squash', 'rebase'] as const) {
    await expect(made.forge.merge(number, request(head, method))).rejects.toThrow(
      'conflicts with main in b.txt',
    );
  }
  expect(await made.repository.resolve('main')).toBe(main);
});

it('a head that moved is not merged unseen, and a forced push keeps the reviewed commits', async () => {
  const made = await make();
  const number = await branched(made);
  const { head } = await made.forge.getPull(number);
  made.git('switch', '--quiet', 'work');
  made.git('reset', '--quiet', '--hard', 'HEAD~1');
  const forced = await made.commit('c.txt', 'other\n', 'forced');
  made.git('push', '--quiet', '--force', 'origin', 'work');
  await expect(made.forge.merge(number, request(head, 'merge'))).rejects.toThrow('moved to');
  expect(await made.forge.getPull(number)).toMatchObject({ head: forced, state: 'open' });
});

it('numbers are given once, also to many who open at once', async () => {
  const made = await make();
  for (let n = 0; n < 8; n++) {
    made.git('switch', '--quiet', '-c', `work-${n}`, 'main');
    await made.commit(`${n}.txt`, 'x', `work ${n}`);
    made.git('push', '--quiet', 'origin', `work-${n}`);
  }
  const open = (n: number) =>
    made.forge.openPull({ branch: `work-${n}`, title: `${n}`, body: '', author: 'ada' });
  const pulls = await Promise.all(Array.from({ length: 8 }, (_, n) => open(n)));
  expect(pulls.map(({ number }) => number).toSorted()).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  const again = await open(3);
  expect(again.number).toBe(pulls[3]?.number);
});

it('a merge that was killed after main moved is a merge', async () => {
  const made = await make();
  const number = await branched(made);
  const { head } = await made.forge.getPull(number);
  await made.forge.merge(number, request(head, 'merge'));
  const file = join(made.repository.directory, 'mainline', 'pulls', '1', 'pull.json');
  const text = await readFile(file, 'utf8');
  await writeFile(file, text.replace('"state": "merged"', '"state": "open"'));
  expect(await made.forge.getPull(number)).toMatchObject({ state: 'merged' });
  made.git('push', '--quiet', '--force', 'origin', 'HEAD:main');
  expect(await made.forge.getPull(number), 'it did not come to main').toMatchObject({
    state: 'open',
    merged: null,
  });
});

it('main that is checked out is not moved under its work tree', async () => {
  const made = await make();
  const forge = openLocalForge(await openRepository(made.folder));
  made.git('switch', '--quiet', '-c', 'work');
  await made.commit('b.txt', 'b\n', 'one');
  made.git('switch', '--quiet', 'main');
  const { number, head } = await forge.openPull({ branch: 'work', title: 'Work', body: '', author: 'ada' });
  await expect(forge.merge(number, request(head, 'merge'))).rejects.toThrow('main is checked out in');
  made.git('switch', '--quiet', '--detach');
  await forge.merge(number, request(head, 'merge'));
});

it('reviews, comments and checks are kept in order and in place', async () => {
  const made = await make();
  const number = await branched(made);
  const { head: commit } = await made.forge.getPull(number);
  for (const user of ['bob', 'carol', 'dave']) {
    await made.forge.addReview(number, {
      ...{ user, type: 'User', state: 'APPROVED', commit, submittedAt: '2026-03-01T10:00:00Z' },
    });
  }
  expect((await made.forge.listReviews(number)).items.map(({ user }) => user)).toEqual([
    'bob',
    'carol',
    'dave',
  ]);
  await made.forge.upsertComment(number, 'report', 'old');
  await made.forge.upsertComment(number, 'report', 'new');
  await made.forge.upsertComment(number, 'other', 'text');
  expect((await made.forge.listComments(number)).map(({ body }) => body).toSorted()).toEqual(['new', 'text']);
  await made.forge.upsertCheck({ name: 'x', commit, conclusion: 'failure', summary: '' });
  await made.forge.upsertCheck({ name: 'x', commit, conclusion: 'success', summary: '' });
  expect(await made.forge.listChecks(commit)).toEqual([
    { name: 'x', commit, conclusion: 'success', summary: '' },
  ]);
});
