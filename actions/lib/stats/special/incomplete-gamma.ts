// Both tails of the regularised incomplete gamma function, each computed by itself where it is small: one minus the
// other would leave no digits. The number of steps grows with the root of the shape, so 10^10 is the limit.
import { exp, expm1, log } from '#lib/stats/elementary.ts';
import { lentz } from '#lib/stats/special/continued-fraction.ts';
import { logGamma, poissonMass } from '#lib/stats/special/gamma.ts';

/** Two probabilities that sum to 1, both accurate to about 1e-13 of themselves. */
export interface Tails {
  readonly lower: number;
  readonly upper: number;
}

/**
 * P(a, x) and Q(a, x) of DLMF 8.2.4.
 * @param a shape, > 0
 * @param x >= 0, may be Infinity
 * @throws RangeError for a <= 0, x < 0 or NaN
 */
export function incompleteGamma(a: number, x: number): Tails {
  if (!(a > 0) || a === Number.POSITIVE_INFINITY || !(x >= 0)) {
    throw new RangeError(`The incomplete gamma function needs a > 0 and x >= 0, not a = ${a}, x = ${x}`);
  }
  if (x === 0) return { lower: 0, upper: 1 };
  if (x === Number.POSITIVE_INFINITY) return { lower: 1, upper: 0 };
  if (a < 0.5 && x < 1) return smallShape(a, x);
  if (x < a + 1 && !(a < 0.5)) {
    const lower = poissonMass(a, x) * risingSeries(a, x);
    return { lower, upper: 1 - lower };
  }
  const front = poissonMass(a, x) * a;
  const upper = front === 0 ? 0 : front * upperFraction(a, x);
  return { lower: 1 - upper, upper };
}

/** 1 + x/(a+1) + x^2/((a+1)(a+2)) + ... (DLMF 8.7.1). */
function risingSeries(a: number, x: number): number {
  let term = 1;
  let sum = 1;
  for (let n = 1; term > sum * 1e-17; n++) {
    term *= x / (a + n);
    sum += term;
  }
  return sum;
}

/** The continued fraction of DLMF 8.9.2 in its contracted form. */
function upperFraction(a: number, x: number): number {
  const first = x + 1 - a;
  return 1 / lentz(first, n => [n * (a - n), first + 2 * n]);
}

/** For a < 1/2 the upper tail is about a times a logarithm: it comes from 1 - x^a / Gamma(a + 1) and DLMF 8.7.1. */
function smallShape(a: number, x: number): Tails {
  const logPower = a * log(x) - logGamma(a + 1);
  let sum = 0;
  let term = 1;
  for (let k = 1; Math.abs(term) > 1e-18; k++) {
    term *= -x / k;
    sum += (a * term) / (a + k);
  }
  const power = exp(logPower);
  return { lower: power * (1 + sum), upper: -expm1(logPower) - power * sum };
}
