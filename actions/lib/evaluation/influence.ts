// How much each row moves a metric: the infinitesimal jackknife (L. A. Jaeckel, Bell Laboratories memorandum, 1972). It gives
// the uncertainty of a value, and of the difference of two models on the same rows, without drawing rows again, and it
// tells how far such an interval can be trusted: a few rows that move everything leave few degrees of freedom.

import { studentTTwoSided, studentTUpperQuantile } from '#lib/stats/distributions/student-t.ts';
import type { Interval } from '#lib/stats/interval.ts';

/** One number per row, of mean 0; the variance of the metric is the sum of their squares over n squared. */
export type Influence = Float64Array;

export interface Uncertainty {
  readonly standardError: number;
  /** Degrees of freedom for Student's t. */
  readonly df: number;
}

/** Of a mean of values: with it the interval of a difference is that of the paired t test. */
export function influenceOfMean(values: Float64Array): Influence {
  const n = values.length;
  let sum = 0;
  for (const value of values) sum += value;
  const [mean, unbiased] = [sum / n, Math.sqrt(n / (n - 1))];
  const influence = new Float64Array(n);
  for (let row = 0; row < n; row++) influence[row] = ((values[row] ?? 0) - mean) * unbiased;
  return influence;
}

/**
 * The degrees of freedom come from how unevenly the rows count (F. E. Satterthwaite, Biometrics Bulletin 2, 1946):
 * 2 n / (kurtosis - 1), which is n - 1 or so for normal rows and twice their number for a few rows that decide.
 */
export function uncertaintyOf(influence: Influence): Uncertainty {
  const n = influence.length;
  let [squares, fourths] = [0, 0];
  for (const value of influence) {
    const square = value * value;
    squares += square;
    fourths += square * square;
  }
  if (squares === 0) return { standardError: 0, df: n - 1 };
  const kurtosis = (n * fourths) / (squares * squares);
  const df = kurtosis > 1 ? (2 * n) / (kurtosis - 1) : n - 1;
  return { standardError: Math.sqrt(squares) / n, df: Math.max(1, Math.min(n - 1, df)) };
}

/** The two-sided interval at this confidence. */
export function intervalAround(
  value: number,
  { standardError, df }: Uncertainty,
  confidence = 0.95,
): Interval {
  if (standardError === 0) return [value, value];
  const half = studentTUpperQuantile((1 - confidence) / 2, df) * standardError;
  return [value - half, value + half];
}

/** One metric's influence less another's: that of their difference on the same rows. */
export function differenceOf(one: Influence, other: Influence): Influence {
  const difference = new Float64Array(one.length);
  for (let row = 0; row < difference.length; row++) difference[row] = (one[row] ?? 0) - (other[row] ?? 0);
  return difference;
}

/** Two-sided p-value of the value being 0. */
export function pValueOf(value: number, { standardError, df }: Uncertainty): number {
  if (standardError === 0) return value === 0 ? 1 : 0;
  return studentTTwoSided(value / standardError, df);
}
