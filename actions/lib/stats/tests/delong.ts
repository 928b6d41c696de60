// Two AUCs on the same rows: whether they differ by more than the rows explain.
import { type Interval, twoSidedZ } from '#lib/stats/interval.ts';
import { normalP } from '#lib/stats/tests/alternative.ts';
import { midranks } from '#lib/stats/tests/ranks.ts';

/** Areas under both ROC curves, their standard errors, and the test of first - second. */
export interface DeLong {
  readonly auc: readonly [number, number];
  readonly standardError: readonly [number, number];
  readonly difference: number;
  readonly variance: number;
  /** NaN when the components do not vary although the areas differ: the approximation then says nothing. */
  readonly z: number;
  readonly p: number;
  readonly interval: Interval;
}

/** Per row how many of the other class it beats, ties half, as a share: positives first, then negatives. */
interface Components {
  readonly auc: number;
  readonly positives: Float64Array;
  readonly negatives: Float64Array;
}

/**
 * DeLong's test for correlated areas (E. DeLong, D. DeLong, D. Clarke-Pearson, Biometrics 44, 1988) by midranks, O(n log n)
 * (X. Sun and W. Xu, IEEE Signal Process. Lett. 21, 2014).
 * @param truth per row whether it is positive (1 or true) or not
 * @throws RangeError for fewer than 2 positives or 2 negatives, or scores that are not finite
 */
export function delongTest(
  truth: ArrayLike<number | boolean>,
  [first, second]: readonly [ArrayLike<number>, ArrayLike<number>],
  confidence = 0.95,
): DeLong {
  if (first.length !== truth.length || second.length !== truth.length) {
    throw new RangeError('Every row needs both scores');
  }
  const [a, b] = [componentsOf(truth, first), componentsOf(truth, second)];
  const [va, vb, both] = [covariance(a, a), covariance(b, b), covariance(a, b)];
  const variance = Math.max(0, va + vb - 2 * both);
  const difference = a.auc - b.auc;
  // Below this the variance is rounding, not spread.
  const isConstant = variance <= 1e-14 * (va + vb);
  const z = difference === 0 ? 0 : isConstant ? Number.NaN : difference / Math.sqrt(variance);
  const half = twoSidedZ(confidence) * Math.sqrt(variance);
  return {
    auc: [a.auc, b.auc],
    standardError: [Math.sqrt(va), Math.sqrt(vb)],
    difference,
    variance,
    z,
    p: normalP(z, 'two-sided'),
    interval: [difference - half, difference + half],
  };
}

function componentsOf(truth: ArrayLike<number | boolean>, scores: ArrayLike<number>): Components {
  const rows = Array.from({ length: truth.length }, (_, row) => row);
  const of = (isPositive: boolean) =>
    rows.filter(row => Boolean(truth[row]) === isPositive).map(row => scores[row] ?? Number.NaN);
  const [high, low] = [of(true), of(false)];
  const [m, n] = [high.length, low.length];
  if (m < 2 || n < 2)
    throw new RangeError(`AUCs are compared on 2 positives and 2 negatives or more, not ${m} and ${n}`);
  const all = midranks([...high, ...low]).ranks;
  const [within, without] = [midranks(high).ranks, midranks(low).ranks];
  const positives = within.map((rank, row) => ((all[row] ?? 0) - rank) / n);
  const negatives = without.map((rank, row) => 1 - ((all[m + row] ?? 0) - rank) / m);
  return { auc: mean(positives), positives, negatives };
}

function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Of two areas: the covariance of their positives' components over m plus that of the negatives' over n. */
function covariance(a: Components, b: Components): number {
  const of = (x: Float64Array, y: Float64Array) => {
    const products = x.map((value, row) => (value - a.auc) * ((y[row] ?? 0) - b.auc));
    return mean(products) / (x.length - 1);
  };
  return of(a.positives, b.positives) + of(a.negatives, b.negatives);
}
