// Confidence intervals that need no resampling.

/** [lower, upper] */
export type Interval = readonly [number, number];

/** The 97.5 % point of the standard normal distribution: two-sided 95 %. */
export const Z_95 = 1.959963984540054;

/**
 * Wilson's score interval for a proportion (E. B. Wilson, JASA 22, 1927), 95 %.
 * @returns [0, 1] when n is 0: nothing is known.
 */
export function wilsonInterval(successes: number, n: number): Interval {
  if (n === 0) return [0, 1];
  const z2 = Z_95 * Z_95;
  const share = successes / n;
  const centre = (share + z2 / (2 * n)) / (1 + z2 / n);
  const half = (Z_95 / (1 + z2 / n)) * Math.sqrt((share * (1 - share)) / n + z2 / (4 * n * n));
  return [Math.max(0, centre - half), Math.min(1, centre + half)];
}
