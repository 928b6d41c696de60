// What a model must answer before anything is counted.
import { expect, it } from 'vitest';
import { scoreSample } from '#lib/flows/judging/sample.ts';
import type { Scorer } from '#lib/onnx/scorer.ts';
import { type Model, modelSchema } from '#lib/registry/model.ts';

function specOf(task: 'regression' | 'binary-classification'): Model['spec'] {
  const isBinary = task === 'binary-classification';
  return modelSchema.parse({
    apiVersion: 'mainline.dev/v1alpha1',
    kind: 'Model',
    metadata: { name: 'loans', owners: ['@ann'], description: 'Which loans are not paid back.' },
    spec: {
      task,
      ...(isBinary ? { positive: 'bad' } : {}),
      pipeline: 'pipelines/loans',
      artifact: { path: 'model.onnx', format: 'onnx' },
      evaluation: {
        rows: { path: 'test.csv', key: 'id' },
        trainingRows: 'train.csv',
        target: 'kind',
        primary: isBinary ? 'roc_auc' : 'rmse',
      },
      gates: [{ metric: isBinary ? 'roc_auc' : 'rmse', atLeast: 0 }],
    },
  }).spec;
}

/** A model that gives these answers. */
function answering(...answers: readonly number[]): Scorer {
  return {
    interface: { inputs: [], outputs: [] },
    score: async () => Float64Array.from(answers),
    scoreClasses: async () => new Float64Array(),
    close: async () => undefined,
  };
}

const score = (task: 'regression' | 'binary-classification', ...answers: readonly number[]) =>
  scoreSample(
    answering(...answers),
    { rows: answers.length, columns: [] },
    { spec: specOf(task), truth: Float64Array.from(answers, (_, row) => row % 2) },
  );

it.each([
  ['regression', Number.NaN, 'The model answers NaN to row 2, not with a number'],
  ['regression', Number.POSITIVE_INFINITY, 'The model answers Infinity to row 2, not with a number'],
  ['binary-classification', Number.NaN, 'The model answers NaN to row 2, not with a probability'],
  ['binary-classification', 2.5, 'The model answers 2.5 to row 2, not with a probability'],
  ['binary-classification', -0.1, 'The model answers -0.1 to row 2, not with a probability'],
] as const)('%s: %s is refused, with its row', async (task, answer, message) => {
  await expect(score(task, 0.5, answer, 0.5)).rejects.toThrow(message);
});

it('any amount is an answer, and so are probabilities that end a little beside 0 and 1', async () => {
  expect([...(await score('regression', -1e30, 0, 7)).prediction]).toEqual([-1e30, 0, 7]);
  const probabilities = [-1e-7, 1.0000001];
  expect([...(await score('binary-classification', ...probabilities)).prediction]).toEqual(probabilities);
});
