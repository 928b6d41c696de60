// The two-sample Kolmogorov-Smirnov test. Three p-values are in use under one name, so the result says which it took.
import { kolmogorovSf } from '#lib/stats/distributions/kolmogorov.ts';
import { kolmogorovSampleSf } from '#lib/stats/distributions/kolmogorov-sample.ts';
import { twoSampleDistanceSf } from '#lib/stats/distributions/two-sample-distance.ts';
import { requireFinite } from '#lib/stats/special/require.ts';

/** Which p-value: of all orders, of one sample of the effective size, or of Kolmogorov's limit. */
export type KsMethod = 'exact' | 'asymptotic' | 'limit';

/** The largest gap between both distribution functions, in [0, 1], and how unlikely it is. */
export interface KsTest {
  readonly distance: number;
  readonly p: number;
  readonly method: KsMethod;
}

/** Up to so many pairs the exact distribution takes a few milliseconds. */
const EXACT_UP_TO = 1_000_000;

/**
 * Whether two samples come from one distribution (N. Smirnov, Ann. Math. Stat. 19, 1948).
 * @param method exact up to a million pairs by default, then `asymptotic`: P(D_k >= D) for one sample of
 * k = round(mn / (m + n)), halves to even, as SciPy's 'asymp' does. Ties make all of them conservative.
 * @throws RangeError for an empty sample or numbers that are not finite
 */
export function ksTest(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  method: KsMethod = a.length * b.length <= EXACT_UP_TO ? 'exact' : 'asymptotic',
): KsTest {
  const distance = ksDistance(a, b);
  return { distance, p: ksP(distance, [a.length, b.length], method), method };
}

function ksP(distance: number, [m, n]: readonly [number, number], method: KsMethod): number {
  if (method === 'exact') return twoSampleDistanceSf(distance, m, n);
  const size = (m * n) / (m + n);
  if (method === 'limit') return kolmogorovSf(Math.sqrt(size) * distance);
  return kolmogorovSampleSf(distance, Math.max(1, roundHalfToEven(size)));
}

function roundHalfToEven(x: number): number {
  const below = Math.floor(x);
  if (x - below !== 0.5) return Math.round(x);
  return below % 2 === 0 ? below : below + 1;
}

/** sup |F_a - F_b|. @throws RangeError for an empty sample or numbers that are not finite */
export function ksDistance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  requireFinite(a);
  requireFinite(b);
  if (a.length === 0 || b.length === 0) throw new RangeError('Both samples need at least one value');
  const [x, y] = [Float64Array.from(a).sort(), Float64Array.from(b).sort()];
  let [i, j, largest] = [0, 0, 0];
  while (i < x.length && j < y.length) {
    const value = Math.min(x[i] ?? 0, y[j] ?? 0);
    while (i < x.length && (x[i] ?? 0) <= value) i++;
    while (j < y.length && (y[j] ?? 0) <= value) j++;
    largest = Math.max(largest, Math.abs(i / x.length - j / y.length));
  }
  return largest;
}
