import { execFileSync } from 'node:child_process';
import { cp, mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, beforeEach, expect, test } from 'vitest';
import { type Verification, verificationSchema } from '#lib/registry/verification.ts';
import { annotationsOf, createRunner, type Ran, type Runner } from '../support/run-action.ts';
import { createWorkspace, openWorkspace, type Workspace } from '../support/workspace.ts';

let runner: Runner;
let env: Readonly<Record<string, string>>;
/** What the job of a pull request uploaded, and the head it was made of. */
let uploaded: string;
let head: string;
/** A clone of the default branch. */
let trusted: Workspace;

beforeAll(async () => {
  runner = await createRunner();
  env = (await runner.run('setup', { workspace: runner.actions })).env;
  const work = await createWorkspace();
  const origin = `${work.root}.git`;
  execFileSync('git', ['clone', '--quiet', '--bare', work.root, origin]);
  const root = `${work.root}-trusted`;
  execFileSync('git', ['clone', '--quiet', origin, root]);
  trusted = openWorkspace(root);
  work.git('switch', '--quiet', '--create', 'change');
  await work.edit('pipelines/parcels/params.yaml', 'trees: 10', 'trees: 12');
  work.git('commit', '--quiet', '--all', '-m', 'change');
  head = work.git('rev-parse', 'HEAD');
  const ran = await runner.run('evaluate', { workspace: work.root, inputs: { model: 'parcels' }, env });
  uploaded = ran.outputs.path ?? '';
});

let downloads: string;
beforeEach(async () => {
  downloads = `${trusted.root}-downloads`;
  await rm(downloads, { recursive: true, force: true });
  await rm(`${trusted.root}-out`, { recursive: true, force: true });
  await cp(uploaded, join(downloads, 'mainline-proposal-parcels'), { recursive: true });
});

async function verify(): Promise<{ readonly ran: Ran; readonly found: Verification | undefined }> {
  const payload = { workflow_run: { head_sha: head }, repository: { default_branch: 'main' } };
  const output = `${trusted.root}-out`;
  const ran = await runner.run('verify', {
    ...{ workspace: trusted.root, env, inputs: { proposals: downloads, output } },
    event: { name: 'workflow_run', payload },
  });
  const text = await readFile(join(output, 'parcels', 'verification.json'), 'utf8').catch(() => undefined);
  return { ran, found: text === undefined ? undefined : verificationSchema.parse(JSON.parse(text)) };
}

test('an honest proposal is derived again, as the head of the event and by the default branch', async () => {
  const { ran, found } = await verify();
  expect(annotationsOf(ran)).toEqual([]);
  expect(ran).toMatchObject({ code: 0, outputs: { models: '["parcels"]', count: '1' } });
  expect(found).toMatchObject({ state: 'rederived', head, base: trusted.git('rev-parse', 'origin/main') });
  expect(found?.differences).toEqual([]);
  expect(ran.log).toContain('parcels: stands by the gates of the default branch, as claimed');
});

test('better numbers than the model has are found out', async () => {
  const file = join(downloads, 'mainline-proposal-parcels', 'proposal.json');
  const proposal = JSON.parse(await readFile(file, 'utf8'));
  proposal.evidence.evaluation.metrics[0].value = 0.001;
  await writeFile(file, JSON.stringify(proposal));
  const { ran, found } = await verify();
  expect(ran.code).toBe(0);
  expect(found?.differences.length).toBeGreaterThan(0);
  expect(ran.log).toContain('claims were not found so');
});

test('what is no proposal is told and keeps no other from its verdict', async () => {
  await mkdir(join(downloads, 'mainline-proposal-empty'));
  await mkdir(join(downloads, 'mainline-proposal-text'));
  await writeFile(join(downloads, 'mainline-proposal-text', 'proposal.json'), '::error::forged');
  await mkdir(join(downloads, 'mainline-proposal-link'));
  await symlink('/etc/passwd', join(downloads, 'mainline-proposal-link', 'proposal.json'));
  await cp(uploaded, join(downloads, 'mainline-proposal-twice'), { recursive: true });
  const { ran, found } = await verify();
  expect(ran).toMatchObject({ code: 0, outputs: { count: '1' } });
  expect(found?.state).toBe('rederived');
  expect(annotationsOf(ran).map(text => text.replace(/:.*$/su, ''))).toEqual([
    'warning mainline-proposal-empty',
    'warning mainline-proposal-link',
    'warning mainline-proposal-text',
    'warning mainline-proposal-twice',
  ]);
});

test('a run that uploaded nothing has nothing to verify', async () => {
  await rm(downloads, { recursive: true });
  const { ran } = await verify();
  expect(ran).toMatchObject({ code: 0, outputs: { models: '[]', count: '0' } });
});
