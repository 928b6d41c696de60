// Models of several classes, as three libraries export them (test/fixtures/onnx/make-multiclass.py).
import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { ConfigurationError } from '#lib/errors.ts';
import { inspectModel } from '#lib/onnx/inspect.ts';
import { openLimitedScorer } from '#lib/onnx/limited-scorer.ts';
import type { Scorer } from '#lib/onnx/scorer.ts';
import { openScorer } from '#lib/onnx/session.ts';
import type { Table } from '#lib/tables/table.ts';

const folder = new URL('../../fixtures/onnx/', import.meta.url);
const facts = JSON.parse(readFileSync(new URL('multiclass.json', folder), 'utf8'));
const features = ['sepal length', 'sepal width', 'petal length', 'petal width'];
/** Every row five times: more than one message to a limited process holds. */
const REPEATS = 5;
const repeated: readonly number[][] = Array.from({ length: REPEATS }, () => facts.rows).flat();
const rows: Table = {
  rows: repeated.length,
  columns: features.map((name, index) => ({
    name,
    kind: 'number',
    values: Float64Array.from(repeated, row => row[index] ?? Number.NaN),
  })),
};
const scorers: Scorer[] = [];

async function open(library: string, opener: typeof openScorer = openScorer): Promise<Scorer> {
  const bytes = readFileSync(new URL(`iris-${library}.onnx`, folder));
  inspectModel(bytes, { file: library });
  const scorer = await opener(bytes, { features, batchRows: 3 });
  scorers.push(scorer);
  return scorer;
}

afterEach(async () => {
  await Promise.all(scorers.splice(0).map(scorer => scorer.close()));
});

describe.each(['scikit-learn', 'xgboost', 'lightgbm'])('the classifier of %s', library => {
  it('gives its own probabilities of every class, row after row and over several runs', async () => {
    const found = await (await open(library)).scoreClasses(rows, 3);
    const expected: readonly number[] = Array.from(
      { length: REPEATS },
      () => facts.probabilities[library],
    ).flat(2);
    expect(found).toHaveLength(expected.length);
    for (const [index, value] of expected.entries()) expect(found[index]).toBeCloseTo(value, 5);
  });

  it('gives the same bits in a limited process', async () => {
    const [ours, theirs] = [await open(library), await open(library, openLimitedScorer)];
    expect(await theirs.scoreClasses(rows, 3)).toEqual(await ours.scoreClasses(rows, 3));
  });
});

it.each([
  ['our process', openScorer],
  ['a limited process', openLimitedScorer],
])('another number of classes than declared is told with both, in %s', async (_, opener) => {
  const scored = (await open('scikit-learn', opener)).scoreClasses(rows, 4);
  await expect(scored).rejects.toThrow(ConfigurationError);
  await expect(scored).rejects.toThrow('The model gives 3 numbers a row, and model.yaml names 4 classes');
});
