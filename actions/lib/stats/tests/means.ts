// Two independent means with unequal variances, and their ratio.
import { studentTUpperQuantile } from '#lib/stats/distributions/student-t.ts';
import type { Interval } from '#lib/stats/interval.ts';
import { requireCounts, requireFinite, requireShare } from '#lib/stats/special/require.ts';
import { type Alternative, standardised, studentTP } from '#lib/stats/tests/alternative.ts';

/** What a t test needs of a sample: `variance` has the divisor n - 1. */
export interface Moments {
  readonly n: number;
  readonly mean: number;
  readonly variance: number;
}

/** Sums over the rows, as a warehouse gives them. */
export interface Sums {
  readonly n: number;
  readonly sum: number;
  readonly sumSquares: number;
}

/** A t statistic with what it judges. */
export interface TTest {
  readonly difference: number;
  readonly standardError: number;
  readonly t: number;
  readonly df: number;
  readonly p: number;
  readonly interval: Interval;
}

/** Level and side of a test; `shift` is the difference under the null hypothesis. */
export interface TTestOptions {
  readonly confidence?: number;
  readonly alternative?: Alternative;
  readonly shift?: number;
}

/** Mean and variance of values in two passes. @throws RangeError for fewer than 2 or numbers that are not finite */
export function momentsOf(values: ArrayLike<number>): Moments {
  requireFinite(values);
  const n = values.length;
  requireRows(n);
  let sum = 0;
  for (let row = 0; row < n; row++) sum += values[row] ?? 0;
  const mean = sum / n;
  let squares = 0;
  for (let row = 0; row < n; row++) squares += ((values[row] ?? 0) - mean) * ((values[row] ?? 0) - mean);
  return { n, mean, variance: squares / (n - 1) };
}

/** The same from sums; loses digits when the mean is much larger than the spread. */
export function momentsOfSums({ n, sum, sumSquares }: Sums): Moments {
  requireFinite([sum, sumSquares], 'A sum');
  requireRows(n);
  return { n, mean: sum / n, variance: Math.max(0, (sumSquares - (sum * sum) / n) / (n - 1)) };
}

function requireRows(n: number): void {
  requireCounts([n], 'The number of rows');
  if (n < 2) throw new RangeError(`A variance needs at least 2 rows, not ${n}`);
}

/** Welch's test of a - b (B. L. Welch, Biometrika 34, 1947) with Satterthwaite's degrees of freedom. */
export function welchTest(a: Moments, b: Moments, options: TTestOptions = {}): TTest {
  const [va, vb] = [a.variance / a.n, b.variance / b.n];
  return tTest(a.mean - b.mean, va + vb, { df: satterthwaite(a, b), ...options });
}

/**
 * The relative lift (mean of b - mean of a) / mean of a, by the delta method: its variance is
 * vb / ma^2 + va mb^2 / ma^4 with the variances of the means (A. Deng, U. Knoblich, J. Lu, KDD 2018, section 3).
 * @throws RangeError when the mean of a is 0
 */
export function relativeLift(a: Moments, b: Moments, options: TTestOptions = {}): TTest {
  if (a.mean === 0) throw new RangeError('A lift relative to a mean of 0 does not exist');
  const ratio = b.mean / a.mean;
  const variance = (b.variance / b.n + (ratio * ratio * a.variance) / a.n) / (a.mean * a.mean);
  return tTest((b.mean - a.mean) / a.mean, variance, { df: satterthwaite(a, b), ...options });
}

/** n1 + n2 - 2 when neither varies. */
function satterthwaite(a: Moments, b: Moments): number {
  const [va, vb] = [a.variance / a.n, b.variance / b.n];
  if (va + vb === 0) return a.n + b.n - 2;
  const share = va / (va + vb);
  return 1 / ((share * share) / (a.n - 1) + ((1 - share) * (1 - share)) / (b.n - 1));
}

/** The t test of an estimate with this variance; the interval has both sides whatever the alternative. */
function tTest(
  difference: number,
  variance: number,
  { df, confidence = 0.95, alternative = 'two-sided', shift = 0 }: TTestOptions & { readonly df: number },
): TTest {
  requireShare(confidence, 'A confidence level');
  const standardError = Math.sqrt(variance);
  const t = standardised(difference - shift, standardError);
  const half = studentTUpperQuantile((1 - confidence) / 2, df) * standardError;
  const interval: Interval = [difference - half, difference + half];
  return { difference, standardError, t, df, p: studentTP(t, df, alternative), interval };
}
