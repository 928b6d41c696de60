// How often a comparison says something that is not so: proposals that are exactly as good as the champion, and one that is
// better by a known amount. The scores are drawn, so the truth is known.
import { expect, it } from 'vitest';
import { compare } from '#lib/evaluation/comparison.ts';
import type { Sample } from '#lib/evaluation/metric.ts';
import { findMetric } from '#lib/evaluation/metrics.ts';
import { normalQuantile } from '#lib/stats/distributions/normal.ts';
import { createRandom, type Random } from '#lib/stats/random.ts';

/** Of the scores of two models for one row. */
const CORRELATION = 0.8;

interface World {
  readonly n: number;
  /** Share of positive rows. */
  readonly positives: number;
  /** How far the scores of both classes lie apart, in standard deviations. */
  readonly apart: number;
  /** How much farther for the proposal. */
  readonly gain?: number;
}

/** G. E. P. Box and M. E. Muller, 1958: much faster than the quantile of a uniform number. */
const normal = (random: Random): number =>
  Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
/** The probability that belongs to a score of two normal classes. */
const probability = (score: number, { positives, apart }: World): number =>
  1 / (1 + Math.exp(-(apart * score - (apart * apart) / 2) - Math.log(positives / (1 - positives))));

function draw(world: World, random: Random): { readonly sample: Sample; readonly reference: Sample } {
  const { n, positives, apart, gain = 0 } = world;
  const truth = Float64Array.from({ length: n }, () => (random.next() < positives ? 1 : 0));
  const [own, other] = [new Float64Array(n), new Float64Array(n)];
  truth.forEach((positive, row) => {
    const shared = normal(random) * Math.sqrt(CORRELATION);
    const noise = (): number => shared + normal(random) * Math.sqrt(1 - CORRELATION);
    own[row] = probability(noise() + positive * (apart + gain), world);
    other[row] = probability(noise() + positive * apart, world);
  });
  const common = { truth, threshold: positives, tolerance: undefined };
  return { sample: { ...common, prediction: own }, reference: { ...common, prediction: other } };
}

/** Shares of the verdicts among those that could be reached at all. */
function verdicts(name: string, world: World, runs: number): Readonly<Record<string, number>> {
  const metric = findMetric('binary-classification', name);
  if (!metric) throw new Error(`${name} is no metric`);
  const random = createRandom(2026, world.n);
  const counts: Record<string, number> = {};
  let reached = 0;
  for (let run = 0; run < runs; run++) {
    const found = compare(metric, draw(world, random), { resamples: 200 });
    if (!found) continue;
    reached += 1;
    counts[found.verdict] = (counts[found.verdict] ?? 0) + 1;
  }
  return Object.fromEntries(Object.entries(counts).map(([verdict, count]) => [verdict, count / reached]));
}

const RUNS = 2000;
/** Three standard errors of 2,000 runs above 5 %. */
const MOST = 0.065;

it.each([
  ['roc_auc', { n: 50, positives: 0.5, apart: 1 }],
  ['roc_auc', { n: 500, positives: 0.5, apart: 1 }],
  ['roc_auc', { n: 5000, positives: 0.5, apart: 1 }],
  ['roc_auc', { n: 500, positives: 0.03, apart: 1 }],
  ['log_loss', { n: 50, positives: 0.5, apart: 1 }],
  ['log_loss', { n: 500, positives: 0.03, apart: 1 }],
  ['brier', { n: 50, positives: 0.5, apart: 1 }],
  ['accuracy', { n: 50, positives: 0.5, apart: 1 }],
  ['accuracy', { n: 500, positives: 0.5, apart: 1 }],
  ['f1', { n: 50, positives: 0.5, apart: 1 }],
  ['f1', { n: 500, positives: 0.03, apart: 1 }],
  ['mcc', { n: 50, positives: 0.5, apart: 1 }],
] as const)(
  '%s of two equally good models is called better or worse in at most 65 of 1,000 proposals (%o)',
  (name, world) => {
    const { better = 0, worse = 0 } = verdicts(name, world, RUNS);
    expect(better + worse).toBeLessThanOrEqual(MOST);
    // Without any such verdict the test would say nothing.
    expect(better + worse).toBeGreaterThan(0);
  },
);

it.each([
  ['pr_auc', { n: 50, positives: 0.5, apart: 1 }],
  ['pr_auc', { n: 500, positives: 0.05, apart: 1 }],
  ['ks', { n: 100, positives: 0.5, apart: 1 }],
  ['ece', { n: 200, positives: 0.5, apart: 1 }],
  ['lift', { n: 200, positives: 0.2, apart: 1 }],
] as const)('so it is of %s, whose rows are drawn again (%o)', (name, world) => {
  const { better = 0, worse = 0 } = verdicts(name, world, 500);
  expect(better + worse).toBeLessThanOrEqual(MOST);
});

it('a gain of two points of roc_auc on 5,000 rows, half of them positive, is found nine times in ten', () => {
  // Areas of 0.80 and 0.82: the quantile of the area times the root of two.
  const [apart, better] = [0.8, 0.82].map(area => normalQuantile(area) * Math.SQRT2) as [number, number];
  const found = verdicts('roc_auc', { n: 5000, positives: 0.5, apart, gain: better - apart }, 200);
  expect(found.better).toBeGreaterThanOrEqual(0.9);
});
