// What verify believes of a proposal that comes as a folder: nothing that it can find out itself.
import { cp, mkdir, mkdtemp, readFile, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { verify } from '#lib/flows/verify.ts';
import { encodeModel } from '#lib/onnx/encode.ts';
import type { Proposal } from '#lib/registry/proposal.ts';
import type { Verification } from '#lib/registry/verification.ts';
import { serving } from '../../support/serving-team.ts';
import { run, type Team } from '../../support/team.ts';
import { largeToOpen } from '../onnx/hostile-models.ts';

const HEAD = 'f'.repeat(40);
let team: Team;
let honest: string;

/** The folder that the evaluate action would upload. */
async function upload({ work }: Team): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'a proposal '));
  await cp(work.path('.mainline/proposals/parcels.json'), join(folder, 'proposal.json'));
  await cp(work.path('pipelines/parcels/model.onnx'), join(folder, 'model.onnx'));
  return folder;
}

beforeAll(async () => {
  team = await serving();
  const { work } = team;
  await team.propose('worse', async () => {
    await work.edit('models/parcels/model.yaml', '[linear, gradient-boosting]', '[gradient-boosting]');
    await work.edit('models/parcels/model.yaml', 'rmse, atMost: 3', 'rmse, atMost: 9');
  });
  honest = await upload(team);
  work.git('switch', '--quiet', '--detach', 'origin/main');
});

async function change(
  edit: (proposal: Proposal, folder: string) => Promise<object> | object,
): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'a proposal '));
  await cp(honest, folder, { recursive: true });
  const file = join(folder, 'proposal.json');
  const proposal = JSON.parse(await readFile(file, 'utf8')) as Proposal;
  await writeFile(file, JSON.stringify(await edit(proposal, folder)));
  return folder;
}

const verifyFolder = (proposal: string): Promise<Verification> =>
  verify({ ...run, directory: team.work.root, proposal, head: HEAD, now: team.clock });

it('derives the numbers again, judges by the gates of main, and leaves the work tree as it was', async () => {
  const found = await verifyFolder(honest);
  expect(found).toMatchObject({ state: 'rederived', why: '', head: HEAD, model: 'parcels' });
  expect(found.base).toBe(team.work.git('rev-parse', 'origin/main'));
  expect(found.verdict?.slo_compliant).toBe(false);
  expect(found.verdict?.gates.map(({ id }) => id)).toContain('rmse atMost 3');
  expect(found.ownJudging).toEqual([
    'the gate "rmse atMost 3" is taken away',
    'the gate "rmse atMost 9" is new',
  ]);
  const claim = JSON.parse(await readFile(join(honest, 'proposal.json'), 'utf8')) as Proposal;
  expect(found.evidence?.evaluation).toEqual(claim.evidence?.evaluation);
  expect(found.differences).toEqual([]);
  expect(team.work.git('status', '--porcelain')).toBe('');
});

it.each(['../../../../../../../../../../dev/zero', '/dev/zero', 'data/none/contract.odcs.yaml'])(
  'a contract that main does not have (%s) is not read, and the model is judged all the same',
  async path => {
    const folder = await change(proposal => ({
      ...proposal,
      contracts: proposal.contracts.map(one => ({ ...one, contract: { ...one.contract, path } })),
    }));
    const found = await verifyFolder(folder);
    expect(found).toMatchObject({ state: 'rederived', evidence: { inputs: { contracts: [] } } });
  },
);

it('names every number that is better than the model is', async () => {
  const folder = await change(proposal => {
    const evaluation = proposal.evidence?.evaluation;
    const metrics = evaluation?.metrics.map(one =>
      one.metric === 'rmse' ? { ...one, value: 0.1, ci95: [0.05, 0.15] } : one,
    );
    return {
      ...proposal,
      verdict: { ...proposal.verdict, slo_compliant: true },
      evidence: { ...proposal.evidence, evaluation: { ...evaluation, metrics } },
    };
  });
  const found = await verifyFolder(folder);
  expect(found.differences).toMatchObject([
    { what: 'rmse', claimed: '0.100\u00a0min' },
    { what: 'verdict', claimed: 'stands', found: 'does not stand' },
  ]);
  expect(found.verdict?.slo_compliant).toBe(false);
});

it('says what else a proposal changes of its own judging: groups, rules, tests, overrides', async () => {
  const digest = `sha256:${'1'.repeat(64)}`;
  const folder = await change(({ model, evidence, ...proposal }) => {
    if (!evidence) throw new Error('the proposal was evaluated');
    const override = {
      by: '@ada',
      reason: 'Soon.',
      expires: '2027-01-01',
      path: 'models/parcels/overrides/a.yaml',
    };
    const gates = evidence.verdict.gates.map(gate =>
      gate.id === 'rmse atMost 9' ? { ...gate, override } : gate,
    );
    const evaluation = { ...model.spec.evaluation, fairness: { groups: ['day'], smallest: 30 }, time: 'at' };
    const others = [...evidence.inputs.others, { path: 'models/parcels/behaviour.yaml', sha256: digest }];
    return {
      ...proposal,
      model: { ...model, spec: { ...model.spec, evaluation, profile: 'default' } },
      evidence: {
        ...evidence,
        inputs: { ...evidence.inputs, others },
        verdict: { ...evidence.verdict, gates },
      },
    };
  });
  const { ownJudging } = await verifyFolder(folder);
  expect(ownJudging).toEqual(
    expect.arrayContaining([
      'an override lets it through the gate "rmse atMost 9", and main has not accepted it',
      'the gate "card_completeness atLeast 1" is new',
      'the groups of fairness changed',
      'the column that says when changed',
      'models/parcels/behaviour.yaml changed',
    ]),
  );
});

it('names a model file that is another one than was evaluated', async () => {
  const folder = await change(proposal => proposal);
  await cp(team.work.path('pipelines/parcels/algorithms/linear.onnx'), join(folder, 'model.onnx')).catch(
    () => undefined,
  );
  const bytes = await readFile(join(folder, 'model.onnx'));
  const claim = JSON.parse(await readFile(join(folder, 'proposal.json'), 'utf8')) as Proposal;
  const forged = { ...claim.evidence?.inputs, artifact: `sha256:${'0'.repeat(64)}` };
  await writeFile(
    join(folder, 'proposal.json'),
    JSON.stringify({ ...claim, evidence: { ...claim.evidence, inputs: forged } }),
  );
  expect(bytes.length).toBeGreaterThan(0);
  expect((await verifyFolder(folder)).differences.map(({ what }) => what)).toContain('model file');
});

it('calls claims what it cannot derive: a model that main has not, another task, no model file, a broken one', async () => {
  const renamed = await change(proposal => ({
    ...proposal,
    model: { ...proposal.model, metadata: { ...proposal.model.metadata, name: 'letters' } },
  }));
  expect(await verifyFolder(renamed)).toMatchObject({
    ...{ state: 'claimed', evidence: null, verdict: null },
    why: expect.stringContaining('has no letters yet'),
  });
  const empty = await change(async (proposal, folder) => {
    await rm(join(folder, 'model.onnx'));
    return proposal;
  });
  expect((await verifyFolder(empty)).why).toContain('no model file');
  const broken = await change(async (proposal, folder) => {
    await writeFile(join(folder, 'model.onnx'), 'not a model');
    return proposal;
  });
  expect(await verifyFolder(broken)).toMatchObject({
    state: 'claimed',
    why: expect.stringContaining('judged'),
  });
});

it.each<[string, (folder: string) => Promise<void>, RegExp]>([
  ['no proposal', async folder => rm(join(folder, 'proposal.json')), /no proposal\.json/u],
  ['no JSON', async folder => writeFile(join(folder, 'proposal.json'), '{'), /not JSON/u],
  [
    'another shape',
    async folder => writeFile(join(folder, 'proposal.json'), '{"kind": "Proposal"}'),
    /apiVersion/u,
  ],
  ['50 MB of JSON', async folder => truncate(join(folder, 'proposal.json'), 50_000_000), /50000000 bytes/u],
  [
    'a link',
    async folder => {
      await rm(join(folder, 'proposal.json'));
      await symlink('/etc/passwd', join(folder, 'proposal.json'));
    },
    /link or a folder/u,
  ],
  [
    'a folder for a model',
    async folder => {
      await rm(join(folder, 'model.onnx'));
      await mkdir(join(folder, 'model.onnx'));
    },
    /link or a folder/u,
  ],
])('refuses %s', async (_, spoil, message) => {
  const folder = await change(proposal => proposal);
  await spoil(folder);
  await expect(verifyFolder(folder)).rejects.toThrow(message);
});

it('refuses a name that leads out of its folder', async () => {
  const folder = await change(proposal => ({
    ...proposal,
    model: { ...proposal.model, metadata: { ...proposal.model.metadata, name: '../../etc' } },
  }));
  await expect(verifyFolder(folder)).rejects.toThrow();
});

it('a model that asks for more memory than there is ends as what could not be judged, and takes nothing with it', async () => {
  const folder = await change(async (proposal, place) => {
    await writeFile(join(place, 'model.onnx'), encodeModel(largeToOpen));
    return proposal;
  });
  const found = await verifyFolder(folder);
  expect(found).toMatchObject({
    state: 'claimed',
    isNew: false,
    why: expect.stringContaining('needs more than 4 GB'),
  });
});
