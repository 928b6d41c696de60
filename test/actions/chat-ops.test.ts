// Commands in comments, as the jobs of chat-ops.yml run them: bundles, GitHub's API and git over HTTP.
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { checkBody, commentBody, permissionBody, pullBody, refusalBody } from '../support/github/bodies.ts';
import { issueCommentEvent } from '../support/github/events.ts';
import { allowServing, type GitServer, openGitServer } from '../support/github/git-server.ts';
import { fill } from '../support/github/sample.ts';
import { openStub, type Stub } from '../support/github/stub.ts';
import { annotationsOf, createRunner, type Ran, type Runner } from '../support/run-action.ts';
import { lambda } from '../support/serving-team.ts';
import { createTeam, type Team } from '../support/team.ts';

const SHOP = '/repos/acme/shop';
const token = 'ghs_0123456789abcdefghij';
let runner: Runner;
let env: Readonly<Record<string, string>>;
let team: Team;
let git: GitServer;
let api: Stub;
let head: string;
/** What the proposal's own job uploaded. */
let proposals: string;
let told: string[];

beforeAll(async () => {
  runner = await createRunner();
  env = (await runner.run('setup', { workspace: runner.actions })).env;
  // What can be built again from its commit is compared also when nobody kept its bytes; only main's code is run for it.
  team = await createTeam(work =>
    work.edit('models/parcels/model.yaml', 'spec:\n', 'spec:\n  deterministic: true\n'),
  );
  await team.propose('first', async () => undefined);
  await team.land('first');
  const served = await mkdtemp(join(tmpdir(), 'served-'));
  await mkdir(join(served, 'acme'));
  await promisify(execFile)('ln', ['-s', team.origin, join(served, 'acme', 'shop.git')]);
  allowServing(team.origin);
  git = await openGitServer(served);
  api = await openStub();
  api.on(`GET ${SHOP}/pulls`, { body: [] });
  api.on(`POST ${SHOP}/pulls`, { status: 403, body: refusalBody('not permitted') });
  await job('release', { body: '/mainline' });
  await team.propose('better', () => lambda(team, 2));
  head = team.work.git('rev-parse', 'HEAD');
  proposals = await mkdtemp(join(tmpdir(), 'proposals '));
  const inputs = { model: 'parcels', output: proposals };
  await runner.run('evaluate', { workspace: team.work.root, inputs, env });
});

beforeEach(async () => {
  await api?.close();
  api = await openStub();
  told = [];
  api.on(`GET ${SHOP}/collaborators/bob/permission`, { body: permissionBody('write') });
  api.on(`GET ${SHOP}/collaborators/mallory/permission`, { body: permissionBody('read') });
  api.on(`GET ${SHOP}/pulls/7`, { body: pullBody({ number: 7, head, branch: 'better' }) });
  api.on(`GET ${SHOP}/issues/7/comments`, { body: [] });
  api.on('POST /graphql', { body: { data: { viewer: { login: 'github-actions[bot]' } } } });
  api.on(`POST ${SHOP}/issues/7/comments`, ({ body }) => {
    told.push((body as { readonly body: string }).body);
    return { status: 201, body: commentBody(1, 'github-actions[bot]', '') };
  });
});

afterAll(async () => {
  await api.close();
  await git.close();
});

let jobs = 0;

async function job(
  action: string,
  { by = 'bob', body, inputs = {} }: { by?: string; body: string; inputs?: Record<string, string> },
): Promise<Ran> {
  jobs += 1;
  const workspace = `${team.work.root}-chat-${jobs}`;
  // Answers need no history.
  const depth = action !== 'chat-ops' ? [] : ['--depth', '1'];
  await promisify(execFile)('git', ['clone', '--quiet', ...depth, `${git.url}/acme/shop.git`, workspace]);
  const event = issueCommentEvent({ fixture: team.work, branch: 'HEAD', number: 7 }, { by, body });
  const ran = await runner.run(action, {
    ...{ workspace, env, token, event, inputs },
    github: { GITHUB_REPOSITORY: 'acme/shop', GITHUB_SERVER_URL: git.url, GITHUB_API_URL: api.url },
  });
  expect(annotationsOf(ran)).toEqual([]);
  expect(ran.code).toBe(0);
  expect(api.problems).toEqual([]);
  return ran;
}

const runOf = (over: object) =>
  fill('/components/schemas/workflow-run', {
    ...{ id: 40, path: '.github/workflows/mainline-propose.yml', event: 'pull_request', head_sha: head },
    ...{
      status: 'completed',
      conclusion: 'failure',
      html_url: 'https://github.com/acme/shop/actions/runs/40',
    },
    ...over,
  });
const proposing = (over: object = {}) =>
  api.on(`GET ${SHOP}/actions/runs`, { body: { total_count: 1, workflow_runs: [runOf(over)] } });
const started = (): readonly string[] =>
  api.received
    .filter(({ method, path }) => method === 'POST' && path.includes('/rerun'))
    .map(({ path }) => path);

test.each([
  ['failure', 'rerun-failed-jobs'],
  ['cancelled', 'rerun-failed-jobs'],
  ['success', 'rerun'],
])('retry of a run that ended with %s asks for %s', async (conclusion, route) => {
  proposing({ conclusion });
  api.on(`POST ${SHOP}/actions/runs/40/${route}`, { status: 201, body: {} });
  const ran = await job('chat-ops', { body: '/mainline retry' });
  expect(ran.outputs.needs).toBe('nothing');
  expect(started()).toEqual([`${SHOP}/actions/runs/40/${route}`]);
  expect(told).toHaveLength(1);
  expect(told[0]).toContain('Runs again');
});

test('a run that waits or works is not started again', async () => {
  proposing({ status: 'in_progress', conclusion: null });
  await job('chat-ops', { body: '/mainline retry' });
  proposing({ conclusion: 'action_required' });
  await job('chat-ops', { body: '/mainline retry' });
  expect(started()).toEqual([]);
  expect(told[0]).toContain('It is running');
  expect(told[1]).toContain('waits for a maintainer');
});

test.each(['/mainline retry', '/mainline rerty @acme/everyone', '/mainline compare -x', '/mainlinefoo'])(
  'whoever may not write is not answered, and nothing is read for them: %s',
  async body => {
    proposing();
    const ran = await job('chat-ops', { by: 'mallory', body });
    expect(ran.outputs.needs).toBe('nothing');
    expect(ran.log).toContain('mallory may not write to this repository');
    expect(told).toEqual([]);
    expect(api.received.map(({ method, path }) => `${method} ${path}`)).toEqual([
      `GET ${SHOP}/collaborators/mallory/permission`,
    ]);
  },
);

test('where nobody can tell who may write, nobody is answered, and the log says why', async () => {
  const route = `GET ${SHOP}/collaborators/mallory/permission`;
  api.on(route, { status: 403, body: refusalBody('not accessible') });
  const ran = await job('chat-ops', { by: 'mallory', body: '/mainline retry' });
  expect(ran.outputs.needs).toBe('nothing');
  expect(ran.log).toContain('Not answered: GitHub does not tell what @mallory may do');
  expect(told).toEqual([]);
});

test('a mistyped command is answered with those there are; hostile text stays text', async () => {
  await job('chat-ops', { body: '/mainline rerty <img src=x onerror=alert(1)> @acme/everyone' });
  expect(told[0]).toContain('did you mean &quot;retry&quot;?');
  expect(told[0]).toContain('/mainline explain');
  expect(told[0]).not.toContain('<img');
  expect(told[0]).not.toContain('@acme');
});

test('a closed pull request is not worked for', async () => {
  const over = { state: 'closed' };
  api.on(`GET ${SHOP}/pulls/7`, { body: pullBody({ number: 7, head, branch: 'better', over }) });
  await job('chat-ops', { body: '/mainline retry' });
  expect(told[0]).toContain('This pull request is closed');
});

async function verified(body: string, inputs: Record<string, string>): Promise<string> {
  const output = await mkdtemp(join(tmpdir(), 'verified '));
  await job('verify', { body, inputs: { proposals, output, ...inputs } });
  return output;
}

test('explain: by the run that verified this commit, the gate in words', async () => {
  const check = checkBody(1, 'mainline/model/parcels', {
    ...{ head_sha: head, status: 'completed', conclusion: 'success' },
    details_url: `${git.url}/acme/shop/actions/runs/41/attempts/1`,
  });
  const foreign = checkBody(2, 'mainline/model/other', {
    ...{ head_sha: head, status: 'completed', conclusion: 'success' },
    details_url: `${git.url}/acme/shop/actions/runs/42/attempts/1`,
  });
  const checks = [foreign, check];
  api.on(`GET ${SHOP}/commits/${head}/check-runs`, { body: { total_count: 2, check_runs: checks } });
  const path = '.github/workflows/verify.yml';
  api.on(`GET ${SHOP}/actions/runs/41`, { body: runOf({ id: 41, path, event: 'workflow_run' }) });
  // Somebody's own workflow of that name, started by a push: its word is not taken.
  api.on(`GET ${SHOP}/actions/runs/42`, { body: runOf({ id: 42, path, event: 'push' }) });
  const body = '/mainline explain rmse';
  const { outputs } = await job('chat-ops', { body });
  expect(outputs).toMatchObject({ needs: 'verified', 'run-id': '41', head });
  expect(told).toEqual([]);
  const folder = await verified(body, { head });
  await job('chat-ops', { body, inputs: { verified: folder } });
  expect(told[0]).toMatch(/^<!-- mainline:chat:\d+ -->\n/u);
  for (const word of ['Means', 'Found (re-derived)', 'Would pass', 'rmse at most 3'])
    expect(told[0]).toContain(word);
  await job('chat-ops', { body: '/mainline explain rmsee atMost 3', inputs: { verified: folder } });
  expect(told[1]).toContain('did you mean &quot;rmse atMost 3&quot;?');
});

test('compare: with a version by its number, on the same rows, in a job that asks nobody', async () => {
  proposing({ conclusion: 'success' });
  const body = '/mainline compare 1.0.0.0';
  const { outputs } = await job('chat-ops', { body });
  expect(outputs).toMatchObject({ needs: 'compared', 'run-id': '40', head, revision: '1.0.0.0' });
  const asked = api.received.length;
  const folder = await verified(body, { head, against: '1.0.0.0' });
  expect(api.received).toHaveLength(asked);
  await job('chat-ops', { body, inputs: { verified: folder } });
  expect(told[0]).toContain(`parcels at ${head.slice(0, 7)} against `);
  expect(told[0]).toMatch(/\*\*rmse: (?:better|not worse|worse|can't tell)\*\*/u);
  expect(told[0]).toContain('the verdict above stays as it is');
});

test('compare: what is on no main is not run, and what is nothing is named', async () => {
  proposing({ conclusion: 'success' });
  await team.propose('elsewhere', () => lambda(team, 3));
  for (const [revision, words] of [
    ['elsewhere', /its code was never on main/u],
    ['9.9.9.9', /is no version of parcels, and no branch, tag or commit/u],
  ] as const) {
    const body = `/mainline compare ${revision}`;
    const folder = await verified(body, { head, against: revision });
    await job('chat-ops', { body, inputs: { verified: folder } });
    expect(told.at(-1)).toMatch(words);
  }
});

test('an answer about another commit than the pull request has now is not given', async () => {
  const body = '/mainline explain rmse';
  const folder = await verified(body, { head });
  const copy = await mkdtemp(join(tmpdir(), 'verified '));
  await cp(folder, copy, { recursive: true });
  const file = join(copy, 'parcels', 'verification.json');
  const found = JSON.parse(await readFile(file, 'utf8'));
  await writeFile(file, JSON.stringify({ ...found, head: '1'.repeat(40) }));
  await job('chat-ops', { body, inputs: { verified: copy } });
  expect(told[0]).toContain('has moved on');
  await job('chat-ops', { body, inputs: { verified: join(copy, 'not there') } });
  expect(told[1]).toContain('/mainline retry');
});
