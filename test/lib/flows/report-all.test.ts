// The one check that a ruleset can require, over all models of a commit: what a proposal brings, leaves out or forges decides
// nothing that main can find out itself.
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { PROPOSALS_CHECK, reportAll } from '#lib/flows/ci/report-all.ts';
import { verifyAll } from '#lib/flows/ci/verify-all.ts';
import { openPull } from '#lib/flows/pulls.ts';
import type { Check } from '#lib/forge/forge.ts';
import { openLocalForge } from '#lib/forge/local.ts';
import type { Proposal } from '#lib/registry/proposal.ts';
import { lambda, serving } from '../../support/serving-team.ts';
import { run, type Team } from '../../support/team.ts';

let team: Team;
/** What the runs of two pull requests uploaded, by the branch. */
const uploads = new Map<string, string>();
const heads = new Map<string, string>();

/** A pull request of a branch that holds what `edit` leaves. */
async function propose(branch: string, edit: () => Promise<void>, isTrained = true): Promise<void> {
  const { work } = team;
  if (isTrained) await team.propose(branch, edit);
  else {
    work.git('fetch', '--quiet');
    work.git('switch', '--quiet', '--force-create', branch, 'origin/main', '--no-track');
    await edit();
    work.git('add', '--all');
    work.git('commit', '--quiet', '--allow-empty', '-m', branch);
    work.git('push', '--quiet', '--force', 'origin', branch);
  }
  await openPull({ directory: work.root, branch, as: 'ada', now: team.clock });
  heads.set(branch, work.git('rev-parse', 'HEAD'));
  const folder = join(await mkdtemp(join(tmpdir(), 'uploads ')), 'mainline-proposal-parcels');
  await mkdir(folder);
  if (isTrained) {
    await cp(work.path('.mainline/proposals/parcels.json'), join(folder, 'proposal.json'));
    await cp(work.path('pipelines/parcels/model.onnx'), join(folder, 'model.onnx'));
  }
  uploads.set(branch, join(folder, '..'));
  work.git('switch', '--quiet', '--detach', 'origin/main');
}

beforeAll(async () => {
  team = await serving();
  await propose('good', () => lambda(team, 2));
  await propose('bad', () =>
    team.work.edit('models/parcels/model.yaml', '[linear, gradient-boosting]', '[gradient-boosting]'),
  );
});

type Forge = (proposal: Proposal, folder: string) => Promise<object> | object;

/** The upload of a branch, changed by whoever ran it. */
async function forged(branch: string, change: Forge): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'forged '));
  await cp(uploads.get(branch) ?? '', folder, { recursive: true });
  const place = join(folder, 'mainline-proposal-parcels');
  const file = join(place, 'proposal.json');
  const proposal = JSON.parse(await readFile(file, 'utf8')) as Proposal;
  await writeFile(file, JSON.stringify(await change(proposal, place)));
  return folder;
}

async function judge(branch: string, proposals = uploads.get(branch) ?? ''): Promise<readonly Check[]> {
  const { work } = team;
  const head = heads.get(branch) ?? '';
  const output = await mkdtemp(join(tmpdir(), 'verified '));
  const at = { ...run, directory: work.root, now: team.clock, base: 'origin/main' };
  await verifyAll({ ...at, proposals, output, head });
  await reportAll({ directory: work.root, verified: output, head, runUrl: 'https://example.org/run' });
  return openLocalForge(team.repository).listChecks(head);
}

const all = (checks: readonly Check[]): Check | undefined =>
  checks.find(({ name }) => name === PROPOSALS_CHECK);

it('an honest proposal that is good passes, one that is bad does not', async () => {
  expect(all(await judge('good'))).toMatchObject({ conclusion: 'success', title: 'Stands: parcels' });
  expect(all(await judge('bad'))).toMatchObject({ conclusion: 'failure' });
});

const compliant = { slo_compliant: true, gates: [], reasons: [] };

it.each<readonly [string, Forge]>([
  ['that claims to stand without evidence', p => ({ ...p, evidence: null, verdict: compliant })],
  [
    'with a model that cannot be judged',
    async (p, folder) => {
      await writeFile(join(folder, 'model.onnx'), 'garbage');
      return { ...p, verdict: compliant };
    },
  ],
  [
    'of another task',
    p => ({
      ...p,
      verdict: compliant,
      model: { ...p.model, spec: { ...p.model.spec, task: 'binary-classification', positive: 'yes' } },
    }),
  ],
])('a proposal %s does not pass for a model that main has', async (_, change) => {
  const checks = await judge('bad', await forged('bad', change));
  expect(all(checks)).toMatchObject({ conclusion: 'failure' });
  expect(checks.find(({ name }) => name.startsWith('mainline/model/'))?.conclusion).toBe('failure');
});

it.each(['approval', 'proposals'])(
  'a model named %s writes over no other check, and must be in the commit',
  async name => {
    const folder = await forged('good', p => ({
      ...p,
      model: { ...p.model, metadata: { ...p.model.metadata, name } },
    }));
    const checks = await judge('good', folder);
    expect(checks.filter(one => one.name === 'mainline/approval')).toEqual([]);
    expect(all(checks)).toMatchObject({
      conclusion: 'failure',
      summary: expect.stringContaining(`the commit has no models/${name}/model.yaml`),
    });
  },
);

it('what another pull request uploaded is not what this commit holds', async () => {
  const good = uploads.get('good');
  expect(all(await judge('bad', good))).toMatchObject({
    conclusion: 'failure',
    summary: expect.stringContaining('of another models/parcels/model.yaml than the commit has'),
  });
  const text = await team.read('models/parcels/model.yaml');
  await propose(
    'untrained',
    () => team.work.write('pipelines/parcels/params.yaml', 'split: {key: [parcel], testShare: 0.5}\n'),
    false,
  );
  expect(text).toBeDefined();
  expect(all(await judge('untrained', good))).toMatchObject({
    conclusion: 'failure',
    summary: expect.stringContaining('dvc.lock names another model'),
  });
});

it('one that breaks the judge keeps no other from its verdict', async () => {
  const two = await forged('good', p => p);
  await cp(join(two, 'mainline-proposal-parcels'), join(two, 'mainline-proposal-a'), { recursive: true });
  const file = join(two, 'mainline-proposal-a', 'proposal.json');
  const proposal = JSON.parse(await readFile(file, 'utf8'));
  proposal.contracts[0].contract.path = 'data/parcels';
  proposal.model.metadata.name = 'another';
  await writeFile(file, JSON.stringify(proposal));
  const checks = await judge('good', two);
  expect(checks.find(({ name }) => name === 'mainline/model/parcels')?.conclusion).toBe('success');
  expect(all(checks)?.conclusion).toBe('failure');
});

it('a model that is taken away is named, and blocks nothing', async () => {
  await propose('without', async () => rm(team.work.path('models/parcels'), { recursive: true }), false);
  expect(all(await judge('without', join(tmpdir(), 'nothing was uploaded')))).toMatchObject({
    conclusion: 'success',
    summary: expect.stringContaining('parcels is taken away'),
  });
});

it('a new model needs a proposal, and with one it is for its owners to judge', async () => {
  await propose(
    'new',
    async () => {
      const text = await team.work.read('models/parcels/model.yaml');
      await team.work.write('models/letters/model.yaml', text.replace('name: parcels', 'name: letters'));
      team.work.git('checkout', '--quiet', 'good', '--', 'pipelines');
    },
    false,
  );
  expect(all(await judge('new', join(tmpdir(), 'nothing was uploaded')))).toMatchObject({
    conclusion: 'failure',
    summary: expect.stringContaining('letters is changed, and nothing was verified of it'),
  });
  const folder = await forged('good', p => ({
    ...p,
    model: { ...p.model, metadata: { ...p.model.metadata, name: 'letters' } },
  }));
  // Its stages are those of the other model, whose proposal comes too.
  const other = join(folder, 'mainline-proposal-other');
  await cp(join(uploads.get('good') ?? '', 'mainline-proposal-parcels'), other, { recursive: true });
  expect(all(await judge('new', folder))).toMatchObject({
    conclusion: 'neutral',
    title: expect.stringContaining('letters'),
  });
});

it('a model.yaml on main that nobody can read stops no other pull request, nor the one that mends it', async () => {
  const broken = 'apiVersion: mainline.dev/v1alpha1\nkind: Modle\n';
  await team.push({ 'models/broken/model.yaml': broken }, 'a mistake');
  team.work.git('fetch', '--quiet');
  await propose('readme', () => team.work.write('NOTES.md', 'hello\n'), false);
  expect(all(await judge('readme', join(tmpdir(), 'nothing was uploaded')))).toMatchObject({
    conclusion: 'success',
  });
  await propose('mended', async () => rm(team.work.path('models/broken'), { recursive: true }), false);
  expect(all(await judge('mended', join(tmpdir(), 'nothing was uploaded')))).toMatchObject({
    conclusion: 'success',
  });
});
