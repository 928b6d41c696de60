import { expect, it } from 'vitest';
import { compare } from '#lib/evaluation/comparison.ts';
import type { Sample } from '#lib/evaluation/metric.ts';
import { metricsOf } from '#lib/evaluation/metrics.ts';

/** 300 rows of which some are positive; one model finds them all, the other none. */
function pair(positives: number): { readonly sample: Sample; readonly reference: Sample } {
  const truth = Float64Array.from({ length: 300 }, (_, row) => (row < positives ? 1 : 0));
  const common = { truth, threshold: 0.5, tolerance: undefined };
  const noise = (row: number): number => ((row * 7919) % 97) / 1000;
  const sample = { ...common, prediction: truth.map((one, row) => one * 0.8 + noise(row)) };
  return { sample, reference: { ...common, prediction: truth.map((_, row) => noise(row)) } };
}

function metric(name: string) {
  const found = metricsOf('binary-classification').find(one => one.name === name);
  if (!found) throw new Error(name);
  return found;
}

it.each(['recall', 'balanced_accuracy', 'f1', 'mcc', 'roc_auc', 'pr_auc', 'ks', 'lift'])(
  'with four positive rows nobody knows how %s varies',
  name => {
    expect(compare(metric(name), pair(4))).toBeUndefined();
  },
);

it('with enough positive rows it is told, and no difference is wider than the metric', () => {
  for (const name of ['recall', 'roc_auc', 'pr_auc']) {
    const found = compare(metric(name), pair(40));
    expect(found?.verdict).toBe('better');
    expect(found?.ci95[1]).toBeLessThanOrEqual(1);
  }
});

it('one row compares nothing', () => {
  const one = { truth: Float64Array.of(1), threshold: 0.5, tolerance: undefined };
  const [sample, reference] = [0.9, 0.1].map(score => ({ ...one, prediction: Float64Array.of(score) }));
  if (!sample || !reference) throw new Error('there are two');
  expect(compare(metric('accuracy'), { sample, reference })).toBeUndefined();
});
