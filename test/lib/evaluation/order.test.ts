import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ascending, rankScores } from '#lib/evaluation/order.ts';
import { createRandom } from '#lib/stats/random.ts';

/** By comparing: equal numbers in their order, NaN last. */
function byComparing(values: Float64Array): readonly number[] {
  return [...values.keys()].sort((a, b) => {
    const [x, y] = [values[a] ?? 0, values[b] ?? 0];
    if (Number.isNaN(x) || Number.isNaN(y)) return Number(Number.isNaN(x)) - Number(Number.isNaN(y)) || a - b;
    return x - y || a - b;
  });
}

it('few and many values of any kind come in the order that comparing gives', () => {
  const special = [0, -0, 1, -1, 0.1, -0.1, 5e-324, -5e-324, 1e308, -1e308, Infinity, -Infinity, Number.NaN];
  const value = fc.oneof(fc.double(), fc.constantFrom(...special), fc.integer({ min: -3, max: 3 }));
  const lists = fc.oneof(
    fc.array(value, { maxLength: 30 }),
    // Repeated, since so many are sorted by their bits.
    fc
      .array(value, { minLength: 25, maxLength: 40 })
      .map(list => Array.from({ length: 120 }, () => list).flat()),
  );
  fc.assert(
    fc.property(lists, list => {
      const values = Float64Array.from(list);
      expect([...ascending(values)]).toEqual(byComparing(values));
    }),
    { numRuns: 60 },
  );
});

it('doubles that differ in their last bits are told apart', () => {
  const random = createRandom(9);
  const values = Float64Array.from({ length: 5000 }, () => 1 + random.integer(1000) * Number.EPSILON);
  expect([...ascending(values)]).toEqual(byComparing(values));
});

it('equal scores are one group, both zeros among them', () => {
  const { order, ends } = rankScores(Float64Array.of(0.5, 0, -0, 0.5, -1));
  expect([...order]).toEqual([4, 1, 2, 0, 3]);
  expect([...ends]).toEqual([1, 3, 5]);
});

it('the same scores are ranked once', () => {
  const scores = Float64Array.of(2, 1);
  expect(rankScores(scores)).toBe(rankScores(scores));
});
