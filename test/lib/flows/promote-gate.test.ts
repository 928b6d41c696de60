// The gate of a promotion on the forge of this machine; what decides is the same on every forge.
import { beforeAll, expect, it } from 'vitest';
import { promote } from '#lib/flows/promote.ts';
import { promoteGate } from '#lib/flows/promote-gate.ts';
import { openPull, reviewPull } from '#lib/flows/pulls.ts';
import type { Forge, Pull } from '#lib/forge/forge.ts';
import { openLocalForge } from '#lib/forge/local.ts';
import { openFolderStore } from '#lib/storage/folder.ts';
import { at, lambda, serving } from '../../support/serving-team.ts';
import type { Team } from '../../support/team.ts';

const PRODUCTION = 'models/parcels/rollout/production.yaml';

let team: Team;
/** A promotion to production that nobody has approved yet. */
let pull: Pull;

const hostOf = (over: Partial<Forge> = {}) => ({
  repository: team.repository,
  forge: { ...openLocalForge(team.repository), ...over } satisfies Forge,
  store: openFolderStore(team.work.path('.mainline/store')),
});
const gate = (head: string, over: Partial<Forge> = {}) => promoteGate(hostOf(over), { subject: { head } });
const conclusionAt = async (commit: string): Promise<string | undefined> => {
  const checks = await openLocalForge(team.repository).listChecks(commit);
  return checks.find(({ name }) => name === 'mainline/approval')?.conclusion;
};

beforeAll(async () => {
  team = await serving();
  await team.propose('better', () => lambda(team, 2));
  const proposal = await openPull({ ...at(team), branch: 'better', as: 'ada' });
  expect(await gate(proposal.head)).toMatchObject({
    ...{ conclusion: 'success', title: 'It promotes nothing', pulls: [proposal.number] },
  });
  await team.land('better');
  await team.release();
  const staging = (await openLocalForge(team.repository).listPulls())[0]?.branch ?? '';
  const version = /parcels-(.*)-staging/u.exec(staging)?.[1] ?? '';
  await team.land(staging);
  await team.rollout();
  pull = (await promote({ ...at(team), model: 'parcels', version, to: 'production', by: 'ada' })).pull;
});

it('is red with every reason, and green when an owner has approved', async () => {
  const { number, head } = pull;
  const held = await gate(head);
  expect(held).toMatchObject({ conclusion: 'failure' });
  expect(held.summary).toContain(PRODUCTION);
  await reviewPull({ ...at(team), number, state: 'APPROVED', as: 'ada' });
  expect((await gate(head)).summary).toMatch(/1\sreview without effect.*ada/su);
  expect(await conclusionAt(head)).toBe('failure');
  await reviewPull({ ...at(team), number, state: 'APPROVED', as: 'bob' });
  expect(await gate(head)).toMatchObject({ conclusion: 'success' });
  expect(await conclusionAt(head)).toBe('success');
});

it('is red where the same commit is proposed once more, by a pull request that nobody approved', async () => {
  const twin = { ...pull, number: 99, author: 'mallory' };
  const listReviews: Forge['listReviews'] = async number =>
    number === 99 ? { items: [], isComplete: true } : openLocalForge(team.repository).listReviews(number);
  const pulls = [twin, pull];
  for (const pullsWithHead of [async () => pulls, async () => pulls.toReversed()]) {
    const gated = await gate(pull.head, { pullsWithHead, listReviews });
    expect(gated).toMatchObject({ conclusion: 'failure', title: expect.stringMatching(/^#99: /u) });
    expect(gated.pulls.toSorted()).toEqual([pull.number, 99].toSorted());
  }
});

it('a pull request to another branch decides nothing, and is not green alone', async () => {
  const elsewhere = { ...pull, number: 99, base: 'release' };
  expect(await gate(pull.head, { pullsWithHead: async () => [elsewhere, pull] })).toMatchObject({
    ...{ conclusion: 'success', pulls: [pull.number] },
  });
  expect(await gate(pull.head, { pullsWithHead: async () => [elsewhere] })).toMatchObject({
    ...{ conclusion: 'failure', pulls: [] },
  });
  const closed = { ...pull, state: 'closed' } as const;
  expect(await gate(pull.head, { pullsWithHead: async () => [closed] })).toMatchObject({
    ...{ conclusion: 'failure', pulls: [] },
  });
});

it('an approval that was taken back while it was looked at does not count', async () => {
  let asked = 0;
  const forge = openLocalForge(team.repository);
  const listReviews: Forge['listReviews'] = async number => {
    const listed = await forge.listReviews(number);
    const last = listed.items.at(-1);
    asked += 1;
    return asked < 3 || !last
      ? listed
      : { ...listed, items: [...listed.items, { ...last, state: 'DISMISSED' }] };
  };
  const gated = await gate(pull.head, { listReviews });
  expect(gated).toMatchObject({ conclusion: 'failure' });
  expect(gated.summary).toContain('Somebody reviewed while it was looked at');
  const getPull: Forge['getPull'] = async () => ({ ...pull, base: 'release' });
  expect((await gate(pull.head, { getPull })).summary).toContain('was changed while it was looked at');
});

it('whatever goes wrong leaves a red check behind, where a green one was', async () => {
  for (const method of ['pullsWithHead', 'changedFiles', 'listReviews', 'people', 'lastPusher'] as const) {
    await gate(pull.head);
    expect(await conclusionAt(pull.head)).toBe('success');
    const broken = gate(pull.head, { [method]: () => Promise.reject(new TypeError('secret words')) });
    await expect(broken, method).rejects.toThrow('secret words');
    expect(await conclusionAt(pull.head), method).toBe('failure');
  }
  const [check] = await openLocalForge(team.repository).listChecks(pull.head);
  expect(check?.summary).toContain('see the log');
  expect(check?.summary).not.toContain('secret words');
});

it('is not green before it is decided', async () => {
  await gate(pull.head);
  const seen: unknown[] = [];
  await gate(pull.head, {
    pullsWithHead: async () => {
      seen.push(await conclusionAt(pull.head));
      return [pull];
    },
  });
  expect(seen).toEqual(['failure']);
  expect(await conclusionAt(pull.head)).toBe('success');
});

it('what cannot be written is an error', async () => {
  const upsertCheck = () => Promise.reject(new TypeError('no right to'));
  await expect(gate(pull.head, { upsertCheck })).rejects.toThrow('no right to');
});

/** A commit as a merge queue makes it, of one with files changed on top; no branch has it. */
async function queued(parent: string, files: Readonly<Record<string, string | null>>): Promise<string> {
  const author = { name: 'GitHub', email: 'noreply@github.com', at: '2026-03-02T10:00:00Z' };
  return team.repository.commitFiles(parent, new Map(Object.entries(files)), { message: 'group', author });
}

it('of a merge queue the whole group counts, not only the pull request that it is named after', async () => {
  const main = (await team.repository.resolve('main')) ?? '';
  const promoted = (await team.read(PRODUCTION, pull.head)) ?? '';
  const inGroup = (number: number, commit: string) => promoteGate(hostOf(), { subject: { number, commit } });
  const own = await queued(main, { [PRODUCTION]: promoted });
  expect(await inGroup(pull.number, own)).toMatchObject({ conclusion: 'success' });
  expect(await conclusionAt(own)).toBe('success');
  // Behind a change that moves nothing it is as it was.
  const behind = await queued(await queued(main, { 'README.md': 'words' }), { [PRODUCTION]: promoted });
  expect(await inGroup(pull.number, behind)).toMatchObject({ conclusion: 'success' });
  const changed = await queued(main, { [PRODUCTION]: `${promoted}# more\n` });
  const staging = 'models/parcels/rollout/staging.yaml';
  const ahead = await queued(await queued(main, { [staging]: null }), { [PRODUCTION]: promoted });
  for (const [commit, path] of [
    [changed, PRODUCTION],
    [ahead, staging],
  ] as const) {
    const gated = await inGroup(pull.number, commit);
    expect(gated).toMatchObject({ conclusion: 'failure' });
    expect(gated.summary).toContain(path);
    expect(await conclusionAt(commit)).toBe('failure');
  }
  // Named after one that promotes nothing.
  team.work.git('fetch', '--quiet');
  team.work.git('switch', '--quiet', '--force-create', 'words', 'origin/main', '--no-track');
  await team.work.write('README.md', 'words');
  team.work.git('add', '--all');
  team.work.git('commit', '--quiet', '-m', 'words');
  team.work.git('push', '--quiet', 'origin', 'words');
  const words = await openPull({ ...at(team), branch: 'words', as: 'ada' });
  expect(await inGroup(words.number, await queued(main, { 'README.md': 'words' }))).toMatchObject({
    conclusion: 'success',
  });
  const smuggled = await queued(own, { 'README.md': 'words' });
  expect((await inGroup(words.number, smuggled)).summary).toContain(PRODUCTION);
  expect(await conclusionAt(smuggled)).toBe('failure');
});

it('a group that is of no open pull request to main, or of no history, is red', async () => {
  const main = (await team.repository.resolve('main')) ?? '';
  const { number } =
    (await openLocalForge(team.repository).listPulls()).find(({ state }) => state === 'merged') ?? {};
  expect(await promoteGate(hostOf(), { subject: { number: number ?? 0, commit: main } })).toMatchObject({
    conclusion: 'failure',
  });
  const unknown = 'a'.repeat(40);
  const lost = promoteGate(hostOf(), { subject: { number: pull.number, commit: unknown } });
  await expect(lost).rejects.toThrow('does not stand on main');
  expect(await conclusionAt(unknown)).toBe('failure');
});
