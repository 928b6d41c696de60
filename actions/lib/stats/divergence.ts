// How far two distributions lie apart, as a size rather than a test: with many rows every test says "different".
import { log } from '#lib/stats/elementary.ts';
import { requireFinite } from '#lib/stats/special/require.ts';

/** Shares of a histogram. @throws RangeError for a negative or infinite weight, or a sum of 0 */
function sharesOf(weights: readonly number[]): readonly number[] {
  requireFinite(weights, 'A weight');
  const sum = weights.reduce((total, weight) => total + weight, 0);
  if (weights.some(weight => weight < 0) || !(sum > 0)) {
    throw new RangeError('Weights are >= 0 and not all 0');
  }
  return weights.map(weight => weight / sum);
}

function requireSameBins(a: readonly number[], b: readonly number[]): void {
  if (a.length !== b.length) throw new RangeError(`Both need the same bins, not ${a.length} and ${b.length}`);
}

/**
 * The population stability index, sum of (actual - expected) ln(actual / expected) over the shares of bins (Jeffreys'
 * divergence; N. Siddiqi, Credit Risk Scorecards, 2006). Rule of thumb: below 0.1 stable, above 0.25 shifted.
 * @param epsilon stands for a share of 0, > 0; the shares are not made to sum to 1 again
 */
export function populationStability(
  expected: readonly number[],
  actual: readonly number[],
  epsilon = 1e-4,
): number {
  requireSameBins(expected, actual);
  if (!(epsilon > 0)) throw new RangeError(`The stand-in for an empty bin is > 0, not ${epsilon}`);
  const after = sharesOf(actual);
  return sharesOf(expected).reduce((sum, before, bin) => {
    const [e, a] = [before || epsilon, (after[bin] ?? 0) || epsilon];
    return sum + (a - e) * log(a / e);
  }, 0);
}

/** Jensen-Shannon's divergence and its root, which is a metric (D. Endres and J. Schindelin, IEEE Trans. IT 49, 2003). */
export interface JensenShannon {
  readonly divergence: number;
  readonly distance: number;
}

/**
 * Half the Kullback-Leibler divergences of both from their mean (J. Lin, IEEE Trans. Inf. Theory 37, 1991); symmetric.
 * @param base of the logarithm, > 1: with 2 both results lie in [0, 1], with e the divergence ends at ln 2
 */
export function jensenShannon(p: readonly number[], q: readonly number[], base = 2): JensenShannon {
  requireSameBins(p, q);
  if (!(base > 1)) throw new RangeError(`A base is > 1, not ${base}`);
  const other = sharesOf(q);
  const nats = sharesOf(p).reduce((sum, a, bin) => {
    const b = other[bin] ?? 0;
    const part = (share: number) => (share === 0 ? 0 : share * log((2 * share) / (a + b)));
    return sum + (part(a) + part(b)) / 2;
  }, 0);
  const divergence = Math.max(0, nats) / log(base);
  return { divergence, distance: Math.sqrt(divergence) };
}

/** Values with their weights; without weights each counts 1. */
export interface Weighted {
  readonly values: ArrayLike<number>;
  readonly weights?: ArrayLike<number>;
}

/**
 * The first Wasserstein distance, in the unit of the values: the area between both distribution functions (S. Vallender,
 * Theory Probab. Appl. 18, 1974). O(n log n).
 * @throws RangeError for no values, weights < 0 or summing to 0, or numbers that are not finite
 */
export function wasserstein(a: Weighted, b: Weighted): number {
  const steps = [...stepsOf(a, 1), ...stepsOf(b, -1)].sort((left, right) => left.at - right.at);
  let [area, gap] = [0, 0];
  steps.forEach(({ at, rise }, index) => {
    area += index === 0 ? 0 : Math.abs(gap) * (at - (steps[index - 1]?.at ?? at));
    gap += rise;
  });
  return area;
}

interface Step {
  readonly at: number;
  readonly rise: number;
}

function stepsOf({ values, weights }: Weighted, sign: 1 | -1): readonly Step[] {
  requireFinite(values);
  const all = Array.from(values, Number);
  if (weights && weights.length !== all.length) throw new RangeError('Every value needs one weight');
  const shares = sharesOf(weights ? Array.from(weights, Number) : all.map(() => 1));
  return all.map((at, index) => ({ at, rise: sign * (shares[index] ?? 0) }));
}
