import { existsSync } from 'node:fs';
import { readdir, rm, symlink } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { evidenceSchema } from '#lib/registry/evidence.ts';
import { proposalSchema } from '#lib/registry/proposal.ts';
import { createWorkspace, type Ended, type Workspace } from '../support/workspace.ts';

describe('propose on a fresh repository', () => {
  let workspace: Workspace;
  let first: Ended;

  beforeAll(async () => {
    workspace = await createWorkspace();
    first = await workspace.mainline(['propose']);
  });

  it('stands, names each algorithm with its p95, and says what to do next', () => {
    expect(first).toMatchObject({ code: 0, stderr: '' });
    expect(first.stdout).toContain('parcels: the proposal stands');
    expect(first.stdout).toContain('slo_compliant: true');
    expect(first.stdout).toMatch(/▸ linear +0\.\d+ min .* ms .* selected/);
    expect(first.stdout).toMatch(/gradient-boosting +\d.* ms .* (backup|passed|rejected)/);
    expect(first.stdout).toContain('rmse: Typical size of the error');
    expect(first.stdout).toContain('open a pull');
  });

  it('writes evidence under the digest of its inputs, the card and the report in two forms', async () => {
    const [name] = await readdir(workspace.path('.mainline/evidence'));
    const evidence = evidenceSchema.parse(JSON.parse(await workspace.read(`.mainline/evidence/${name}`)));
    const proposal = proposalSchema.parse(
      JSON.parse(await workspace.read('.mainline/proposals/parcels.json')),
    );
    expect(name).toBe(`${proposal.evidenceKey}.json`);
    expect(evidence.verdict.slo_compliant).toBe(true);
    expect(await workspace.read('model-cards/parcels.md')).toContain('| Algorithm | linear');
    expect(await workspace.read('.mainline/reports/parcels.md')).toContain('# parcels: the proposal stands');
    expect(await workspace.read('.mainline/reports/parcels.html')).toContain('<!doctype html>');
  });

  it('the second time trains nothing and changes no file', async () => {
    workspace.git('add', '--all');
    workspace.git('commit', '--quiet', '-m', 'propose parcels');
    const second = await workspace.mainline(['propose']);
    expect(second.code).toBe(0);
    for (const stage of ['prepare', 'train', 'select'])
      expect(second.stdout).toContain(`stage ${stage}: unchanged, skipped`);
    expect(workspace.git('status', '--porcelain')).toBe('');
  });

  it('a changed parameter runs what depends on it, is compared with main, and can be taken back without training', async () => {
    await workspace.edit('pipelines/parcels/params.yaml', 'trees: 10', 'trees: 3');
    await workspace.edit('models/parcels/model.yaml', 'select: best', 'select: gradient-boosting');
    const changed = await workspace.mainline(['propose', '--json']);
    const [proposal] = proposalSchema.array().parse(JSON.parse(changed.stdout));
    expect(changed.code).toBe(1);
    expect(proposal?.stages.map(({ status }) => status)).toEqual(['unchanged', 'ran', 'ran']);
    expect(proposal?.changes).toContain(
      'pipelines/parcels/params.yaml train.algorithms.gradient-boosting.trees: 10 to 3',
    );
    expect(proposal?.champion).toMatchObject({ state: 'known' });
    expect(proposal?.evidence?.comparisons.find(({ metric }) => metric === 'rmse')?.verdict).toBe('worse');
    const gate = proposal?.verdict.gates.find(({ id }) => id.startsWith('rmse notWorseThan champion'));
    expect(gate?.outcome).toBe('failed');
    workspace.git('checkout', '--quiet', '.');
    const back = await workspace.mainline(['propose']);
    expect(back.stdout).toContain('stage train: restored from the cache');
    expect(workspace.git('status', '--porcelain')).toBe('');
  });

  it('a champion whose bytes are gone is "can\'t tell", which does not pass', async () => {
    await workspace.edit('models/parcels/model.yaml', 'select: best', 'select: gradient-boosting');
    await workspace.mainline(['propose']);
    workspace.git('commit', '--quiet', '-am', 'gradient boosting');
    await rm(workspace.path('.dvc'), { recursive: true });
    await workspace.edit('pipelines/parcels/params.yaml', 'trees: 10', 'trees: 12');
    const { code, stdout } = await workspace.mainline(['propose', '--json']);
    const [proposal] = proposalSchema.array().parse(JSON.parse(stdout));
    expect(proposal?.champion.state).toBe('unknown');
    expect(proposal?.verdict.gates.find(({ id }) => id.includes('champion'))?.outcome).toBe("can't tell");
    expect(code).toBe(1);
  });

  it('a champion of a deterministic pipeline is built again from its commit, and nothing else is touched', async () => {
    await rm(workspace.path('.dvc'), { recursive: true });
    await workspace.edit('models/parcels/model.yaml', '  pipeline:', '  deterministic: true\n  pipeline:');
    const { stdout } = await workspace.mainline(['propose', '--json', '--force']);
    const [proposal] = proposalSchema.array().parse(JSON.parse(stdout));
    expect(proposal?.champion.state).toBe('known');
    expect(proposal?.evidence?.comparisons.map(({ metric }) => metric)).toContain('rmse');
    expect(workspace.git('diff', '--name-only', '--cached')).toBe('');
    expect((await readdir(workspace.path('.mainline'))).filter(name => name.startsWith('rebuild'))).toEqual(
      [],
    );
  });
});

it('works in a folder without git, and says that there is nothing to compare with', async () => {
  const workspace = await createWorkspace({ git: false });
  const { code, stdout } = await workspace.mainline(['propose', 'parcels']);
  expect(code).toBe(0);
  expect(stdout).toContain('there is no git history');
  expect(existsSync(workspace.path('model-cards/parcels.md'))).toBe(true);
});

it('two copies with another time zone, locale and number of threads give the same bytes', async () => {
  const runs = await Promise.all(
    [
      { env: { TZ: 'Asia/Tokyo', LC_ALL: 'tr_TR.UTF-8' }, threads: '1' },
      { env: { TZ: 'America/Lima', LC_ALL: 'C' }, threads: '3' },
    ].map(async ({ env, threads }) => {
      const workspace = await createWorkspace();
      const { code } = await workspace.mainline(['propose', '--threads', threads], { env });
      const [evidence] = await readdir(workspace.path('.mainline/evidence'));
      const files = [
        'pipelines/parcels/model.onnx',
        'pipelines/parcels/algorithms/gradient-boosting.onnx',
        'pipelines/parcels/cross-validation.json',
        'pipelines/parcels/dvc.lock',
        'model-cards/parcels.md',
        `.mainline/evidence/${evidence}`,
      ];
      return { code, evidence, contents: await Promise.all(files.map(file => workspace.read(file))) };
    }),
  );
  expect(runs[0]?.code).toBe(0);
  expect(runs[1]).toEqual(runs[0]);
});

it('only the models that a change touches are proposed', async () => {
  const workspace = await createWorkspace();
  const copy = async (file: string): Promise<void> => {
    const text = (await workspace.read(file))
      .replaceAll('parcels', 'letters')
      .replaceAll('data/letters', 'data/parcels');
    await workspace.write(
      file.replaceAll('parcels', 'letters'),
      text.replaceAll('letters.csv', 'parcels.csv'),
    );
  };
  for (const file of ['dvc.yaml', 'params.yaml', 'prepare.ts', 'train.ts', 'select.ts'])
    await copy(`pipelines/parcels/${file}`);
  await copy('models/parcels/model.yaml');
  workspace.git('add', '--all');
  workspace.git('commit', '--quiet', '-m', 'letters');
  await workspace.edit('pipelines/letters/params.yaml', 'trees: 10', 'trees: 5');
  const { stdout } = await workspace.mainline(['propose', '--json']);
  const models = proposalSchema
    .array()
    .parse(JSON.parse(stdout))
    .map(({ model }) => model.metadata.name);
  expect(models).toEqual(['letters']);
});

it('a model that the pipeline brings itself is judged like any other', async () => {
  const workspace = await createWorkspace();
  await workspace.edit(
    'models/parcels/model.yaml',
    '  algorithms: {select: best, among: [linear, gradient-boosting]}\n',
    '  features: [distance, distance]\n',
  );
  await workspace.write(
    'pipelines/parcels/dvc.yaml',
    `stages:
  prepare: {cmd: node prepare.ts, deps: [prepare.ts, ../../data/parcels/parcels.csv], params: [split], outs: [train.csv, test.csv]}
  train: {cmd: node own.ts, deps: [own.ts, train.csv], outs: [model.onnx]}
`,
  );
  await workspace.write(
    'pipelines/parcels/own.ts',
    `import { writeFile } from 'node:fs/promises';
import { encodeModel } from '#lib/onnx/encode.ts';
const weights = { name: 'w', type: 'float', shape: [2, 1], values: [1, 1] } as const;
const bias = { name: 'b', type: 'float', shape: [1], values: [7.7] } as const;
await writeFile('model.onnx', encodeModel({
  name: 'own', producer: { name: 'by hand', version: '1' }, metadata: {}, initializers: [weights, bias],
  inputs: [{ name: 'X', type: 'float', shape: [2] }], outputs: [{ name: 'y', type: 'float', shape: [1] }],
  nodes: [{ op: 'Gemm', domain: '', inputs: ['X', 'w', 'b'], outputs: ['y'], attributes: {} }],
}));
`,
  );
  const { stdout, stderr } = await workspace.mainline(['propose', '--json']);
  expect(stderr).not.toContain('error');
  const [proposal] = proposalSchema.array().parse(JSON.parse(stdout));
  const rmse = proposal?.evidence?.evaluation.metrics.find(({ metric }) => metric === 'rmse');
  expect(rmse?.value).toBeLessThan(3);
  expect(proposal?.evidence?.selection).toBeNull();
  expect(Object.keys(proposal?.costs ?? {})).toEqual(['model']);
  expect(await workspace.read('.mainline/reports/parcels.md')).toContain('## Cost');
});

describe('the champion cannot be talked away:', () => {
  /** A workspace with a good model on main, and a worse one proposed. */
  async function worse(): Promise<Workspace> {
    const workspace = await createWorkspace();
    await workspace.mainline(['propose']);
    workspace.git('add', '--all');
    workspace.git('commit', '--quiet', '-m', 'champion');
    await workspace.edit(
      'models/parcels/model.yaml',
      'among: [linear, gradient-boosting]',
      'among: [gradient-boosting]',
    );
    return workspace;
  }

  async function championGate(
    workspace: Workspace,
    before: readonly string[] = [],
  ): Promise<string | undefined> {
    const { stdout } = await workspace.mainline([...before, 'propose', 'parcels', '--json']);
    const [proposal] = proposalSchema.array().parse(JSON.parse(stdout));
    return proposal?.verdict.gates.find(({ id }) => id.startsWith('rmse notWorseThan'))?.outcome;
  }

  it('by another name for the model file', async () => {
    const workspace = await worse();
    await workspace.edit('models/parcels/model.yaml', 'path: model.onnx', 'path: best.onnx');
    await workspace.edit('pipelines/parcels/dvc.yaml', 'outs: [model.onnx]', 'outs: [best.onnx]');
    await workspace.edit('pipelines/parcels/select.ts', "model.yaml' }", "model.yaml', to: 'best.onnx' }");
    expect(await championGate(workspace)).toBe('failed');
  });

  it('by a link to the repository', async () => {
    const workspace = await worse();
    const link = `${workspace.root} link`;
    await symlink(workspace.root, link);
    expect(await championGate(workspace, ['-C', link])).toBe('failed');
  });

  it('by a main that was not fetched, or a git that cannot be read', async () => {
    const workspace = await worse();
    workspace.git('branch', '-m', 'main', 'work');
    const unnamed = await workspace.mainline(['propose']);
    expect([unnamed.code, unnamed.stderr]).toEqual([
      2,
      expect.stringContaining('There is no main to compare with'),
    ]);
    await workspace.write('.git/config', '[broken');
    const unreadable = await workspace.mainline(['propose']);
    expect([unreadable.code, unreadable.stderr]).toEqual([
      2,
      expect.stringContaining('git cannot read this repository'),
    ]);
  });

  it('by a threshold: the same file with another threshold is another model', async () => {
    const workspace = await worse();
    workspace.git('checkout', '--quiet', '.');
    await workspace.edit(
      'models/parcels/model.yaml',
      '  task: regression',
      '  task: regression\n  threshold: 0.9',
    );
    const { stdout } = await workspace.mainline(['propose', '--json']);
    expect(proposalSchema.array().parse(JSON.parse(stdout))[0]?.champion.state).toBe('known');
  });
});
