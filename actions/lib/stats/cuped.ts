// CUPED: what was known of a unit before takes noise out of what is measured after.
import { requireFinite } from '#lib/stats/special/require.ts';
import { momentsOf, type TTest, type TTestOptions, welchTest } from '#lib/stats/tests/means.ts';

/** Per unit of one arm the covariate from before and the outcome after; same order and length. */
export interface PrePost {
  readonly pre: readonly number[];
  readonly post: readonly number[];
}

/** Adjusted outcomes and Welch's test of second - first on them. */
export interface Cuped {
  readonly theta: number;
  readonly means: readonly [number, number];
  /** The share of the outcome's variance that is gone, over both arms: the squared correlation. */
  readonly varianceReduction: number;
  readonly test: TTest;
}

/**
 * post - theta (pre - mean of pre), theta = cov(pre, post) / var(pre) over both arms together (A. Deng, Y. Xu, R. Kohavi,
 * T. Walker, WSDM 2013, section 3.2). The covariate must come from before the arms were split. A constant covariate
 * changes nothing.
 * @throws RangeError for arms of unequal lists or fewer than 2 units
 */
export function cuped(first: PrePost, second: PrePost, options: TTestOptions = {}): Cuped {
  for (const { pre, post } of [first, second]) {
    requireFinite([...pre, ...post]);
    if (pre.length !== post.length) throw new RangeError('Every unit needs a value before and one after');
  }
  const pre = momentsOf([...first.pre, ...second.pre]);
  const post = momentsOf([...first.post, ...second.post]);
  const both = [first, second].flatMap(arm =>
    arm.pre.map((before, unit) => (before - pre.mean) * ((arm.post[unit] ?? 0) - post.mean)),
  );
  const covariance = both.reduce((sum, product) => sum + product, 0) / (pre.n - 1);
  const theta = pre.variance === 0 ? 0 : covariance / pre.variance;
  const [a, b] = [first, second].map(arm =>
    momentsOf(arm.post.map((after, unit) => after - theta * ((arm.pre[unit] ?? 0) - pre.mean))),
  ) as [ReturnType<typeof momentsOf>, ReturnType<typeof momentsOf>];
  const varianceReduction = post.variance === 0 ? 0 : (theta * covariance) / post.variance;
  return { theta, means: [a.mean, b.mean], varianceReduction, test: welchTest(b, a, options) };
}
