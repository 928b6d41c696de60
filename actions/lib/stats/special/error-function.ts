// The error function and its complement; the normal distribution stands on them.
import { exp } from '#lib/stats/elementary.ts';
import { lentz } from '#lib/stats/special/continued-fraction.ts';

const TWO_OVER_ROOT_PI = 1.1283791670955126;
const ONE_OVER_ROOT_PI = 0.5641895835477563;
/** Below, the series of erf, whose complement loses no digit yet; above, the fraction of erfc. */
const BORDER = 1;

/** exp(-x^2) without the rounding of x^2, which would cost 700 units in the last place at x = 26. */
function expMinusSquare(x: number): number {
  const high = Math.round(x * 16) / 16;
  const low = x - high;
  return exp(-high * high) * exp(-low * (x + high));
}

/** erf(x) = 2/sqrt(pi) times the integral of exp(-t^2) from 0 to x; relative error about 1e-15. */
export function erf(x: number): number {
  if (Number.isNaN(x)) return x;
  const size = Math.abs(x);
  return Math.sign(x) * (size < BORDER ? erfSeries(size) : 1 - erfcFraction(size));
}

/** 1 - erf(x), accurate in its far tail too (erfc(26) is 5.7e-296); relative error about 1e-15. */
export function erfc(x: number): number {
  if (Number.isNaN(x)) return x;
  return x < BORDER ? 1 - erf(x) : erfcFraction(x);
}

/** DLMF 7.6.2: all terms are positive. */
function erfSeries(x: number): number {
  let term = x;
  let sum = x;
  for (let n = 1; term > sum * 1e-17; n++) {
    term *= (2 * x * x) / (2 * n + 1);
    sum += term;
  }
  return TWO_OVER_ROOT_PI * expMinusSquare(x) * sum;
}

/** DLMF 7.9.1. */
function erfcFraction(x: number): number {
  if (x > 27.3) return 0;
  const fraction = lentz(x, n => [n / 2, x]);
  return (ONE_OVER_ROOT_PI * expMinusSquare(x)) / fraction;
}
