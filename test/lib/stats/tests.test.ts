// What holds for every input: probabilities, symmetry, invariance to row order, and refusals. Values are in cases.test.ts.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { benjaminiHochberg, bonferroni, holm } from '#lib/stats/corrections.ts';
import { cuped } from '#lib/stats/cuped.ts';
import { jensenShannon, populationStability, wasserstein } from '#lib/stats/divergence.ts';
import { clopperPearsonInterval, wilsonInterval } from '#lib/stats/interval.ts';
import { detectableDifference, meanSampleSize, proportionSampleSize } from '#lib/stats/power.ts';
import { createRandom, shuffledRows } from '#lib/stats/random.ts';
import {
  contingencyTest,
  fisherExactTest,
  mcnemarTest,
  sampleRatioTest,
} from '#lib/stats/tests/contingency.ts';
import { delongTest } from '#lib/stats/tests/delong.ts';
import { nonInferiorityTest } from '#lib/stats/tests/equivalence.ts';
import { ksTest } from '#lib/stats/tests/kolmogorov-smirnov.ts';
import { momentsOf, relativeLift, welchTest } from '#lib/stats/tests/means.ts';
import {
  newcombeInterval,
  pooledProportionTest,
  unpooledProportionTest,
} from '#lib/stats/tests/proportions.ts';
import { mannWhitneyTest, midranks, shiftBetween } from '#lib/stats/tests/ranks.ts';

const value = fc.integer({ min: -20, max: 20 });
const sample = fc.array(value, { minLength: 2, maxLength: 40 });
const pValues = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 30 });
const count = fc.integer({ min: 0, max: 200 });
const proportion = fc
  .tuple(count, count)
  .filter(([yes, no]) => yes + no > 0)
  .map(([successes, failures]) => ({ successes, n: successes + failures }));
const near = (a: number, b: number) =>
  expect(Math.abs(a - b)).toBeLessThanOrEqual(1e-10 * Math.max(1, Math.abs(b)));
const isProbability = (p: number) => expect(p >= 0 && p <= 1, `${p}`).toBe(true);

describe('proportions', () => {
  it('swapped samples turn the sign and keep p', () => {
    fc.assert(
      fc.property(proportion, proportion, (a, b) => {
        const [one, other] = [pooledProportionTest(a, b), pooledProportionTest(b, a)];
        isProbability(one.p);
        near(one.z, -other.z);
        near(one.p, other.p);
        const [low, high] = newcombeInterval(a, b);
        near(low, -newcombeInterval(b, a)[1]);
        const difference = b.successes / b.n - a.successes / a.n;
        expect(low <= difference + 1e-12 && difference <= high + 1e-12).toBe(true);
      }),
    );
  });

  it('the one-sided p-values sum to 1, and shares that are equal give p = 1', () => {
    fc.assert(
      fc.property(proportion, proportion, (a, b) => {
        near(pooledProportionTest(a, b, 'less').p + pooledProportionTest(a, b, 'greater').p, 1);
        expect(pooledProportionTest(a, a).p).toBe(1);
        expect(unpooledProportionTest(a, a).p).toBe(1);
      }),
    );
  });

  it('the exact interval of a share holds the share and is about as wide as Wilson’s or wider', () => {
    fc.assert(
      fc.property(proportion, ({ successes, n }) => {
        const [low, high] = clopperPearsonInterval(successes, n);
        expect(low <= successes / n && successes / n <= high).toBe(true);
        const [from, to] = wilsonInterval(successes, n);
        expect(high - low).toBeGreaterThan((to - from) * 0.95);
      }),
    );
  });

  it('intervals end at 0 and 1 exactly when no row or every row is a success', () => {
    for (const n of [3, 7, 20, 33, 1000]) {
      for (const interval of [wilsonInterval, clopperPearsonInterval]) {
        expect([interval(0, n)[0], interval(n, n)[1]]).toEqual([0, 1]);
      }
    }
  });

  it('without rows nothing is known, and more successes than rows are refused', () => {
    expect([wilsonInterval(0, 0), clopperPearsonInterval(0, 0)]).toEqual([
      [0, 1],
      [0, 1],
    ]);
    expect(() => clopperPearsonInterval(3, 2)).toThrow(RangeError);
    expect(() => pooledProportionTest({ successes: 3, n: 2 }, { successes: 1, n: 2 })).toThrow(RangeError);
    expect(() => pooledProportionTest({ successes: 0, n: 0 }, { successes: 1, n: 2 })).toThrow(RangeError);
    expect(() => nonInferiorityTest({ successes: 1, n: 2 }, { successes: 1, n: 2 }, { margin: -1 })).toThrow(
      RangeError,
    );
    for (const level of [0, 1, Number.NaN]) expect(() => wilsonInterval(1, 2, level)).toThrow(RangeError);
  });
});

describe('means', () => {
  it('swapped samples turn the sign and keep p; the interval misses 0 exactly when p < 5 %', () => {
    fc.assert(
      fc.property(sample, sample, (a, b) => {
        const [one, other] = [welchTest(momentsOf(a), momentsOf(b)), welchTest(momentsOf(b), momentsOf(a))];
        isProbability(one.p);
        near(one.p, other.p);
        near(one.difference, -other.difference);
        if (Math.abs(one.p - 0.05) < 1e-9 || one.standardError === 0) return;
        expect(one.interval[0] > 0 || one.interval[1] < 0).toBe(one.p < 0.05);
      }),
    );
  });

  it('two constants are equal with p = 1 or different with p = 0', () => {
    const [two, three] = [momentsOf([2, 2, 2]), momentsOf([3, 3])];
    expect([welchTest(two, two).p, welchTest(two, three).p, welchTest(two, three).df]).toEqual([1, 0, 3]);
  });

  it('no variance of one row, no lift on a mean of 0, no mean of infinite values', () => {
    expect(() => momentsOf([1])).toThrow(RangeError);
    expect(() => momentsOf([1, Number.NaN])).toThrow(RangeError);
    expect(() => relativeLift(momentsOf([-1, 1]), momentsOf([1, 2]))).toThrow(RangeError);
  });

  it('CUPED with a covariate that says nothing changes nothing', () => {
    const [a, b] = [
      [1, 4, 2],
      [3, 5, 9],
    ] as const;
    const found = cuped({ pre: [7, 7, 7], post: a }, { pre: [7, 7, 7], post: b });
    expect([found.theta, found.varianceReduction]).toEqual([0, 0]);
    near(found.test.p, welchTest(momentsOf(b), momentsOf(a)).p);
    expect(() => cuped({ pre: [1], post: a }, { pre: [1, 2, 3], post: b })).toThrow(RangeError);
  });
});

describe('ranks', () => {
  const labelled = fc
    .array(fc.tuple(fc.boolean(), value, value), { minLength: 6, maxLength: 60 })
    .filter(rows => {
      const positives = rows.filter(([truth]) => truth).length;
      return positives >= 2 && rows.length - positives >= 2;
    });

  it('Mann-Whitney: both U sum to all pairs, p is the same from either side', () => {
    fc.assert(
      fc.property(sample, sample, (a, b) => {
        const [one, other] = [mannWhitneyTest(a, b), mannWhitneyTest(b, a)];
        isProbability(one.p);
        expect(one.u + other.u).toBe(a.length * b.length);
        near(one.p, other.p);
        near(mannWhitneyTest(a, b, 'less').p, mannWhitneyTest(b, a, 'greater').p);
      }),
    );
  });

  it('all values equal prove nothing', () => {
    expect(mannWhitneyTest([3, 3, 3], [3, 3])).toMatchObject({ p: 1, z: 0, superiority: 0.5 });
    expect(ksTest([3, 3, 3], [3, 3])).toMatchObject({ p: 1, distance: 0 });
  });

  it('ties share the mean of their ranks', () => {
    expect(midranks([5, 1, 5, 7])).toEqual({ ranks: Float64Array.of(2.5, 1, 2.5, 4), ties: [2] });
  });

  it('the shift moves with the sample and lies in its interval, which widens with confidence', () => {
    fc.assert(
      fc.property(sample, sample, fc.integer({ min: -5, max: 5 }), (a, b, by) => {
        const { shift, interval } = shiftBetween(a, b);
        near(
          shiftBetween(
            a.map(one => one + by),
            b,
          ).shift,
          shift + by,
        );
        expect(interval[0] <= shift && shift <= interval[1]).toBe(true);
        const wide = shiftBetween(a, b, 0.999).interval;
        expect(wide[0] <= interval[0] && interval[1] <= wide[1]).toBe(true);
      }),
    );
  });

  it('a shift interval of the Mann-Whitney test by hand: 4 and 4 values at 94 % leave one difference out on each side', () => {
    // Differences of {1,3,6,10} - {0,2,7,9}, sorted; z = 1.8808, rank = floor(8 - 1.8808 sqrt(12) + 0.5) = 1.
    expect(shiftBetween([1, 3, 6, 10], [0, 2, 7, 9], 0.94)).toEqual({ shift: 1, interval: [-8, 10] });
  });

  it('KS does not depend on which sample comes first nor on the order of rows', () => {
    fc.assert(
      fc.property(sample, sample, (a, b) => {
        for (const method of ['exact', 'asymptotic', 'limit'] as const) {
          const one = ksTest(a, b, method);
          isProbability(one.p);
          expect(ksTest(b.toReversed(), a, method)).toEqual(one);
        }
      }),
    );
  });

  it('KS takes halves of an effective size to the even number, as SciPy does: 2.5 rows are 2', () => {
    near(ksTest([1, 2, 3, 4, 5], [3.5, 4.5, 5.5, 6.5, 7.5], 'asymptotic').p, 0.31999999999999984);
  });

  it('DeLong turns its sign with the models, and does not depend on the order of rows', () => {
    fc.assert(
      fc.property(labelled, fc.nat(), (rows, seed) => {
        const run = (all: typeof rows) =>
          delongTest(
            all.map(([truth]) => truth),
            [all.map(row => row[1]), all.map(row => row[2])],
          );
        const one = run(rows);
        const other = run(rows.map(([truth, a, b]) => [truth, b, a]));
        const shuffled = run([...shuffledRows(rows.length, createRandom(seed))].map(row => rows[row]!));
        near(one.difference, -other.difference);
        if (!Number.isNaN(one.p)) for (const p of [other.p, shuffled.p]) near(p, one.p);
        if (!Number.isNaN(one.p)) isProbability(one.p);
      }),
    );
  });

  it('DeLong: equal scores give p = 1; perfect against reversed says nothing, since neither varies', () => {
    const truth = [1, 1, 0, 0];
    expect(
      delongTest(truth, [
        [4, 2, 3, 1],
        [4, 2, 3, 1],
      ]).p,
    ).toBe(1);
    expect(
      delongTest(truth, [
        [4, 3, 2, 1],
        [1, 2, 3, 4],
      ]),
    ).toMatchObject({ auc: [1, 0], p: Number.NaN });
    expect(() =>
      delongTest(
        [1, 0, 0],
        [
          [1, 2, 3],
          [1, 2, 3],
        ],
      ),
    ).toThrow(RangeError);
  });
});

describe('tables', () => {
  const cell = fc.integer({ min: 0, max: 30 });

  it('Fisher’s test is the same for the transposed table and for both rows swapped', () => {
    fc.assert(
      fc.property(cell, cell, cell, cell, (a, b, c, d) => {
        const { p } = fisherExactTest([
          [a, b],
          [c, d],
        ]);
        isProbability(p);
        near(
          fisherExactTest([
            [a, c],
            [b, d],
          ]).p,
          p,
        );
        near(
          fisherExactTest([
            [c, d],
            [a, b],
          ]).p,
          p,
        );
      }),
    );
  });

  it('McNemar is the same from either side, and without discordant pairs every p is 1', () => {
    fc.assert(
      fc.property(cell, cell, (b, c) => {
        const { b: _, c: __, ...one } = mcnemarTest(b, c);
        expect(mcnemarTest(c, b)).toMatchObject(one);
        for (const p of [one.p, one.exactP, one.correctedP]) isProbability(p);
      }),
    );
    expect(mcnemarTest(0, 0)).toMatchObject({ exactP: 1, chiSquareP: 1, correctedP: 1, p: 1 });
  });

  it('below 25 discordant pairs McNemar’s p is the exact one, from there the chi-square’s', () => {
    expect(mcnemarTest(4, 20).p).toBe(mcnemarTest(4, 20).exactP);
    expect(mcnemarTest(5, 20).p).toBe(mcnemarTest(5, 20).chiSquareP);
  });

  it('refuses empty rows, ragged tables, halves, and arms without a share', () => {
    expect(() =>
      contingencyTest([
        [1, 0],
        [2, 0],
      ]),
    ).toThrow(RangeError);
    expect(() => contingencyTest([[1, 2], [3]])).toThrow(RangeError);
    expect(() =>
      contingencyTest([
        [1.5, 2],
        [3, 1],
      ]),
    ).toThrow(RangeError);
    expect(() => sampleRatioTest([1, 2], [1, 0])).toThrow(RangeError);
    expect(() => sampleRatioTest([0, 0], [1, 1])).toThrow(RangeError);
  });
});

describe('corrections', () => {
  it('BH <= Holm <= Bonferroni, none below p, all probabilities', () => {
    fc.assert(
      fc.property(pValues, all => {
        const [b, h, f] = [bonferroni(all), holm(all), benjaminiHochberg(all)].map(
          ({ adjusted }) => adjusted,
        );
        all.forEach((p, at) => {
          for (const one of [b, h, f]) isProbability(one?.[at] ?? -1);
          expect(h?.[at] ?? 2).toBeLessThanOrEqual((b?.[at] ?? 0) * (1 + 1e-15));
          expect(f?.[at] ?? 2).toBeLessThanOrEqual((h?.[at] ?? 0) * (1 + 1e-15));
          expect(f?.[at] ?? 0).toBeGreaterThanOrEqual(p * (1 - 1e-15));
        });
      }),
    );
  });

  it('the order of tests does not matter, nor does an empty list', () => {
    fc.assert(
      fc.property(pValues, all => {
        for (const correct of [bonferroni, holm, benjaminiHochberg]) {
          expect(correct(all.toReversed()).adjusted).toEqual(correct(all).adjusted.toReversed());
        }
      }),
    );
    expect(holm([])).toEqual({ adjusted: [], reject: [] });
    expect(() => holm([1.2])).toThrow(RangeError);
  });
});

describe('divergences', () => {
  const bins = fc
    .array(fc.integer({ min: 0, max: 50 }), { minLength: 3, maxLength: 3 })
    .filter(all => all.some(Boolean));

  it('are symmetric, >= 0, and 0 for the same distribution', () => {
    fc.assert(
      fc.property(bins, bins, (p, q) => {
        near(populationStability(p, q), populationStability(q, p));
        expect(populationStability(p, q)).toBeGreaterThanOrEqual(0);
        expect(jensenShannon(p, q).distance).toBeLessThanOrEqual(1 + 1e-15);
        near(jensenShannon(p, q).divergence, jensenShannon(q, p).divergence);
        expect([populationStability(p, p), jensenShannon(p, p).distance]).toEqual([0, 0]);
      }),
    );
  });

  it('Wasserstein: a shifted copy is as far as it was shifted, and a weight is a repeated value', () => {
    fc.assert(
      fc.property(sample, fc.integer({ min: -9, max: 9 }), (a, by) => {
        near(wasserstein({ values: a }, { values: a.map(one => one + by) }), Math.abs(by));
        const twice = { values: a, weights: a.map((_, at) => (at === 0 ? 2 : 1)) };
        near(wasserstein(twice, { values: [...a, a[0]!] }), 0);
      }),
    );
  });

  it('refuses other bins, negative weights and nothing at all', () => {
    expect(() => populationStability([1], [1, 2])).toThrow(RangeError);
    expect(() => jensenShannon([1, -1], [1, 2])).toThrow(RangeError);
    expect(() => wasserstein({ values: [] }, { values: [1] })).toThrow(RangeError);
    expect(() => populationStability([0, 0], [1, 2])).toThrow(RangeError);
  });
});

describe('power', () => {
  it('smaller effects and surer tests need more rows', () => {
    const size = (p2: number, power: number) => proportionSampleSize(0.1, p2, { power });
    for (const formula of ['pooled', 'unpooled', 'arcsine'] as const) {
      expect(size(0.11, 0.8)[formula]).toBeGreaterThan(size(0.12, 0.8)[formula]);
      expect(size(0.11, 0.9)[formula]).toBeGreaterThan(size(0.11, 0.8)[formula]);
    }
    expect(meanSampleSize(0.3).t).toBeGreaterThan(meanSampleSize(0.3).normal);
    expect(meanSampleSize(-0.3)).toEqual(meanSampleSize(0.3));
    expect(detectableDifference(0.1, 400)).toBeGreaterThan(detectableDifference(0.1, 500));
  });

  it('no number of rows tells a thing from itself', () => {
    expect(() => proportionSampleSize(0.1, 0.1)).toThrow(RangeError);
    expect(() => meanSampleSize(0)).toThrow(RangeError);
    expect(() => proportionSampleSize(0.1, 0.2, { alpha: 0.5, power: 0.4 })).toThrow(RangeError);
  });
});
