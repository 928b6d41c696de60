// A real model of three classes, asked as the judging asks it.
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { scoreSample, trivialSample } from '#lib/flows/judging/sample.ts';
import type { Scorer } from '#lib/onnx/scorer.ts';
import { openScorer } from '#lib/onnx/session.ts';
import { type Model, modelSchema } from '#lib/registry/model.ts';
import type { Table } from '#lib/tables/table.ts';

const folder = new URL('../../../fixtures/onnx/', import.meta.url);
const facts = JSON.parse(readFileSync(new URL('multiclass.json', folder), 'utf8'));
const names: string[] = facts.classes;
const features = ['a', 'b', 'c', 'd'];
const table: Table = {
  rows: facts.rows.length,
  columns: features.map((name, index) => ({
    name,
    kind: 'number',
    values: Float64Array.from(facts.rows, (row: number[]) => row[index] ?? Number.NaN),
  })),
};
/** Rows 0, 15, 30, ... of a table sorted by kind. */
const truth = Float64Array.of(0, 0, 0, 0, 1, 1, 1, 2, 2, 2);

function specOf(classes: string[]): Model['spec'] {
  return modelSchema.parse({
    apiVersion: 'mainline.dev/v1alpha1',
    kind: 'Model',
    metadata: { name: 'iris', owners: ['@ann'], description: 'Which kind of iris a flower is.' },
    spec: {
      task: 'multiclass-classification',
      classes,
      features,
      pipeline: 'pipelines/iris',
      artifact: { path: 'model.onnx', format: 'onnx' },
      evaluation: {
        rows: { path: 'test.csv', key: 'id' },
        trainingRows: 'train.csv',
        target: 'kind',
        primary: 'log_loss',
      },
      gates: [{ metric: 'f1_macro', atLeast: 0.9 }],
    },
  }).spec;
}

let scorer: Scorer;
beforeAll(async () => {
  scorer = await openScorer(readFileSync(new URL('iris-scikit-learn.onnx', folder)), { features });
});
afterAll(() => scorer.close());

test('the answers are the most probable classes', async () => {
  const sample = await scoreSample(scorer, table, { spec: specOf(names), truth });
  const right = sample.prediction.filter((answer, row) => answer === truth[row]).length;
  expect(right).toBeGreaterThanOrEqual(9);
  expect(sample.classes?.names).toEqual(names);
});

test("a champion that orders the classes otherwise gives the same answers in the proposal's order", async () => {
  const reversed = names.toReversed();
  const own = await scoreSample(scorer, table, { spec: specOf(names), truth });
  const other = await scoreSample(scorer, table, {
    spec: specOf(reversed),
    answering: { threshold: 0.5, classes: names },
    truth,
  });
  expect(other.classes?.names).toEqual(reversed);
  expect([...other.prediction]).toEqual([...own.prediction].map(answer => 2 - answer));
});

test('one that tells other classes apart cannot be compared', async () => {
  const answering = { threshold: 0.5, classes: ['setosa', 'versicolor', 'rose'] };
  const scored = scoreSample(scorer, table, { spec: specOf(names), answering, truth });
  await expect(scored).rejects.toThrow('The model answers with the classes setosa, versicolor, rose');
});

test('the trivial model gives the shares of the training rows', () => {
  const sample = trivialSample(Float64Array.of(0, 1, 1, 2), { spec: specOf(names), truth });
  expect([...sample.prediction]).toEqual(Array.from(truth, () => 1));
  expect([...(sample.classes?.probabilities.slice(-3) ?? [])]).toEqual([0.25, 0.5, 0.25]);
});
