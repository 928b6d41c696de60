// Two people propose for one model at once. Whichever lands first becomes the champion; the other is brought up to date, is
// compared with that one, and nothing of it is trained again. Once for each way to land a pull request.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { verificationSchema } from '#lib/registry/verification.ts';
import { openShop, type Shop } from '../../support/github/hub-shop.ts';
import { annotationsOf, type Ran } from '../../support/run-action.ts';
import { lambda } from '../../support/serving-team.ts';
import { plain } from '../../support/workspace.ts';

let shop: Shop;
/** Strengths of regularisation: each makes another model, and all are as good. */
const proposals = { first: 2, second: 3, third: 4, fourth: 6 } as const;
type Branch = keyof typeof proposals;
const numbers = new Map<Branch, number>();
const numberOf = (branch: Branch): number => numbers.get(branch) ?? 0;

beforeAll(async () => {
  shop = await openShop({ hasChampion: true });
  const { team, hub } = shop;
  const branches = Object.keys(proposals) as readonly Branch[];
  for (const branch of branches) {
    await shop.author(branch, () => lambda(team, proposals[branch]));
    numbers.set(branch, await hub.open({ branch, author: branch === 'first' ? 'ada' : 'bob' }));
  }
  const [, ...later] = branches;
  const proposed = await Promise.all(later.map(branch => shop.propose(numberOf(branch))));
  for (const { steps } of proposed) expect(steps.train?.outputs.trained).toBe('true');
});
afterAll(async () => {
  expect(shop.hub.problems).toEqual([]);
  await shop.close();
});

const released = ({ outputs }: Ran): unknown => JSON.parse(outputs.released ?? '');
const version = (number: string) => [{ model: 'parcels', version: number }];

/** Main is merged into the branch, or the branch put on top of it; where both changed a line, the branch's own stays. */
async function bringUpToDate(branch: Branch, how: 'merge' | 'rebase'): Promise<void> {
  const { work } = shop.team;
  work.git('fetch', '--quiet');
  work.git('switch', '--quiet', branch);
  const own = how === 'merge' ? 'ours' : 'theirs';
  work.git(
    how,
    '--quiet',
    '--strategy-option',
    own,
    ...(how === 'merge' ? ['--no-edit'] : []),
    'origin/main',
  );
  await shop.push(branch);
}

const stagesOf = ({ train }: Readonly<Record<string, Ran>>): readonly unknown[] =>
  Object.values(JSON.parse(train?.outputs.stages ?? '{}'));

/** No stage ran: all that train did was to look. */
function expectNotTrained(steps: Readonly<Record<string, Ran>>): void {
  expect(steps.affected?.outputs.models).toBe('["parcels"]');
  expect(steps.train).toMatchObject({ code: 0, outputs: { trained: 'false' } });
  expect(stagesOf(steps)).not.toContain('ran');
  expect(steps.train?.log).not.toMatch(/(prepare|train|select) \|/u);
  expect(steps.evaluate?.log).not.toMatch(/(prepare|train|select) \|/u);
}

/** The pull request is judged again: by its main against the model of that version, in the comment beside its own. */
async function expectComparedWith(before: Branch, champion: string, branch: Branch): Promise<void> {
  const number = numberOf(branch);
  const proposed = await shop.propose(number);
  expectNotTrained(proposed.steps);
  const { verify, report, verified } = await shop.judge(proposed);
  expect([...annotationsOf(verify), ...annotationsOf(report)]).toEqual([]);
  expect(report.outputs).toMatchObject({ stands: 'true' });
  const record = await shop.team.read(`models/parcels/versions/${champion}.yaml`, 'mainline/state');
  const found = JSON.parse(await readFile(join(verified, 'parcels', 'verification.json'), 'utf8'));
  expect(record).toContain(verificationSchema.parse(found).evidence?.inputs.champion);
  const [comment, ...more] = shop.hub.comments(number);
  expect(more).toEqual([]);
  const body = plain(comment?.body ?? '');
  expect(body).toContain('not worse than the champion by more than 5 % | ✅ passed');
  const [from, to] = [proposals[before], proposals[branch]];
  expect(body).toContain(`linear.lambda\` from \`${from}\` to \`${to}\``);
}

test('after a squash the second is compared with the first, and not trained again', async () => {
  const { hub } = shop;
  await hub.merge(numberOf('first'), 'squash');
  expect(released(await shop.release())).toEqual(version('1.0.0.0'));
  const merged = hub.git('merge-tree', '--write-tree', 'main', `refs/pull/${numberOf('second')}/head`);
  await expect(merged, 'both have changed dvc.lock').rejects.toThrow('Command failed');
  await bringUpToDate('second', 'rebase');
  await expectComparedWith('first', '1.0.0.0', 'second');
});

test('after a rebase the third is', async () => {
  await shop.hub.merge(numberOf('second'), 'rebase');
  expect(released(await shop.release())).toEqual(version('1.0.1.0'));
  await bringUpToDate('third', 'merge');
  await expectComparedWith('second', '1.0.1.0', 'third');
});

test('after the merge queue the fourth is, and the queue trains nothing either', async () => {
  const { hub } = shop;
  const group = await hub.queue(numberOf('third'));
  const proposed = await shop.proposeGroup(group);
  expectNotTrained(proposed.steps);
  // A ruleset waits for the check on the commit of the group; the comment stays with the pull request.
  const told = hub.comments(numberOf('third'));
  const { report } = await shop.judge(proposed);
  expect(report).toMatchObject({ code: 0, outputs: { stands: 'true' } });
  const checks = hub.checks(group.commit).map(({ name, conclusion }) => `${name} ${conclusion}`);
  expect(checks).toEqual(['mainline/proposals success']);
  expect(hub.comments(numberOf('third'))).toEqual(told);
  await hub.landGroup(group);
  expect(released(await shop.release())).toEqual(version('1.0.2.0'));
  await bringUpToDate('fourth', 'rebase');
  await expectComparedWith('third', '1.0.2.0', 'fourth');
});

test('two releases at once give one number, and no number was given twice', async () => {
  const { hub, team } = shop;
  await hub.merge(numberOf('fourth'), 'merge');
  const both = (await Promise.all([shop.release(), shop.release()])).map(released);
  expect(both.filter(one => JSON.stringify(one) !== '[]')).toEqual([version('1.0.3.0')]);
  const given = ['1.0.0.0', '1.0.1.0', '1.0.2.0', '1.0.3.0'];
  const records = await hub.git('ls-tree', '--name-only', 'mainline/state', 'models/parcels/versions/');
  expect(records.split('\n')).toEqual(given.map(number => `models/parcels/versions/${number}.yaml`));
  expect((await hub.git('tag', '--list')).split('\n')).toHaveLength(given.length);
  const state = (number: string) => team.read(`models/parcels/versions/${number}.yaml`, 'mainline/state');
  const sources = await Promise.all(given.map(state));
  expect(new Set(sources.map(text => /sha256: (\S+)/u.exec(text ?? '')?.[1])).size).toBe(given.length);
});
