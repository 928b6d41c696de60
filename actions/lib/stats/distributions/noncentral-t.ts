// The noncentral t distribution: the power of t tests.

import { normalSf } from '#lib/stats/distributions/normal.ts';
import { exp } from '#lib/stats/elementary.ts';
import { logGamma } from '#lib/stats/special/gamma.ts';
import { incompleteBeta } from '#lib/stats/special/incomplete-beta.ts';
import type { Tails } from '#lib/stats/special/incomplete-gamma.ts';

/** Degrees of freedom > 0 and the noncentrality, the standardised true difference. */
export interface NoncentralT {
  readonly df: number;
  readonly noncentrality: number;
}

/** Beyond, the mixture's weights would underflow. Tests whose power is still in question stay far below. */
const LARGEST_NONCENTRALITY = 37;

/**
 * P(T <= t) and P(T > t) as mixtures of incomplete beta functions (R. V. Lenth, Algorithm AS 243, Appl. Stat. 38, 1989).
 * Absolute error about 1e-12.
 * @throws RangeError for df <= 0 or a noncentrality beyond 37 either way
 */
export function noncentralTTails(t: number, { df, noncentrality }: NoncentralT): Tails {
  if (!(df > 0) || !(Math.abs(noncentrality) <= LARGEST_NONCENTRALITY)) {
    throw new RangeError(
      `The noncentral t needs df > 0 and a noncentrality within 37, not ${df} and ${noncentrality}`,
    );
  }
  if (t < 0) {
    const { lower, upper } = positiveTails(-t, { df, noncentrality: -noncentrality });
    return { lower: upper, upper: lower };
  }
  return positiveTails(t, { df, noncentrality });
}

/** For t >= 0: P(T > t) is the weighted sum of upper tails, P(T <= t) that of the lower ones and P(T < 0). */
function positiveTails(t: number, { df, noncentrality }: NoncentralT): Tails {
  const below = normalSf(noncentrality);
  const square = t * t;
  const at = { b: df / 2, x: square / (square + df), y: df / (square + df) };
  const half = (noncentrality * noncentrality) / 2;
  let [lower, upper] = [0, 0];
  let weight = exp(-half);
  // Gamma(j + 3/2) instead of j!: the odd part of the mixture, with the sign of the noncentrality.
  let oddWeight = (weight * noncentrality * Math.SQRT1_2) / exp(logGamma(1.5));
  for (let j = 0; j < 2 * half + 60 || weight > 1e-17; j++) {
    const even = incompleteBeta({ ...at, a: j + 0.5 });
    const odd = incompleteBeta({ ...at, a: j + 1 });
    lower += 0.5 * (weight * even.lower + oddWeight * odd.lower);
    upper += 0.5 * (weight * even.upper + oddWeight * odd.upper);
    weight *= half / (j + 1);
    oddWeight *= half / (j + 1.5);
  }
  return { lower: below + lower, upper };
}
