// A model of several classes that a team brings itself, through the real command: first alone, then against a champion.
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { type Proposal, proposalSchema } from '#lib/registry/proposal.ts';
import { createWorkspace, plain, type Workspace } from '../../support/workspace.ts';

const fixtures = join(import.meta.dirname, '../../fixtures/onnx');
const features = ['sepal_length', 'sepal_width', 'petal_length', 'petal_width'];

const files: Readonly<Record<string, string>> = {
  'data/iris/contract.odcs.yaml': `apiVersion: v3.1.0
kind: DataContract
id: iris
version: 1.0.0
status: active
schema:
  - name: iris
    properties:
      - {name: flower, logicalType: string, required: true, unique: true}
${features.map(name => `      - {name: ${name}, logicalType: number, required: true}`).join('\n')}
      - {name: kind, logicalType: string, required: true}
`,
  'models/iris/model.yaml': `apiVersion: mainline.dev/v1alpha1
kind: Model
metadata: {name: iris, owners: ["@acme/post"], description: Which kind of iris a flower is}
spec:
  task: multiclass-classification
  classes: [setosa, versicolor, virginica]
  features: [${features.join(', ')}]
  pipeline: pipelines/iris
  artifact: {path: model.onnx, format: onnx}
  evaluation:
    rows: {path: test.csv, key: row_id}
    trainingRows: train.csv
    target: kind
    primary: f1_macro
    business:
      - {name: praise, value: "CASE WHEN answer = truth THEN score ELSE 0 END", unit: EUR, better: higher}
  gates:
    - {metric: f1_macro, atLeast: 0.8}
    - {metric: f1_macro, notWorseThan: champion, margin: {absolute: 0.2}}
    - {metric: log_loss, betterThan: trivial}
    - {metric: praise, atLeast: 0.5}
    - {metric: latency_p95_ms, atMost: 500}
`,
  'pipelines/iris/dvc.yaml': `stages:
  prepare:
    cmd: node prepare.ts
    deps: [prepare.ts, ../../data/iris/iris.csv]
    params: [split]
    outs: [train.csv, test.csv]
  train:
    cmd: cp given.onnx model.onnx
    deps: [given.onnx]
    outs: [model.onnx]
`,
  'pipelines/iris/params.yaml': 'split: {key: [flower], testShare: 0.5}\ntrain: {}\n',
  'pipelines/iris/prepare.ts': `import { splitRows } from '#lib/flows/steps/split-rows.ts';
await splitRows({ from: '../../data/iris/iris.csv' });
`,
};

let workspace: Workspace;
beforeAll(async () => {
  workspace = await createWorkspace();
  for (const [file, content] of Object.entries(files)) await workspace.write(file, content);
  await copyFile(join(fixtures, 'iris.csv'), workspace.path('data/iris/iris.csv'));
  await copyFile(join(fixtures, 'iris-scikit-learn.onnx'), workspace.path('pipelines/iris/given.onnx'));
  await workspace.write(
    '.gitignore',
    '/.mainline\n/.dvc/cache\n/pipelines/*/*.csv\n/pipelines/*/algorithms\n/pipelines/*/model.onnx\n',
  );
});

async function propose(): Promise<Proposal> {
  const { stdout, stderr } = await workspace.mainline(['propose', 'iris', '--json']);
  const [proposal] = stdout === '' ? [] : proposalSchema.array().parse(JSON.parse(stdout));
  if (!proposal) throw new Error(stderr);
  return proposal;
}

it('it is judged by its classes, shown, and later held against the one that main has', async () => {
  const first = await propose();
  expect(first.evidence?.verdict).toMatchObject({ slo_compliant: true, reasons: [] });
  const evaluation = first.evidence?.evaluation;
  const test = (await workspace.read('pipelines/iris/test.csv')).trim().split('\n').slice(1);
  expect(evaluation?.n).toBe(test.length);
  expect(evaluation?.confusion?.labels).toEqual(['setosa', 'versicolor', 'virginica']);
  const times = ['setosa', 'versicolor', 'virginica'].map(
    word => test.filter(line => line.split(',').includes(word)).length,
  );
  expect(evaluation?.confusion?.cells.map(line => line.reduce((sum, one) => sum + one, 0))).toEqual(times);
  expect(evaluation?.metrics[0]).toMatchObject({ metric: 'praise', unit: 'EUR' });
  const shown = plain((await workspace.mainline(['propose', 'iris'])).stdout);
  expect(shown).toContain('f1_macro');
  expect(shown).toMatch(/praise.*EUR/u);

  workspace.git('add', '--all');
  workspace.git('commit', '--quiet', '-m', 'iris');
  workspace.git('checkout', '--quiet', '-b', 'other');
  await copyFile(join(fixtures, 'iris-xgboost.onnx'), workspace.path('pipelines/iris/given.onnx'));
  const second = await propose();
  expect(second.champion).toMatchObject({ state: 'known' });
  const compared = second.evidence?.comparisons.map(({ metric, n }) => [metric, n]);
  expect(compared).toContainEqual(['f1_macro', test.length]);
  expect(compared).toContainEqual(['praise', test.length]);
  const before = (name: string) =>
    evaluation?.metrics.find(({ metric }) => metric === name)?.value ?? Number.NaN;
  for (const { metric, reference } of second.evidence?.comparisons ?? []) {
    expect(reference, metric).toBeCloseTo(before(metric), 5);
  }
});

it('algorithms of ours are refused for it, where model.yaml says so', async () => {
  await workspace.edit(
    'models/iris/model.yaml',
    '  gates:\n',
    '  algorithms: {among: [logistic]}\n  gates:\n',
  );
  const { code, stderr } = await workspace.mainline(['propose', 'iris']);
  expect(code).toBe(2);
  expect(stderr).toMatch(/model\.yaml:\d+:\d+ .*no algorithm here learns multiclass-classification/u);
});
