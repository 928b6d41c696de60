// What goes wrong around the life of a model: branches moved back, bytes lost, two people at once, words that are none.
// Nothing is numbered twice, nothing moves that nobody saw, and everything says how to mend it.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { advance } from '#lib/flows/move-rollout.ts';
import { mergePull, openPull, reviewPull, showPull } from '#lib/flows/pulls.ts';
import { rollback } from '#lib/flows/rollback.ts';
import { rollout } from '#lib/flows/rollout.ts';
import { verifyAudit } from '#lib/flows/verify-audit.ts';
import { whoServed } from '#lib/flows/who-served.ts';
import { at, halfWay, production, serving, traffic } from '../../support/serving-team.ts';
import { createTeam, type Team } from '../../support/team.ts';

const STATE = 'refs/heads/mainline/state';
const ROLLOUT = 'models/parcels/rollout/production.yaml';

const inOrigin = ({ origin }: Team, ...args: readonly string[]): string =>
  execFileSync('git', [`--git-dir=${origin}`, ...args], { encoding: 'utf8' }).trim();

const problems = async ({ work }: Team): Promise<readonly string[]> =>
  (await verifyAudit({ directory: work.root })).problems;

it('a state branch that is taken away or moved back is told, and no number is given twice', async () => {
  const team = await serving();
  const [newest, first] = [
    inOrigin(team, 'rev-parse', STATE),
    inOrigin(team, 'rev-list', '--max-parents=0', STATE),
  ];
  inOrigin(team, 'update-ref', '-d', STATE);
  await expect(team.release()).rejects.toThrow(/the tag parcels@v1\.0\.0\+0 is all that is left of it/u);
  expect((await problems(team)).join('\n')).toMatch(/parcels 1\.0\.0\.0: the tag.*moved back/su);
  inOrigin(team, 'update-ref', STATE, first);
  await expect(team.rollout()).rejects.toThrow(/was moved back: [0-9a-f]{7} is gone/u);
  expect(await problems(team)).toEqual([expect.stringContaining('moved back')]);
  inOrigin(team, 'update-ref', STATE, newest);
  expect(await problems(team)).toEqual([]);
});

it('a share of traffic that somebody writes by hand is told', async () => {
  const team = await halfWay();
  const before = await team.repository.resolve(STATE);
  const path = 'rollout/parcels/production.yaml';
  const text = await team.read(path, STATE);
  const edited = text?.replace('1.0.0.0: 90', '1.0.0.0: 1').replace('1.0.1.0: 10', '1.0.1.0: 99') ?? '';
  const author = { name: 'Mallory', email: 'm@example.org', at: '2026-01-01T00:00:00Z' };
  const files = new Map([[path, edited]]);
  const commit = await team.repository.commitFiles(before, files, { message: 'more', author });
  await team.repository.updateRef(STATE, commit, before);
  expect(await problems(team)).toEqual([
    `${path}: changed by ${commit.slice(0, 7)} without a record of who moved it`,
  ]);
});

it('bytes that the store lost or has wrong are kept again by the next release', async () => {
  const team = await serving();
  const store = join(team.origin, 'mainline', 'store', 'sha256');
  const [folder = ''] = await readdir(store);
  const [name = ''] = await readdir(join(store, folder));
  const file = join(store, folder, name);
  const bytes = await readFile(file);
  await rm(file);
  expect(await team.release()).toMatchObject([{ outcome: 'already released' }]);
  expect(await readFile(file)).toEqual(bytes);
  await writeFile(file, 'something else');
  await team.release();
  expect(await readFile(file)).toEqual(bytes);
});

it('of two people who advance at once, one moves it by one step and the other is asked to look again', async () => {
  const team = await halfWay();
  const step = () => advance({ ...at(team), ...production, servers: [] });
  const outcomes = (await Promise.all([step(), step()])).map(({ outcome }) => outcome).toSorted();
  expect(outcomes).toEqual(['advanced', 'waiting']);
  expect(await traffic(team)).toEqual({ '1.0.0.0': 50, '1.0.1.0': 50 });
});

it('a rollback goes back to the version before, through every later change of the file', async () => {
  const team = await halfWay();
  const step = () => advance({ ...at(team), ...production, servers: [] });
  await step();
  await step();
  const text = (await team.read(ROLLOUT)) ?? '';
  await team.push({ [ROLLOUT]: `# a word\n${text}` }, 'a comment');
  await team.push({ 'README.md': 'elsewhere\n' }, 'something else');
  expect(await rollback({ ...at(team), ...production, reason: 'slow' })).toMatchObject({
    ...{ from: '1.0.1.0', to: '1.0.0.0' },
  });
  expect(await traffic(team)).toEqual({ '1.0.0.0': 100 });
  expect(await team.read('README.md')).toBe('elsewhere\n');
  await expect(rollback({ ...at(team), ...production, reason: 'again' })).rejects.toThrow(
    'a rollback already',
  );
  // Reverting the rollback is a promotion, which can be rolled back like any other.
  await team.push({ [ROLLOUT]: text }, 'Revert "Revert"\n\nThis reverts commit 0123456.');
  await team.rollout();
  expect(await traffic(team)).toEqual({ '1.0.1.0': 100 });
  expect(await rollback({ ...at(team), ...production, reason: 'slow' })).toMatchObject({ to: '1.0.0.0' });
});

it('a rollback that was killed before it was on record is finished by the next one', async () => {
  const team = await halfWay();
  const state = await team.repository.resolve(STATE);
  await rollback({ ...at(team), ...production, reason: 'too many errors' });
  // As if the process had ended right after main moved.
  inOrigin(team, 'update-ref', STATE, state ?? '');
  inOrigin(team, 'update-ref', 'refs/mainline/seen/state', state ?? '');
  const again = await rollback({ ...at(team), ...production, reason: 'again' });
  expect(again).toMatchObject({ from: '1.0.1.0', to: '1.0.0.0' });
  const [record = ''] = inOrigin(team, 'ls-tree', '-r', '--name-only', STATE)
    .split('\n')
    .filter(path => path.endsWith('-rollback.json'));
  expect(JSON.parse((await team.read(record, STATE)) ?? '')).toMatchObject({
    ...{ commit: again.commit, details: { from: '1.0.1.0', to: '1.0.0.0', reason: 'too many errors' } },
  });
  await expect(rollback({ ...at(team), ...production, reason: 'again' })).rejects.toThrow('already');
});

it('nothing goes back to bytes that are gone', async () => {
  const team = await halfWay();
  const main = inOrigin(team, 'rev-parse', 'main');
  await rm(join(team.origin, 'mainline', 'store'), { recursive: true });
  await expect(rollback({ ...at(team), ...production, reason: 'slow' })).rejects.toThrow('not in the store');
  expect(inOrigin(team, 'rev-parse', 'main')).toBe(main);
});

it('a commit of main that lies about its date changes no answer', async () => {
  const team = await halfWay();
  const when = new Date(team.clock()).toISOString();
  await wait(1100);
  await advance({ ...at(team), ...production, servers: [] });
  const text = (await team.read(ROLLOUT, 'main~1')) ?? '';
  const main = inOrigin(team, 'rev-parse', 'main');
  const author = { name: 'Ada', email: 'ada@example.org', at: '2020-01-01T00:00:00Z' };
  const files = new Map([[ROLLOUT, text]]);
  for (const date of ['2020-01-01T00:00:00Z', '2099-01-01T00:00:00Z']) {
    const note = { message: 'back', author: { ...author, at: date } };
    const commit = await team.repository.commitFiles(main, files, note);
    inOrigin(team, 'update-ref', 'refs/heads/main', commit);
    await wait(1100);
    expect(await traffic(team)).toEqual({ '1.0.0.0': 100 });
    const before = await whoServed({
      directory: team.work.root,
      model: 'parcels',
      at: when,
      now: team.clock,
    });
    expect(before.served.map(({ traffic: shares }) => shares)).toContainEqual({
      '1.0.0.0': 90,
      '1.0.1.0': 10,
    });
  }
});

it('a rebase that would lose what a merge commit of the branch brought is refused', async () => {
  const team = await serving();
  const { work, clock } = team;
  work.git('fetch', '--quiet');
  work.git('switch', '--quiet', '--create', 'edit', 'origin/main');
  await work.write('models/parcels/a', 'a');
  work.git('add', '--all');
  work.git('commit', '--quiet', '-m', 'a');
  await team.push({ 'README.md': 'elsewhere\n' }, 'elsewhere');
  work.git('fetch', '--quiet');
  work.git('merge', '--quiet', '--no-commit', 'origin/main');
  await work.write('models/parcels/b', 'b');
  work.git('add', '--all');
  work.git('commit', '--quiet', '-m', 'merge main');
  work.git('push', '--quiet', 'origin', 'edit');
  const common = { directory: work.root, now: clock };
  const { number } = await openPull({ ...common, branch: 'edit', as: 'ada' });
  await reviewPull({ ...common, number, state: 'APPROVED', as: 'bob' });
  const merge = (method: 'rebase' | 'squash') =>
    mergePull({ ...common, number, method, as: 'bob', bypass: true });
  await expect(merge('rebase')).rejects.toThrow('would not bring what was approved');
  await merge('squash');
  expect([await team.read('models/parcels/a'), await team.read('models/parcels/b')]).toEqual(['a', 'b']);
});

it('an evidence that is gone or another one is told', async () => {
  const team = await serving();
  const before = await team.repository.resolve(STATE);
  const path = inOrigin(team, 'ls-tree', '-r', '--name-only', STATE, 'evidence').split('\n')[0] ?? '';
  // A new root: nothing in the branch's history shows what was there.
  const files = new Map<string, string>();
  for (const name of inOrigin(team, 'ls-tree', '-r', '--name-only', STATE).split('\n')) {
    files.set(name, name === path ? '{}' : ((await team.read(name, STATE)) ?? ''));
  }
  const author = { name: 'Mallory', email: 'm@example.org', at: '2026-01-01T00:00:00Z' };
  const commit = await team.repository.commitFiles(undefined, files, { message: 'anew', author });
  await team.repository.updateRef(STATE, commit, before);
  inOrigin(team, 'update-ref', '-d', 'refs/mainline/seen/state');
  expect(await problems(team)).toEqual([`${path}: it is not what was written`]);
});

it('a pull request that was being opened when its process was killed stops no other', async () => {
  const team = await createTeam();
  await mkdir(join(team.origin, 'mainline', 'pulls', '99'), { recursive: true });
  await team.propose('first', async () => undefined);
  const pull = await openPull({ directory: team.work.root, branch: 'first', as: 'ada', now: team.clock });
  expect(pull.number).toBe(100);
});

it('an approval does not count for a link, a right to execute or a replacement that came after it', async () => {
  const team = await serving();
  const { work, clock } = team;
  const push = (): void => {
    work.git('add', '--all');
    work.git('commit', '--quiet', '-m', 'more');
    work.git('push', '--quiet', 'origin', 'edit');
  };
  work.git('fetch', '--quiet');
  work.git('switch', '--quiet', '--create', 'edit', 'origin/main');
  await work.write('models/parcels/notes', 'target');
  push();
  const common = { directory: work.root, now: clock };
  const { number } = await openPull({ ...common, branch: 'edit', as: 'ada' });
  const approved = async (): Promise<boolean> => (await showPull({ ...common, number })).decision.approved;
  const approve = () => reviewPull({ ...common, number, state: 'APPROVED', as: 'bob' });
  await approve();
  expect(await approved()).toBe(true);
  await rm(work.path('models/parcels/notes'));
  await symlink('target', work.path('models/parcels/notes'));
  push();
  expect(await approved()).toBe(false);
  await approve();
  work.git(
    'update-index',
    '--add',
    '--cacheinfo',
    `120000,${work.git('hash-object', '-w', '--stdin')},models/parcels/notes`,
  );
  work.git('commit', '--quiet', '-m', 'retarget');
  work.git('push', '--quiet', 'origin', 'edit');
  expect(await approved()).toBe(false);
  await approve();
  const [head, base] = [inOrigin(team, 'rev-parse', 'edit'), inOrigin(team, 'rev-parse', 'main')];
  inOrigin(team, 'replace', head, base);
  expect((await showPull({ ...common, number })).paths).toEqual(['models/parcels/notes']);
});

it('a link or a folder in the place of a rollout is refused with its name', async () => {
  const team = await serving();
  const { work } = team;
  work.git('fetch', '--quiet');
  work.git('switch', '--quiet', '--create', 'link', 'origin/main');
  await rm(work.path(ROLLOUT));
  await symlink('staging.yaml', work.path(ROLLOUT));
  work.git('add', '--all');
  work.git('commit', '--quiet', '-m', 'a link');
  work.git('push', '--quiet', 'origin', 'HEAD:main');
  const found = await rollout({ ...at(team), model: 'parcels', environment: 'production' });
  expect(found).toMatchObject([
    { outcome: 'refused', why: expect.stringContaining('A link or a folder lies in the place of this file') },
  ]);
});

it('a branch that leaves the state no name, and a lock left behind, are told as what they are', async () => {
  const team = await createTeam();
  await team.propose('first', async () => undefined);
  await team.land('first');
  inOrigin(team, 'branch', 'mainline', 'main');
  await expect(team.release()).rejects.toThrow(/refs\/heads\/mainline/u);
  inOrigin(team, 'branch', '-D', 'mainline');
  await mkdir(join(team.origin, 'refs', 'heads', 'mainline'), { recursive: true });
  const lock = join(team.origin, 'refs', 'heads', 'mainline', 'state.lock');
  await writeFile(lock, '');
  await expect(team.release()).rejects.toThrow(/state\.lock/u);
  await rm(lock);
  expect(await team.release()).toMatchObject([{ outcome: 'released' }]);
});

it('what the caller has set for git changes nothing', async () => {
  const team = await serving();
  const set = { GIT_ICASE_PATHSPECS: '1', GIT_DIR: '/nowhere', GIT_GLOB_PATHSPECS: '1', GIT_TRACE: '1' };
  Object.assign(process.env, set);
  try {
    expect(await team.rollout()).toMatchObject([{ outcome: 'unchanged' }, { outcome: 'unchanged' }]);
    expect(await team.release()).toMatchObject([{ outcome: 'already released' }]);
  } finally {
    for (const name of Object.keys(set)) delete process.env[name];
  }
});

it('a state that cannot be read, or only in part, is never taken for an empty one', async () => {
  const team = await serving();
  const shallow = `${team.origin}-shallow`;
  const cloning = ['clone', '--quiet', '--depth=1', '--no-single-branch', `file://${team.origin}`, shallow];
  execFileSync('git', cloning);
  execFileSync('git', ['-C', shallow, 'branch', '--quiet', 'mainline/state', 'origin/mainline/state']);
  execFileSync('git', ['-C', shallow, 'remote', 'remove', 'origin']);
  expect((await verifyAudit({ directory: shallow })).problems).toContain(
    'the history is cut off here: this is a shallow clone',
  );
  await expect(
    whoServed({ directory: shallow, model: 'parcels', at: '2026-11-21', now: team.clock }),
  ).rejects.toThrow('cut off');
  const commit = inOrigin(team, 'rev-parse', STATE);
  const object = join(team.origin, 'objects', commit.slice(0, 2), commit.slice(2));
  expect(existsSync(object)).toBe(true);
  await rm(object);
  await expect(verifyAudit({ directory: team.work.root })).rejects.toThrow();
  await expect(team.release()).rejects.toThrow();
});

it.each(['', '@', 'x'.repeat(300), 'a b', '../ada'])('"%s" is no account', async as => {
  const team = await createTeam();
  await expect(rollout({ ...at(team), by: as })).rejects.toThrow('is no account');
});

it('names that are none, and days that are none, are told with what was meant', async () => {
  const team = await serving();
  const ask = (when: string, environment?: string) =>
    whoServed({ directory: team.work.root, model: 'parcels', at: when, environment, now: team.clock });
  await expect(ask('2026-02-30')).rejects.toThrow('is no instant');
  await expect(ask('2026-11-31T00:00:00Z')).rejects.toThrow('is no instant');
  await expect(ask('9999-12-31')).rejects.toThrow('is still to come');
  await expect(ask('2026-11-21', 'prodution')).rejects.toThrow(/no environment prodution/u);
  await expect(rollout({ ...at(team), environment: 'prod' })).rejects.toThrow(/an environment prod/u);
  await expect(rollback({ ...at(team), ...production, model: 'parcel', reason: 'x' })).rejects.toThrow(
    /no model "parcel"/u,
  );
});
