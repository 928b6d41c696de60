import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Sample } from '#lib/evaluation/metric.ts';
import { findSides, sidesSchema } from '#lib/evaluation/sides.ts';

function sampleOf(
  truth: readonly number[],
  prediction: readonly number[],
  more: Partial<Omit<Sample, 'truth' | 'prediction'>> = {},
): Sample {
  return {
    truth: Float64Array.from(truth),
    prediction: Float64Array.from(prediction),
    threshold: 0.5,
    tolerance: undefined,
    ...more,
  };
}

const keysOf = (n: number): readonly string[] => Array.from({ length: n }, (_, row) => `row ${row}`);

// Rows:            0    1    2    3    4    5    6    7    8    9   10   11
const truth /**/ = [1, 1, 1, 1, 0, 0, 0, 0, 0, 1, 0, 0];
const now /* */ = [0.9, 0.4, 0.6, 0.2, 0.1, 0.7, 0.8, 0.6, 0.6, 0.9, 0.55, 0.9];
const before = [0.3, 0.6, 0.2, 0.1, 0.9, 0.2, 0.1, 0.3, 0.2, 0.8, 0.35, 0.45];

const binary = {
  sample: sampleOf(truth, now),
  reference: sampleOf(truth, before),
};

it('rows that were wrong and are right, and the other way round, are counted by what is true', () => {
  const sides = findSides(binary, {
    task: 'binary-classification',
    keys: keysOf(12),
    words: ['good', 'bad'],
  });
  expect(sides.better).toMatchObject({
    n: 3,
    byTruth: [
      { truth: 'good', n: 1, of: 7 },
      { truth: 'bad', n: 2, of: 5 },
    ],
  });
  expect(sides.worse).toMatchObject({
    n: 7,
    byTruth: [
      { truth: 'good', n: 6, of: 7 },
      { truth: 'bad', n: 1, of: 5 },
    ],
  });
  // scipy.stats.binomtest(3, 10).pvalue
  expect(sides.p).toBe(0.34375);
  expect(sides).toMatchObject({ n: 12, tolerance: null });
});

it('the rows with the largest change come first, equal ones by key, five at most', () => {
  const keys = [...keysOf(12)];
  keys[7] = 'b';
  keys[8] = 'a';
  const { better, worse } = findSides(binary, { task: 'binary-classification', keys });
  expect(better.rows).toEqual([
    { key: 'row 4', truth: 'negative', now: 0.1, before: 0.9 },
    { key: 'row 0', truth: 'positive', now: 0.9, before: 0.3 },
    { key: 'row 2', truth: 'positive', now: 0.6, before: 0.2 },
  ]);
  expect(worse.rows.map(({ key }) => key)).toEqual(['row 6', 'row 5', 'row 11', 'a', 'b']);
});

it('equal changes that differ in their last bits go by key', () => {
  // 0.6 - 0.3 and 0.7 - 0.4 are not the same number.
  const rows = { sample: sampleOf([0, 0], [0.6, 0.7]), reference: sampleOf([0, 0], [0.3, 0.4]) };
  const first = (keys: readonly string[]) =>
    findSides(rows, { task: 'binary-classification', keys }).worse.rows[0]?.key;
  expect([first(['a', 'b']), first(['b', 'a'])]).toEqual(['a', 'a']);
});

it('each model is judged at its own threshold', () => {
  const sides = findSides(
    { sample: sampleOf([1], [0.4], { threshold: 0.3 }), reference: sampleOf([1], [0.4]) },
    { task: 'binary-classification', keys: ['x'] },
  );
  expect([sides.better.n, sides.worse.n]).toEqual([1, 0]);
});

it('amounts are nearer or farther, beyond what rounding does, and come within the tolerance or leave it', () => {
  const amounts = [10, 20, 30, 40, 50, 60];
  const sample = sampleOf(amounts, [11, 25, 30.00001, 43, 50, 61], { tolerance: 2 });
  const reference = sampleOf(amounts, [14, 21, 30.000005, 37, 55, 66]);
  const sides = findSides({ sample, reference }, { task: 'regression', keys: keysOf(6), most: 2 });
  expect(sides.better).toEqual({
    n: 3,
    byTruth: [],
    rows: [
      { key: 'row 4', truth: 50, now: 50, before: 55 },
      { key: 'row 5', truth: 60, now: 61, before: 66 },
    ],
  });
  expect(sides.worse).toMatchObject({ n: 1, rows: [{ key: 'row 1', now: 25, before: 21 }] });
  expect(sides.tolerance).toEqual({ gained: 3, lost: 1, p: 0.625 });
  expect(sides.p).toBe(0.625);
});

it('of several classes the answer counts, and the change is that of the probability of the truth', () => {
  const names = ['cat', 'dog', 'owl'];
  const several = (prediction: readonly number[], probabilities: readonly number[]): Sample =>
    sampleOf([0, 1, 2], prediction, { classes: { names, probabilities: Float64Array.from(probabilities) } });
  const sides = findSides(
    {
      sample: several([1, 0, 2], [0.3, 0.6, 0.1, 0.5, 0.1, 0.4, 0.1, 0.1, 0.8]),
      reference: several([0, 1, 0], [0.6, 0.3, 0.1, 0.3, 0.7, 0, 0.7, 0.1, 0.2]),
    },
    { task: 'multiclass-classification', keys: ['x', 'y', 'z'] },
  );
  expect(sides.worse).toEqual({
    n: 2,
    byTruth: [
      { truth: 'cat', n: 1, of: 1 },
      { truth: 'dog', n: 1, of: 1 },
      { truth: 'owl', n: 0, of: 1 },
    ],
    rows: [
      { key: 'y', truth: 'dog', now: 'cat', before: 'dog' },
      { key: 'x', truth: 'cat', now: 'dog', before: 'cat' },
    ],
  });
  expect(sides.better.rows).toEqual([{ key: 'z', truth: 'owl', now: 'owl', before: 'cat' }]);
  expect(sidesSchema.parse(sides)).toEqual(sides);
});

const rows = fc.array(fc.record({ truth: fc.nat(1), now: fc.nat(20), before: fc.nat(20) }), {
  minLength: 1,
  maxLength: 40,
});

it('the order of the rows changes nothing, and the champion beside itself moves nobody', () => {
  const find = (all: readonly { truth: number; now: number; before: number; key: string }[]) =>
    findSides(
      {
        sample: sampleOf(
          all.map(row => row.truth),
          all.map(row => row.now / 20),
        ),
        reference: sampleOf(
          all.map(row => row.truth),
          all.map(row => row.before / 20),
        ),
      },
      { task: 'binary-classification', keys: all.map(({ key }) => key) },
    );
  fc.assert(
    fc.property(rows, drawn => {
      const all = drawn.map((row, index) => ({ ...row, key: `k${index}` }));
      expect(find([...all].reverse())).toEqual(find(all));
      const alone = find(all.map(row => ({ ...row, before: row.now })));
      expect([alone.better.n, alone.worse.n, alone.p]).toEqual([0, 0, 1]);
    }),
  );
});
