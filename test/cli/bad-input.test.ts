import { existsSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from 'vitest';
import { createWorkspace, parcels, type Workspace } from '../support/workspace.ts';

let workspace: Workspace;

beforeEach(async () => {
  workspace = await createWorkspace();
});

/** Names of files left behind by a write that did not finish. */
async function halfWritten(): Promise<readonly string[]> {
  const all = await readdir(workspace.root, { recursive: true });
  return all.filter(name => name.includes('mainline-tmp') && !name.startsWith('actions'));
}

async function recovers(): Promise<void> {
  const { code, stdout } = await workspace.mainline(['propose']);
  expect(stdout).toContain('the proposal stands');
  expect(code).toBe(0);
  expect(await halfWritten()).toEqual([]);
}

describe('what the user has to mend ends with 2, the place and the remedy:', () => {
  const model = 'models/parcels/model.yaml';
  const csv = 'data/parcels/parcels.csv';
  it.each([
    ['malformed YAML', model, 'spec:', 'spec: [', /model\.yaml:\d+:\d+ This is not valid YAML/],
    [
      'an unknown key',
      model,
      'task:',
      'taks:',
      /model\.yaml:8:3 Unknown key "taks" in spec\n {2}-> Did you mean "task"\?/,
    ],
    [
      'a wrong type',
      model,
      'atMost: 3',
      'atMost: three',
      /model\.yaml:19:30 spec\.gates\[0\]\.atMost must be a number, found "three"/,
    ],
    [
      'an unknown metric',
      model,
      'primary: rmse',
      'primary: rsme',
      /model\.yaml:16:14 "rsme" is not known as primary here\n +16 \| {5}primary: rsme\n +\| +\^\n {2}-> Did you mean "rmse"\?/,
    ],
    ['an unknown algorithm', model, 'among: [linear', 'among: [liner', /Did you mean "linear"\?/],
    [
      'a path that leaves the repository',
      model,
      'pipelines/parcels',
      '../elsewhere',
      /model\.yaml:9:13 .*below the root of the repository/,
    ],
    [
      'an unknown key in dvc.yaml',
      'pipelines/parcels/dvc.yaml',
      'deps: [prepare.ts',
      'dpes: [prepare.ts',
      /dvc\.yaml:4:5 Unknown key "dpes"/,
    ],
    [
      'a parameter out of range',
      'pipelines/parcels/params.yaml',
      'testShare: 0.25',
      'testShare: 2',
      /params\.yaml:1:35 split\.testShare must be less than 1, found 2/,
    ],
    [
      'a trainer parameter that is none',
      'pipelines/parcels/params.yaml',
      'trees: 10',
      'tress: 10',
      /Unknown key "tress"/,
    ],
    [
      'an unknown contract key',
      'data/parcels/contract.odcs.yaml',
      'unique: true',
      'uniqe: true',
      /contract\.odcs\.yaml:9:\d+ Unknown key "uniqe".*\n +9 \| .*\n +\| +\^\n {2}-> Did you mean "unique"\?/,
    ],
    ['a ragged row', csv, 'p3,', 'p3,1,2,', /parcels\.csv:5/],
  ] as const)('%s', async (_, file, from, to, expected) => {
    await workspace.edit(file, from, to);
    const { code, stdout, stderr } = await workspace.mainline(['propose', 'parcels']);
    expect(stdout + stderr).toMatch(expected);
    expect(code).toBe(2);
    expect(existsSync(workspace.path('model-cards/parcels.md'))).toBe(false);
  });

  it('a missing dataset', async () => {
    await rm(workspace.path(csv));
    const { code, stderr } = await workspace.mainline(['propose', 'parcels']);
    expect(stderr).toMatch(/dvc\.yaml:4:\d+ The dataset data\/parcels\/parcels\.csv does not exist/);
    expect(code).toBe(2);
  });

  it('a column with the name that split files use', async () => {
    await workspace.write(csv, parcels().replace('parcel,', 'row_id,'));
    await workspace.edit('data/parcels/contract.odcs.yaml', 'name: parcel,', 'name: row_id,');
    await workspace.edit('pipelines/parcels/params.yaml', '[parcel]', '[row_id]');
    const { code, stderr } = await workspace.mainline(['propose', 'parcels']);
    expect(stderr).toContain('The data has a column "row_id"');
    expect(code).toBe(2);
  });

  it('an empty CSV', async () => {
    await workspace.write(csv, '');
    const { code, stderr } = await workspace.mainline(['propose', 'parcels']);
    expect(stderr).toMatch(/parcels\.csv.*(empty|no header)/);
    expect(code).toBe(2);
  });

  it('a model that does not exist, with the nearest name', async () => {
    const { code, stderr } = await workspace.mainline(['propose', 'parcel']);
    expect(stderr).toContain('There is no model "parcel"\n  -> Did you mean "parcels"?');
    expect(code).toBe(2);
  });

  it('an unknown option or verb, with the nearest', async () => {
    expect((await workspace.mainline(['propose', '--jsn'])).stderr).toContain('Did you mean --json?');
    const verb = await workspace.mainline(['porpose']);
    expect(verb.stderr).toContain('Did you mean propose?');
    expect(verb.code).toBe(2);
  });

  it('a folder that is no repository', async () => {
    const { code, stderr } = await workspace.mainline(['propose', '-C', '/']);
    expect(stderr + code).toMatch(/no folder models\/ here or above|unknown option/);
    expect(code).toBe(2);
  });

  it('an ONNX file that is not one', async () => {
    await workspace.edit(
      'pipelines/parcels/dvc.yaml',
      'cmd: node select.ts',
      "cmd: node select.ts && printf 'hello' > model.onnx",
    );
    const { code, stderr } = await workspace.mainline(['propose', 'parcels']);
    expect(stderr).toMatch(/model\.onnx.* not an ONNX model/i);
    expect(code).toBe(2);
  });
});

it('an algorithm whose file is damaged is named, not called a bug', async () => {
  await workspace.edit(
    'pipelines/parcels/dvc.yaml',
    'cmd: node train.ts',
    'cmd: node train.ts && printf garbage > algorithms/gradient-boosting.onnx',
  );
  const { code, stderr } = await workspace.mainline(['propose', 'parcels']);
  expect(stderr).toMatch(/gradient-boosting\.onnx.* not an ONNX model/i);
  expect(code).toBe(2);
});

describe('a broken contract ends with 1, stops training, and the report is written:', () => {
  it.each([
    ['a value out of range', (text: string) => text.replace(/^p5,[^,]*/m, 'p5,-3'), 'distance is at least 0'],
    [
      'a value that is not allowed',
      (text: string) => text.replace(/^(p5,[^,]*),[^,]*/m, '$1,Someday'),
      'day is one of Mon, Tue, Sun',
    ],
    ['a missing value', (text: string) => text.replace(/^p5,[^,]*/m, 'p5,'), 'distance is never missing'],
    ['a non-number', (text: string) => text.replace(/^p5,[^,]*/m, 'p5,far'), 'distance is a number'],
    ['a key twice', (text: string) => text.replace(/^p5,/m, 'p4,'), 'no parcel stands twice'],
    [
      'a column with another name',
      (text: string) => text.replace('distance', 'miles'),
      'there is a column distance',
    ],
    ['a header without rows', () => 'parcel,distance,day,minutes\n', 'the file has rows'],
  ] as const)('%s', async (_, breakIt, says) => {
    await workspace.write('data/parcels/parcels.csv', breakIt(parcels()));
    const { code, stdout } = await workspace.mainline(['propose', 'parcels', '--details']);
    expect(stdout).toContain('the proposal does not stand');
    expect(stdout).toContain(says);
    expect(code).toBe(1);
    expect(existsSync(workspace.path('pipelines/parcels/train.csv'))).toBe(false);
    expect(await workspace.read('.mainline/reports/parcels.md')).toContain('slo_compliant: false');
  });

  it('data without a contract', async () => {
    await rm(workspace.path('data/parcels/contract.odcs.yaml'));
    const { code, stdout } = await workspace.mainline(['propose', 'parcels']);
    expect(stdout).toContain('no contract covers data/parcels/parcels.csv');
    expect(code).toBe(1);
  });
});

describe('a model that has learned nothing does not stand:', () => {
  it('labels in random order', async () => {
    const [header, ...lines] = parcels().trimEnd().split('\n');
    const minutes = lines.map(line => line.split(',')[3]);
    const shuffled = lines.map((line, row) =>
      [...line.split(',').slice(0, 3), minutes[(row * 251 + 17) % lines.length]].join(','),
    );
    await workspace.write('data/parcels/parcels.csv', `${[header, ...shuffled].join('\n')}\n`);
    const { code, stdout } = await workspace.mainline(['propose', 'parcels']);
    expect(stdout).toMatch(/rmse better than the trivial model +(✗ failed|! can't tell)/);
    expect(code).toBe(1);
  });

  it('one answer for everything', async () => {
    await workspace.edit(
      'pipelines/parcels/params.yaml',
      'gradient-boosting: {trees: 10, leaves: 7}',
      'gradient-boosting: {trees: 1, learningRate: 0.000001}',
    );
    await workspace.edit('models/parcels/model.yaml', 'select: best', 'select: gradient-boosting');
    const { code, stdout } = await workspace.mainline(['propose', 'parcels']);
    expect(stdout).toContain('the proposal does not stand');
    expect(stdout).toMatch(/rmse at most 3 min +✗ failed/);
    expect(code).toBe(1);
  });
});

describe('a run that is cut short leaves nothing half done and the next one recovers:', () => {
  it('a stage that exits non-zero', async () => {
    await workspace.edit(
      'pipelines/parcels/dvc.yaml',
      'cmd: node train.ts',
      'cmd: echo out of luck && exit 3',
    );
    const { code, stderr } = await workspace.mainline(['propose', 'parcels']);
    expect(stderr).toMatch(/dvc\.yaml:\d+:\d+ The stage "train" failed: .* exit code 3/);
    expect(stderr).toContain('out of luck');
    expect(code).toBe(2);
    await workspace.edit(
      'pipelines/parcels/dvc.yaml',
      'cmd: echo out of luck && exit 3',
      'cmd: node train.ts',
    );
    await recovers();
  });

  it('a stage that is killed', async () => {
    await workspace.edit('pipelines/parcels/dvc.yaml', 'cmd: node train.ts', 'cmd: kill -9 $$');
    const { code, stderr } = await workspace.mainline(['propose', 'parcels']);
    expect(stderr).toMatch(/The stage "train" failed: .* was killed by SIGKILL/);
    expect(code).toBe(2);
    await workspace.edit('pipelines/parcels/dvc.yaml', 'cmd: kill -9 $$', 'cmd: node train.ts');
    await recovers();
  });

  it.each(['SIGINT', 'SIGTERM', 'SIGKILL'] as const)('%s while a stage runs', async signal => {
    await workspace.edit('pipelines/parcels/dvc.yaml', 'cmd: node train.ts', 'cmd: node train.ts && sleep 2');
    const ended = await workspace.mainline(['propose', 'parcels'], {
      onOutput: (output, kill) => {
        if (output.includes('stage train:')) kill(signal);
      },
    });
    expect(ended.signal).toBe(signal);
    if (signal !== 'SIGKILL') expect(ended.stderr).toContain('The stage "train" was stopped while it ran');
    expect(existsSync(workspace.path('model-cards/parcels.md'))).toBe(false);
    await recovers();
  });

  it.each([100, 300, 500, 700, 900, 1200, 1600])('SIGKILL after %i ms, wherever that is', async ms => {
    let timer: Promise<void> | undefined;
    await workspace.mainline(['propose', 'parcels'], {
      onOutput: (_, kill) => {
        timer ??= sleep(ms).then(() => kill('SIGKILL'));
      },
    });
    await timer;
    await recovers();
  });

  it('two at once: one works, the other says who does', async () => {
    const ended = await Promise.all([workspace.mainline(['propose']), workspace.mainline(['propose'])]);
    expect(ended.map(({ code }) => code).sort()).toEqual([0, 2]);
    const refused = ended.find(({ code }) => code === 2);
    expect(refused?.stderr).toMatch(/"mainline propose" \(process \d+ on .*\) is working in this repository/);
    await recovers();
  });
});
