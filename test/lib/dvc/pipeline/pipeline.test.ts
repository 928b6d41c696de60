import { expect, it } from 'vitest';
import { executionOrder } from '#lib/dvc/pipeline/graph.ts';
import { parsePipeline } from '#lib/dvc/pipeline/pipeline.ts';
import { ConfigurationErrors, formatLocation } from '#lib/errors.ts';

const parse = (text: string) => parsePipeline(text, '/repo/pipelines/eta/dvc.yaml', { root: '/repo' });

/** Each problem as `line:column message (remedy)`. */
async function problemsOf(text: string): Promise<readonly string[]> {
  try {
    await parse(text);
    return [];
  } catch (thrown) {
    const problems =
      thrown instanceof ConfigurationErrors ? thrown.problems : [thrown as ConfigurationErrors];
    return problems.map(
      ({ at, message, remedy }) => `${formatLocation(at).split('dvc.yaml:')[1]} ${message} (${remedy})`,
    );
  }
}

const stage = (name: string, { deps = '', outs = '', cmd = 'x' }) =>
  `  ${name}:\n    cmd: ${cmd}\n    deps: [${deps}]\n    outs: [${outs}]\n`;

it('short and long forms of outputs, parameters and commands become one', async () => {
  const [read] = (
    await parse(`stages:
  train:
    cmd: [a, b]
    wdir: sub
    deps: [../../../data/x.csv]
    params:
      - lr
      - seed
      - other.json: [a.b, a.c]
      - whole.yaml:
    outs:
      - model.onnx
      - state: {persist: true, desc: keeps}
    metrics:
      - metrics.json: {cache: false}
    plots:
      - plots: {x: step, template: linear}
    frozen: true
    desc: Trains it
    meta: {owner: someone}
`)
  ).stages;
  expect(read).toMatchObject({
    name: 'train',
    cmd: ['a', 'b'],
    workingDirectory: '/repo/pipelines/eta/sub',
    frozen: true,
  });
  expect(read?.deps).toMatchObject([
    { path: '../../../data/x.csv', absolute: '/repo/data/x.csv', at: { line: 5, column: 12 } },
  ]);
  expect(read?.params.map(file => [file.path, file.keys.map(({ key }) => key)])).toEqual([
    ['params.yaml', ['lr', 'seed']],
    ['other.json', ['a.b', 'a.c']],
    ['whole.yaml', []],
  ]);
  expect(read?.outs.map(({ path, kind, cache, persist }) => [path, kind, cache, persist])).toEqual([
    ['model.onnx', 'out', true, false],
    ['state', 'out', true, true],
    ['metrics.json', 'metric', false, false],
    ['plots', 'plot', true, false],
  ]);
});

it('a file named as a whole takes all of it, whatever keys are named as well', async () => {
  const [read] = (await parse('stages:\n  a:\n    cmd: x\n    params:\n    - lr\n    - params.yaml:\n'))
    .stages;
  expect(read?.params.map(file => [file.path, file.keys])).toEqual([['params.yaml', []]]);
});

it('top-level params, metrics, plots and artifacts are accepted', async () => {
  const text =
    'params: [p.yaml]\nmetrics: [m.json]\nplots: [{loss: {x: a.csv}}]\nartifacts: {eta: {path: m.onnx, type: model}}\n';
  expect((await parse(text)).declared).toMatchObject({
    params: ['p.yaml'],
    artifacts: { eta: { path: 'm.onnx' } },
  });
});

it('a shell variable written with an escape is left to the shell', async () => {
  const [read] = (await parse(`stages:\n  a:\n    cmd: echo \\\${HOME} $HOME\n`)).stages;
  expect(read?.cmd).toBe(`echo \${HOME} $HOME`);
});

it('descriptions may hold anything', async () => {
  expect(
    (await parse(`stages:\n  a:\n    cmd: x\n    desc: costs \${\n    meta: {note: "\${"}\n`)).stages,
  ).toHaveLength(1);
});

it.each([
  ['stages:\n  a:\n    cmd: x\n    dep: [b]\n', '4:5 Unknown key "dep" in stages.a (Did you mean "deps"?)'],
  ['stage:\n  a: {cmd: x}\n', '1:1 Unknown key "stage" (Did you mean "stages"?)'],
  ['stages:\n  a:\n    deps: [b]\n', '3:5 stages.a.cmd is missing'],
  ['stages:\n  a@b: {cmd: x}\n', '2:3 "a@b" cannot be the name of a stage'],
  [`stages:\n${stage('a', { deps: 's3://bucket/x' })}`, '4:12 s3://bucket/x is not a local file'],
  [
    `stages:\n${stage('a', { deps: '../../../etc/passwd' })}`,
    '4:12 ../../../etc/passwd is outside the repository',
  ],
  [`stages:\n${stage('a', { outs: '/tmp/x' })}`, '5:12 /tmp/x is outside the repository'],
  [`stages:\n${stage('a', { outs: '../eta' })}`, "5:12 ../eta holds the pipeline's own files"],
  [`stages:\n${stage('a', { outs: 'dvc.lock' })}`, "5:12 dvc.lock holds the pipeline's own files"],
  [`stages:\n${stage('a', { outs: '../../.git/hooks' })}`, '5:12 ../../.git/hooks belongs to git or DVC'],
  [`stages:\n${stage('a', { outs: '../../.GIT/hooks' })}`, '5:12 ../../.GIT/hooks belongs to git or DVC'],
  [`stages:\n${stage('a', { outs: '../other/dvc.yaml' })}`, '../other/dvc.yaml belongs to git or DVC'],
  [`stages:\n${stage('a', { outs: '../other/dvc.lock' })}`, '../other/dvc.lock belongs to git or DVC'],
  [`stages:\n${stage('a', { outs: 'x.dvc' })}`, '5:12 x.dvc belongs to git or DVC'],
  [
    `stages:\n${stage('a', { deps: 'x.dvc' })}`,
    "4:12 x.dvc is a file of DVC's own, so it cannot be a dependency",
  ],
  [`stages:\n${stage('a', { deps: 'dvc.yaml' })}`, "4:12 dvc.yaml is a file of DVC's own"],
  ['stages:\n  a: {cmd: x, params: [{dvc.yaml: [b]}]}\n', "dvc.yaml is a file of DVC's own"],
  ['stages:\n  a: {cmd: x, wdir: ../../..}\n', '2:3 The stage a works outside the repository'],
  [
    `stages:\n${stage('a', { outs: 'o' })}${stage('b', { outs: './o' })}`,
    '9:12 ./o is also an output of the stage a (/repo/pipelines/eta/dvc.yaml:5:12)',
  ],
  [
    `stages:\n${stage('a', { outs: 'd' })}${stage('b', { outs: 'd/e/f' })}`,
    '9:12 d/e/f lies inside d, an output of the stage a',
  ],
  [`stages:\n${stage('a', { deps: 'o', outs: 'o' })}`, '4:12 The stages wait for each other: a needs a'],
  [
    `stages:\n${stage('a', { deps: 'z', outs: 'x' })}${stage('b', { deps: 'x', outs: 'y' })}${stage('c', { deps: 'y', outs: 'z' })}`,
    '8:12 The stages wait for each other: a needs c needs b needs a',
  ],
])('%j is refused with its place', async (text, message) => {
  expect((await problemsOf(text)).join('\n')).toContain(message);
});

it('all mistakes of a file are told at once', async () => {
  expect(
    await problemsOf(`stages:\n${stage('a', { deps: '/x, /y' })}${stage('b', { outs: '/z' })}`),
  ).toHaveLength(3);
});

// The order in which DVC 3.67.1 runs and locks the same file.
it('stages run in the order DVC runs them: makers first, else in the order of the file', async () => {
  const stages = [
    stage('all', { deps: 'data' }),
    stage('report', { deps: 'm2, m1' }),
    stage('one', { deps: 'raw', outs: 'm1' }),
    stage('two', { deps: 'data/raw/x.csv', outs: 'm2' }),
    stage('free', {}),
    stage('get', { outs: 'data/raw' }),
  ];
  const order = executionOrder((await parse(`stages:\n${stages.join('')}`)).stages);
  expect(order.map(one => one.name).join(' ')).toBe('get all two one report free');
});
