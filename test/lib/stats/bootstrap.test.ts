// The bootstrap's intervals against hand calculation; values of SciPy are in cases.test.ts.
import { describe, expect, it } from 'vitest';
import {
  bcaInterval,
  bootstrap,
  exhaustiveBootstrap,
  jackknife,
  percentileInterval,
  quantileOfSorted,
  standardErrorOf,
} from '#lib/stats/bootstrap.ts';

const mean = (data: readonly number[]) => (counts: Float64Array) => {
  const n = counts.reduce((sum, count) => sum + count, 0);
  return counts.reduce((sum, count, row) => sum + count * (data[row] ?? 0), 0) / n;
};

describe('the bootstrap', () => {
  it('gives the same resamples for the same seed, and others for another', () => {
    const of = (seed: number) => bootstrap(9, [counts => counts[0] ?? 0], { resamples: 50, seed })[0];
    expect(of(3)).toEqual(of(3));
    expect(of(3)).not.toEqual(of(4));
  });

  it('enumerates all resamples of tiny data: 2 rows give 0, 1/2, 1/2 and 1', () => {
    expect([...exhaustiveBootstrap(2, mean([0, 1]))].sort()).toEqual([0, 0.5, 0.5, 1]);
    expect(() => exhaustiveBootstrap(8, mean([]))).toThrow(RangeError);
    expect(() => exhaustiveBootstrap(0, mean([]))).toThrow(RangeError);
  });

  it('leaves each row out in turn', () => {
    expect([...jackknife(3, mean([1, 2, 6]))]).toEqual([4, 3.5, 1.5]);
  });

  it('interpolates quantiles as NumPy does', () => {
    expect([0, 0.25, 0.5, 1].map(p => quantileOfSorted([1, 2, 4, 8], p))).toEqual([1, 1.75, 3, 8]);
  });

  it('leaves undefined resamples out, and knows nothing when most are', () => {
    const values = Float64Array.of(1, Number.NaN, 2, 3);
    expect(percentileInterval(values, 0.5)).toEqual([1.5, 2.5]);
    expect(percentileInterval(Float64Array.of(1, Number.NaN, Number.NaN))).toBeUndefined();
    expect(standardErrorOf(Float64Array.of(1, 3, Number.NaN))).toBe(1);
  });

  it('BCa without bias and skew is the percentile interval', () => {
    const replicates = Float64Array.from({ length: 1001 }, (_, at) => at);
    const options = { observed: 500, jackknife: Float64Array.of(1, 2, 3), confidence: 0.9 };
    const [low, high] = bcaInterval(replicates, options) ?? [0, 0];
    expect(low).toBeCloseTo(50, 9);
    expect(high).toBeCloseTo(950, 9);
  });

  it('BCa is moved by skew: three rows without and one with influence, by SciPy’s normal distribution', () => {
    const replicates = Float64Array.from({ length: 1001 }, (_, at) => at);
    const options = { observed: 500, jackknife: Float64Array.of(0, 0, 0, 3), confidence: 0.9 };
    const [low, high] = bcaInterval(replicates, options) ?? [0, 0];
    expect(low).toBeCloseTo(25.341817801843742, 8);
    expect(high).toBeCloseTo(922.2089201524491, 8);
  });

  it('BCa moves towards the side on which the observed value lies, and gives up beyond all resamples', () => {
    const replicates = Float64Array.from({ length: 1001 }, (_, at) => at);
    const options = { jackknife: Float64Array.of(1, 2, 3), confidence: 0.9 };
    expect(bcaInterval(replicates, { ...options, observed: 600 })?.[0]).toBeGreaterThan(100);
    expect(bcaInterval(replicates, { ...options, observed: 2000 })).toBeUndefined();
  });
});
