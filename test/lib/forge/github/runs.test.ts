// Runs of workflows on GitHub, before the stand-in that its own description judges.
import { afterEach, expect, it } from 'vitest';
import { openClient } from '#lib/forge/github/client.ts';
import { openGitHubRuns } from '#lib/forge/github/runs.ts';
import type { WorkflowRuns } from '#lib/forge/runs.ts';
import { refusalBody } from '../../../support/github/bodies.ts';
import { fill } from '../../../support/github/sample.ts';
import { openStub, type Stub } from '../../../support/github/stub.ts';
import { pages } from '../../../support/github/stubbed.ts';

const RUNS = '/repos/acme/shop/actions/runs';
const HEAD = 'a'.repeat(40);

let stub: Stub;
afterEach(async () => {
  await stub.close();
  expect(stub.problems).toEqual([]);
});

async function open(): Promise<WorkflowRuns> {
  stub = await openStub();
  return openGitHubRuns(openClient({ token: 'ghs_x', apiUrl: stub.url, secondMs: 1 }), 'acme/shop');
}

const runBody = (over: object) => fill('/components/schemas/workflow-run', over);

it('the runs of a commit come newest first, from every page, by the names of their files', async () => {
  const runs = await open();
  const all = Array.from({ length: 130 }, (_, i) =>
    runBody({ id: i + 1, path: '.github/workflows/propose.yml', event: 'pull_request', status: 'queued' }),
  );
  const paged = pages(all);
  stub.on(`GET ${RUNS}`, sent => {
    const { body, headers = {} } = paged(sent);
    return { headers, body: { total_count: all.length, workflow_runs: body } };
  });
  const found = await runs.ofCommit(HEAD, 'pull_request');
  expect(found.map(({ id }) => id)).toEqual(Array.from({ length: 130 }, (_, i) => 130 - i));
  expect(found[0]).toMatchObject({ workflow: 'propose', isDone: false, conclusion: null });
  expect(stub.received[0]?.query).toMatchObject({ head_sha: HEAD, event: 'pull_request' });
});

it('a run is found by its number, also when a ruleset asked for its workflow; none is no error', async () => {
  const runs = await open();
  const path = 'other/.github/workflows/mainline-verify.yaml@refs/heads/main';
  stub.on(`GET ${RUNS}/7`, {
    body: runBody({ id: 7, path, event: 'workflow_run', status: 'completed', conclusion: 'success' }),
  });
  stub.on(`GET ${RUNS}/8`, { status: 404, body: refusalBody('Not Found') });
  expect(await runs.get(7)).toMatchObject({
    ...{ id: 7, workflow: 'mainline-verify', event: 'workflow_run' },
    ...{ isDone: true, conclusion: 'success' },
  });
  expect(await runs.get(8)).toBeUndefined();
});

it('starts the failed jobs or all of them, once', async () => {
  const runs = await open();
  for (const route of ['rerun', 'rerun-failed-jobs']) {
    stub.on(`POST ${RUNS}/7/${route}`, { status: 201, body: {} });
  }
  await runs.retry(7, 'failed');
  await runs.retry(7, 'all');
  expect(stub.received.map(({ path }) => path)).toEqual([`${RUNS}/7/rerun-failed-jobs`, `${RUNS}/7/rerun`]);
});

it('a run that GitHub does not start again says why that may be', async () => {
  const runs = await open();
  stub.on(`POST ${RUNS}/7/rerun`, { status: 403, body: refusalBody('This workflow is already running') });
  await expect(runs.retry(7, 'all')).rejects.toThrow(/older than a month/u);
  expect(stub.received).toHaveLength(1);
});
