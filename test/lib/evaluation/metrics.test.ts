import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Costs, Sample } from '#lib/evaluation/metric.ts';
import { findMetric, metricsOf } from '#lib/evaluation/metrics.ts';

const fixture = JSON.parse(
  readFileSync(new URL('../../fixtures/evaluation/metrics.json', import.meta.url), 'utf8'),
);

function sampleOf(facts: {
  truth: number[];
  prediction: number[];
  threshold?: number;
  tolerance?: number;
  beta?: number;
  quantile?: number;
  costs?: Costs;
}): Sample {
  return {
    ...facts,
    truth: Float64Array.from(facts.truth),
    prediction: Float64Array.from(facts.prediction),
    threshold: facts.threshold ?? 0.5,
    tolerance: facts.tolerance,
  };
}

function ones(n: number): Float64Array {
  return new Float64Array(n).fill(1);
}

describe.each([
  ['regression', fixture.regression],
  ['binary-classification', fixture.binary],
] as const)('metrics of %s agree with scikit-learn', (task, facts) => {
  const sample = sampleOf(facts);

  it('for every metric there is', () => {
    const values = metricsOf(task).map(metric => [
      metric.name,
      metric.prepare(sample)(ones(sample.truth.length)),
    ]);
    expect(Object.keys(Object.fromEntries(values)).sort()).toEqual(Object.keys(facts.expected).sort());
    for (const [name, value] of values)
      expect(value, String(name)).toBeCloseTo(facts.expected[name as string], 10);
  });

  it.each(Object.keys(facts.intervals))('in the Wilson interval of %s', name => {
    const interval = findMetric(task, name)?.interval?.(sample);
    expect(interval?.[0]).toBeCloseTo(facts.intervals[name][0], 10);
    expect(interval?.[1]).toBeCloseTo(facts.intervals[name][1], 10);
  });
});

it.each(['roc_auc', 'pr_auc', 'log_loss'])(
  '%s over rows drawn several times agrees with scikit-learn',
  name => {
    const { weighted } = fixture.binary;
    const measure = findMetric('binary-classification', name)?.prepare(sampleOf(fixture.binary));
    expect(measure?.(Float64Array.from(weighted.weights))).toBeCloseTo(weighted[name], 10);
  },
);

it('a ranking metric is undefined when only one class is there', () => {
  const sample = sampleOf({ truth: [1, 1, 1], prediction: [0.1, 0.5, 0.9] });
  expect(findMetric('binary-classification', 'roc_auc')?.prepare(sample)(ones(3))).toBeNaN();
});

it('precision is undefined when nothing is flagged', () => {
  const sample = sampleOf({ truth: [1, 0], prediction: [0.1, 0.2] });
  expect(findMetric('binary-classification', 'precision')?.prepare(sample)(ones(2))).toBeNaN();
});

it('a perfect ranking scores 1, a reversed one 0, a constant one 0.5', () => {
  const auc = (prediction: number[]): number | undefined =>
    findMetric('binary-classification', 'roc_auc')?.prepare(sampleOf({ truth: [0, 0, 1, 1], prediction }))(
      ones(4),
    );
  expect([auc([0.1, 0.2, 0.3, 0.4]), auc([0.4, 0.3, 0.2, 0.1]), auc([0.5, 0.5, 0.5, 0.5])]).toEqual([
    1, 0, 0.5,
  ]);
});
