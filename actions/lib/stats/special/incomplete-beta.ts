// Both tails of the regularised incomplete beta function, from which the t, beta and binomial distributions follow.

import { exp, expm1, log } from '#lib/stats/elementary.ts';
import { lentz } from '#lib/stats/special/continued-fraction.ts';
import { binomialMass, logGamma, logGammaRatio } from '#lib/stats/special/gamma.ts';
import type { Tails } from '#lib/stats/special/incomplete-gamma.ts';

/** The arguments: shapes a and b, and x with its complement, so that neither loses digits near 1. */
export interface BetaPoint {
  readonly a: number;
  readonly b: number;
  readonly x: number;
  /** 1 - x */
  readonly y: number;
}

/**
 * I_x(a, b) and 1 - I_x(a, b) (DLMF 8.17.2), each within about 1e-13 of itself.
 * @throws RangeError unless a, b > 0 and 0 <= x <= 1
 */
export function incompleteBeta({ a, b, x, y }: BetaPoint): Tails {
  if (!(a > 0 && b > 0 && x >= 0 && y >= 0 && x <= 1 && y <= 1) || a + b === Number.POSITIVE_INFINITY) {
    throw new RangeError(
      `The incomplete beta function needs a, b > 0 and 0 <= x <= 1, not a = ${a}, b = ${b}, x = ${x}`,
    );
  }
  if (x === 0) return { lower: 0, upper: 1 };
  if (y === 0) return { lower: 1, upper: 0 };
  if (x * (a + b + 2) > a + 1) {
    const { lower, upper } = smallerFirst({ a: b, b: a, x: y, y: x });
    return { lower: upper, upper: lower };
  }
  return smallerFirst({ a, b, x, y });
}

/** For x below about the mean: the lower tail by its fraction, the other as the rest, which still has its digits. */
function smallerFirst(point: BetaPoint): Tails {
  if (point.a < 0.5) return smallShape(point);
  const lower = tailByFraction(point);
  return { lower, upper: 1 - lower };
}

/** For a < 1/2 the upper tail can be about a: it comes from 1 - x^a / (a B(a, b)) and the series of DLMF 8.17.7. */
function smallShape({ a, b, x }: BetaPoint): Tails {
  const logPower = a * log(x) - logGamma(1 + a) + logGammaRatio(b, a);
  let sum = 0;
  let term = 1;
  for (let n = 1; Math.abs(term) > 1e-18; n++) {
    term *= ((n - b) / n) * x;
    sum += (a * term) / (a + n);
  }
  const power = exp(logPower);
  return { lower: power * (1 + sum), upper: -expm1(logPower) - power * sum };
}

/** x^a y^b / B(a, b): the density times x y. */
function betaFront({ a, b, x, y }: BetaPoint): number {
  return ((a * b) / (a + b)) * binomialMass(a, a + b, [x, y]);
}

/** I_x(a, b) by DLMF 8.17.22. */
function tailByFraction(point: BetaPoint): number {
  const { a, b, x } = point;
  const front = betaFront(point);
  if (front === 0) return 0;
  const fraction = lentz(1, n => {
    const m = Math.floor(n / 2);
    const top = n % 2 === 0 ? m * (b - m) : -(a + m) * (a + b + m);
    return [(top / ((a + n - 1) * (a + n))) * x, 1];
  });
  return front / (a * fraction);
}
