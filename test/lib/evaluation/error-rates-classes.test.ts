// How often a comparison of two equally good models of three classes says better or worse: the third class may be rare.
import { expect, it } from 'vitest';
import { mostProbable } from '#lib/evaluation/classes.ts';
import { compare } from '#lib/evaluation/comparison.ts';
import type { Sample } from '#lib/evaluation/metric.ts';
import { findMetric } from '#lib/evaluation/metrics.ts';
import { createRandom, type Random } from '#lib/stats/random.ts';

/** Of the scores of two models for one row and class. */
const CORRELATION = 0.8;
const names = ['a', 'b', 'rare'];

/** G. E. P. Box and M. E. Muller, 1958. */
const normal = (random: Random): number =>
  Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());

interface World {
  readonly n: number;
  /** Of the third class; the others share the rest evenly. */
  readonly rare: number;
}

/** Probabilities as of logits that lie one standard deviation higher for the true class. */
function draw({ n, rare }: World, random: Random): readonly [Sample, Sample] {
  const shares = [(1 - rare) / 2, (1 - rare) / 2, rare];
  const truth = Float64Array.from({ length: n }, () => {
    const place = random.next();
    return place < (1 - rare) / 2 ? 0 : place < 1 - rare ? 1 : 2;
  });
  const both = [new Float64Array(n * 3), new Float64Array(n * 3)] as const;
  truth.forEach((actual, row) => {
    const shared = names.map(() => normal(random) * Math.sqrt(CORRELATION));
    for (const probabilities of both) {
      const raw = shares.map((share, k) => {
        const score = (shared[k] ?? 0) + normal(random) * Math.sqrt(1 - CORRELATION) + (k === actual ? 1 : 0);
        return share * Math.exp(1.2 * score);
      });
      const sum = raw.reduce((a, b) => a + b, 0);
      raw.forEach((value, k) => {
        probabilities[row * 3 + k] = value / sum;
      });
    }
  });
  const sampleOf = (probabilities: Float64Array): Sample => {
    const classes = { names, probabilities };
    return { truth, prediction: mostProbable(classes), classes, threshold: 0.5, tolerance: undefined };
  };
  return [sampleOf(both[0]), sampleOf(both[1])];
}

const RUNS = 1000;
/** Three standard errors of 1,000 runs above 5 %. */
const MOST = 0.071;

it.each([
  { n: 60, rare: 1 / 3 },
  { n: 200, rare: 0.05 },
  { n: 500, rare: 0.03 },
])('at most 71 of 1,000 comparisons err on any metric (%o)', world => {
  const random = createRandom(5, world.n);
  const tried = [
    'accuracy',
    'balanced_accuracy',
    'precision_macro',
    'recall_macro',
    'f1_macro',
    'f1_weighted',
  ];
  const all = [...tried, 'mcc', 'cohen_kappa', 'log_loss', 'brier', 'roc_auc_macro'];
  const errors = new Map(all.map(name => [name, 0]));
  for (let run = 0; run < RUNS; run++) {
    const [sample, reference] = draw(world, random);
    for (const name of all) {
      const metric = findMetric('multiclass-classification', name);
      const found = metric && compare(metric, { sample, reference });
      if (found?.verdict === 'better' || found?.verdict === 'worse') {
        errors.set(name, (errors.get(name) ?? 0) + 1);
      }
    }
  }
  for (const [name, count] of errors) {
    expect(count / RUNS, name).toBeLessThanOrEqual(MOST);
    // Without any such verdict the test would say nothing.
    expect(count, name).toBeGreaterThan(0);
  }
});
