import { expect, it } from 'vitest';
import type { Metric, Sample } from '#lib/evaluation/metric.ts';
import { findMetric } from '#lib/evaluation/metrics.ts';
import { lossPerRow } from '#lib/evaluation/worst-slices/loss.ts';
import { findWorstSlices, worstSlicesSchema } from '#lib/evaluation/worst-slices/worst-slices.ts';
import { createRandom } from '#lib/stats/random.ts';
import type { Table } from '#lib/tables/table.ts';
import { selectRows } from '#lib/tables/table.ts';

const n = 3000;
const mae = findMetric('regression', 'mae') as Metric;
const random = createRandom(4);
const text = (letters: string): readonly string[] =>
  Array.from({ length: n }, () => letters.charAt(random.integer(letters.length)));
const table: Table = {
  rows: n,
  columns: [
    { name: 'home', kind: 'string', values: text('abc') },
    { name: 'job', kind: 'string', values: text('pqrs') },
    { name: 'age', kind: 'number', values: new Float64Array(n).map(() => random.integer(4000) / 100) },
    { name: 'term', kind: 'number', values: new Float64Array(n).map(() => [36, 60][random.integer(2)] ?? 0) },
  ],
};
const errors = new Float64Array(n).map(() => random.next());

type Row = (column: string) => string | number;

/** Amounts missed by a little everywhere, and by more where `extra` says so. */
function sampleOf(extra: (row: Row) => number): Sample {
  const valueAt =
    (row: number): Row =>
    name =>
      table.columns.find(column => column.name === name)?.values[row] ?? '';
  return {
    truth: new Float64Array(n).fill(100),
    prediction: errors.map((error, row) => 100 + error + extra(valueAt(row))),
    threshold: 0.5,
    tolerance: undefined,
  };
}

function search(sample: Sample, options = {}, more: { reference?: Sample; table?: Table } = {}) {
  const input = { sample, table, metric: mae, lossPerRow: lossPerRow(sample, mae), ...more };
  return findWorstSlices(input, options);
}

it('a value that is worse is found alone, without the pairs it is part of', () => {
  const { slices, overall } = search(sampleOf(row => (row('job') === 'q' ? 0.5 : 0)));
  expect(slices).toHaveLength(1);
  const rows = table.columns[1]?.values.filter(value => value === 'q').length;
  expect(slices[0]).toMatchObject({ words: 'job = q', columns: ['job'], n: rows, change: null });
  // Means of uniform numbers: 0.5, and 0.5 more where it is worse.
  expect(slices[0]?.value).toBeCloseTo(1, 1);
  expect(overall).toBeCloseTo(0.625, 1);
  expect(slices[0]?.p).toBeLessThan(1e-6);
});

it('a part of a bad slice that is a little worse by chance is not shown instead of it', () => {
  const rare: Table = {
    rows: n,
    columns: [
      { name: 'job', kind: 'string', values: Array.from(errors, (_, row) => (row % 30 ? 'p' : 'q')) },
      {
        name: 'home',
        kind: 'string',
        values: Array.from(errors, (_, row) => (row % 60 && row % 7 ? 'b' : 'a')),
      },
    ],
  };
  // 0.15 beside a deviation of 0.29 in 50 rows each: p = 0.005 before anything is corrected.
  const extra = Array.from(errors, (_, row) => (row % 30 ? 0 : 0.5) + (row % 60 ? 0 : 0.15));
  const sample = {
    ...sampleOf(() => 0),
    prediction: errors.map((error, row) => 100 + error + (extra[row] ?? 0)),
  };
  expect(search(sample, {}, { table: rare }).slices.map(({ words }) => words)).toEqual(['job = q']);
});

it('two conditions that are worse only together are found together, and their parts are not', () => {
  const { slices } = search(sampleOf(row => (row('home') === 'b' && row('term') === 60 ? 0.6 : 0)));
  expect(slices.map(({ words }) => words)).toEqual(['home = b and term = 60']);
});

it('a part that is worse than the rest of a bad slice is shown, and the slice too if it is bad without it', () => {
  const { slices } = search(
    sampleOf(row => (row('job') === 'q' ? 0.4 : 0) + (row('job') === 'q' && row('term') === 36 ? 0.6 : 0)),
  );
  expect(slices.map(({ words }) => words)).toEqual(['job = q and term = 36', 'job = q']);
});

it('a band of a number is found, and missing values are a condition', () => {
  const { slices } = search(sampleOf(row => (Number(row('age')) < 10 ? 0.5 : 0)));
  expect(slices[0]?.words).toMatch(/^age below (9|10)/u);
  const values = new Float64Array(n).map((_, row) => (row % 10 === 0 ? Number.NaN : row));
  const gaps: Table = { rows: n, columns: [{ name: 'gap', kind: 'number', values }] };
  const sample = {
    ...sampleOf(() => 0),
    prediction: errors.map((error, row) => 100 + error + Number(row % 10 === 0)),
  };
  expect(search(sample, {}, { table: gaps }).slices.map(({ words }) => words)).toEqual(['gap is missing']);
});

it('where the model is as good everywhere, nothing is found', () => {
  const { slices, looked, smallest } = search(sampleOf(() => 0));
  expect(slices).toEqual([]);
  expect(smallest).toBe(50);
  // 3 + 4 + 4 + 2 values by themselves and 3*4 + 3*4 + 3*2 + 4*4 + 4*2 + 4*2 pairs.
  expect(looked).toBe(13 + 62);
});

it('hidden columns are not named, and at least one row in a hundred is asked for', () => {
  const sample = sampleOf(row => (row('job') === 'q' ? 0.5 : 0));
  expect(search(sample, { hidden: new Set(['job']) }).slices).toEqual([]);
  expect(search(sample, { smallest: 10 }).smallest).toBe(30);
  const some = search(
    sampleOf(row => Number(row('job') === 'q') / 2 + Number(row('home') === 'a') / 2),
    { most: 1 },
  );
  expect(some.slices).toHaveLength(1);
});

it('beside the champion a slice is worse, or as bad as it was', () => {
  const bad = sampleOf(row => (row('job') === 'q' ? 0.5 : 0));
  const good = sampleOf(() => 0);
  const [worse] = search(bad, {}, { reference: good }).slices;
  expect(worse?.change).toMatchObject({ difference: expect.closeTo(0.5, 6), verdict: 'worse' });
  expect(search(bad, {}, { reference: bad }).slices[0]?.change).toMatchObject({
    difference: 0,
    verdict: 'not worse',
  });
  const found = search(bad, {}, { reference: good });
  expect(worstSlicesSchema.parse(found)).toEqual(found);
});

it('the order of the rows changes nothing', () => {
  const sample = sampleOf(row => (row('job') === 'q' ? 0.5 : 0) + (row('home') === 'b' ? 0.3 : 0));
  const order = Uint32Array.from({ length: n }, (_, row) => (row * 7) % n).reverse();
  const pick = (values: Float64Array) => Float64Array.from(order, row => values[row] ?? 0);
  const moved = { ...sample, truth: pick(sample.truth), prediction: pick(sample.prediction) };
  const view = ({ slices, ...rest }: ReturnType<typeof search>) => ({
    ...rest,
    slices: slices.map(({ ci95, ...slice }) => slice),
  });
  expect(view(search(moved, {}, { table: selectRows(table, order) }))).toEqual(view(search(sample)));
});

it('the loss of a row is what the metric counts, or the nearest thing that a row has', () => {
  const rows = { truth: Float64Array.of(1, 0), prediction: Float64Array.of(0.25, 0.75) };
  const sample = { ...rows, threshold: 0.8, tolerance: undefined };
  const of = (task: Metric['task'], name: string) => [...lossPerRow(sample, { task, name })];
  expect(of('regression', 'mae')).toEqual([0.75, 0.75]);
  expect(of('regression', 'rmse')).toEqual([0.5625, 0.5625]);
  expect(of('binary-classification', 'roc_auc')).toEqual([0.5625, 0.5625]);
  expect(of('binary-classification', 'recall')).toEqual([1, 0]);
  expect(of('multiclass-classification', 'accuracy')).toEqual([1, 1]);
});
