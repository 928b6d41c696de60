// Whether a model may be held against the one that main has: both have to answer the same question.
import { mkdir, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parseLock } from '#lib/dvc/lock/lock.ts';
import { hashBytes } from '#lib/dvc/objects/md5.ts';
import { type FoundChampion, findChampion } from '#lib/flows/champion.ts';
import { openWorkspace } from '#lib/flows/workspace.ts';
import { type Model, modelSchema } from '#lib/registry/model.ts';

const artifact = new TextEncoder().encode('the bytes of a model');

function loans(positive: string, target = 'kind'): Model {
  return modelSchema.parse({
    apiVersion: 'mainline.dev/v1alpha1',
    kind: 'Model',
    metadata: { name: 'loans', owners: ['@ann'], description: 'Which loans are not paid back.' },
    spec: {
      task: 'binary-classification',
      positive,
      pipeline: 'pipelines/loans',
      artifact: { path: 'model.onnx', format: 'onnx' },
      evaluation: {
        rows: { path: 'test.csv', key: 'id' },
        trainingRows: 'train.csv',
        target,
        primary: 'roc_auc',
      },
      gates: [{ metric: 'roc_auc', notWorseThan: 'champion' }],
    },
  });
}

/** Both have the same file; main's answers with the probability of "bad". */
async function hold(positive: string, target = 'kind'): Promise<FoundChampion> {
  const lock = `schema: '2.0'
stages:
  train:
    cmd: cp given.onnx model.onnx
    outs:
    - path: model.onnx
      hash: md5
      md5: ${hashBytes(artifact)}
      size: ${artifact.length}
`;
  const root = await mkdtemp(join(tmpdir(), 'champion-'));
  await mkdir(join(root, 'models'));
  return findChampion(await openWorkspace(root), {
    base: { name: 'main', commit: 'a'.repeat(40) },
    before: { model: loans('bad'), lock: await parseLock(lock, 'dvc.lock') },
    registered: undefined,
    model: loans(positive, target),
    artifact,
    rebuild: async () => undefined,
  });
}

it('the same file with the same positive answer is the same model', async () => {
  expect((await hold('bad')).champion).toMatchObject({ state: 'same' });
});

it('scores for another word are not held against this one, whatever the file', async () => {
  const { champion, bytes } = await hold('good');
  expect(champion).toMatchObject({
    state: 'unknown',
    why: 'its positive answer is "bad", this one\'s "good"',
  });
  expect(bytes).toBeUndefined();
});

it('a model of another target answers another question', async () => {
  expect((await hold('bad', 'paid_late')).champion).toMatchObject({
    state: 'unknown',
    why: 'it predicts "kind", this one "paid_late"',
  });
});
