import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { confusionTable } from '#lib/evaluation/confusion.ts';
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

describe('small cases agree with scikit-learn 1.2.1', () => {
  it('of two classes', () => {
    const sample = sampleOf({
      truth: [1, 0, 1, 1, 0, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 1, 0, 1, 0, 0],
      prediction: [
        0.91, 0.2, 0.75, 0.6, 0.55, 0.1, 0.83, 0.4, 0.35, 0.3, 0.62, 0.7, 0.95, 0.15, 0.05, 0.5, 0.45, 0.66,
        0.25, 0.33,
      ],
    });
    const expected = {
      accuracy: 0.85,
      precision: 0.8,
      recall: 0.8888888888888888,
      f1: 0.8421052631578948,
      mcc: 0.7035264706814485,
      cohen_kappa: 0.7,
      roc_auc: 0.9292929292929293,
      pr_auc: 0.929700854700855,
      log_loss: 0.4053753081036584,
      brier: 0.12629500000000002,
      balanced_accuracy: 0.8535353535353536,
    };
    for (const [name, value] of Object.entries(expected)) {
      expect(findMetric('binary-classification', name)?.prepare(sample)(ones(20)), name).toBeCloseTo(
        value,
        12,
      );
    }
    expect(confusionTable(sample, 'binary-classification')?.cells).toEqual([
      [8, 1],
      [2, 9],
    ]);
  });

  it('of equal scores', () => {
    const sample = sampleOf({ truth: [0, 0, 1, 1, 1, 0], prediction: [0.5, 0.5, 0.5, 0.7, 0.2, 0.1] });
    const area = (name: string) => findMetric('binary-classification', name)?.prepare(sample)(ones(6));
    expect(area('roc_auc')).toBeCloseTo(2 / 3, 12);
    expect(area('pr_auc')).toBeCloseTo(0.7, 12);
  });

  it('of amounts', () => {
    const sample = sampleOf({ truth: [3, -0.5, 2, 7, 4.2], prediction: [2.5, 0, 2, 8, 4] });
    const value = (name: string) => findMetric('regression', name)?.prepare(sample)(ones(5)) ?? Number.NaN;
    expect(value('mae')).toBeCloseTo(0.44, 12);
    expect(value('rmse') ** 2).toBeCloseTo(0.308, 12);
    expect(value('r2')).toBeCloseTo(0.9496600418410042, 12);
    expect(value('median_ae')).toBeCloseTo(0.5, 12);
    expect(value('mape')).toBeCloseTo(0.27142857142857146, 12);
    expect(value('max_error')).toBeCloseTo(1, 12);
  });

  it.each([
    [[2, 2, 3], 0],
    [[2, 2, 2], 1],
  ])('of a target that never varies: %j has an r2 of %i', (prediction, expected) => {
    const r2 = findMetric('regression', 'r2');
    expect(r2?.prepare(sampleOf({ truth: [2, 2, 2], prediction }))(ones(3))).toBe(expected);
    const drawn = sampleOf({
      truth: [0.1, 0.1, 0.1, 0.7],
      prediction: [...prediction, 9].map(one => one / 20),
    });
    expect(r2?.prepare(drawn)(Float64Array.of(2, 1, 3, 0))).toBe(expected);
    const tenths = sampleOf({ truth: [0.1, 0.1, 0.1], prediction: prediction.map(one => one / 20) });
    expect(r2?.prepare(tenths)(ones(3))).toBe(expected);
  });
});
