// What GitHub's merges were, told from git: each is made by git itself as GitHub makes it, and main before it is known.
import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import type { MergeMethod } from '#lib/forge/forge.ts';
import { pullBody, pullInList, userBody } from '../../../support/github/bodies.ts';
import { type Fixture, makeFixture } from '../../../support/github/fixture.ts';
import { openStubbed, SHOP } from '../../../support/github/stubbed.ts';

const MERGED_AT = '2026-03-02T12:00:00Z';

interface Made extends Fixture {
  readonly base: string;
  readonly head: string;
}

/** Two commits on a branch, the first of which changes who owns what; main goes on meanwhile. */
async function make(): Promise<Made> {
  const fixture = await makeFixture();
  await fixture.commit('work', { CODEOWNERS: '* @mallory\n' }, { message: 'one' });
  const head = await fixture.commit(
    'work',
    { 'models/eta/rollout/production.yaml': 'x\n' },
    { message: 'two', who: 'Bob' },
  );
  const base = await fixture.commit('main', { 'elsewhere.txt': 'main goes on\n' });
  return { ...fixture, base, head };
}

/** git with GitHub's clock: it commits at the instant of the merge, whoever wrote it and whenever. */
function asGitHub(folder: string, args: readonly string[], author: NodeJS.ProcessEnv = {}): void {
  execFileSync('git', args, {
    cwd: folder,
    stdio: 'pipe',
    env: {
      ...process.env,
      ...{ GIT_AUTHOR_NAME: 'Carol', GIT_AUTHOR_EMAIL: 'carol@example.org', GIT_AUTHOR_DATE: MERGED_AT },
      ...{
        GIT_COMMITTER_NAME: 'GitHub',
        GIT_COMMITTER_EMAIL: 'noreply@github.com',
        GIT_COMMITTER_DATE: MERGED_AT,
      },
      ...author,
    },
  });
}

const ways: Readonly<Record<MergeMethod, (made: Made) => void>> = {
  merge: ({ folder }) =>
    asGitHub(folder, ['merge', '--quiet', '--no-ff', '-m', 'Merge pull request #1', 'work']),
  squash: ({ folder }) => {
    asGitHub(folder, ['merge', '--quiet', '--squash', 'work']);
    asGitHub(folder, ['commit', '--quiet', '-m', 'Work (#1)']);
  },
  rebase: ({ folder, git }) => {
    git('switch', '--quiet', '--detach', 'work');
    // Authors and their dates are kept by a rebase.
    asGitHub(folder, ['-c', 'core.editor=true', 'rebase', '--quiet', 'main'], {
      GIT_AUTHOR_NAME: undefined,
      GIT_AUTHOR_EMAIL: undefined,
      GIT_AUTHOR_DATE: undefined,
    });
    git('branch', '--force', 'main', 'HEAD');
    git('switch', '--quiet', 'main');
  },
};

async function openMerged(made: Made, over: Readonly<Record<string, unknown>> = {}) {
  const { stub, forge, fetched } = await openStubbed(made);
  const merge = made.git('rev-parse', 'main');
  const merged = {
    state: 'closed',
    merged: true,
    merged_at: MERGED_AT,
    merge_commit_sha: merge,
    merged_by: userBody('carol'),
  };
  const facts = { head: made.head, over: { ...merged, ...over } };
  const { merged: _, merged_by: __, ...inList } = merged;
  stub.on(`GET ${SHOP}/pulls/1`, { body: pullBody(facts) });
  stub.on(`GET ${SHOP}/commits/${merge}/pulls`, { body: [pullInList({ ...facts, over: inList })] });
  return { stub, forge, merge, facts, fetched };
}

it.each(['merge', 'squash', 'rebase'] as const)(
  'a %s: main before it holds nothing of the pull request',
  async method => {
    const made = await make();
    ways[method](made);
    const { forge, merge } = await openMerged(made);
    const pull = await forge.getPull(1);
    expect(pull).toMatchObject({ state: 'merged', head: made.head });
    expect(pull.merged).toEqual({
      commit: merge,
      base: made.base,
      by: 'carol',
      method,
      at: MERGED_AT,
      bypassed: null,
    });
    expect(await forge.pullsOfCommit(merge)).toEqual([pull]);
  },
);

it('every commit that a rebase wrote belongs to its pull request', async () => {
  const made = await make();
  ways.rebase(made);
  const { forge, stub, facts } = await openMerged(made);
  const first = made.git('rev-parse', 'main~1');
  const { merged: _, merged_by: __, ...inList } = facts.over as Record<string, unknown>;
  for (const commit of [first, made.base]) {
    stub.on(`GET ${SHOP}/commits/${commit}/pulls`, { body: [pullInList({ head: made.head, over: inList })] });
  }
  expect((await forge.pullsOfCommit(first)).map(({ number }) => number)).toEqual([1]);
  expect(await forge.pullsOfCommit(made.base), 'GitHub says so, git does not').toEqual([]);
});

it('a rebase of one commit has main before it as well', async () => {
  const made = await make();
  made.git('branch', '--force', 'work', 'work~1');
  const head = made.git('rev-parse', 'work');
  ways.rebase(made);
  const { forge } = await openMerged({ ...made, head });
  expect((await forge.getPull(1)).merged).toMatchObject({ base: made.base, method: 'rebase' });
});

it('commits made to look like those below a squash move main before it by nothing', async () => {
  const made = await make();
  // The same author's date as what main has, so that a count of look-alikes would go too far down.
  const date = made.git('log', '-1', '--format=%aI', made.base);
  const head = await made.commit('work', { 'x.txt': 'x\n' }, { at: date });
  made.git('switch', '--quiet', 'main');
  ways.squash(made);
  const { forge } = await openMerged({ ...made, head });
  expect((await forge.getPull(1)).merged).toMatchObject({ base: made.base, method: 'squash' });
});

it('nor does a merge at a second that was chosen before: who commits chooses no date of GitHub', async () => {
  const made = await make();
  await made.commit('work', { 'x.txt': 'x\n' }, { at: made.git('log', '-1', '--format=%aI', made.base) });
  const head = await made.commit('work', { 'y.txt': 'y\n' }, { at: MERGED_AT });
  made.git('switch', '--quiet', 'main');
  ways.squash(made);
  const { forge } = await openMerged({ ...made, head });
  expect((await forge.getPull(1)).merged).toMatchObject({ base: made.base });
});

it('what was merged into another branch than main is not approved for main', async () => {
  const made = await make();
  ways.merge(made);
  const { forge, stub, merge, facts } = await openMerged(made);
  const { merged: _, merged_by: __, ...inList } = facts.over as Record<string, unknown>;
  stub.on(`GET ${SHOP}/commits/${merge}/pulls`, {
    body: [pullInList({ ...facts, base: 'dev', over: inList })],
  });
  expect(await forge.pullsOfCommit(merge)).toEqual([]);
});

it('whoever merged may be gone', async () => {
  const made = await make();
  ways.merge(made);
  const { forge } = await openMerged(made, { merged_by: null });
  expect((await forge.getPull(1)).merged).toMatchObject({ by: null });
});

it('a merge that is not in the history here is told, with what to fetch', async () => {
  const made = await make();
  ways.merge(made);
  const { forge } = await openMerged(made, { merge_commit_sha: 'd'.repeat(40) });
  await expect(forge.getPull(1)).rejects.toMatchObject({
    message: expect.stringContaining('#1 is not in the history'),
    remedy: expect.stringContaining('fetch-depth: 0'),
  });
});

it('commits that are not here are fetched, the head by its own ref', async () => {
  const made = await make();
  const { forge, stub, fetched } = await openStubbed(made);
  stub.on(`GET ${SHOP}/pulls/1`, { body: pullBody({ head: 'e'.repeat(40) }) });
  const pull = await forge.getPull(1);
  await forge.bring(pull, [made.head, 'f'.repeat(40)]);
  expect(fetched).toEqual(['refs/pull/1/head', 'e'.repeat(40), 'f'.repeat(40)]);
});
