import { expect, it } from 'vitest';
import { compare, correctVerdicts } from '#lib/evaluation/comparison.ts';
import { evaluate } from '#lib/evaluation/evaluation.ts';
import type { Sample } from '#lib/evaluation/metric.ts';
import { findMetric, metricsOf } from '#lib/evaluation/metrics.ts';
import { trivialPrediction } from '#lib/evaluation/trivial.ts';
import { createRandom } from '#lib/stats/random.ts';

const N = 400;

/** Truth around 26 with standard deviation about 5.8; predictions off by up to `error` either way. */
function predicted(error: number, seed: number): Sample {
  const [truths, errors] = [createRandom(1), createRandom(seed)];
  const truth = Float64Array.from({ length: N }, () => 16 + 20 * truths.next());
  return {
    truth,
    prediction: truth.map(value => value + error * (2 * errors.next() - 1)),
    threshold: 0.5,
    tolerance: 2,
    quantile: 0.9,
  };
}

function constant(sample: Sample, value: number): Sample {
  return { ...sample, prediction: sample.prediction.map(() => value) };
}

const rmse = findMetric('regression', 'rmse');
if (!rmse) throw new Error('rmse is a metric');

it('every metric comes with an interval around its value and the trivial model beside it', () => {
  const sample = predicted(3, 2);
  const { metrics, n } = evaluate(sample, constant(sample, 26), {
    task: 'regression',
    primary: 'rmse',
    unit: 'min',
  });
  expect(n).toBe(N);
  expect(metrics.map(({ metric }) => metric)).toEqual(metricsOf('regression').map(({ name }) => name));
  for (const { metric, value, ci95, trivial } of metrics) {
    expect(ci95?.[0], metric).toBeLessThanOrEqual(value ?? Number.NaN);
    expect(ci95?.[1], metric).toBeGreaterThanOrEqual(value ?? Number.NaN);
    expect(trivial, metric).not.toBeNull();
  }
});

it('the interval of an rmse of uniform errors holds the true value, 3 / sqrt(3)', () => {
  const sample = predicted(3, 2);
  const { metrics } = evaluate(sample, constant(sample, 26), { task: 'regression', primary: 'rmse' });
  const [lower, upper] = metrics[0]?.ci95 ?? [];
  expect(lower).toBeLessThan(Math.sqrt(3));
  expect(upper).toBeGreaterThan(Math.sqrt(3));
});

it('the same rows give the same numbers, and slices too small to say anything are left out', () => {
  const sample = predicted(3, 2);
  const day = Array.from({ length: N }, (_, row) => (row < 10 ? 'Sun' : row % 2 ? 'Mon' : 'Tue'));
  const run = () =>
    evaluate(sample, constant(sample, 26), {
      task: 'regression',
      primary: 'rmse',
      slices: new Map([['day', day]]),
    });
  expect(run()).toEqual(run());
  expect(run().slices.map(({ value, n }) => [value, n])).toEqual([
    ['Mon', 195],
    ['Tue', 195],
  ]);
});

it('half the error is better, twice the error is worse, on the same rows', () => {
  const [good, middle] = [predicted(1.5, 2), predicted(3, 3)];
  expect(compare(rmse, { sample: good, reference: middle })?.verdict).toBe('better');
  expect(compare(rmse, { sample: middle, reference: good })?.verdict).toBe('worse');
});

it('the same predictions are not worse even without a margin', () => {
  const sample = predicted(3, 2);
  expect(compare(rmse, { sample, reference: sample })).toMatchObject({
    verdict: 'not worse',
    difference: 0,
    ci95: [0, 0],
  });
});

it('an equally good model is within a margin of 10 %, and cannot be told apart without one', () => {
  const pair = { sample: predicted(3, 2), reference: predicted(3, 3) };
  expect(compare(rmse, pair, { margin: { relative: 0.1 } })?.verdict).toBe('not worse');
  expect(compare(rmse, pair)?.verdict).toBe("can't tell");
});

it('the trivial model of a binary target is the share of positives', () => {
  expect(trivialPrediction(Float64Array.of(0, 1, 0, 0))).toBe(0.25);
});

it('a slice on which the champion was better is worse, whatever the average says; ten slices are ten chances to err', () => {
  const [sample, reference] = [predicted(3, 2), predicted(3, 3)];
  const day = Array.from(sample.truth.keys(), row => `day ${row % 4}`);
  const broken = {
    ...sample,
    prediction: sample.prediction.map((value, row) => (row % 4 === 1 ? value + 9 : value)),
  };
  const options = { task: 'regression', primary: 'rmse', slices: new Map([['day', day]]) } as const;
  const { slices } = evaluate(broken, constant(sample, 26), { ...options, reference });
  expect(slices.map(({ change }) => change?.verdict)).toEqual([
    expect.not.stringMatching('worse$'),
    'worse',
    ...[expect.not.stringMatching('^worse'), expect.not.stringMatching('^worse')],
  ]);
  expect(evaluate(broken, constant(sample, 26), options).slices.map(({ change }) => change)).toEqual([
    null,
    null,
    null,
    null,
  ]);
});

it('what would be found by chance in one of ten looks is no finding', () => {
  const looks = [0.02, ...Array.from({ length: 9 }, () => 0.5)].map((p, difference) => ({
    ...{ p, difference },
    verdict: 'worse' as const,
  }));
  expect(correctVerdicts(looks)[0]?.verdict).toBe("can't tell");
  expect(correctVerdicts(looks.with(0, { p: 0.004, difference: 0, verdict: 'worse' }))[0]?.verdict).toBe(
    'worse',
  );
});

it('metrics that coincide are one look', () => {
  const same = Array.from({ length: 9 }, () => ({ p: 0.02, difference: -0.1, verdict: 'worse' as const }));
  expect(correctVerdicts(same).map(({ verdict }) => verdict)).toEqual(same.map(() => 'worse'));
  const apart = same.map((one, index) => ({ ...one, difference: -0.1 - index / 100 }));
  expect(correctVerdicts(apart)[0]?.verdict).toBe("can't tell");
});
