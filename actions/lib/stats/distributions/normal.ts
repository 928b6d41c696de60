// The standard normal distribution, both tails by themselves.
import { exp, log } from '#lib/stats/elementary.ts';
import { lentz } from '#lib/stats/special/continued-fraction.ts';
import { erf, erfc } from '#lib/stats/special/error-function.ts';
import { requireProbability } from '#lib/stats/special/require.ts';

const ROOT_2PI = 2.5066282746310002;

/** From here on the tail is its own fraction; below, the error function is as good. */
const TAIL_FROM = 1.4;
/** The tail is less than the smallest double. */
const TAIL_TO = 38.6;

/** The density at x; the square is split, so that its rounding does not grow with x. */
export function normalPdf(x: number): number {
  if (!(Math.abs(x) < TAIL_TO)) return Number.isNaN(x) ? x : 0;
  const high = Math.round(x * 16) / 16;
  return (exp(-0.5 * high * high) * exp(-0.5 * (x - high) * (x + high))) / ROOT_2PI;
}

/** P(X <= x), relative error about 1e-15 in both tails down to the smallest doubles. */
export function normalCdf(x: number): number {
  return normalSf(-x);
}

/** P(X > x): the density times Mills' ratio (Abramowitz and Stegun 26.2.14), or 26.2.29 near the middle. */
export function normalSf(x: number): number {
  if (x < -TAIL_FROM) return 1 - normalSf(-x);
  if (!(x >= TAIL_FROM)) return 0.5 * erfc(x * Math.SQRT1_2);
  if (x > TAIL_TO) return 0;
  return normalPdf(x) / lentz(x, n => [n, x]);
}

/**
 * The x with P(X <= x) = p; -Infinity at 0, Infinity at 1.
 * A rational start (Abramowitz and Stegun 26.2.23, error below 4.5e-4) and Halley steps on the tail.
 * @throws RangeError unless 0 <= p <= 1
 */
export function normalQuantile(p: number): number {
  requireProbability(p);
  return p <= 0.5 ? -upperPoint(p) : upperPoint(1 - p);
}

/** The x with P(X > x) = q: exact also where 1 - q would be 1. */
export function normalUpperQuantile(q: number): number {
  return -normalQuantile(q);
}

/** For 0 <= q <= 1/2. */
function upperPoint(q: number): number {
  if (q === 0) return Number.POSITIVE_INFINITY;
  if (q === 0.5) return 0;
  const t = Math.sqrt(-2 * log(q));
  const top = 2.515517 + t * (0.802853 + t * 0.010328);
  let x = t - top / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308)));
  for (let step = 0; step < 3; step++) {
    // Near the middle both are about 1/2, and their difference would have no digits.
    const difference = q < 0.25 ? normalSf(x) - q : 0.5 - q - 0.5 * erf(x * Math.SQRT1_2);
    const excess = difference / normalPdf(x);
    // Halley's correction: the density's derivative is -x times the density.
    if (Number.isFinite(excess)) x += excess / (1 + 0.5 * x * excess);
  }
  return x;
}
