// Intervals of many rows come from the influence of each, held against bootstraps of scikit-learn's metrics
// (test/fixtures/evaluation/make-many.py).
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { evaluate } from '#lib/evaluation/evaluation.ts';
import { uncertaintyOf } from '#lib/evaluation/influence.ts';
import { influenceOn, type Metric, type Sample } from '#lib/evaluation/metric.ts';
import { metricsOf } from '#lib/evaluation/metrics.ts';
import { selectSample } from '#lib/evaluation/select.ts';
import { createRandom, shuffledRows } from '#lib/stats/random.ts';

const N = 12_000;
const file = new URL('../../fixtures/evaluation/many.json', import.meta.url);
const facts: Readonly<Record<string, Readonly<Record<string, number>>>> = JSON.parse(
  readFileSync(file, 'utf8'),
);

const rows = Array.from({ length: N }, (_, i) => i);
const u = Float64Array.from(rows, i => ((i * 7919 + 13) % 10007) / 10007);
const v = Float64Array.from(rows, i => ((i * 104729 + 7) % 9973) / 9973);
const w = Float64Array.from(rows, i => ((i * 31337 + 5) % 9941) / 9941);
const at = (values: Float64Array, row: number): number => values[row] ?? Number.NaN;

const common = { threshold: 0.5, tolerance: 2, beta: 2, quantile: 0.9 };
const flags = Float64Array.from(rows, i => (at(v, i) < 0.1 + 0.5 * at(u, i) ? 1 : 0));
const scores = Float64Array.from(rows, i => 0.6 * at(u, i) + 0.4 * at(w, i));
const binary: Sample = { ...common, truth: flags, prediction: scores };
const amounts = Float64Array.from(rows, i => 20 + 10 * at(u, i));
const regression: Sample = {
  ...common,
  truth: amounts,
  prediction: amounts.map((amount, i) => amount + 6 * (at(w, i) - 0.5) + 2 * (at(v, i) - 0.5)),
};
const samples: Readonly<Record<string, readonly [Metric['task'], Sample]>> = {
  binary: ['binary-classification', binary],
  'binary with ties': [
    'binary-classification',
    { ...binary, prediction: scores.map(score => Math.round(score * 20) / 20) },
  ],
  regression: ['regression', regression],
};

describe.each(Object.entries(samples))('the standard error on %s', (name, [task, sample]) => {
  it.each(Object.entries(facts[name] ?? {}))('of %s is that of the bootstrap', (metric, expected) => {
    const found = metricsOf(task).find(one => one.name === metric);
    const influence = found && influenceOn(found, sample);
    const { standardError } = uncertaintyOf(influence ?? new Float64Array());
    // Three standard errors of a standard deviation of 600 draws.
    expect(Math.abs(standardError / expected - 1)).toBeLessThan(0.09);
  });
});

describe.each(Object.entries(samples))('the influence of rows on %s', (_, [task, sample]) => {
  it.each(metricsOf(task).filter(one => one.influence ?? one.influenceOfMany))(
    'on $name sums to nothing',
    metric => {
      const influence = (metric.applies?.(sample) ?? true) ? influenceOn(metric, sample) : undefined;
      if (!influence) return;
      const mean = influence.reduce((sum, one) => sum + one, 0) / N;
      const size = Math.sqrt(influence.reduce((sum, one) => sum + one * one, 0) / N);
      expect(Math.abs(mean)).toBeLessThan(1e-3 * size);
    },
  );
});

it.each(Object.entries(samples))('the order of the rows changes nothing on %s', (_, [task, sample]) => {
  const order = shuffledRows(N, createRandom(4));
  const primary = task === 'regression' ? 'rmse' : 'roc_auc';
  const groups = rows.map(i => `group ${i % 3}`);
  const run = (own: Sample, texts: readonly string[]) =>
    evaluate(
      own,
      { ...own, prediction: own.prediction.map(() => 0.5) },
      {
        ...{ task, primary, slices: new Map([['group', texts]]), resamples: 10 },
      },
    );
  const moved = run(
    selectSample(sample, order),
    Array.from(order, row => groups[row] ?? ''),
  );
  const { slices, reliability, ...whole } = run(sample, groups);
  expect({ ...moved, slices: [], reliability: [] }).toEqual({ ...whole, slices: [], reliability: [] });
  expect(moved.slices.map(({ measured }) => measured)).toEqual(slices.map(({ measured }) => measured));
  // Equal scores part between neighbouring bins by their order.
  if (new Set(sample.prediction).size === N) expect(moved.reliability).toEqual(reliability);
});

it('the largest error of many rows reaches from the fourth largest, which a resample of 40 misses, to itself', () => {
  const { metrics } = evaluate(regression, regression, { task: 'regression', primary: 'rmse' });
  const errors = amounts.map((one, i) => Math.abs(one - at(regression.prediction, i))).sort();
  const found = metrics.find(({ metric }) => metric === 'max_error');
  expect(found?.ci95?.[0]).toBeCloseTo(errors.at(-4) ?? 0, 5);
  expect(found?.ci95?.[1]).toBeCloseTo(errors.at(-1) ?? 0, 5);
});
