import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jittered, rangesOf, stepOf } from '#lib/behaviour/jitter.ts';
import { createRandom } from '#lib/stats/random.ts';
import { table } from './builders.ts';

it('ranges are those of the values that are there', () => {
  const rows = table({
    rate: [2.5, Number.NaN, -1, 7],
    count: [3, 0, Number.NaN, 12],
    state: ['CA', 'NY', '', 'TX'],
    empty: [Number.NaN, Number.NaN, Number.NaN, Number.NaN],
  });
  expect(Object.fromEntries(rangesOf(rows))).toEqual({
    rate: { low: -1, high: 7, isWhole: false },
    count: { low: 0, high: 12, isWhole: true },
  });
});

describe('the largest step', () => {
  it.each([
    ['is a share of the range', { low: 10, high: 60, isWhole: false }, 0.5],
    ['is a whole number where all values are', { low: 0, high: 260, isWhole: true }, 3],
    ['is one from half a step on', { low: 0, high: 50, isWhole: true }, 1],
    [
      'is none where a whole number would have to move by less than half',
      { low: 0, high: 49, isWhole: true },
      0,
    ],
    ['is none where all values are the same', { low: 4.5, high: 4.5, isWhole: false }, 0],
  ])('%s', (_, range, step) => {
    expect(stepOf(range, 0.01)).toBe(step);
  });
});

const range = fc
  .record({
    low: fc.integer({ min: -1000, max: 1000 }),
    size: fc.integer({ min: 100, max: 10_000 }),
    isWhole: fc.boolean(),
  })
  .map(({ low, size, isWhole }) => ({ low, high: low + size, isWhole }));

it('a moved value is another one, near, within the range, and whole where the column is', () => {
  fc.assert(
    fc.property(range, fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(), (within, place, seed) => {
      const exact = within.low + place * (within.high - within.low);
      const value = within.isWhole ? Math.round(exact) : exact;
      const step = stepOf(within, 0.01);
      const moved = jittered(value, within, { step, random: createRandom(seed) });
      expect(moved).not.toBe(value);
      expect(Math.abs(moved - value)).toBeLessThanOrEqual(step * (1 + 1e-9));
      expect(moved).toBeGreaterThanOrEqual(within.low);
      expect(moved).toBeLessThanOrEqual(within.high);
      if (within.isWhole) expect(Number.isInteger(moved)).toBe(true);
    }),
  );
});

it('steps go both ways and reach all sizes alike', () => {
  const within = { low: 0, high: 300, isWhole: true };
  const random = createRandom(5);
  const counts = new Map<number, number>();
  for (let draw = 0; draw < 6000; draw++) {
    const moved = jittered(150, within, { step: 3, random });
    counts.set(moved, (counts.get(moved) ?? 0) + 1);
  }
  expect([...counts.keys()].sort((a, b) => a - b)).toEqual([147, 148, 149, 151, 152, 153]);
  // 1000 each, standard deviation 29.
  for (const n of counts.values()) expect(Math.abs(n - 1000)).toBeLessThan(120);
});

it('a missing value stays missing, and without a step all stay', () => {
  const within = { low: 0, high: 300, isWhole: false };
  expect(jittered(Number.NaN, within, { step: 3, random: createRandom(1) })).toBeNaN();
  expect(jittered(7, within, { step: 0, random: createRandom(1) })).toBe(7);
});
