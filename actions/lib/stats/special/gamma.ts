// log gamma and the two small quantities that carry the large parts of gamma, beta and binomial probabilities, so that
// far tails keep their relative accuracy (C. Loader, "Fast and Accurate Computation of Binomial Probabilities", 2000).
import { exp, log, log1p } from '#lib/stats/elementary.ts';

const HALF_LOG_2PI = 0.9189385332046728;
const ONE_MINUS_EULER = 0.42278433509846713;
/** From here on six terms of Stirling's series are exact to the last bit. */
const STIRLING_FROM = 15;

/** zeta(k) - 1 for k = 2, 3, ... (Abramowitz and Stegun, table 23.3). */
const ZETA_MINUS_1 = [
  0.6449340668482264, 0.2020569031595943, 0.08232323371113819, 0.03692775514336993, 0.01734306198444914,
  0.008349277381922827, 0.00407735619794434, 0.0020083928260822143, 0.0009945751278180853,
  0.0004941886041194645, 0.0002460865533080483, 0.00012271334757848915, 6.124813505870483e-5,
  3.058823630702049e-5, 1.528225940865187e-5, 7.637197637899763e-6, 3.81729326499984e-6, 1.908212716553939e-6,
  9.539620338727962e-7, 4.769329867878064e-7, 2.38450502727733e-7, 1.1921992596531106e-7,
  5.960818905125948e-8, 2.980350351465228e-8, 1.4901554828365043e-8, 7.45071178983543e-9,
] as const;

/** log Gamma(2 + z) for |z| <= 1/2 (Abramowitz and Stegun 6.1.33 with 6.1.15). */
function logGammaNearTwo(z: number): number {
  let sum = 0;
  for (let k = ZETA_MINUS_1.length + 1; k >= 2; k--) {
    sum = ((k % 2 === 0 ? 1 : -1) * (ZETA_MINUS_1[k - 2] ?? 0)) / k + z * sum;
  }
  return z * (ONE_MINUS_EULER + z * sum);
}

/** What Stirling's formula leaves out, 1/(12x) - 1/(360x^3) + ... (Abramowitz and Stegun 6.1.41), x >= 15. */
function stirlingSeries(x: number): number {
  const w = 1 / (x * x);
  const rest = 1 / 1260 - w * (1 / 1680 - w * (1 / 1188 - w * (691 / 360360)));
  return (1 / 12 - w * (1 / 360 - w * rest)) / x;
}

/**
 * log Gamma(x) for x > 0; Infinity at 0 and Infinity. Relative error about 1e-15, also near its zeros 1 and 2.
 * @throws RangeError below 0, where this library needs none
 */
export function logGamma(x: number): number {
  if (!(x >= 0)) throw new RangeError(`log gamma is for numbers >= 0, not ${x}`);
  if (x === 0 || x === Number.POSITIVE_INFINITY) return Number.POSITIVE_INFINITY;
  if (x >= STIRLING_FROM) return (x - 0.5) * (log(x) - 1) - 0.5 + HALF_LOG_2PI + stirlingSeries(x);
  if (x < 0.5) return logGammaNearTwo(x) - log1p(x) - log(x);
  if (x < 1.5) return logGammaNearTwo(x - 1) - log(x);
  let product = 1;
  let rest = x;
  while (rest > 2.5) {
    rest -= 1;
    product *= rest;
  }
  return log(product) + logGammaNearTwo(rest - 2);
}

/** log Gamma(x + 1) minus Stirling's (x + 1/2) log x - x + log(2 pi)/2, for x > 0 (Loader's delta). */
export function stirlingError(x: number): number {
  if (x >= STIRLING_FROM) return stirlingSeries(x);
  return logGamma(x + 1) - ((x + 0.5) * log(x) - x + HALF_LOG_2PI);
}

/** log Gamma(x + a) - log Gamma(x), for x > 0 and x + a > 0, accurate also where x is much larger than a. */
export function logGammaRatio(x: number, a: number): number {
  if (x < STIRLING_FROM || x + a < STIRLING_FROM) return logGamma(x + a) - logGamma(x);
  return (x + a - 0.5) * log1p(a / x) + a * (log(x) - 1) + stirlingSeries(x + a) - stirlingSeries(x);
}

/** x log(x / mean) + mean - x: half the deviance of a count from its mean, >= 0 (Loader's bd0). */
export function deviance(x: number, mean: number): number {
  if (x === 0) return mean;
  if (Math.abs(x - mean) > 0.1 * (x + mean)) return x * log(x / mean) + mean - x;
  const v = (x - mean) / (x + mean);
  let sum = (x - mean) * v;
  let term = 2 * x * v;
  for (let j = 1; ; j++) {
    term *= v * v;
    const next = sum + term / (2 * j + 1);
    if (next === sum) return sum;
    sum = next;
  }
}

/** x^x-free Poisson mass: mean^x e^-mean / Gamma(x + 1), for real x >= 0 and mean > 0. */
export function poissonMass(x: number, mean: number): number {
  if (x === 0) return exp(-mean);
  return exp(-stirlingError(x) - deviance(x, mean)) / Math.sqrt(2 * Math.PI * x);
}

/**
 * Binomial mass p^k q^(n-k) Gamma(n+1) / (Gamma(k+1) Gamma(n-k+1)) for real 0 <= k <= n.
 * p and q = 1 - p are both given, so that neither loses digits near 1.
 */
export function binomialMass(k: number, n: number, [p, q]: readonly [number, number]): number {
  if (p === 0) return k === 0 ? 1 : 0;
  if (q === 0) return k === n ? 1 : 0;
  if (k === 0) return exp(n * (p < 0.5 ? log1p(-p) : log(q)));
  if (k === n) return exp(n * (q < 0.5 ? log1p(-q) : log(p)));
  return exp(logBinomialMass(k, n, [p, q]));
}

/** The logarithm of the above, for 0 < k < n and 0 < p < 1. */
function logBinomialMass(k: number, n: number, [p, q]: readonly [number, number]): number {
  const rest = n - k;
  const errors = stirlingError(n) - stirlingError(k) - stirlingError(rest);
  return errors - deviance(k, n * p) - deviance(rest, n * q) - 0.5 * log(2 * Math.PI * k * (rest / n));
}
