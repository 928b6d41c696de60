import fc from 'fast-check';
import { expect, it } from 'vitest';
import { settleTimes } from '#lib/audit/settle-times.ts';

const commit = (position: number, at: number) => ({ position, at });

it('dates that fit are believed', () => {
  expect(settleTimes([commit(0, 10), commit(3, 40)], [commit(1, 20)], 100)).toEqual([10, 40]);
});

it('a commit dated in the future was made no later than the machine that saw it, or now', () => {
  expect(settleTimes([commit(0, 10), commit(1, 900)], [commit(1, 60)], 100)).toEqual([10, 60]);
  expect(settleTimes([commit(0, 10), commit(1, 900)], [], 100)).toEqual([10, 100]);
});

it('a commit dated back comes after what a machine saw without it', () => {
  expect(settleTimes([commit(0, 10), commit(1, 5)], [commit(0, 70)], 100)).toEqual([10, 70]);
  expect(settleTimes([commit(0, 10), commit(1, 5)], [], 100)).toEqual([10, 10]);
});

it('whatever commits say, time never falls and never lies ahead', () => {
  const instant = fc.integer({ min: 0, max: 200 });
  const list = fc.array(instant, { maxLength: 12 });
  fc.assert(
    fc.property(list, fc.array(fc.tuple(fc.nat(12), fc.integer({ min: 0, max: 100 }))), (dates, seen) => {
      const commits = dates.map((at, position) => commit(position, at));
      const times = settleTimes(
        commits,
        seen.map(([position, at]) => ({ position, at })),
        100,
      );
      expect(times).toHaveLength(dates.length);
      expect(times).toEqual(times.toSorted((a, b) => a - b));
      expect(times.every(time => time <= 100)).toBe(true);
    }),
  );
});
