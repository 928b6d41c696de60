// What a test is asked: does the first differ, is it less, is it greater?
import { normalSf } from '#lib/stats/distributions/normal.ts';
import { studentTSf } from '#lib/stats/distributions/student-t.ts';

/** The side on which the truth is looked for: the statistic differs from 0, lies below it, or lies above it. */
export type Alternative = 'two-sided' | 'less' | 'greater';

/** The p-value of a standard normal statistic; NaN stays NaN. */
export function normalP(z: number, alternative: Alternative): number {
  return pOfTail(x => normalSf(x), z, alternative);
}

/** The p-value of a t statistic with these degrees of freedom (> 0). */
export function studentTP(t: number, df: number, alternative: Alternative): number {
  return pOfTail(x => studentTSf(x, df), t, alternative);
}

/** For a distribution symmetric about 0. */
function pOfTail(upper: (x: number) => number, x: number, alternative: Alternative): number {
  if (Number.isNaN(x)) return x;
  if (alternative === 'two-sided') return Math.min(1, 2 * upper(Math.abs(x)));
  return upper(alternative === 'greater' ? x : -x);
}

/** estimate / standard error; 0 / 0 is 0: no difference and no noise is no evidence. */
export function standardised(estimate: number, standardError: number): number {
  return estimate === 0 ? 0 : estimate / standardError;
}
