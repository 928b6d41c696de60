// The binomial distribution, exact in both tails at any size: sums of masses would lose the far ones.
import { binomialMass } from '#lib/stats/special/gamma.ts';
import { incompleteBeta } from '#lib/stats/special/incomplete-beta.ts';
import type { Tails } from '#lib/stats/special/incomplete-gamma.ts';
import { requireCounts, requireProbability } from '#lib/stats/special/require.ts';

/** n trials, each a success with probability p. */
export interface Trials {
  readonly n: number;
  readonly p: number;
}

function check({ n, p }: Trials): void {
  requireCounts([n], 'The number of trials');
  requireProbability(p, 'The probability of success');
}

/** P(X = k); 0 where k is no possible count. Loader's saddle-point form, relative error about 1e-14. */
export function binomialPmf(k: number, trials: Trials): number {
  check(trials);
  if (!Number.isInteger(k) || k < 0 || k > trials.n) return 0;
  return binomialMass(k, trials.n, [trials.p, 1 - trials.p]);
}

/** P(X <= k) and P(X > k) as incomplete beta functions (DLMF 8.17.5). */
function tails(k: number, trials: Trials): Tails {
  check(trials);
  const { n, p } = trials;
  const whole = Math.floor(k);
  if (whole < 0) return { lower: 0, upper: 1 };
  if (whole >= n) return { lower: 1, upper: 0 };
  const { lower, upper } = incompleteBeta({ a: whole + 1, b: n - whole, x: p, y: 1 - p });
  return { lower: upper, upper: lower };
}

/** P(X <= k). @throws RangeError unless n is a whole number >= 0 and 0 <= p <= 1 */
export function binomialCdf(k: number, trials: Trials): number {
  return tails(k, trials).lower;
}

/** P(X > k): strictly more. @throws RangeError unless n is a whole number >= 0 and 0 <= p <= 1 */
export function binomialSf(k: number, trials: Trials): number {
  return tails(k, trials).upper;
}

/** The smallest k with P(X <= k) >= share. @throws RangeError unless 0 <= share <= 1 */
export function binomialQuantile(share: number, trials: Trials): number {
  requireProbability(share);
  let [low, high] = [-1, trials.n];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (isReached(middle, share, trials)) high = middle;
    else low = middle;
  }
  return high;
}

/** Compared in the smaller tail, with room for the last bits of a share that was itself computed from a tail. */
function isReached(k: number, share: number, trials: Trials): boolean {
  const { lower, upper } = tails(k, trials);
  return share <= 0.5 ? lower >= share * (1 - 1e-14) : upper <= (1 - share) * (1 + 1e-14);
}
