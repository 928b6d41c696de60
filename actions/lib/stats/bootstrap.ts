// Seeded bootstrap over rows: every statistic sees the same resamples, so differences between them are paired.
import type { Interval } from '#lib/stats/interval.ts';
import { createRandom } from '#lib/stats/random.ts';

/** A statistic of the rows, given how often each row was drawn (counts that sum to n). */
export type WeightedStatistic = (counts: Float64Array) => number;

/**
 * Draws n of n rows with replacement, `resamples` times (Efron, Annals of Statistics 7, 1979).
 * @returns per statistic its value in each resample; NaN where it is undefined there.
 */
export function bootstrap(
  n: number,
  statistics: readonly WeightedStatistic[],
  { resamples = 2000, seed = 1 }: { readonly resamples?: number; readonly seed?: number } = {},
): readonly Float64Array[] {
  const random = createRandom(seed);
  const replicates = statistics.map(() => new Float64Array(resamples));
  const counts = new Float64Array(n);
  for (let draw = 0; draw < resamples; draw++) {
    counts.fill(0);
    for (let i = 0; i < n; i++) {
      const row = random.integer(n);
      counts[row] = (counts[row] ?? 0) + 1;
    }
    statistics.forEach((statistic, index) => {
      const values = replicates[index];
      if (values) values[draw] = statistic(counts);
    });
  }
  return replicates;
}

/**
 * The percentile interval, 95 %: the 2.5 % and 97.5 % quantiles (linear interpolation, Hyndman and Fan's type 7).
 * Undefined resamples are left out; undefined when fewer than half remain.
 */
export function percentileInterval(replicates: Float64Array): Interval | undefined {
  const defined = replicates.filter(value => !Number.isNaN(value)).sort();
  if (defined.length * 2 < replicates.length || defined.length === 0) return undefined;
  return [quantileOfSorted(defined, 0.025), quantileOfSorted(defined, 0.975)];
}

/** Type 7 quantile of ascending values, 0 <= p <= 1; NaN without values. */
export function quantileOfSorted(sorted: ArrayLike<number>, p: number): number {
  const position = (sorted.length - 1) * p;
  const below = Math.floor(position);
  const low = sorted[below] ?? Number.NaN;
  const high = sorted[Math.min(below + 1, sorted.length - 1)] ?? Number.NaN;
  return low + (high - low) * (position - below);
}
