// Two people propose for one model at once. Whichever lands first becomes the champion; the other is brought up to date, is
// compared with that one, and nothing of it is trained again. Once for each way to land a pull request.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { verificationSchema } from '#lib/registry/verification.ts';
import { openShop, type Shop } from '../../support/github/hub-jobs.ts';
import { annotationsOf, type Ran } from '../../support/run-action.ts';
import { lambda } from '../../support/serving-team.ts';
import { plain } from '../../support/workspace.ts';

let shop: Shop;
beforeAll(async () => {
  shop = await openShop();
});
afterAll(async () => {
  expect(shop.hub.problems).toEqual([]);
  await shop.close();
});

const released = ({ outputs }: Ran): unknown => JSON.parse(outputs.released ?? '');
const version = (number: string) => [{ model: 'parcels', version: number }];

/** Two branches from the same main; the first one lands, and is released. */
async function openBoth(
  name: string,
  strengths: readonly [first: number, second: number],
  land: (number: number) => Promise<unknown>,
): Promise<{ readonly second: number; readonly release: Ran }> {
  const { team, hub } = shop;
  await shop.author(`${name}-first`, () => lambda(team, strengths[0]));
  await shop.author(`${name}-second`, () => lambda(team, strengths[1]));
  const first = await hub.open({ branch: `${name}-first` });
  const second = await hub.open({ branch: `${name}-second`, author: 'bob' });
  const proposed = await shop.propose(second);
  expect(proposed.steps.train?.outputs.trained).toBe('true');
  await land(first);
  return { second, release: await shop.release() };
}

/** Main is merged into the branch, or the branch put on top of it; where both changed a line, the branch's own stays. */
function bringUpToDate(branch: string, how: 'merge' | 'rebase'): void {
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
  shop.push(branch);
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
async function expectComparedWith(
  number: number,
  champion: string,
  strengths: readonly [first: number, second: number],
): Promise<void> {
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
  const [from, to] = strengths;
  expect(body).toContain(`linear.lambda\` from \`${from}\` to \`${to}\``);
}

test('by squash', async () => {
  const { hub } = shop;
  const { second, release } = await openBoth('squash', [2, 3], number => hub.merge(number, 'squash'));
  expect(released(release)).toEqual(version('1.0.0.0'));
  expect(
    await hub.git('merge-tree', '--write-tree', 'main', `refs/pull/${second}/head`).catch(() => 'conflict'),
  ).toBe('conflict');
  bringUpToDate('squash-second', 'merge');
  await expectComparedWith(second, '1.0.0.0', [2, 3]);
  await hub.merge(second, 'squash');
  expect(released(await shop.release())).toEqual(version('1.0.1.0'));
});

test('by rebase', async () => {
  const { hub } = shop;
  const { second, release } = await openBoth('stack', [4, 6], number => hub.merge(number, 'rebase'));
  expect(released(release)).toEqual(version('1.0.2.0'));
  bringUpToDate('stack-second', 'rebase');
  await expectComparedWith(second, '1.0.2.0', [4, 6]);
  await hub.merge(second, 'rebase');
  expect(released(await shop.release())).toEqual(version('1.0.3.0'));
});

test('by the merge queue, which tests a commit of its own; and two releases at once give one number', async () => {
  const { hub, team } = shop;
  const { second, release } = await openBoth('queue', [1, 2.5], async number =>
    hub.landGroup(await hub.queue(number)),
  );
  expect(released(release)).toEqual(version('1.0.4.0'));
  bringUpToDate('queue-second', 'rebase');
  await expectComparedWith(second, '1.0.4.0', [1, 2.5]);
  const group = await hub.queue(second);
  expectNotTrained(await shop.proposeGroup(group));
  await hub.landGroup(group);
  const both = (await Promise.all([shop.release(), shop.release()])).map(released);
  expect(both.filter(one => JSON.stringify(one) !== '[]')).toEqual([version('1.0.5.0')]);

  const numbers = ['1.0.0.0', '1.0.1.0', '1.0.2.0', '1.0.3.0', '1.0.4.0', '1.0.5.0'];
  const records = await hub.git('ls-tree', '--name-only', 'mainline/state', 'models/parcels/versions/');
  expect(records.split('\n')).toEqual(numbers.map(number => `models/parcels/versions/${number}.yaml`));
  const tags = await hub.git('tag', '--list');
  expect(tags.split('\n').length).toBe(numbers.length);
  expect(await team.read('models/parcels/versions/1.0.5.0.yaml', 'mainline/state')).toContain('1.0.4.0');
});
