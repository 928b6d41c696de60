// The jobs with rights, as bundles against a server that speaks GitHub's API and git over HTTP: what they send, with which
// token, and that GitHub's own description finds nothing wrong with it.
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import {
  checkBody,
  commentBody,
  fileBody,
  pullBody,
  pullInList,
  refusalBody,
} from '../support/github/bodies.ts';
import { allowServing, type GitServer, openGitServer } from '../support/github/git-server.ts';
import { openStub, type Stub } from '../support/github/stub.ts';
import { annotationsOf, createRunner, type Ran, type Runner, type Step } from '../support/run-action.ts';
import { createTeam, type Team } from '../support/team.ts';

const token = 'ghs_0123456789abcdefghij';
const repository = 'acme/shop';
const SHOP = `/repos/${repository}`;

let runner: Runner;
let env: Readonly<Record<string, string>>;
let team: Team;
let git: GitServer;
let api: Stub;
/** A pull request of a trained change, and what its own job uploads. */
let head: string;
let uploads: string;

beforeAll(async () => {
  runner = await createRunner();
  env = (await runner.run('setup', { workspace: runner.actions })).env;
  team = await createTeam();
  await team.propose('first', async () => {});
  await team.land('first');
  const served = await mkdtemp(join(tmpdir(), 'served-'));
  await mkdir(join(served, 'acme'));
  await symlink(team.origin, join(served, 'acme', 'shop.git'));
  allowServing(team.origin);
  git = await openGitServer(served);
  await team.propose('better', () =>
    team.work.edit('pipelines/parcels/params.yaml', 'trees: 10', 'trees: 11'),
  );
  head = team.work.git('rev-parse', 'HEAD');
  uploads = await mkdtemp(join(tmpdir(), 'uploads '));
  const inputs = { model: 'parcels', output: uploads };
  await runner.run('evaluate', { workspace: team.work.root, inputs, env });
});
beforeEach(async () => {
  await api?.close();
  api = await openStub();
});
afterAll(async () => {
  await api.close();
  await git.close();
});

let jobs = 0;

/** A job with rights: a fresh checkout of the default branch from the server, without credentials. */
async function job(action: string, step: Partial<Step> = {}, root?: string): Promise<Ran> {
  jobs += 1;
  const workspace = root ?? `${team.work.root}-job-${jobs}`;
  if (!root)
    await promisify(execFile)('git', ['clone', '--quiet', `${git.url}/${repository}.git`, workspace]);
  return runner.run(action, {
    ...{ workspace, env, token },
    github: { GITHUB_REPOSITORY: repository, GITHUB_SERVER_URL: git.url, GITHUB_API_URL: api.url },
    ...step,
  });
}

const completed = (over: object = {}) => ({
  name: 'workflow_run',
  payload: {
    workflow_run: { head_sha: head, head_branch: 'better', event: 'pull_request', ...over },
    repository: { default_branch: 'main' },
  },
});

const sentTo = (method: string, path: string) =>
  api.received.filter(one => one.method === method && one.path === path).map(({ body }) => body);

test('verify and report: one comment and two checks, with the token of the job and of the shape GitHub takes', async () => {
  const verified = await mkdtemp(join(tmpdir(), 'verified '));
  const inputs = { proposals: uploads, output: verified };
  const judged = await job('verify', { event: completed(), inputs });
  expect(judged).toMatchObject({ code: 0, outputs: { models: '["parcels"]' } });
  expect(api.received, 'verify asks nobody').toEqual([]);
  api.on('GET /repos/acme/shop/pulls', { body: [pullInList({ number: 7, head, branch: 'better' })] });
  api.on('GET /repos/acme/shop/pulls/7', { body: pullBody({ number: 7, head, branch: 'better' }) });
  api.on('GET /repos/acme/shop/issues/7/comments', { body: [] });
  api.on('POST /repos/acme/shop/issues/7/comments', {
    status: 201,
    body: commentBody(1, 'github-actions[bot]', ''),
  });
  api.on('POST /repos/acme/shop/check-runs', { status: 201, body: checkBody(1, 'mainline/model/parcels') });
  const ran = await job('report', { event: completed(), inputs: { verified } });
  expect(annotationsOf(ran)).toEqual([]);
  expect(ran).toMatchObject({ code: 0, outputs: { models: '["parcels"]', stands: 'true' } });
  expect(sentTo('POST', '/repos/acme/shop/issues/7/comments')).toHaveLength(1);
  expect(sentTo('POST', '/repos/acme/shop/check-runs')).toMatchObject([
    { name: 'mainline/model/parcels', head_sha: head, conclusion: 'success' },
    { name: 'mainline/proposals', head_sha: head, conclusion: 'success' },
  ]);
  expect(api.problems).toEqual([]);
  expect(new Set(api.received.map(({ headers }) => headers.authorization))).toEqual(
    new Set([`token ${token}`]),
  );
  expect(JSON.stringify({ ...ran, commands: [] })).not.toContain(token);
});

test('a right that is missing is named, and the token is in no text', async () => {
  const body = refusalBody('Resource not accessible by integration');
  for (const route of ['GET /repos/acme/shop/pulls', 'POST /repos/acme/shop/check-runs']) {
    api.on(route, { status: 403, body });
  }
  const ran = await job('report', { event: completed(), inputs: { verified: uploads } });
  expect(ran.code).toBe(1);
  expect(annotationsOf(ran).join()).toMatch(/checks: write|pull-requests: read/u);
  expect(JSON.stringify({ ...ran, commands: [] })).not.toContain(token);
});

const ROLLOUT = 'models/parcels/rollout/staging.yaml';

/** An open pull request from the one head, as GitHub has it. */
function hasPull(number: number, files: readonly string[], base = 'main'): Readonly<Record<string, unknown>> {
  const facts = { number, head, branch: 'better', base };
  const over = { changed_files: files.length };
  api.on(`GET ${SHOP}/pulls/${number}`, { body: pullBody({ ...facts, over }) });
  api.on(`GET ${SHOP}/pulls/${number}/files`, { body: files.map(file => fileBody(file)) });
  api.on(`GET ${SHOP}/pulls/${number}/reviews`, { body: [] });
  return pullInList(facts);
}

/** What the check run on the head says at the end, and every state that it went through. */
function followChecks(): { readonly states: string[]; last: () => unknown } {
  const seen: { conclusion?: string; status?: string; output: { title: string; summary: string } }[] = [];
  const keep = (status: number) => (sent: { readonly body?: unknown }) => {
    seen.push(sent.body as (typeof seen)[number]);
    return { status, body: checkBody(1, 'mainline/approval') };
  };
  api.on(`POST ${SHOP}/check-runs`, keep(201));
  api.on(`PATCH ${SHOP}/check-runs/1`, keep(200));
  return {
    get states() {
      return seen.map(({ status, conclusion }) => conclusion ?? status ?? '');
    },
    last: () => seen.at(-1),
  };
}

const gate = (number: number) =>
  job('promote-gate', {
    event: { name: 'pull_request_target', payload: { pull_request: { number, head: { sha: head } } } },
  });

test('a promotion whose owners cannot be read is held, and says why', async () => {
  api.on(`GET ${SHOP}/pulls`, { body: [hasPull(7, [ROLLOUT])] });
  const checks = followChecks();
  const ran = await gate(7);
  expect(annotationsOf(ran)).toEqual([]);
  expect(ran).toMatchObject({ code: 0, outputs: { pulls: '[7]', approved: 'false' } });
  expect(checks.states).toEqual(['in_progress', 'failure']);
  expect(sentTo('POST', `${SHOP}/check-runs`)).toMatchObject([{ name: 'mainline/approval', head_sha: head }]);
  expect(api.problems).toEqual([]);
});

test('a second pull request with the same head, to another branch, makes nothing green', async () => {
  const files = { 7: [ROLLOUT, 'README.md'], 8: ['README.md'] };
  api.on(`GET ${SHOP}/pulls`, { body: [hasPull(7, files[7]), hasPull(8, files[8], 'promote/other')] });
  for (const number of [7, 8]) {
    const checks = followChecks();
    const ran = await gate(number);
    expect(ran).toMatchObject({ code: 0, outputs: { pulls: '[7]', approved: 'false' } });
    expect(checks.states).toEqual(['in_progress', 'failure']);
  }
  // Alone it has nothing to be approved, and what is retargeted to main later must not find a green check.
  api.on(`GET ${SHOP}/pulls`, { body: [hasPull(8, files[8], 'promote/other')] });
  const checks = followChecks();
  expect(await gate(8)).toMatchObject({ code: 0, outputs: { pulls: '[]', approved: 'false' } });
  expect(checks.last()).toMatchObject({
    conclusion: 'failure',
    output: { title: 'No open pull request brings this commit to main' },
  });
});

test('of two pull requests to main with one head the worse one decides', async () => {
  api.on(`GET ${SHOP}/pulls`, { body: [hasPull(8, ['README.md']), hasPull(7, [ROLLOUT])] });
  const checks = followChecks();
  expect(await gate(8)).toMatchObject({ code: 0, outputs: { pulls: '[8,7]', approved: 'false' } });
  expect(checks.last()).toMatchObject({ conclusion: 'failure' });
});

test.each([
  ['the pull requests', `GET ${SHOP}/pulls`],
  ['the files', `GET ${SHOP}/pulls/7/files`],
  ['the reviews', `GET ${SHOP}/pulls/7/reviews`],
])('where GitHub refuses %s the check is red, and says why', async (_, route) => {
  api.on(`GET ${SHOP}/pulls`, { body: [hasPull(7, [ROLLOUT])] });
  api.on(route, { status: 422, body: refusalBody('nope') });
  const checks = followChecks();
  const ran = await gate(7);
  expect(ran.code).toBe(1);
  expect(annotationsOf(ran).join()).toContain('nope');
  expect(checks.states).toEqual(['in_progress', 'failure']);
  expect(checks.last()).toMatchObject({ output: { summary: expect.stringContaining('nope') } });
  expect(JSON.stringify(checks.last())).not.toContain(token);
});

test('where git cannot be read the check is red too', async () => {
  const checks = followChecks();
  const github = { GITHUB_SERVER_URL: `${git.url}/gone`, GITHUB_API_URL: api.url };
  const event = {
    name: 'pull_request_target',
    payload: { pull_request: { number: 7, head: { sha: head } } },
  };
  const ran = await job('promote-gate', { event, github: { GITHUB_REPOSITORY: repository, ...github } });
  expect(ran.code).toBe(1);
  expect(checks.states.at(-1)).toBe('failure');
});

test('where the check cannot be written the job is red', async () => {
  api.on(`GET ${SHOP}/pulls`, { body: [hasPull(7, ['README.md'])] });
  api.on(`POST ${SHOP}/check-runs`, { status: 403, body: refusalBody('not accessible') });
  const ran = await gate(7);
  expect(ran.code).toBe(1);
  expect(annotationsOf(ran).join()).toContain('checks: write');
});

test('release pushes the record, and tells a person where to open what it may not', async () => {
  api.on('GET /repos/acme/shop/pulls', { body: [] });
  const refusal = 'GitHub Actions is not permitted to create or approve pull requests.';
  api.on('POST /repos/acme/shop/pulls', { status: 403, body: refusalBody(refusal) });
  const ran = await job('release');
  expect(annotationsOf(ran)).toEqual([]);
  expect(ran.code).toBe(0);
  expect(JSON.parse(ran.outputs.released ?? '')).toEqual([{ model: 'parcels', version: '1.0.0.0' }]);
  expect(ran.log).toContain('/acme/shop/compare/main...promote/parcels-1.0.0.0-staging');
  expect(await team.read('models/parcels/versions/1.0.0.0.yaml', 'mainline/state')).toContain('1.0.0.0');
  expect(await team.read('models/parcels/rollout/staging.yaml', 'promote/parcels-1.0.0.0-staging')).toContain(
    '1.0.0.0',
  );
  expect(api.problems).toEqual([]);
  expect(JSON.stringify({ ...ran, commands: [] })).not.toContain(token);
});
