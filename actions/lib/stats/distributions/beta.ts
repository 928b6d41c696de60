// The beta distribution; exact intervals of proportions are its quantiles.
import { type BetaPoint, incompleteBeta } from '#lib/stats/special/incomplete-beta.ts';
import type { Tails } from '#lib/stats/special/incomplete-gamma.ts';
import { requireProbability } from '#lib/stats/special/require.ts';
import { solvePositive } from '#lib/stats/special/solve.ts';

/** The two shapes, both > 0. */
export type BetaShape = Pick<BetaPoint, 'a' | 'b'>;

function tails(x: number, { a, b }: BetaShape): Tails {
  const inside = Math.min(1, Math.max(0, x));
  return incompleteBeta({ a, b, x: inside, y: 1 - inside });
}

/** P(X <= x) (DLMF 8.17.2), 0 below 0 and 1 above 1; relative error about 1e-13. @throws RangeError for a, b <= 0 */
export function betaCdf(x: number, shape: BetaShape): number {
  return tails(x, shape).lower;
}

/** P(X > x), accurate where it is small. @throws RangeError for a, b <= 0 */
export function betaSf(x: number, shape: BetaShape): number {
  return tails(x, shape).upper;
}

/** The x with P(X <= x) = p. @throws RangeError unless 0 <= p <= 1 and a, b > 0 */
export function betaQuantile(p: number, shape: BetaShape): number {
  requireProbability(p);
  if (p === 0 || p === 1) return p;
  if (p > 0.5) return betaUpperQuantile(1 - p, shape);
  return solvePositive(x => betaCdf(x, shape), p, 1);
}

/** The x with P(X > x) = q. @throws RangeError unless 0 <= q <= 1 and a, b > 0 */
export function betaUpperQuantile(q: number, shape: BetaShape): number {
  requireProbability(q);
  if (q === 0 || q === 1) return 1 - q;
  if (q > 0.5) return betaQuantile(1 - q, shape);
  return solvePositive(x => betaSf(x, shape), q, 1);
}
