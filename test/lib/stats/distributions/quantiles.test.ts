// What holds for every argument: both tails sum to 1, they are monotone, and quantiles undo them.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { betaCdf, betaQuantile, betaSf, betaUpperQuantile } from '#lib/stats/distributions/beta.ts';
import { binomialCdf, binomialQuantile, binomialSf } from '#lib/stats/distributions/binomial.ts';
import {
  chiSquareCdf,
  chiSquareQuantile,
  chiSquareSf,
  chiSquareUpperQuantile,
} from '#lib/stats/distributions/chi-square.ts';
import { hypergeometricTail } from '#lib/stats/distributions/hypergeometric.ts';
import {
  kolmogorovCdf,
  kolmogorovQuantile,
  kolmogorovSf,
  kolmogorovUpperQuantile,
} from '#lib/stats/distributions/kolmogorov.ts';
import { kolmogorovSampleSf } from '#lib/stats/distributions/kolmogorov-sample.ts';
import { normalCdf, normalQuantile, normalSf, normalUpperQuantile } from '#lib/stats/distributions/normal.ts';
import {
  studentTCdf,
  studentTQuantile,
  studentTSf,
  studentTUpperQuantile,
} from '#lib/stats/distributions/student-t.ts';

interface Distribution {
  readonly name: string;
  /** The argument of the distribution from a number in [0, 1] */
  readonly x: (share: number) => number;
  readonly cdf: (x: number, shape: readonly [number, number]) => number;
  readonly sf: (x: number, shape: readonly [number, number]) => number;
  readonly quantile: (p: number, shape: readonly [number, number]) => number;
  readonly upperQuantile: (q: number, shape: readonly [number, number]) => number;
}

const distributions: readonly Distribution[] = [
  {
    name: 'normal',
    x: share => 80 * share - 40,
    cdf: normalCdf,
    sf: normalSf,
    quantile: normalQuantile,
    upperQuantile: normalUpperQuantile,
  },
  {
    name: "Student's t",
    x: share => 100 * share - 50,
    cdf: (x, [df]) => studentTCdf(x, df),
    sf: (x, [df]) => studentTSf(x, df),
    quantile: (p, [df]) => studentTQuantile(p, df),
    upperQuantile: (q, [df]) => studentTUpperQuantile(q, df),
  },
  {
    name: 'chi-square',
    x: share => 600 * share,
    cdf: (x, [df]) => chiSquareCdf(x, df),
    sf: (x, [df]) => chiSquareSf(x, df),
    quantile: (p, [df]) => chiSquareQuantile(p, df),
    upperQuantile: (q, [df]) => chiSquareUpperQuantile(q, df),
  },
  {
    name: 'beta',
    x: share => share,
    cdf: (x, [a, b]) => betaCdf(x, { a, b }),
    sf: (x, [a, b]) => betaSf(x, { a, b }),
    quantile: (p, [a, b]) => betaQuantile(p, { a, b }),
    upperQuantile: (q, [a, b]) => betaUpperQuantile(q, { a, b }),
  },
  {
    name: 'Kolmogorov',
    x: share => 4 * share,
    cdf: kolmogorovCdf,
    sf: kolmogorovSf,
    quantile: kolmogorovQuantile,
    upperQuantile: kolmogorovUpperQuantile,
  },
];

const share = fc.double({ min: 0, max: 1, noNaN: true });
const shape = fc.tuple(
  fc.double({ min: 0.5, max: 400, noNaN: true }),
  fc.double({ min: 0.5, max: 400, noNaN: true }),
);
const tail = fc.double({ min: -230, max: -0.7, noNaN: true }).map(Math.exp);

describe.each(distributions)('$name', ({ x, cdf, sf, quantile, upperQuantile }) => {
  it('has tails in [0, 1] that sum to 1', () => {
    fc.assert(
      fc.property(share, shape, (at, form) => {
        const tails = [cdf(x(at), form), sf(x(at), form)] as const;
        for (const one of tails) expect(one >= 0 && one <= 1).toBe(true);
        expect(Math.abs(tails[0] + tails[1] - 1)).toBeLessThan(1e-13);
      }),
    );
  });

  it('never falls from left to right', () => {
    fc.assert(
      fc.property(share, share, shape, (one, other, form) => {
        const [low, high] = [x(Math.min(one, other)), x(Math.max(one, other))];
        expect(cdf(high, form)).toBeGreaterThanOrEqual(cdf(low, form) * (1 - 1e-12));
        expect(sf(high, form)).toBeLessThanOrEqual(sf(low, form) * (1 + 1e-12));
      }),
    );
  });

  it('has quantiles that undo the tails, down to 1e-100', () => {
    fc.assert(
      fc.property(tail, shape, (p, form) => {
        const [low, high] = [quantile(p, form), upperQuantile(p, form)];
        // Near the ends of a range a double has no room left for the quantile.
        if (low > -1e15 && low !== 1 && Math.abs(low) > 1e-290)
          expect(Math.abs(cdf(low, form) / p - 1)).toBeLessThan(1e-9);
        if (high > 1e-290 && (high < 1 - 1e-3 || high > 1))
          expect(Math.abs(sf(high, form) / p - 1)).toBeLessThan(1e-9);
      }),
    );
  });

  it('refuses probabilities outside [0, 1]', () => {
    for (const p of [-0.1, 1.1, Number.NaN]) {
      expect(() => quantile(p, [2, 2])).toThrow(RangeError);
      expect(() => upperQuantile(p, [2, 2])).toThrow(RangeError);
    }
  });
});

describe('the ends', () => {
  it('quantiles of 0 and 1 are the ends of the range', () => {
    expect([normalQuantile(0), normalQuantile(0.5), normalQuantile(1)]).toEqual([-Infinity, -0, Infinity]);
    expect([studentTQuantile(0, 3), studentTQuantile(1, 3)]).toEqual([-Infinity, Infinity]);
    expect([chiSquareQuantile(0, 3), chiSquareQuantile(1, 3)]).toEqual([0, Infinity]);
    expect([betaQuantile(0, { a: 2, b: 3 }), betaQuantile(1, { a: 2, b: 3 })]).toEqual([0, 1]);
    expect([kolmogorovQuantile(0), kolmogorovQuantile(1)]).toEqual([0, Infinity]);
  });

  it('tails end at the smallest doubles without failing', () => {
    expect([normalSf(40), normalSf(-40), normalSf(Infinity), normalCdf(-Infinity)]).toEqual([0, 1, 0, 0]);
    expect([studentTSf(Infinity, 3), studentTSf(1e300, 1e6), studentTSf(1e100, 100_001)]).toEqual([0, 0, 0]);
    expect([chiSquareSf(1e300, 2), chiSquareSf(Infinity, 2), chiSquareCdf(-1, 2)]).toEqual([0, 0, 0]);
    expect([betaCdf(-1, { a: 1, b: 1 }), betaCdf(2, { a: 1, b: 1 })]).toEqual([0, 1]);
    expect([kolmogorovSampleSf(0, 5), kolmogorovSampleSf(1, 5)]).toEqual([1, 0]);
  });

  it('a tail is 1 also where the mass it starts from is too small for a double', () => {
    expect(hypergeometricTail(1, 1, { total: 2000, marked: 1000, draws: 1000 })).toBe(1);
  });

  it('shapes that no distribution has are refused', () => {
    expect(() => studentTSf(1, 0)).toThrow(RangeError);
    expect(() => chiSquareSf(1, -1)).toThrow(RangeError);
    expect(() => betaCdf(0.5, { a: 0, b: 1 })).toThrow(RangeError);
    expect(() => binomialCdf(1, { n: 1.5, p: 0.5 })).toThrow(RangeError);
    expect(() => kolmogorovSampleSf(0.5, 0)).toThrow(RangeError);
  });
});

describe('the binomial distribution', () => {
  const trials = fc.record({ n: fc.integer({ min: 0, max: 500 }), p: share });

  it('has the least count that reaches a share as its quantile', () => {
    fc.assert(
      fc.property(trials, share, (form, p) => {
        const k = binomialQuantile(p, form);
        expect(binomialCdf(k, form)).toBeGreaterThanOrEqual(p * (1 - 1e-12) - 1e-15);
        if (k > 0) expect(binomialCdf(k - 1, form)).toBeLessThan(p + 1e-15);
      }),
    );
  });

  it('reads the same from failures as from successes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 0, max: 300 }), (n, k) => {
        const mirrored = binomialSf(n - k - 1, { n, p: 0.75 });
        expect(Math.abs(binomialCdf(k, { n, p: 0.25 }) - mirrored)).toBeLessThan(1e-13);
      }),
    );
  });
});
