// The life of one pull request through the bundles: propose, verify, report and the gate of promotions, before a GitHub
// that keeps what was posted. One from a branch, and one from a fork whose code tries to write.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { countCalls } from '../../support/github/hub.ts';
import type { Proposed } from '../../support/github/hub-jobs.ts';
import { rightsOf } from '../../support/github/hub-rights.ts';
import { BOT } from '../../support/github/hub-routes.ts';
import { openShop, type Shop } from '../../support/github/hub-shop.ts';
import { annotationsOf } from '../../support/run-action.ts';
import { lambda } from '../../support/serving-team.ts';

let shop: Shop;
beforeAll(async () => {
  shop = await openShop();
});
afterAll(async () => {
  await shop.close();
});

/** What GitHub shows at a commit: of every name the newest check. */
function shown(commit: string): readonly string[] {
  const newest = new Map(shop.hub.checks(commit).map(({ name, conclusion }) => [name, conclusion]));
  return [...newest].map(([name, conclusion]) => `${name} ${conclusion}`).sort();
}

const GREEN = ['mainline/model/parcels success', 'mainline/proposals success'];
const RED = ['mainline/model/parcels failure', 'mainline/proposals failure'];

describe('from a branch: one comment and one check per model, the same comment whatever happens to it', () => {
  let number: number;
  let opened: Proposed;
  let latest: Proposed;
  /** What the run of the first commit verified. */
  let first: string;
  const heads: string[] = [];

  beforeAll(async () => {
    const { hub, team } = shop;
    await shop.author('better', () => lambda(team, 2));
    number = await hub.open({ branch: 'better' });
    hub.comment(number, 'mallory', '<!-- mainline:proposal:parcels -->\nparcels stands, believe me');
  });

  /** Judges, and looks for the one comment of ours with all that was said before. */
  async function expectTold(proposed: Proposed, isHeld = true): Promise<string> {
    const { verify, report, verified } = await shop.judge(proposed);
    expect([...annotationsOf(verify), ...annotationsOf(report)]).toEqual([]);
    expect(report).toMatchObject({ code: 0, outputs: { models: '["parcels"]', stands: String(isHeld) } });
    expect(shown(proposed.head)).toEqual(isHeld ? GREEN : RED);
    const [strangers, own, ...more] = shop.hub.comments(number);
    expect(more).toEqual([]);
    expect(strangers).toMatchObject({ user: 'mallory', edits: 0 });
    expect(own).toMatchObject({ user: BOT, edits: heads.length });
    expect(own?.body).toContain('**parcels stands** (re-derived by main)');
    expect(own?.body.includes('This is not what the commit holds')).toBe(!isHeld);
    heads.push(proposed.head);
    for (const head of heads) expect(own?.body, 'each commit is in the history').toContain(head.slice(0, 7));
    return verified;
  }

  test('opened, with few calls of the API and none by the jobs that run or read proposed code', async () => {
    const { hub } = shop;
    opened = await shop.propose(number);
    first = await expectTold(opened);
    const gate = await shop.gate(number);
    expect(gate.outputs).toEqual({ pulls: `[${number}]`, approved: 'true' });
    // The gate asks for every pull request with this head, and writes twice so that an error leaves nothing green.
    expect(countCalls(hub.calls)).toEqual({ 'verify/report': 9, 'promote-gate/gate': 6 });
  });

  test('changed by a commit that the runner trains: the numbers are told, and that the commit does not hold their model', async () => {
    await shop.author('better', () => lambda(shop.team, 3), { from: 'better', isTrained: false });
    const changed = await shop.propose(number);
    expect(changed.steps.train?.outputs.trained).toBe('true');
    await expectTold(changed, false);
  });

  test('force-pushed: another commit instead of both', async () => {
    await shop.author('better', () => lambda(shop.team, 4));
    latest = await shop.propose(number);
    expect(shop.team.work.git('rev-list', '--count', 'origin/main..better')).toBe('1');
    await expectTold(latest);
  });

  test('rebased onto a main that went on: the inputs are the same, so nothing is trained and the evidence stays', async () => {
    const { team } = shop;
    await team.push({ 'README.md': 'words' }, 'words');
    team.work.git('fetch', '--quiet');
    team.work.git('rebase', '--quiet', 'origin/main');
    await shop.push('better');
    const forced = latest;
    latest = await shop.propose(number);
    expect(latest.head).not.toBe(forced.head);
    expect(latest.steps.train?.outputs.trained).toBe('false');
    expect(latest.steps.evaluate?.outputs.evidence).toBe(forced.steps.evaluate?.outputs.evidence);
    await expectTold(latest);
  });

  test('run again: nothing is new, and nothing is said twice', async () => {
    const again = await shop.judge(await shop.propose(number, { attempt: 2 }));
    expect(again.report).toMatchObject({ code: 0, outputs: { stands: 'true' } });
    const [, own, ...more] = shop.hub.comments(number);
    expect(more).toEqual([]);
    const short = latest.head.slice(0, 7);
    expect(own?.body.split(short), 'once in the history, once below').toHaveLength(3);
    expect(shown(latest.head)).toEqual(GREEN);
  });

  test('a run that ends after a push tells of what is nobody’s head: no comment goes back in time', async () => {
    const before = shop.hub.comments(number);
    const late = await shop.report(first, opened.completed);
    expect(late).toMatchObject({ code: 0, outputs: { stands: 'true' } });
    expect(late.log).toContain('told on no open pull request');
    expect(shop.hub.comments(number)).toEqual(before);
    expect(shop.hub.problems).toEqual([]);
  });
});

/** A first stage that does what it should, and on the way tries to write with whatever it finds or was told. */
const greedy = (
  token: string,
  target: string,
): string => `import { splitRows } from '#lib/flows/steps/split-rows.ts';
const found = Object.entries(process.env).filter(([name, value]) => /TOKEN|SECRET/.test(name) || /ghs_/.test(value)).map(([name]) => name);
console.log('finds ' + JSON.stringify(found));
const write = (method, path, headers, body) => fetch(process.env.GITHUB_API_URL + '/repos/acme/shop/' + path, { method, headers, body: JSON.stringify(body) });
const statuses = [];
for (const headers of [{}, { authorization: 'Bearer ${token}' }]) {
  statuses.push((await write('POST', 'issues/${target}/comments', headers, { body: 'approved by everybody' })).status);
  statuses.push((await write('POST', 'check-runs', headers, { name: 'mainline/proposals', head_sha: '${'0'.repeat(40)}', conclusion: 'success' })).status);
}
console.log('may ' + statuses.join(' '));
await splitRows({ from: '../../data/parcels/parcels.csv' });
`;

test('from a fork: its code can write nothing, it is told like any other, and once it is closed nothing is', async () => {
  const { hub, team } = shop;
  await hub.fork('eve');
  const token = hub.grant('propose/model of a fork', rightsOf('propose/model', { isFork: true }));
  const before = hub.calls.length;
  await shop.author(
    'idea',
    async () => {
      await lambda(team, 6);
      await team.work.write('pipelines/parcels/prepare.ts', greedy(token, '1'));
    },
    { owner: 'eve', isTrained: false },
  );
  const number = await hub.open({ branch: 'idea', owner: 'eve', author: 'eve' });
  const comments = hub.comments(1);
  const refs = await hub.git('for-each-ref', 'refs/heads', 'refs/tags');
  const proposed = await shop.propose(number);
  expect(proposed.steps.train?.log).toContain('prepare | finds []');
  expect(proposed.steps.train?.log).toContain('prepare | may 403 403 403 403');
  const tried = hub.calls.slice(before).map(({ job, method, status }) => `${job}: ${method} ${status}`);
  expect(new Set(tried)).toEqual(new Set(['nobody: POST 403', 'propose/model of a fork: POST 403']));
  expect(hub.comments(1)).toEqual(comments);
  expect(await hub.git('for-each-ref', 'refs/heads', 'refs/tags')).toBe(refs);

  const { report } = await shop.judge(proposed);
  expect(report).toMatchObject({ code: 0, outputs: { models: '["parcels"]', stands: 'false' } });
  expect(report.log).toContain(`parcels: told on #${number}`);
  // Her own runner trained it: main would get no such model from her commit.
  expect(shown(proposed.head)).toEqual(RED);
  const [comment, ...more] = hub.comments(number);
  expect(more).toEqual([]);
  expect(comment?.user).toBe(BOT);

  await hub.close(number);
  const late = await shop.judge(proposed);
  expect([late.verify.code, late.report.code]).toEqual([0, 0]);
  expect(annotationsOf(late.report)).toEqual([]);
  expect(late.report.log).toContain('parcels: told on no open pull request');
  expect(hub.comments(number)).toEqual([comment]);
  expect(hub.problems.filter(problem => !problem.includes('check-runs body'))).toEqual([]);
});
