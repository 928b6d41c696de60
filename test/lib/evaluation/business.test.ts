// Ratios and means of what answers are worth, held against NumPy (test/fixtures/evaluation/make-business.py).
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { businessMetric } from '#lib/evaluation/business.ts';
import { compare } from '#lib/evaluation/comparison.ts';
import { evaluate, unitText } from '#lib/evaluation/evaluation.ts';
import { uncertaintyOf } from '#lib/evaluation/influence.ts';
import type { Sample } from '#lib/evaluation/metric.ts';
import { metricsOf } from '#lib/evaluation/metrics.ts';

const file = new URL('../../fixtures/evaluation/business.json', import.meta.url);
const facts = JSON.parse(readFileSync(file, 'utf8'));
const n: number = facts.value.length;
const ratio = {
  ...{ name: 'margin', value: 'profit', per: 'turnover', unit: 'EUR/EUR', better: 'higher' as const },
};
const mean = { ...ratio, per: undefined };

function sampleOf(values: readonly number[], { per = facts.per }: { per?: readonly number[] | null } = {}) {
  const business = { value: Float64Array.from(values), per: per ? Float64Array.from(per) : undefined };
  const sample: Sample = {
    truth: Float64Array.from({ length: n }, (_, row) => row % 2),
    prediction: new Float64Array(n).fill(0.5),
    threshold: 0.5,
    tolerance: undefined,
    business: new Map([['margin', business]]),
  };
  return sample;
}

const ones = new Float64Array(n).fill(1);

it('a ratio and its uncertainty are those of sums over sums', () => {
  const metric = businessMetric('binary-classification', ratio);
  const sample = sampleOf(facts.value);
  expect(metric.prepare(sample)(ones)).toBeCloseTo(facts.ratio, 12);
  const { standardError } = uncertaintyOf(metric.influence?.(sample) ?? new Float64Array());
  expect(standardError).toBeCloseTo(facts.error, 12);
  // NumPy's own bootstrap finds the same spread within 1 %.
  expect(Math.abs(standardError / facts.bootstrap - 1)).toBeLessThan(0.01);
});

it('without anything to divide by it is the mean, with the error of a mean', () => {
  const metric = businessMetric('regression', mean);
  const sample = sampleOf(facts.value, { per: null });
  expect(metric.prepare(sample)(ones)).toBeCloseTo(facts.mean, 10);
  const { standardError } = uncertaintyOf(metric.influence?.(sample) ?? new Float64Array());
  expect(standardError).toBeCloseTo(facts.error_of_mean, 10);
});

it('the difference of two models on the same rows has the error of the paired difference', () => {
  const metric = businessMetric('binary-classification', ratio);
  const found = compare(metric, { sample: sampleOf(facts.value), reference: sampleOf(facts.other) });
  expect(found?.difference).toBeCloseTo(facts.difference, 6);
  const half = ((found?.ci95[1] ?? 0) - (found?.ci95[0] ?? 0)) / 2;
  // Student's t with some hundred degrees of freedom is within a twentieth of the normal distribution.
  expect(half / (1.959964 * facts.error_of_difference)).toBeGreaterThan(1);
  expect(half / (1.959964 * facts.error_of_difference)).toBeLessThan(1.05);
});

it('a ratio of nothing is undefined', () => {
  const none = sampleOf(facts.value, { per: facts.per.map(() => 0) });
  expect(businessMetric('regression', ratio).prepare(none)(ones)).toBeNaN();
});

it('it stands first among the metrics, with its own unit, in slices as well', () => {
  const sample = sampleOf(facts.value);
  const half = Array.from({ length: n }, (_, row) => (row < n / 2 ? 'first' : 'second'));
  const { metrics, slices } = evaluate(sample, sampleOf(facts.other), {
    ...{ task: 'binary-classification', primary: 'margin', business: [ratio], resamples: 100 },
    slices: new Map([['half', half]]),
    reference: sampleOf(facts.other),
  });
  expect(metrics[0]).toMatchObject({ metric: 'margin', unit: 'EUR/EUR', better: 'higher' });
  expect(metrics[0]?.value).toBeCloseTo(facts.ratio, 5);
  const first = (values: readonly number[]) => values.slice(0, n / 2).reduce((a, b) => a + b, 0);
  expect(slices[0]?.measured).toBeCloseTo(first(facts.value) / first(facts.per), 4);
  expect(slices[0]?.change?.difference).toBeCloseTo(
    (first(facts.value) - first(facts.other)) / first(facts.per),
    4,
  );
});

it('what is declared comes before what every model has, and what no sample holds is left out', () => {
  const names = metricsOf('regression', [ratio]).map(({ name }) => name);
  expect(names[0]).toBe('margin');
  expect(names.slice(1)).toEqual(metricsOf('regression').map(({ name }) => name));
  const { business: _, ...bare } = sampleOf(facts.value);
  expect(businessMetric('regression', ratio).applies?.(bare)).toBe(false);
  expect(unitText(businessMetric('regression', ratio), 'min')).toBe('EUR/EUR');
});
