// Seeded bootstrap over rows: every statistic sees the same resamples, so differences between them are paired.
import { normalCdf, normalQuantile } from '#lib/stats/distributions/normal.ts';
import { type Interval, twoSidedZ } from '#lib/stats/interval.ts';
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
 * The percentile interval: at 95 % the 2.5 % and 97.5 % quantiles (linear interpolation, Hyndman and Fan's type 7).
 * Undefined resamples are left out; undefined when fewer than half remain.
 */
export function percentileInterval(replicates: Float64Array, confidence = 0.95): Interval | undefined {
  const sorted = definedOf(replicates);
  if (!sorted) return undefined;
  const tail = confidence === 0.95 ? 0.025 : (1 - confidence) / 2;
  return [quantileOfSorted(sorted, tail), quantileOfSorted(sorted, 1 - tail)];
}

/** Ascending, without NaN; undefined when fewer than half remain. */
function definedOf(replicates: Float64Array): Float64Array | undefined {
  const defined = replicates.filter(value => !Number.isNaN(value)).sort();
  return defined.length * 2 < replicates.length || defined.length === 0 ? undefined : defined;
}

/** What the BCa interval knows besides the resamples. */
export interface Acceleration {
  /** The statistic of all rows */
  readonly observed: number;
  /** The statistic without one row, for every row: see `jackknife` */
  readonly jackknife: Float64Array;
  readonly confidence?: number;
}

/**
 * The bias-corrected and accelerated interval (B. Efron, JASA 82, 1987; Efron and Tibshirani, An Introduction to the
 * Bootstrap, 1993, 14.9 to 14.15): right to second order where the percentile interval is to first. Resamples equal to
 * the observed value count half. Undefined as above, and where all resamples lie on one side of the observed value.
 */
export function bcaInterval(
  replicates: Float64Array,
  { observed, jackknife: leftOut, confidence = 0.95 }: Acceleration,
): Interval | undefined {
  const sorted = definedOf(replicates);
  if (!sorted) return undefined;
  const below = sorted.filter(value => value < observed).length;
  const equal = sorted.filter(value => value === observed).length;
  const share = (below + equal / 2) / sorted.length;
  if (share === 0 || share === 1) return undefined;
  const bias = normalQuantile(share);
  const acceleration = accelerationOf(leftOut);
  const z = twoSidedZ(confidence);
  const at = (deviate: number) => {
    const moved = bias + (bias + deviate) / (1 - acceleration * (bias + deviate));
    return quantileOfSorted(sorted, normalCdf(moved));
  };
  return [at(-z), at(z)];
}

/** Formula 14.15 of Efron and Tibshirani; 0 where leaving a row out changes nothing. */
function accelerationOf(leftOut: Float64Array): number {
  const mean = leftOut.reduce((sum, value) => sum + value, 0) / leftOut.length;
  let [squares, cubes] = [0, 0];
  for (const value of leftOut) {
    const influence = mean - value;
    squares += influence * influence;
    cubes += influence * influence * influence;
  }
  return squares === 0 ? 0 : cubes / (6 * squares * Math.sqrt(squares));
}

/** The statistic without each row in turn: n evaluations. */
export function jackknife(n: number, statistic: WeightedStatistic): Float64Array {
  const counts = new Float64Array(n).fill(1);
  return new Float64Array(n).map((_, row) => {
    counts[row] = 0;
    const value = statistic(counts);
    counts[row] = 1;
    return value;
  });
}

/** More resamples than this take too long to enumerate; 7^7 is below it. */
const MOST_RESAMPLES = 1_000_000;

/**
 * Every one of the n^n resamples of tiny data, so that nothing is left to chance.
 * @returns the statistic in each
 * @throws RangeError for n = 0 or more than 7
 */
export function exhaustiveBootstrap(n: number, statistic: WeightedStatistic): Float64Array {
  const draws = Array.from({ length: n }, () => n).reduce((product, base) => product * base, 1);
  if (n < 1 || draws > MOST_RESAMPLES) throw new RangeError(`All resamples are for 1 to 7 rows, not ${n}`);
  const counts = new Float64Array(n);
  return new Float64Array(draws).map((_, draw) => {
    counts.fill(0);
    for (let i = 0, rest = draw; i < n; i++, rest = Math.floor(rest / n)) {
      counts[rest % n] = (counts[rest % n] ?? 0) + 1;
    }
    return statistic(counts);
  });
}

/** The standard deviation of the resamples, divisor n: the bootstrap's standard error. NaN without defined ones. */
export function standardErrorOf(replicates: Float64Array): number {
  const defined = replicates.filter(value => !Number.isNaN(value));
  const mean = defined.reduce((sum, value) => sum + value, 0) / defined.length;
  return Math.sqrt(defined.reduce((sum, value) => sum + (value - mean) * (value - mean), 0) / defined.length);
}

/** Type 7 quantile of ascending values, 0 <= p <= 1; NaN without values. */
export function quantileOfSorted(sorted: ArrayLike<number>, p: number): number {
  const position = (sorted.length - 1) * p;
  const below = Math.floor(position);
  const low = sorted[below] ?? Number.NaN;
  const high = sorted[Math.min(below + 1, sorted.length - 1)] ?? Number.NaN;
  return low + (high - low) * (position - below);
}
