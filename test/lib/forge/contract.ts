// What every forge promises, whatever it is: run on this machine's and on GitHub's, with real git beneath both.
import { afterEach, expect, it } from 'vitest';
import type { Annotation, MergeMethod } from '#lib/forge/forge.ts';
import type { World } from '../../support/github/world.ts';

/** A promise that a stand-in is known to break. It is run all the same: once it holds, the list is to be mended. */
export interface Defect {
  readonly test: string;
  /** As numbered where the defects are described. */
  readonly number: number | 'missing';
  readonly why: string;
  /** Part of how the test fails: to fail otherwise is no known defect. */
  readonly shows: string;
}

/** Runs every promise in a world of its own. */
export function describeForge(open: () => Promise<World>, defects: readonly Defect[] = []): void {
  const worlds: World[] = [];
  afterEach(async () => {
    for (const world of worlds.splice(0)) await world.close();
  });
  const names = new Set<string>();
  const test = (name: string, promise: (world: World) => Promise<void>) => {
    names.add(name);
    const run = async (): Promise<void> => {
      const world = await open();
      worlds.push(world);
      await promise(world);
    };
    const defect = defects.find(one => one.test === name);
    if (!defect) return it(name, run);
    return it(`${name} (not here: ${defect.why})`, async () => {
      await expect(run(), 'it holds now: take it off the list of defects').rejects.toThrow(defect.shows);
    });
  };
  for (const [name, promise] of promises) test(name, promise);
  it('every known defect belongs to a promise', () => {
    expect(defects.filter(one => !names.has(one.test))).toEqual([]);
  });
}

/** A branch with two commits by two people, pushed, and its pull request. */
async function opened({ commit, push, forge }: World, branch = 'work') {
  const first = await commit(branch, { 'b.txt': 'b\n' }, { message: 'one\n\nwhy one' });
  const head = await commit(branch, { 'c.txt': 'c\n' }, { message: 'two', who: 'Bob' });
  await push(branch);
  const pull = await forge.openPull({ branch, title: 'Work', body: 'for all', author: 'ada' });
  return { first, head, pull };
}

const promises: readonly (readonly [string, (world: World) => Promise<void>])[] = [
  [
    'a pushed branch is opened once, and given back while it is open',
    async world => {
      const { pull, head } = await opened(world);
      expect(pull).toMatchObject({
        title: 'Work',
        body: 'for all',
        branch: 'work',
        base: 'main',
        head,
        state: 'open',
        merged: null,
      });
      expect(pull).toMatchObject({ isFork: false, isDraft: false, authorType: 'User' });
      const again = await world.forge.openPull({ branch: 'work', title: 'Other', body: '', author: 'ada' });
      expect(again.number).toBe(pull.number);
    },
  ],
  [
    'a pull request is found by its number, its branch and its head',
    async world => {
      const { pull, head } = await opened(world);
      const { pull: other } = await opened(world, 'more');
      expect(await world.forge.getPull(pull.number)).toEqual(pull);
      expect(await world.forge.pullsOfBranch('work')).toEqual([pull]);
      expect(await world.forge.pullsOfBranch('wor')).toEqual([]);
      expect((await world.forge.pullsWithHead(head)).map(({ number }) => number)).toEqual([pull.number]);
      expect((await world.forge.pullsWithHead(other.head)).map(({ number }) => number)).toEqual([
        other.number,
      ]);
    },
  ],
  [
    'nobody else has the head of nothing',
    async world => {
      await opened(world);
      expect(await world.forge.pullsWithHead(world.git('rev-parse', 'main'))).toEqual([]);
    },
  ],
  [
    'a push moves the head',
    async world => {
      const { pull } = await opened(world);
      const head = await world.commit('work', { 'd.txt': 'd\n' });
      await world.push('work');
      expect((await world.forge.getPull(pull.number)).head).toBe(head);
    },
  ],
  [
    'a number nobody has is told',
    async ({ forge }) => {
      await expect(forge.getPull(77)).rejects.toMatchObject({
        name: expect.stringMatching(/ConfigurationError|GitHubError/u),
      });
      await expect(forge.getPull(77)).rejects.toThrow('#77');
    },
  ],
  [
    'a branch that is not there cannot be opened',
    async ({ forge }) => {
      const none = forge.openPull({ branch: 'none', title: 'None', body: '', author: 'ada' });
      await expect(none).rejects.toThrow('none');
    },
  ],
  [
    'a closed one stays closed, and its branch can be opened again',
    async world => {
      const { pull } = await opened(world);
      await world.forge.closePull(pull.number);
      expect((await world.forge.getPull(pull.number)).state).toBe('closed');
      const again = await world.forge.openPull({ branch: 'work', title: 'Again', body: '', author: 'ada' });
      expect(again.number).toBeGreaterThan(pull.number);
      expect((await world.forge.pullsOfBranch('work')).map(({ number }) => number)).toEqual([
        again.number,
        pull.number,
      ]);
      expect((await world.forge.pullsWithHead(pull.head)).map(({ number }) => number)).toEqual([
        again.number,
      ]);
    },
  ],
  [
    'changed files are told with what happened to them, also the old name of a renamed one',
    async world => {
      const { commit, push, forge } = world;
      const text = 'the same few lines\nwith a name\nthat will change\n';
      await commit('work', { 'a.txt': 'b\n', 'old.txt': null, 'new.txt': text, 'x y/\u00fc.txt': '1\n' });
      await push('work');
      await commit('main', { 'elsewhere.txt': 'main goes on\n' });
      await push('main');
      const pull = await forge.openPull({ branch: 'work', title: 'Work', body: '', author: 'ada' });
      const { items, isComplete } = await forge.changedFiles(pull);
      expect(isComplete).toBe(true);
      expect(items.toSorted((a, b) => (a.path < b.path ? -1 : 1))).toEqual([
        { path: 'a.txt', status: 'modified' },
        { path: 'new.txt', previousPath: 'old.txt', status: 'renamed' },
        { path: 'x y/\u00fc.txt', status: 'added' },
      ]);
    },
  ],
  [
    'its commits are those since it left main, newest first',
    async world => {
      const base = world.git('rev-parse', 'main');
      const { first, head, pull } = await opened(world);
      await world.commit('main', { 'elsewhere.txt': 'main goes on\n' });
      await world.push('main');
      expect(await world.forge.baseOf(pull)).toBe(base);
      expect((await world.forge.commits(pull)).map(({ id }) => id)).toEqual([head, first]);
    },
  ],
  [
    'reviews are told in order, with who, what and which commit',
    async world => {
      const { pull, head } = await opened(world);
      await world.review(pull.number, 'bob', 'CHANGES_REQUESTED');
      await world.review(pull.number, 'carol', 'COMMENTED');
      await world.review(pull.number, 'bob', 'APPROVED');
      const { items, isComplete } = await world.forge.listReviews(pull.number);
      expect(isComplete).toBe(true);
      expect(items.map(({ user, state }) => `${user} ${state}`)).toEqual([
        'bob CHANGES_REQUESTED',
        'carol COMMENTED',
        'bob APPROVED',
      ]);
      expect(items.map(({ type, commit }) => `${type} ${commit}`)).toEqual(Array(3).fill(`User ${head}`));
      for (const { submittedAt } of items) expect(Date.parse(submittedAt ?? '')).toBeGreaterThan(0);
    },
  ],
  [
    'there is one comment per marker, replaced in place',
    async world => {
      const { number } = (await opened(world)).pull;
      await world.forge.upsertComment(number, 'mainline:proposal:eta', 'old');
      await world.forge.upsertComment(number, 'mainline:proposal:eta', 'new\n\nlines & <b>');
      await world.forge.upsertComment(number, 'mainline:proposal:other', 'text');
      expect(
        (await world.forge.listComments(number)).toSorted((a, b) => (a.marker < b.marker ? -1 : 1)),
      ).toEqual([
        { marker: 'mainline:proposal:eta', body: 'new\n\nlines & <b>' },
        { marker: 'mainline:proposal:other', body: 'text' },
      ]);
    },
  ],
  [
    'of checks with one name the newest counts, with any number of annotations',
    async world => {
      const { head: commit } = await opened(world);
      const annotation: Annotation = {
        ...{ path: 'b.txt', startLine: 1, endLine: 1, level: 'warning' },
        ...{ title: 'b', message: 'words' },
      } as const;
      const annotations = Array.from({ length: 120 }, () => annotation);
      await world.forge.upsertCheck({
        name: 'mainline/eta',
        commit,
        conclusion: 'failure',
        title: 'worse',
        summary: 'a',
        annotations,
      });
      await world.forge.upsertCheck({
        name: 'mainline/eta',
        commit,
        conclusion: 'neutral',
        title: 'cannot tell',
        summary: 'b',
      });
      await world.forge.upsertCheck({
        name: 'mainline/model/other',
        commit,
        conclusion: 'success',
        title: 'better',
        summary: 'c',
      });
      const found = await world.forge.listChecks(commit);
      expect(found.toSorted((a, b) => (a.name < b.name ? -1 : 1))).toMatchObject([
        { name: 'mainline/eta', commit, conclusion: 'neutral', title: 'cannot tell', summary: 'b' },
        { name: 'mainline/model/other', commit, conclusion: 'success', title: 'better', summary: 'c' },
      ]);
      expect(await world.forge.listChecks(world.git('rev-parse', 'main'))).toEqual([]);
    },
  ],
  [
    'members of teams are told; a team that is not there has none',
    async world => {
      await world.setPeople(['bob', 'carol'], ['ada']);
      const { teams } = await world.forge.people({ teams: ['acme/eta', 'acme/none'], users: [] });
      expect(teams['acme/eta']).toEqual({ members: ['bob', 'carol'] });
      expect(teams['acme/none'] ?? {}).not.toHaveProperty('members');
    },
  ],
  [
    'who may write is told, of those who are asked for',
    async world => {
      await world.setPeople(['carol'], ['ada', 'bob']);
      const { writers } = await world.forge.people({ teams: [], users: ['ada', 'dave'] });
      expect(writers).toEqual(['ada']);
    },
  ],
  ...(['merge', 'squash', 'rebase'] as const).map((method: MergeMethod): (typeof promises)[number] => [
    `a ${method} is told with main before it`,
    async world => {
      const { pull, head } = await opened(world);
      await world.commit('main', { 'elsewhere.txt': 'main goes on\n' });
      await world.push('main');
      const base = world.git('rev-parse', 'main');
      const commit = await world.merge(pull.number, method);
      const found = await world.forge.getPull(pull.number);
      expect(found).toMatchObject({ state: 'merged', head });
      expect(found.merged).toMatchObject({ commit, base, by: 'carol', method });
      expect(await world.forge.pullsOfCommit(commit)).toEqual([found]);
      expect(await world.forge.pullsOfCommit(base)).toEqual([]);
    },
  ]),
  [
    'authors and co-authors are told by their accounts',
    async world => {
      const { pull } = await opened(world);
      await world.commit('work', {}, { message: 'three\n\nCo-authored-by: Dave <dave@example.org>' });
      await world.push('work');
      const commits = await world.forge.commits({ ...pull, head: world.git('rev-parse', 'work') });
      expect(await world.forge.authorsOf(commits)).toEqual(['ada', 'bob', 'dave']);
    },
  ],
  [
    'whoever pushed last is told',
    async world => {
      const { pull } = await opened(world);
      expect(await world.forge.lastPusher(pull)).toBe('bob');
    },
  ],
];
