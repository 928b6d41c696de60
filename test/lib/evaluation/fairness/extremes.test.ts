// How often the intervals hold the truth, by simulation: the promise is 95 of 100, also where all groups are alike.
import { expect, it } from 'vitest';
import {
  estimateOfMean,
  estimateOfPositiveMean,
  estimateOfShare,
} from '#lib/evaluation/fairness/estimate.ts';
import {
  type ByGroup,
  type Extreme,
  farthestFromZero,
  smallestRatio,
  widestDifference,
} from '#lib/evaluation/fairness/extremes.ts';
import { percentileInterval } from '#lib/stats/bootstrap.ts';
import { createRandom, type Random } from '#lib/stats/random.ts';

const RUNS = 400;
const sizes = [40, 60, 100, 300];

function drawn(n: number, share: number, random: Random): number {
  return Array.from({ length: n }, () => random.next()).filter(value => value < share).length;
}

function shares(all: readonly number[], random: Random): ByGroup {
  return new Map(
    all.flatMap((share, index) => {
      const n = sizes[index % sizes.length] ?? 0;
      const estimate = estimateOfShare(drawn(n, share, random), n);
      return estimate ? [[String(index), estimate]] : [];
    }),
  );
}

/** Roughly normal: a sum of twelve uniform numbers. */
function means(centres: readonly number[], random: Random, isPositive = false): ByGroup {
  return new Map(
    centres.flatMap((centre, index) => {
      const values = new Float64Array(sizes[index % sizes.length] ?? 0).map(() => {
        const noise = Array.from({ length: 12 }, () => random.next()).reduce((sum, one) => sum + one, -6);
        return isPositive ? centre * Math.abs(noise) : centre + noise;
      });
      const estimate = isPositive ? estimateOfPositiveMean(values) : estimateOfMean(values);
      return estimate ? [[String(index), estimate]] : [];
    }),
  );
}

function shareHeld(truth: number, draw: (random: Random) => Extreme | undefined): number {
  const random = createRandom(7);
  let held = 0;
  for (let run = 0; run < RUNS; run++) {
    const interval = draw(random)?.interval ?? [1, 0];
    if (interval[0] <= truth && truth <= interval[1]) held += 1;
  }
  return held / RUNS;
}

// Of 400 runs at 95 of 100, fewer than 0.92 happen less than once in 200 times.
it.each([
  ['four groups alike', [0.3, 0.3, 0.3, 0.3]],
  ['four groups alike and rarely flagged', [0.03, 0.03, 0.03, 0.03]],
  ['one group apart', [0.3, 0.3, 0.5, 0.3]],
  ['all apart', [0.1, 0.2, 0.5, 0.6]],
  ['two groups', [0.2, 0.4]],
  ['two groups alike', [0.2, 0.2]],
])('the difference of shares is held: %s', (_, truth) => {
  const range = Math.max(...truth) - Math.min(...truth);
  expect(shareHeld(range, random => widestDifference(shares(truth, random)))).toBeGreaterThan(0.92);
});

it.each([
  ['four groups alike', [0.3, 0.3, 0.3, 0.3]],
  ['one group apart', [0.3, 0.3, 0.5, 0.3]],
  ['two groups', [0.2, 0.4]],
])('the ratio of shares is held: %s', (_, truth) => {
  const ratio = Math.min(...truth) / Math.max(...truth);
  expect(shareHeld(ratio, random => smallestRatio(shares(truth, random)))).toBeGreaterThan(0.92);
});

it('the difference of means, the ratio of means and the largest gap are held', () => {
  const centres = [1, 1, 1.4, 1];
  expect(shareHeld(0.4, random => widestDifference(means(centres, random)))).toBeGreaterThan(0.92);
  expect(shareHeld(1.4, random => farthestFromZero(means(centres, random)))).toBeGreaterThan(0.92);
  expect(shareHeld(0, random => widestDifference(means([0, 0, 0], random)))).toBeGreaterThan(0.92);
  expect(shareHeld(1 / 1.4, random => smallestRatio(means(centres, random, true)))).toBeGreaterThan(0.92);
});

it('drawing rows again would hold no difference hardly ever, which is why it is not done', () => {
  const random = createRandom(3);
  let held = 0;
  for (let run = 0; run < 50; run++) {
    const found = sizes.map(n => ({ n, share: drawn(n, 0.3, random) / n }));
    const replicates = new Float64Array(200).map(() => {
      const again = found.map(({ n, share }) => drawn(n, share, random) / n);
      return Math.max(...again) - Math.min(...again);
    });
    if ((percentileInterval(replicates)?.[0] ?? 1) <= 0) held += 1;
  }
  expect(held).toBe(0);
});

it('the ratio has the limits of Donner and Zou, written as they print them', () => {
  const [a, b] = [estimateOfShare(12, 80), estimateOfShare(40, 120)];
  if (!a || !b) throw new Error('both have rows');
  const [[l1, u1], [l2, u2]] = [a.limits(0.95), b.limits(0.95)];
  const product = a.value * b.value;
  const lower =
    (product - Math.sqrt(product ** 2 - l1 * u2 * (2 * a.value - l1) * (2 * b.value - u2))) /
    (u2 * (2 * b.value - u2));
  const upper =
    (product + Math.sqrt(product ** 2 - u1 * l2 * (2 * a.value - u1) * (2 * b.value - l2))) /
    (l2 * (2 * b.value - l2));
  const found = smallestRatio(
    new Map([
      ['a', a],
      ['b', b],
    ]),
  );
  expect(found?.value).toBeCloseTo(0.45, 12);
  expect(found?.interval[0]).toBeCloseTo(lower, 12);
  expect(found?.interval[1]).toBeCloseTo(upper, 12);
});

it('where nobody of a group is flagged, the ratio is 0 and still has an upper end', () => {
  const found = smallestRatio(
    new Map([
      ['a', { value: 0, n: 50, limits: () => [0, 0.07] as const }],
      ['b', { value: 0.5, n: 50, limits: () => [0.36, 0.64] as const }],
    ]),
  );
  expect(found?.value).toBe(0);
  // 0.07 / sqrt(0.36 * (1 - 0.36))
  expect(found?.interval).toEqual([0, expect.closeTo(0.07 / 0.48, 12)]);
});
