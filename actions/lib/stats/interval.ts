// Confidence intervals that need no resampling.
import { betaQuantile, betaUpperQuantile } from '#lib/stats/distributions/beta.ts';
import { normalUpperQuantile } from '#lib/stats/distributions/normal.ts';
import { requireCounts, requireShare } from '#lib/stats/special/require.ts';

/** [lower, upper] */
export type Interval = readonly [number, number];

/** The 97.5 % point of the standard normal distribution: two-sided 95 %. */
export const Z_95 = 1.959963984540054;

/**
 * The normal deviate that leaves (1 - confidence) / 2 on either side.
 * @throws RangeError unless 0 < confidence < 1
 */
export function twoSidedZ(confidence: number): number {
  requireShare(confidence, 'A confidence level');
  return confidence === 0.95 ? Z_95 : normalUpperQuantile((1 - confidence) / 2);
}

/**
 * Wilson's score interval for a proportion (E. B. Wilson, JASA 22, 1927).
 * @param successes 0 ... n, weights allowed
 * @param confidence strictly between 0 and 1
 * @returns [0, 1] when n is 0: nothing is known.
 */
export function wilsonInterval(successes: number, n: number, confidence = 0.95): Interval {
  if (n === 0) return [0, 1];
  const z = twoSidedZ(confidence);
  const z2 = z * z;
  const share = successes / n;
  const centre = (share + z2 / (2 * n)) / (1 + z2 / n);
  const half = (z / (1 + z2 / n)) * Math.sqrt((share * (1 - share)) / n + z2 / (4 * n * n));
  return [successes === 0 ? 0 : Math.max(0, centre - half), successes === n ? 1 : Math.min(1, centre + half)];
}

/**
 * The exact interval for a proportion (C. Clopper and E. Pearson, Biometrika 26, 1934), as quantiles of beta
 * distributions: never below its confidence, usually wider than it need be.
 * @returns [0, 1] when n is 0
 * @throws RangeError unless 0 <= successes <= n are whole numbers and 0 < confidence < 1
 */
export function clopperPearsonInterval(successes: number, n: number, confidence = 0.95): Interval {
  requireCounts([successes, n - successes]);
  requireShare(confidence, 'A confidence level');
  const tail = (1 - confidence) / 2;
  const failures = n - successes;
  return [
    successes === 0 ? 0 : betaQuantile(tail, { a: successes, b: failures + 1 }),
    failures === 0 ? 1 : betaUpperQuantile(tail, { a: successes + 1, b: failures }),
  ];
}
