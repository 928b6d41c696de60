// The limit distribution of the Kolmogorov-Smirnov statistic, sqrt(n) D for a sample, sqrt(mn/(m+n)) D for two.
import { exp, log1p } from '#lib/stats/elementary.ts';
import { requireProbability } from '#lib/stats/special/require.ts';
import { solvePositive } from '#lib/stats/special/solve.ts';

/** Below, Jacobi's other form of the same series converges faster. */
const BORDER = 0.82;
const ROOT_2PI = 2.5066282746310002;

/** P(K > x) = 2 sum (-1)^(k-1) exp(-2 k^2 x^2) (Kolmogorov 1933); relative error about 1e-15 in its tail. */
export function kolmogorovSf(x: number): number {
  if (Number.isNaN(x)) return x;
  return x < BORDER ? 1 - smallSeries(x) : tailSeries(x);
}

/** P(K <= x), accurate also where it is small (theta-function form, Marsaglia, Tsang and Wang 2003, section 4). */
export function kolmogorovCdf(x: number): number {
  if (Number.isNaN(x)) return x;
  return x < BORDER ? smallSeries(x) : 1 - tailSeries(x);
}

/** The x with P(K > x) = q. @throws RangeError unless 0 <= q <= 1 */
export function kolmogorovUpperQuantile(q: number): number {
  requireProbability(q);
  if (q === 0) return Number.POSITIVE_INFINITY;
  if (q === 1) return 0;
  return q > 0.5 ? solvePositive(kolmogorovCdf, 1 - q) : solvePositive(kolmogorovSf, q);
}

/** The x with P(K <= x) = p. @throws RangeError unless 0 <= p <= 1 */
export function kolmogorovQuantile(p: number): number {
  requireProbability(p);
  if (p === 0) return 0;
  return p < 0.5 ? solvePositive(kolmogorovCdf, p) : kolmogorovUpperQuantile(1 - p);
}

function tailSeries(x: number): number {
  const square = x * x;
  let sum = 0;
  for (let k = 5; k >= 1; k--) sum = exp(-2 * (2 * k - 1) * square) * (1 - sum);
  return 2 * sum;
}

function smallSeries(x: number): number {
  if (x <= 0.01) return 0;
  const rate = (Math.PI * Math.PI) / (8 * x * x);
  const later = exp(-8 * rate) + exp(-24 * rate) + exp(-48 * rate);
  return (ROOT_2PI / x) * exp(log1p(later) - rate);
}
