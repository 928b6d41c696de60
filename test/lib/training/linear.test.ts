// Expected predictions: scikit-learn 1.9.1, Ridge and LogisticRegression on the same standardised and centred columns.
import { describe, expect, it } from 'vitest';
import type { Table } from '#lib/tables/table.ts';
import { linear } from '#lib/training/linear.ts';
import { logistic } from '#lib/training/logistic.ts';
import type { TrainingSet } from '#lib/training/training-set.ts';

function table(x: readonly number[], c: readonly string[]): Table {
  return {
    rows: x.length,
    columns: [
      { name: 'x', kind: 'number', values: Float64Array.from(x) },
      { name: 'c', kind: 'string', values: c },
    ],
  };
}

const features = table([1, 2, 3, 4, 5, 9], ['u', 'u', 'v', 'v', 'v', 'w']);
const regression: TrainingSet = { task: 'regression', features, target: Float64Array.of(2, 1, 4, 3, 7, 5) };
const binary: TrainingSet = {
  task: 'binary-classification',
  features,
  target: Float64Array.of(0, 1, 0, 1, 1, 1),
};

function expectClose(found: Float64Array, expected: readonly number[]): void {
  expect(found).toHaveLength(expected.length);
  expected.forEach((value, i) => {
    expect(Math.abs(found[i]! - value)).toBeLessThan(1e-6);
  });
}

describe('the linear trainer', () => {
  it('predicts what ridge regression predicts elsewhere', () => {
    const model = linear.fit(regression, { lambda: 2 }, { seed: 1 });
    expectClose(
      model.predict(features),
      [
        1.960241570206341, 2.2818319073980873, 3.8968293910417713, 4.218419728233518, 4.540010065425264,
        5.102667337695017,
      ],
    );
  });

  it('a missing number and an unseen category count as the average', () => {
    const model = linear.fit(regression, { lambda: 2 }, { seed: 1 });
    expectClose(model.predict(table([Number.NaN, 2], ['', 'z'])), [3.66666667, 3.02348599]);
  });

  it('rows without a category do not count in the shares of the others', () => {
    const rows = (c: readonly string[]): Table => ({
      rows: c.length,
      columns: [{ name: 'c', kind: 'string', values: c }],
    });
    const train = rows(['u', '', 'v', 'v', 'u', 'v', '']);
    const set: TrainingSet = {
      task: 'regression',
      features: train,
      target: Float64Array.of(2, 1, 4, 3, 7, 5, 9),
    };
    expectClose(
      linear.fit(set, { lambda: 2 }, { seed: 1 }).predict(train),
      [
        4.592207792207793, 4.428571428571429, 4.3194805194805195, 4.3194805194805195, 4.592207792207793,
        4.3194805194805195, 4.428571428571429,
      ],
    );
  });

  it('gives the most frequent categories a weight and treats the others as missing', () => {
    const model = linear.fit(regression, { lambda: 2, maxCategories: 2 }, { seed: 1 });
    const [rare, unseen] = model.predict(table([3, 3], ['w', 'never']));
    expect(rare).toBe(unseen);
  });

  it('shares importance by the variance each feature explains', () => {
    const { importance } = linear.fit(regression, { lambda: 2 }, { seed: 1 });
    expect(importance.map(({ feature }) => feature)).toEqual(['x', 'c']);
    expect(importance.reduce((sum, { gain }) => sum + gain, 0)).toBeCloseTo(1, 12);
  });

  it('a constant column and one without any value change nothing', () => {
    const target = Float64Array.of(1, 2, 3, 4);
    const set = (names: readonly string[]): TrainingSet => {
      const values: Record<string, Float64Array> = {
        x: Float64Array.of(1, 2, 3, 5),
        constant: Float64Array.of(7, 7, 7, 7),
        empty: new Float64Array(4).fill(Number.NaN),
      };
      const columns = names.map(name => ({ name, kind: 'number' as const, values: values[name]! }));
      return { task: 'regression', features: { rows: 4, columns }, target };
    };
    const all = set(['x', 'constant', 'empty']);
    const plain = set(['x']);
    expectClose(linear.fit(all, {}, { seed: 1 }).predict(all.features), [
      ...linear.fit(plain, {}, { seed: 1 }).predict(plain.features),
    ]);
  });
});

describe('the logistic trainer', () => {
  it('predicts what penalised logistic regression predicts elsewhere', () => {
    const model = logistic.fit(binary, { lambda: 2 }, { seed: 1 });
    expectClose(
      model.predict(features),
      [
        0.537016048381958, 0.5820579508031132, 0.6361919513827899, 0.6773818194734559, 0.715990095943248,
        0.8513621340154349,
      ],
    );
    expectClose(model.predict(table([Number.NaN], ['z'])), [0.6773669127553756]);
  });

  it('stays finite when a column parts the classes perfectly and the penalty is tiny', () => {
    const x = table([1, 2, 3, 10, 11, 12], Array(6).fill('a'));
    const set: TrainingSet = {
      task: 'binary-classification',
      features: x,
      target: Float64Array.of(0, 0, 0, 1, 1, 1),
    };
    const found = logistic.fit(set, { lambda: 1e-6 }, { seed: 1 }).predict(x);
    expect([...found].map(p => Math.round(p * 100))).toEqual([0, 0, 0, 100, 100, 100]);
    const certain = logistic.fit(set, { lambda: 1e-30 }, { seed: 1 }).predict(x);
    expect([...certain].map(p => Math.round(p * 100))).toEqual([0, 0, 0, 100, 100, 100]);
  });
});
