// The Kolmogorov-Smirnov statistic of one sample of n, which SciPy also uses for two. Which method where follows
// R. Simard and P. L'Ecuyer, "Computing the Two-Sided Kolmogorov-Smirnov Distribution", J. Stat. Softw. 39(11), 2011:
// exact up to 140, above that right to about 2e-6 of a p-value.

import { exp, log } from '#lib/stats/elementary.ts';
import { durbinCdf } from '#lib/stats/special/durbin.ts';
import { binomialMass, poissonMass } from '#lib/stats/special/gamma.ts';
import { requireCounts } from '#lib/stats/special/require.ts';

const ROOT_2PI = 2.5066282746310002;
const PI_SQUARED = Math.PI * Math.PI;

/**
 * P(D >= d) for a sample of n from a continuous distribution; 1 for d <= 1/(2n), 0 for d >= 1.
 * @throws RangeError unless n is a whole number >= 1
 */
export function kolmogorovSampleSf(d: number, n: number): number {
  requireCounts([n - 1], 'The sample size less one');
  const steps = n * d;
  const square = steps * d;
  if (steps <= 0.5) return 1;
  if (d >= 1) return 0;
  if (steps <= 1) return 1 - smallest(2 * steps - 1, n);
  const border = n <= 140 ? 4 : 2.2;
  if (d >= 0.5 || steps >= n - 1 || square > border) return Math.min(1, 2 * oneSidedSf(d, n));
  const isSmall = n <= 140 || (n <= 100_000 && n * d * Math.sqrt(d) <= 1.4);
  return Math.min(1, Math.max(0, 1 - (isSmall ? durbinCdf(d, n) : pelzGoodCdf(d, n))));
}

/** n! / n^n (2nd - 1)^n for 1/2 < nd <= 1 (Simard and L'Ecuyer, formula 2). */
function smallest(share: number, n: number): number {
  if (share <= 0) return 0;
  return exp(n * (log(share) - 1)) / poissonMass(n, n);
}

/** P(D+ >= d) (Birnbaum and Tingey, Ann. Math. Stat. 22, 1951); its terms are binomial masses. */
function oneSidedSf(d: number, n: number): number {
  let sum = 0;
  for (let j = 0; j <= n * (1 - d); j++) {
    const p = Math.min(1, d + j / n);
    sum += (binomialMass(j, n, [p, 1 - p]) * d) / p;
  }
  return sum;
}

/** The expansion in 1/sqrt(n) of W. Pelz and I. J. Good, J. Royal Stat. Soc. B 38, 1976, P(D <= d). */
function pelzGoodCdf(d: number, n: number): number {
  const z2 = n * d * d;
  const z = Math.sqrt(z2);
  if (PI_SQUARED / (8 * z2) > 700) return 0;
  const [s0, s1, s2, s3] = oddSums(z2);
  const [t2, t3] = evenSums(z2);
  const z3 = z * z2;
  const z4 = z2 * z2;
  const k0 = s0 / z;
  const k1 = s1 / (6 * z4);
  const k2 = s2 / (72 * z4 * z3) - (PI_SQUARED * t2) / (36 * z3);
  const k3 = s3 / (6480 * z4 * z4 * z2) + (PI_SQUARED * t3) / (216 * z3 * z3);
  const root = Math.sqrt(n);
  return ROOT_2PI * (k0 + (k1 + (k2 + k3 / root) / root) / root);
}

/** The four sums over odd m of a polynomial times exp(-m^2 pi^2 / (8 z^2)), with z^2 given. */
function oddSums(z2: number): readonly [number, number, number, number] {
  const sums: [number, number, number, number] = [0, 0, 0, 0];
  for (let m = 2 * Math.ceil((16 * Math.sqrt(z2)) / Math.PI) - 1; m > 0; m -= 2) {
    const u = (m * m * PI_SQUARED) / 4;
    const weight = exp(-u / (2 * z2));
    const third = z2 * z2 * (-30 * z2 - 90 * z2 * z2 + u * (135 - 96 * z2));
    sums[0] += weight;
    sums[1] += weight * (u - z2);
    sums[2] += weight * (z2 * z2 * (6 * z2 + 2) + u * z2 * (2 * z2 - 5) + u * u * (1 - 2 * z2));
    sums[3] += weight * (third + u * u * z2 * (212 * z2 - 60) + u * u * u * (5 - 30 * z2));
  }
  return sums;
}

/** The two sums over all k of a polynomial times exp(-k^2 pi^2 / (2 z^2)). */
function evenSums(z2: number): readonly [number, number] {
  const sums: [number, number] = [0, 0];
  for (let k = Math.ceil((16 * Math.sqrt(z2)) / Math.PI); k > 0; k--) {
    const weight = k * k * exp((-k * k * PI_SQUARED) / (2 * z2));
    sums[0] += weight;
    sums[1] += weight * (3 * z2 - PI_SQUARED * k * k);
  }
  return sums;
}
