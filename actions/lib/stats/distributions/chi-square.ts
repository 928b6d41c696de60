// The chi-square distribution with real degrees of freedom.
import { incompleteGamma, type Tails } from '#lib/stats/special/incomplete-gamma.ts';
import { requireProbability } from '#lib/stats/special/require.ts';
import { solvePositive } from '#lib/stats/special/solve.ts';

function tails(x: number, df: number): Tails {
  if (!(df > 0)) throw new RangeError(`Chi-square needs df > 0, not ${df}`);
  return incompleteGamma(df / 2, Math.max(0, x) / 2);
}

/** P(X <= x) (Abramowitz and Stegun 26.4.1); relative error about 1e-13. @throws RangeError for df <= 0 */
export function chiSquareCdf(x: number, df: number): number {
  return tails(x, df).lower;
}

/** P(X > x), accurate in its far tail: chiSquareSf(1400, 1) is 5e-306. @throws RangeError for df <= 0 */
export function chiSquareSf(x: number, df: number): number {
  return tails(x, df).upper;
}

/** The x with P(X <= x) = p. @throws RangeError unless 0 <= p <= 1 and df > 0 */
export function chiSquareQuantile(p: number, df: number): number {
  requireProbability(p);
  if (p === 1) return Number.POSITIVE_INFINITY;
  if (p > 0.5) return chiSquareUpperQuantile(1 - p, df);
  return p === 0 ? 0 : solvePositive(x => chiSquareCdf(x, df), p);
}

/** The x with P(X > x) = q. @throws RangeError unless 0 <= q <= 1 and df > 0 */
export function chiSquareUpperQuantile(q: number, df: number): number {
  requireProbability(q);
  if (q === 0) return Number.POSITIVE_INFINITY;
  if (q > 0.5) return chiSquareQuantile(1 - q, df);
  return solvePositive(x => chiSquareSf(x, df), q);
}
