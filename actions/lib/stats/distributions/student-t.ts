// Student's t distribution with real degrees of freedom, both tails by themselves.

import { normalSf } from '#lib/stats/distributions/normal.ts';
import { exp, log, log1p } from '#lib/stats/elementary.ts';
import { logGamma, logGammaRatio } from '#lib/stats/special/gamma.ts';
import { incompleteBeta } from '#lib/stats/special/incomplete-beta.ts';
import { requireProbability } from '#lib/stats/special/require.ts';
import { solvePositive } from '#lib/stats/special/solve.ts';

/** From here on the incomplete beta function would lose digits, and Hill's expansion has them all. */
const EXPANSION_FROM = 1e5;

/**
 * P(T > t) (Abramowitz and Stegun 26.7.1), relative error about 1e-13 in both tails.
 * @param df degrees of freedom, any number > 0; Infinity is the normal distribution
 * @throws RangeError for df <= 0 or NaN
 */
export function studentTSf(t: number, df: number): number {
  if (!(df > 0) || Number.isNaN(t))
    throw new RangeError(`Student's t needs df > 0, not t = ${t}, df = ${df}`);
  if (t < 0) return 1 - positiveTail(-t, df);
  return positiveTail(t, df);
}

/** P(T <= t), as accurate as the other tail. */
export function studentTCdf(t: number, df: number): number {
  return studentTSf(-t, df);
}

/** P(|T| >= |t|). */
export function studentTTwoSided(t: number, df: number): number {
  return Math.min(1, 2 * studentTSf(Math.abs(t), df));
}

/**
 * The t with P(T <= t) = p.
 * @throws RangeError unless 0 <= p <= 1 and df > 0
 */
export function studentTQuantile(p: number, df: number): number {
  requireProbability(p);
  return p <= 0.5 ? -upperPoint(p, df) : upperPoint(1 - p, df);
}

/** The t with P(T > t) = q. */
export function studentTUpperQuantile(q: number, df: number): number {
  return -studentTQuantile(q, df);
}

function upperPoint(q: number, df: number): number {
  if (q === 0) return Number.POSITIVE_INFINITY;
  if (q === 0.5) return 0;
  return solvePositive(t => studentTSf(t, df), q);
}

/** For t >= 0: half the incomplete beta function at df / (df + t^2). */
function positiveTail(t: number, df: number): number {
  if (df > EXPANSION_FROM) return normalSf(equivalentNormal(t, df));
  const ratio = t / Math.sqrt(df);
  if (ratio > 1e100) return farTail(ratio, df);
  const square = ratio * ratio;
  const point = { a: df / 2, b: 0.5, x: 1 / (1 + square), y: square / (1 + square) };
  return 0.5 * incompleteBeta(point).lower;
}

/** The first term of the tail's series, ratio^-df / (df B(df/2, 1/2)), where the square would overflow. */
function farTail(ratio: number, df: number): number {
  const logBeta = logGamma(0.5) - logGammaRatio(df / 2, 0.5);
  return exp(-df * log(ratio) - log(df) - logBeta);
}

/** The normal deviate with the same tail (G. W. Hill, Algorithm 395, CACM 13, 1970), for many degrees of freedom. */
function equivalentNormal(t: number, df: number): number {
  if (df === Number.POSITIVE_INFINITY) return t;
  const a = df - 0.5;
  const w = Math.sqrt(a * log1p((t / df) * t));
  // Both tails end before 40, where the expansion would not yet fail.
  if (!(w < 40)) return w;
  const b = 48 * a * a;
  const w2 = w * w;
  const second = w * (855 + w2 * (240 + w2 * (33 + w2 * 4)));
  return w + (w * (w2 + 3)) / b - second / (10 * b * b);
}
