import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { openPull } from '#lib/flows/pulls.ts';
import { openLocalForge } from '#lib/forge/local.ts';
import { createRunner, type Ran, type Runner } from '../support/run-action.ts';
import { createTeam, type Team } from '../support/team.ts';
import type { Workspace } from '../support/workspace.ts';

let runner: Runner;
let env: Readonly<Record<string, string>>;
let team: Team;
/** The checkout of the default branch that the jobs with rights have. */
let trusted: Workspace;
beforeAll(async () => {
  runner = await createRunner();
  env = (await runner.run('setup', { workspace: runner.actions })).env;
  team = await createTeam();
  await team.propose('first', async () => {});
  await team.land('first');
  trusted = await team.clone('trusted');
});

/** A pull request whose model was trained here, and what its own job uploads. */
async function propose(branch: string, edit: () => Promise<void>) {
  await team.propose(branch, edit);
  const pull = await openPull({ directory: team.work.root, branch, as: 'ada', now: team.clock });
  const uploads = await mkdtemp(join(tmpdir(), 'uploads '));
  const inputs = { model: 'parcels', output: uploads };
  await runner.run('evaluate', { workspace: team.work.root, inputs, env });
  return { pull, uploads };
}

/** What verify.yml does: one job verifies, the next one reports. */
async function judge({ uploads, head }: { readonly uploads: string; readonly head: string }): Promise<Ran> {
  trusted.git('pull', '--quiet');
  const verified = await mkdtemp(join(tmpdir(), 'verified '));
  const payload = { workflow_run: { head_sha: head }, repository: { default_branch: 'main' } };
  const step = { workspace: trusted.root, env, event: { name: 'workflow_run', payload } };
  await runner.run('verify', { ...step, inputs: { proposals: uploads, output: verified } });
  return runner.run('report', { ...step, token: 'ghs_0123456789abcdef', inputs: { verified } });
}

const told = async (commit: string) =>
  (await openLocalForge(team.repository).listChecks(commit))
    .map(({ name, conclusion }) => `${name} ${conclusion}`)
    .sort();

test('what was verified stands in one comment and two checks, and an update replaces it', async () => {
  const { pull, uploads } = await propose('better', () =>
    team.work.edit('pipelines/parcels/params.yaml', 'trees: 10', 'trees: 11'),
  );
  const ran = await judge({ uploads, head: pull.head });
  expect(ran).toMatchObject({ code: 0, outputs: { models: '["parcels"]', stands: 'true' } });
  expect(ran.log).toContain(`parcels: told on #${pull.number}`);
  expect(ran.summary).toContain('parcels');
  expect(await told(pull.head)).toEqual(['mainline/model/parcels success', 'mainline/proposals success']);
  await judge({ uploads, head: pull.head });
  const comments = await openLocalForge(team.repository).listComments(pull.number);
  expect(comments).toHaveLength(1);
  expect(comments[0]?.body).toContain('parcels');
});

test('numbers that the model has not are told as claims, and judged by what was found', async () => {
  const { pull, uploads } = await propose('liar', () =>
    team.work.edit('pipelines/parcels/params.yaml', 'trees: 10', 'trees: 1'),
  );
  const file = join(uploads, 'parcels', 'proposal.json');
  const claim = JSON.parse(await readFile(file, 'utf8'));
  for (const metric of claim.evidence.evaluation.metrics) metric.value = 0.001;
  claim.verdict = { ...claim.verdict, slo_compliant: true, reasons: [] };
  claim.model.metadata.description = '@everyone ![x](https://tracker.example/x.png) <script>';
  await writeFile(file, JSON.stringify(claim));
  const ran = await judge({ uploads, head: pull.head });
  const [comment] = await openLocalForge(team.repository).listComments(pull.number);
  expect(comment?.body).toContain('claims what was not found');
  expect(comment?.body).not.toMatch(/(?<!`)@everyone|!\[x\]\(|<script>/u);
  expect(ran.outputs.models).toBe('["parcels"]');
});

test('leaving a proposal out is no way around its gates', async () => {
  const { pull, uploads } = await propose('silent', () =>
    team.work.edit('pipelines/parcels/params.yaml', 'trees: 10', 'trees: 12'),
  );
  await rm(join(uploads, 'parcels'), { recursive: true });
  const ran = await judge({ uploads, head: pull.head });
  expect(ran).toMatchObject({ code: 0, outputs: { models: '[]', stands: 'false' } });
  expect(await told(pull.head)).toEqual(['mainline/proposals failure']);
});

test('a pull request that touches no model is told so by the check over all models', async () => {
  await team.propose('words', () => team.work.write('README.md', 'words'));
  const pull = await openPull({ directory: team.work.root, branch: 'words', as: 'ada', now: team.clock });
  const none = join(tmpdir(), 'never uploaded');
  const ran = await judge({ uploads: none, head: pull.head });
  expect(ran).toMatchObject({ code: 0, outputs: { models: '[]', stands: 'true' } });
  expect(await told(pull.head)).toEqual(['mainline/proposals success']);
  expect(await openLocalForge(team.repository).listComments(pull.number)).toEqual([]);
});

test('a report for another commit is refused, and one for a commit nobody has fails closed', async () => {
  const { pull, uploads } = await propose('other', () =>
    team.work.edit('pipelines/parcels/params.yaml', 'trees: 10', 'trees: 13'),
  );
  const verified = await mkdtemp(join(tmpdir(), 'verified '));
  const of = (head: string) => ({
    ...{ workspace: trusted.root, env },
    event: {
      name: 'workflow_run',
      payload: { workflow_run: { head_sha: head }, repository: { default_branch: 'main' } },
    },
  });
  await runner.run('verify', { ...of('1'.repeat(40)), inputs: { proposals: uploads, output: verified } });
  const ran = await runner.run('report', { ...of(pull.head), inputs: { verified, token: 'ghs_x' } });
  expect(ran.outputs).toMatchObject({ models: '[]', stands: 'false' });
  expect(ran.log).toContain('another commit');
  const gone = await runner.run('report', { ...of('1'.repeat(40)), inputs: { verified, token: 'ghs_x' } });
  expect(gone.outputs.stands).toBe('false');
  expect(gone.log).toContain('What 1111111 changes could not be read.');
});
