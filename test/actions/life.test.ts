import { beforeAll, describe, expect, test } from 'vitest';
import { promote } from '#lib/flows/promote.ts';
import { openPull, reviewPull } from '#lib/flows/pulls.ts';
import { openLocalForge } from '#lib/forge/local.ts';
import { annotationsOf, createRunner, type Ran, type Runner, type Step } from '../support/run-action.ts';
import { createTeam, type Team } from '../support/team.ts';

let runner: Runner;
let env: Readonly<Record<string, string>>;
beforeAll(async () => {
  runner = await createRunner();
  env = (await runner.run('setup', { workspace: runner.actions })).env;
});

const token = 'ghs_0123456789abcdefghij';

/** Runs an action in a clone of its own, as a job does. */
async function job(team: Team, action: string, step: Partial<Step> = {}): Promise<Ran> {
  const { root } = await team.clone(`job-${Math.trunc(performance.now() * 1000)}`);
  return runner.run(action, { workspace: root, env, token, ...step });
}

const resultsOf = ({ outputs }: Ran): readonly { what: string; outcome: string; says: string }[] =>
  JSON.parse(outputs.results ?? '');

/** A team with a merged model. */
async function createMerged(): Promise<Team> {
  const team = await createTeam();
  await team.propose('first', async () => {});
  await team.land('first');
  return team;
}

describe('from main to traffic', async () => {
  const team = await createMerged();

  test('release numbers what was merged, once, and hides its token', async () => {
    const ran = await job(team, 'release');
    expect(annotationsOf(ran)).toEqual([]);
    expect(ran.code).toBe(0);
    expect(JSON.parse(ran.outputs.released ?? '')).toEqual([{ model: 'parcels', version: '1.0.0.0' }]);
    expect(resultsOf(ran)).toMatchObject([{ what: 'parcels 1.0.0.0', outcome: 'released' }]);
    expect(ran.summary).toContain('parcels 1.0.0.0');
    expect(await team.read('models/parcels/versions/1.0.0.0.yaml', 'mainline/state')).toContain('1.0.0.0');
    expect(ran.commands).toContainEqual({ name: 'add-mask', properties: {}, message: token });
    expect(JSON.stringify({ ...ran, commands: [] })).not.toContain(token);
    const again = await job(team, 'release', { inputs: { models: 'parcels' } });
    expect(again).toMatchObject({ code: 0, outputs: { released: '[]' } });
    expect(resultsOf(again)).toMatchObject([{ outcome: 'already released' }]);
  });

  test('promote-gate holds a promotion until an owner approves it', async () => {
    const at = { directory: team.work.root, now: team.clock };
    const { pull } = await promote({ ...at, model: 'parcels', version: '1.0.0.0', to: 'staging', by: 'ada' });
    const event = { name: 'pull_request_target', payload: { pull_request: { head: { sha: pull.head } } } };
    const held = await job(team, 'promote-gate', { event });
    expect(held).toMatchObject({ code: 0, outputs: { pulls: `[${pull.number}]`, approved: 'false' } });
    await reviewPull({ ...at, number: pull.number, state: 'APPROVED', as: 'bob' });
    const review = { head_sha: pull.head, head_branch: pull.branch, event: 'pull_request_review' };
    const approved = await job(team, 'promote-gate', {
      event: { name: 'workflow_run', payload: { workflow_run: review } },
    });
    expect(approved).toMatchObject({ code: 0, outputs: { pulls: `[${pull.number}]`, approved: 'true' } });
    const checks = await openLocalForge(team.repository).listChecks(pull.head);
    expect(checks).toMatchObject([{ name: 'mainline/approval', conclusion: 'success' }]);
    await team.land(pull.branch);
  });

  test('in a merge queue the check is set on the commit of the group', async () => {
    const at = { directory: team.work.root, now: team.clock };
    await team.propose('words', () => team.work.write('README.md', 'words'));
    const pull = await openPull({ ...at, branch: 'words', as: 'ada' });
    const commit = await team.push({ 'other.txt': 'as a queue would' }, 'group');
    const branch = `gh-readonly-queue/main/pr-${pull.number}-${'0'.repeat(40)}`;
    const run = { head_sha: commit, head_branch: branch, event: 'merge_group' };
    const ran = await job(team, 'promote-gate', {
      event: { name: 'workflow_run', payload: { workflow_run: run } },
    });
    expect(ran).toMatchObject({ code: 0, outputs: { pulls: `[${pull.number}]`, approved: 'true' } });
    const checks = await openLocalForge(team.repository).listChecks(commit);
    expect(checks).toMatchObject([{ name: 'mainline/approval', conclusion: 'success' }]);
    // Anybody may name a branch like that outside of a queue: then its head decides, and that has no pull request.
    const feigned = { ...run, event: 'pull_request_review' };
    const none = await job(team, 'promote-gate', {
      event: { name: 'workflow_run', payload: { workflow_run: feigned } },
    });
    expect(none.outputs.pulls).toBe('[]');
  });

  test('rollout accepts what was approved, and advance has nothing left to move', async () => {
    const ran = await job(team, 'rollout');
    expect(annotationsOf(ran)).toEqual([]);
    expect(resultsOf(ran)).toMatchObject([{ what: 'parcels in staging', outcome: 'accepted' }]);
    expect(resultsOf(ran)[0]?.says).toMatch(/^1\.0\.0\.0 100 %, complete; approved by bob/u);
    expect(resultsOf(await job(team, 'rollout'))).toMatchObject([{ outcome: 'unchanged' }]);
    const scheduled = await job(team, 'advance', {
      event: { name: 'schedule', payload: { schedule: '*/15 * * * *' } },
    });
    expect(scheduled).toMatchObject({ code: 0, outputs: { results: '[]' }, summary: '' });
    const asked = await job(team, 'advance', { inputs: { model: 'parcels', environment: 'staging' } });
    expect(asked.code).toBe(1);
    expect(annotationsOf(asked)[0]).toContain('error It stays where it is: ');
    const half = await job(team, 'advance', { inputs: { model: 'parcels' } });
    expect(annotationsOf(half)).toEqual([
      'error A person moves one rollout at a time: model and environment are needed together',
    ]);
  });

  test('a rollout that went past review is refused, and the job is red', async () => {
    const text = (await team.read('models/parcels/rollout/staging.yaml')) ?? '';
    const file = 'models/parcels/rollout/production.yaml';
    await team.push({ [file]: text.replace('staging', 'production') }, 'past review');
    const ran = await job(team, 'rollout', { inputs: { environment: 'production' } });
    expect(ran.code).toBe(1);
    expect(resultsOf(ran)).toMatchObject([{ what: 'parcels in production', outcome: 'refused' }]);
    expect(annotationsOf(ran)[0]).toContain('error parcels in production: ');
  });
});

test('a model that keeps its gates no longer is not released, and says why', async () => {
  const team = await createMerged();
  await team.work.edit('models/parcels/model.yaml', 'atMost: 3}', 'atMost: 0.01}');
  const text = await team.work.read('models/parcels/model.yaml');
  await team.push({ 'models/parcels/model.yaml': text }, 'stricter');
  const ran = await job(team, 'release');
  expect(ran).toMatchObject({ code: 1, outputs: { released: '[]' } });
  expect(resultsOf(ran)).toMatchObject([{ what: 'parcels', outcome: 'refused' }]);
  expect(annotationsOf(ran)[0]).toContain('rmse');
});
