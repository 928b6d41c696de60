import fc from 'fast-check';
import { expect, it } from 'vitest';
import { compare } from '#lib/evaluation/comparison.ts';
import { evaluate } from '#lib/evaluation/evaluation.ts';
import type { MetricTask, Sample } from '#lib/evaluation/metric.ts';
import { metricsOf } from '#lib/evaluation/metrics.ts';
import { selectSample } from '#lib/evaluation/select.ts';
import { createRandom, shuffledRows } from '#lib/stats/random.ts';

const N = 60;

/** Ties included: scores have one decimal. */
function sampleOf(task: MetricTask, seed: number): Sample {
  const random = createRandom(seed);
  const isAmount = task === 'regression';
  const truth = Float64Array.from({ length: N }, () =>
    isAmount ? 1 + random.integer(40) / 4 : random.integer(2),
  );
  const prediction = truth.map(value =>
    isAmount ? value + random.integer(9) / 4 - 1 : (random.integer(6) + value * random.integer(5)) / 10,
  );
  return { truth, prediction, threshold: 0.5, tolerance: 1 };
}

/** Sums in another order end in other last digits: numbers are held to be near, everything else to be equal. */
function coarse(value: unknown): unknown {
  if (typeof value === 'number')
    return expect.closeTo(value, 4 - Math.ceil(Math.log10(Math.abs(value) + 1e-9)));
  if (Array.isArray(value)) return value.map(coarse);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, coarse(member)]));
}

it.each(['regression', 'binary-classification'] as const)(
  'the order of the rows changes no value, interval or verdict (%s)',
  task => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e6 }), fc.integer({ min: 1, max: 1e6 }), (seed, shuffle) => {
        const [sample, reference] = [sampleOf(task, seed), sampleOf(task, seed + 1)];
        const order = Array.from(shuffledRows(N, createRandom(shuffle)));
        const other = { ...sample, prediction: reference.prediction };
        const [moved, movedOther] = [selectSample(sample, order), selectSample(other, order)];
        const options = { task, primary: task === 'regression' ? 'rmse' : 'roc_auc', resamples: 50 } as const;
        const { metrics } = evaluate(sample, other, options);
        expect(evaluate(moved, movedOther, options).metrics).toEqual(coarse(metrics));
        for (const metric of metricsOf(task)) {
          const found = compare(metric, { sample, reference: other }, { resamples: 50 });
          const again = compare(metric, { sample: moved, reference: movedOther }, { resamples: 50 });
          expect(again).toEqual(coarse(found));
        }
      }),
      { numRuns: 10 },
    );
  },
);
