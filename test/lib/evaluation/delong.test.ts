// The comparison of areas is DeLong's: its standard error is that of the test that is held to published values.
import { expect, it } from 'vitest';
import { uncertaintyOf } from '#lib/evaluation/influence.ts';
import { rocAuc } from '#lib/evaluation/metrics/ranking.ts';
import { createRandom } from '#lib/stats/random.ts';
import { delongTest } from '#lib/stats/tests/delong.ts';

it.each([20, 101, 500])('with ties, on %i rows', n => {
  const random = createRandom(n);
  const truth = Float64Array.from({ length: n }, () => (random.next() < 0.3 ? 1 : 0));
  const scores = (): Float64Array => truth.map(one => Math.round(10 * (one / 3 + random.next())) / 10);
  const [first, second] = [scores(), scores()];
  const of = (prediction: Float64Array): Float64Array =>
    rocAuc.influence?.({ truth, prediction, threshold: 0.5, tolerance: undefined }) ?? new Float64Array();
  const other = of(second);
  const { standardError } = uncertaintyOf(of(first).map((value, row) => value - (other[row] ?? 0)));
  expect(standardError).toBeCloseTo(Math.sqrt(delongTest(truth, [first, second]).variance), 12);
});
