import { execFileSync, spawnSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { diffContracts } from '#lib/flows/contracts/diff.ts';

const repository = join(import.meta.dirname, '../../../..');
const CONTRACT = 'data/deliveries/contract.odcs.yaml';

let root = '';
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'contract-diff-')));
  for (const folder of ['models', 'pipelines'])
    cpSync(join(repository, folder), join(root, folder), { recursive: true });
  for (const path of [CONTRACT, 'data/lending-club/contract.odcs.yaml']) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    cpSync(join(repository, path), join(root, path));
  }
  git('init', '--quiet', '--initial-branch=main');
  commit('first');
  git('checkout', '--quiet', '-b', 'change');
});
afterEach(() => rmSync(root, { recursive: true }));

const git = (...args: readonly string[]) =>
  execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b', ...args], {
    cwd: root,
    encoding: 'utf8',
  });
const commit = (message: string) => {
  git('add', '--all');
  git('commit', '--quiet', '--allow-empty', `--message=${message}`);
};
const edit = (from: string, to: string, path = CONTRACT) => {
  const text = readFileSync(join(root, path), 'utf8');
  expect(text).toContain(from);
  writeFileSync(join(root, path), text.replace(from, to));
};
const diff = (...words: readonly string[]) => diffContracts({ directory: root, words });

describe('what is compared', () => {
  test('without words, every contract that changed since the merge base with main', async () => {
    expect(await diff()).toEqual({
      base: 'main',
      head: 'the work tree',
      passed: true,
      contracts: [],
      unreadModels: [],
    });
    edit('maximum: 120', 'maximum: 180');
    // What main does meanwhile is no change of ours.
    git('stash', '--quiet');
    git('checkout', '--quiet', 'main');
    edit('version: 1.0.0', 'version: 5.0.0', 'data/lending-club/contract.odcs.yaml');
    commit('on main');
    git('checkout', '--quiet', 'change');
    git('stash', 'pop', '--quiet');
    const { contracts, passed } = await diff();
    expect(passed).toBe(false);
    expect(contracts).toMatchObject([
      {
        path: CONTRACT,
        kind: 'changed',
        problem: 'the version is still 1.0.0, a breaking major change asks for 2.0.0',
        remedy: 'Write version: 2.0.0',
        at: { file: CONTRACT, line: 6, column: 10 },
        changes: [{ path: 'deliveries.time_to_delivery.logicalTypeOptions.maximum', from: 120, to: 180 }],
      },
    ]);
  });

  test('two commits, of all contracts or of one', async () => {
    edit('maximum: 120', 'maximum: 180');
    edit('version: 1.0.0', 'version: 2.0.0');
    edit('version: 1.0.0', 'version: 1.0.1', 'data/lending-club/contract.odcs.yaml');
    commit('second');
    const paths = ({ contracts }: Awaited<ReturnType<typeof diff>>) =>
      contracts.map(({ path, passed }) => [path, passed]);
    expect(paths(await diff('main', 'HEAD'))).toEqual([
      [CONTRACT, true],
      ['data/lending-club/contract.odcs.yaml', false],
    ]);
    expect(paths(await diff('main', 'HEAD', CONTRACT))).toEqual([[CONTRACT, true]]);
    // Backwards the promise becomes stronger, and the version goes down.
    const [back] = (await diff('HEAD', 'main', CONTRACT)).contracts;
    expect(back?.problem).toBe('the version goes down from 2.0.0 to 1.0.0, a minor change asks for 2.1.0');
    expect(back?.changes[0]).toMatchObject({
      consumer: 'minor',
      producer: 'major',
      at: { revision: 'main' },
    });
  });

  test('two files, without any git', async () => {
    cpSync(join(root, CONTRACT), join(root, 'old.odcs.yaml'));
    edit('maximum: 120', 'maximum: 180');
    rmSync(join(root, '.git'), { recursive: true });
    const { base, contracts } = await diff('old.odcs.yaml', CONTRACT);
    expect(base).toBe('old.odcs.yaml');
    expect(contracts[0]).toMatchObject({
      path: CONTRACT,
      passed: false,
      consumers: [{ name: 'delivery-time' }],
    });
    await expect(diff()).rejects.toMatchObject({ message: expect.stringContaining('no git repository') });
  });

  test('a contract that moved is the same one by its id', async () => {
    mkdirSync(join(root, 'data/orders'));
    renameSync(join(root, CONTRACT), join(root, 'data/orders/contract.odcs.yaml'));
    const { contracts } = await diff();
    expect(contracts).toMatchObject([
      { path: 'data/orders/contract.odcs.yaml', kind: 'changed', changes: [], passed: true },
    ]);
  });

  test('a link that leads out of the repository is not followed', async () => {
    const outside = `${root}-outside.odcs.yaml`;
    symlinkSync(outside, join(root, 'link.odcs.yaml'));
    writeFileSync(outside, 'secret: 1\n');
    await expect(diff()).rejects.toMatchObject({
      message: 'link.odcs.yaml is no revision, and no contract in main or the work tree',
    });
    rmSync(outside);
  });

  test('a word that is neither a revision nor a file is told', async () => {
    await expect(diff('nonsense')).rejects.toMatchObject({
      message: 'nonsense is no revision, and no contract in main or the work tree',
    });
    await expect(diff('main', '../x.odcs.yaml')).rejects.toMatchObject({
      message: '../x.odcs.yaml lies outside of the repository',
    });
  });

  test('a contract that main cannot be read with is told as the one of main', async () => {
    edit('kind: DataContract', 'kind: Contract');
    commit('broken');
    await expect(diff('HEAD', 'main')).rejects.toMatchObject({
      problems: [{ at: { file: CONTRACT, line: 3, revision: 'HEAD' } }],
    });
  });
});

describe('contracts that come and go', () => {
  test('a new one has to have a version', async () => {
    cpSync(join(root, 'data/deliveries'), join(root, 'data/new'), { recursive: true });
    edit('id: deliveries', 'id: new', 'data/new/contract.odcs.yaml');
    expect((await diff()).contracts).toMatchObject([{ kind: 'new', passed: true, changes: [] }]);
    edit('version: 1.0.0', 'version: first', 'data/new/contract.odcs.yaml');
    expect((await diff()).contracts).toMatchObject([
      { kind: 'new', passed: false, problem: 'the version first is no semantic version' },
    ]);
  });

  test('one that is in force is not just removed', async () => {
    rmSync(join(root, CONTRACT));
    expect((await diff()).contracts).toMatchObject([
      {
        kind: 'gone',
        passed: false,
        problem: 'the contract is gone while its status was active',
        consumers: [{ name: 'delivery-time' }],
      },
    ]);
  });

  test('but one that is retired is', async () => {
    edit('status: active', 'status: retired');
    commit('retired');
    git('branch', '--force', 'main', 'HEAD');
    rmSync(join(root, CONTRACT));
    expect((await diff()).contracts).toMatchObject([{ kind: 'gone', passed: true }]);
  });
});

describe('who reads it', () => {
  const consumers = async () => (await diff()).contracts.flatMap(one => one.consumers);

  test('a model that names no features may read every column', async () => {
    edit('maximum: 120', 'maximum: 180');
    expect(await consumers()).toEqual([
      {
        kind: 'model',
        name: 'delivery-time',
        path: 'models/delivery-time/model.yaml',
        verdict: 'major',
        changed: ['time_to_delivery'],
      },
    ]);
  });

  test('one that names them is concerned by those, by its target and its groups', async () => {
    edit(
      '  artifact: {path: model.onnx, format: onnx}',
      '  artifact: {path: model.onnx, format: onnx}\n  features: [hour]',
      'models/delivery-time/model.yaml',
    );
    commit('features');
    git('branch', '--force', 'main', 'HEAD');
    edit('maximum: 30', 'maximum: 60');
    expect(await consumers()).toEqual([]);
    edit('maximum: 120', 'maximum: 180');
    expect(await consumers()).toMatchObject([{ name: 'delivery-time', changed: ['time_to_delivery'] }]);
  });

  test('a model that cannot be read may read anything', async () => {
    edit('kind: Model', 'kind: Modell', 'models/delivery-time/model.yaml');
    edit('maximum: 120', 'maximum: 180');
    expect(await diff()).toMatchObject({ unreadModels: ['delivery-time'], contracts: [{ consumers: [] }] });
  });
});

describe('on the command line', () => {
  const cli = (...args: readonly string[]) => {
    const { stdout, stderr, status } = spawnSync(
      process.execPath,
      [join(repository, 'actions/cli/mainline.js'), '-C', root, 'contract', 'diff', ...args],
      { encoding: 'utf8', env: { ...process.env, NO_COLOR: '1', COLUMNS: '100' } },
    );
    return { stdout, stderr, status };
  };

  test('0 where versions fit, 1 where one does not, 2 where nothing can be compared', () => {
    expect(cli()).toEqual({
      stdout: 'ok No contract differs between main and the work tree.\n',
      stderr: '',
      status: 0,
    });
    edit('maximum: 120', 'maximum: 180');
    expect(cli('main', '--', CONTRACT)).toMatchObject({
      status: 1,
      stdout: expect.stringContaining('asks\n    for 2.0.0. Write version: 2.0.0'),
    });
    edit('version: 1.0.0', 'version: 2.0.0');
    expect(cli()).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('Version 2.0.0 fits the change since 1.0.0.'),
    });
    expect(cli('nonsense').status).toBe(2);
    expect(cli('--format', 'odd').status).toBe(2);
  });

  test('--json is the whole result, --format github annotates the lines', () => {
    edit('maximum: 120', 'maximum: 180');
    expect(JSON.parse(cli('--json').stdout)).toMatchObject({
      passed: false,
      contracts: [{ version: { write: '2.0.0' } }],
    });
    expect(cli('--format', 'github').stdout.split('\n')).toEqual([
      `::error file=${CONTRACT},line=6,col=10,title=Contract version::the version is still 1.0.0, a breaking major change asks for 2.0.0. Write version: 2.0.0`,
      `::warning file=${CONTRACT},line=25,col=42,title=Contract change::the upper bound of deliveries.time_to_delivery is 180 and was 120 (consumer major, producer minor)`,
      '',
    ]);
  });
});
