import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { digestBytes } from '#lib/documents/canonical.ts';
import { readProposalFolder } from '#lib/flows/proposal-folder.ts';
import { annotationsOf, createRunner, type Runner } from '../support/run-action.ts';
import { createWorkspace, openWorkspace, type Workspace } from '../support/workspace.ts';

let runner: Runner;
/** What `setup` exports for the steps after it. */
let env: Readonly<Record<string, string>>;
beforeAll(async () => {
  runner = await createRunner();
  env = (await runner.run('setup', { workspace: runner.actions })).env;
});

test('setup finds what the tool cache has, and says where it is', async () => {
  const { code, outputs, env: exported } = await runner.run('setup', { workspace: runner.actions });
  expect(code).toBe(0);
  expect(outputs.cached).toBe('true');
  expect(outputs.path).toContain(runner.toolCache);
  expect(exported).toEqual({ MAINLINE_NATIVES: outputs.path });
});

describe('affected', () => {
  /** The shallow checkout of a pull request's merge commit, as actions/checkout makes it. */
  async function checkout(change: (work: Workspace) => Promise<void>, depth = 2): Promise<Workspace> {
    const work = await createWorkspace();
    work.git('switch', '--quiet', '--create', 'change');
    await change(work);
    work.git('add', '--all');
    work.git('commit', '--quiet', '-m', 'change');
    work.git('switch', '--quiet', 'main');
    await work.write('elsewhere.txt', 'main went on');
    work.git('add', '--all');
    work.git('commit', '--quiet', '-m', 'main');
    work.git('merge', '--quiet', '--no-ff', '-m', 'merge', 'change');
    const root = `${work.root}-checkout`;
    execFileSync('git', ['clone', '--quiet', `--depth=${depth}`, `file://${work.root}`, root]);
    return openWorkspace(root);
  }
  const pull = { name: 'pull_request', payload: { pull_request: { base: { ref: 'main' } } } };

  test('names the models whose data, pipeline or declaration changed', async () => {
    const work = await checkout(one => one.edit('data/parcels/parcels.csv', 'p0,', 'q0,'));
    const ran = await runner.run('affected', { workspace: work.root, event: pull });
    expect(ran).toMatchObject({ code: 0, outputs: { models: '["parcels"]', any: 'true' }, summary: '' });
  });

  test('needs no package with machine code, and ends at once where no model is touched', async () => {
    const work = await checkout(one => one.write('README.md', 'words'));
    const ran = await runner.run('affected', { workspace: work.root, event: pull });
    expect(ran).toMatchObject({ code: 0, outputs: { models: '[]', any: 'false' } });
    expect(ran.summary).toBe('No model is affected, so there is nothing to evaluate. Changed paths: 1.\n');
  });

  test('of a push and of a merge queue compares with what was there before', async () => {
    const work = await createWorkspace();
    const before = work.git('rev-parse', 'HEAD');
    await work.edit('pipelines/parcels/params.yaml', 'trees: 10', 'trees: 11');
    work.git('commit', '--quiet', '--all', '-m', 'params');
    await work.write('README.md', 'words');
    work.git('add', '--all');
    work.git('commit', '--quiet', '-m', 'words');
    const of = async (name: string, payload: unknown) =>
      (await runner.run('affected', { workspace: work.root, event: { name, payload } })).outputs.models;
    expect(await of('push', { before })).toBe('["parcels"]');
    expect(await of('merge_group', { merge_group: { base_sha: before } })).toBe('["parcels"]');
    expect(await of('push', { before: work.git('rev-parse', 'HEAD^') })).toBe('[]');
  });

  test('says how much to fetch where there is nothing to compare with', async () => {
    const work = await checkout(one => one.write('README.md', 'words'), 1);
    const ran = await runner.run('affected', { workspace: work.root, event: pull });
    expect(ran.code).toBe(1);
    expect(annotationsOf(ran)).toEqual([
      'error HEAD is no merge commit, so there is nothing to compare with\n-> Give actions/checkout a fetch-depth of 2 for pull requests and of 0 for everything else.',
    ]);
  });
});

describe('validate-data', () => {
  test('passes data that keeps its contract', async () => {
    const work = await createWorkspace();
    const ran = await runner.run('validate-data', {
      workspace: work.root,
      inputs: { model: 'parcels' },
      env,
    });
    expect(annotationsOf(ran)).toEqual([]);
    expect(ran).toMatchObject({ code: 0, outputs: { passed: 'true', rows: '600' } });
    expect(ran.summary).toContain('# Data of parcels');
    expect(ran.log).toContain('600 rows');
  });

  test('shows what is broken at the line of the contract that asks for it, and fails', async () => {
    const work = await createWorkspace();
    const [head, ...rows] = (await work.read('data/parcels/parcels.csv')).split('\n');
    const broken = rows.map((row, i) => (i < 2 ? row.replace(/,(Mon|Tue|Sun),/u, ',Never,') : row));
    await work.write('data/parcels/parcels.csv', [head, ...broken].join('\n'));
    const ran = await runner.run('validate-data', {
      workspace: work.root,
      inputs: { model: 'parcels' },
      env,
    });
    expect(ran).toMatchObject({ code: 1, outputs: { passed: 'false' } });
    const contract = (await work.read('data/parcels/contract.odcs.yaml')).split('\n');
    const line = contract.findIndex(text => text.includes('invalidValues')) + 1;
    const [first, last] = annotationsOf(ran);
    expect(first).toMatch(
      new RegExp(
        `^error data/parcels/contract\\.odcs\\.yaml:${line}:\\d+ data/parcels/parcels\\.csv: .*line 2: Never`,
        'u',
      ),
    );
    expect(last).toBe('error The data of parcels breaks its contract: nothing is trained on it.');
    expect(ran.summary).toContain('The data breaks its contract');
  });

  test('asks for a contract where there is none', async () => {
    const work = await createWorkspace();
    execFileSync('rm', [work.path('data/parcels/contract.odcs.yaml')]);
    const ran = await runner.run('validate-data', {
      workspace: work.root,
      inputs: { model: 'parcels' },
      env,
    });
    expect(ran).toMatchObject({ code: 1, outputs: { passed: 'false', rows: '0' } });
    expect(annotationsOf(ran)[0]).toBe(
      'error data/parcels/parcels.csv No contract covers this data. Write contract.odcs.yaml beside it.',
    );
  });

  test('without setup names the step that is missing', async () => {
    const work = await createWorkspace();
    const ran = await runner.run('validate-data', { workspace: work.root, inputs: { model: 'parcels' } });
    expect(ran.code).toBe(1);
    expect(annotationsOf(ran)).toEqual([
      'error @duckdb/node-api is not installed\n-> On a runner, add the step "uses: .../actions/setup" before this one; elsewhere run npm ci.',
    ]);
  });

  test('tells a mistake in a file with its place, and one in an input by its name', async () => {
    const work = await createWorkspace();
    await work.edit('models/parcels/model.yaml', 'primary: rmse', 'primary: rmes');
    const ran = await runner.run('validate-data', {
      workspace: work.root,
      inputs: { model: 'parcels' },
      env,
    });
    expect(ran.code).toBe(1);
    expect(annotationsOf(ran)).toEqual([
      'error models/parcels/model.yaml:16:14 "rmes" is not known as primary here\n-> Did you mean "rmse"?',
    ]);
    const without = await runner.run('validate-data', { workspace: work.root, env });
    expect(annotationsOf(without)).toEqual([
      'error The input model is missing\n-> Give it under "with:" of this step.',
    ]);
    const path = await runner.run('validate-data', {
      workspace: work.root,
      inputs: { model: '../../etc' },
      env,
    });
    expect(annotationsOf(path)).toEqual([
      'error The input model: use lower-case letters, digits and hyphens',
    ]);
  });
});

describe('train and evaluate', () => {
  test('leave a proposal with what was trained; what did not change is not trained again', async () => {
    const work = await createWorkspace();
    const at = { workspace: work.root, inputs: { model: 'parcels' }, env };
    const trained = await runner.run('train', { ...at, inputs: { model: 'parcels', threads: '2' } });
    expect(trained).toMatchObject({ code: 0, outputs: { trained: 'true' } });
    expect(JSON.parse(trained.outputs.stages ?? '')).toEqual({ prepare: 'ran', train: 'ran', select: 'ran' });
    const evaluated = await runner.run('evaluate', at);
    expect(annotationsOf(evaluated)).toEqual([]);
    expect(evaluated).toMatchObject({ code: 0, outputs: { stands: 'true' } });
    const folder = evaluated.outputs.path ?? '';
    expect(folder).toBe(work.path('.mainline/proposals/parcels'));
    const { proposal, artifact } = await readProposalFolder(folder);
    expect(proposal.stages.map(({ name, status }) => `${name} ${status}`)).toEqual([
      'prepare ran',
      'train ran',
      'select ran',
    ]);
    expect(digestBytes(artifact ?? new Uint8Array())).toBe(trained.outputs.sha256);
    expect(artifact).toEqual(await readFile(work.path('pipelines/parcels/model.onnx')));
    expect(proposal.evidenceKey).toBe(evaluated.outputs.evidence);
    expect(evaluated.summary).toContain('parcels');
    const again = await runner.run('train', at);
    expect(again.outputs.trained).toBe('false');
    const same = await runner.run('evaluate', at);
    expect((await readProposalFolder(folder)).proposal.stages.map(({ status }) => status)).toEqual([
      'unchanged',
      'unchanged',
      'unchanged',
    ]);
    expect(same.outputs.evidence).toBe(evaluated.outputs.evidence);
  });

  test('a gate that fails is a result: the proposal is there, the step fails with the reasons', async () => {
    const work = await createWorkspace();
    await work.edit('models/parcels/model.yaml', 'atMost: 3}', 'atMost: 0.01}');
    const ran = await runner.run('evaluate', {
      workspace: work.root,
      inputs: { model: 'parcels', output: 'out' },
      env,
    });
    expect(ran).toMatchObject({ code: 1, outputs: { stands: 'false', path: work.path('out/parcels') } });
    expect(annotationsOf(ran)[0]).toMatch(/^error parcels does not stand:\n.*rmse/u);
    const { proposal } = await readProposalFolder(join(work.root, 'out', 'parcels'));
    expect(proposal.verdict.slo_compliant).toBe(false);
  });

  test('a broken contract leaves a proposal without a model', async () => {
    const work = await createWorkspace();
    await work.edit('data/parcels/parcels.csv', 'p1,', 'p0,');
    const ran = await runner.run('evaluate', { workspace: work.root, inputs: { model: 'parcels' }, env });
    expect(ran).toMatchObject({ code: 1, outputs: { stands: 'false', evidence: '' } });
    const { proposal, artifact } = await readProposalFolder(ran.outputs.path ?? '');
    expect(proposal.contracts[0]?.passed).toBe(false);
    expect(artifact).toBeUndefined();
  });

  test('compare with the base of the pull request', async () => {
    const work = await createWorkspace();
    work.git('update-ref', 'refs/remotes/origin/trunk', 'HEAD');
    work.git('switch', '--quiet', '--create', 'change');
    work.git('commit', '--quiet', '--allow-empty', '-m', 'change');
    const event = { name: 'pull_request', payload: { pull_request: { base: { ref: 'trunk' } } } };
    const ran = await runner.run('evaluate', {
      workspace: work.root,
      inputs: { model: 'parcels' },
      env,
      event,
    });
    const { proposal } = await readProposalFolder(ran.outputs.path ?? '');
    expect(proposal.base).toEqual({ name: 'origin/trunk', commit: work.git('rev-parse', 'origin/trunk') });
  });

  test('proposed code can give the runner no command, and sees no token of the step', async () => {
    const work = await createWorkspace();
    await work.write(
      'pipelines/parcels/prepare.ts',
      `console.log('::error::forged');
console.log('  ::add-mask::parcels');
console.log('text ##[error]forged in the older format');
console.log('progress\\r::set-output name=sha256::forged');
console.error('::stop-commands::now');
const seen = Object.keys(process.env).filter(name => /^(INPUT|ACTIONS)_/.test(name));
console.log('sees ' + JSON.stringify(seen));
process.exit(3);
`,
    );
    const ran = await runner.run('train', {
      ...{ workspace: work.root, inputs: { model: 'parcels' } },
      env: { ...env, ACTIONS_RUNTIME_TOKEN: 'eyJ', ACTIONS_RESULTS_URL: 'https://results.example' },
    });
    expect(ran.code).toBe(1);
    expect(ran.commands.map(({ name }) => name)).toEqual(['error']);
    expect(ran.log).toContain('sees []');
    expect(ran.outputs).toEqual({});
    expect(annotationsOf(ran)[0]).toMatch(/^error pipelines\/parcels\/dvc\.yaml:\d+:\d+ /u);
  });

  test('a cancelled run ends its stages and is told as such', async () => {
    const work = await createWorkspace();
    await work.write('pipelines/parcels/prepare.ts', 'setTimeout(() => {}, 60_000);\n');
    let isCancelled = false;
    const ran = await runner.run('train', {
      ...{ workspace: work.root, inputs: { model: 'parcels' }, env },
      onOutput: (text, kill) => {
        if (isCancelled || !text.includes('prepare:')) return;
        isCancelled = true;
        kill('SIGINT');
      },
    });
    expect(ran.code).toBe(1);
    expect(annotationsOf(ran)).toEqual([
      'error pipelines/parcels/dvc.yaml:2:3 The stage "prepare" was stopped while it ran\n-> Run again to go on: finished stages are kept, this one starts anew.',
    ]);
  });
});
