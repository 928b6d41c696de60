// Gates of model.yaml that say one thing and would be judged as another.
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { errorMessage } from '#lib/errors.ts';
import { vocabulary } from '#lib/flows/vocabulary.ts';
import { readModel } from '#lib/registry/read.ts';

async function read(gate: string): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'gates-'));
  await mkdir(join(root, 'models/loans'), { recursive: true });
  const text = `apiVersion: mainline.dev/v1alpha1
kind: Model
metadata: {name: loans, owners: ["@ann"], description: Loans that are not paid back}
spec:
  task: binary-classification
  positive: bad
  pipeline: pipelines/loans
  artifact: {path: model.onnx, format: onnx}
  evaluation:
    rows: {path: test.csv, key: loan}
    trainingRows: train.csv
    target: status
    primary: accuracy
    slices: [region]
    fairness: {groups: [region]}
  gates:
    - ${gate}
`;
  await writeFile(join(root, 'models/loans/model.yaml'), text);
  return readModel(root, 'loans', vocabulary).then(() => 'read', errorMessage);
}

it.each([
  '{metric: accuracy, atLeast: 0.9, group: region}',
  '{metric: accuracy, notWorseThan: champion, group: region}',
  '{metric: prediction_stability, atLeast: 0.9, group: region}',
  '{metric: accuracy, atLeast: 0.9, group: region, slices: [region]}',
])('%s is refused: only what compares groups can be asked of one column of groups', async gate => {
  expect(await read(gate)).toMatch(/is not known as metric here/u);
});

it.each([
  '{metric: demographic_parity_ratio, atLeast: 0.8, group: region}',
  '{metric: accuracy, atLeast: 0.9, slices: [region]}',
])('%s is read', async gate => {
  expect(await read(gate)).toBe('read');
});
