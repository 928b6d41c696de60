import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { longest, momentBefore, parseDuration } from '#lib/contracts/durations.ts';

const NOW = Date.parse('2024-03-31T12:30:00Z');
const at = (moment: number) => new Date(moment).toISOString();

describe('a length of time', () => {
  test.each([
    [4, 'd', '2024-03-27T12:30:00.000Z', '4 days'],
    [1, 'day', '2024-03-30T12:30:00.000Z', '1 day'],
    [2, 'Days', '2024-03-29T12:30:00.000Z', '2 days'],
    [36, 'h', '2024-03-30T00:30:00.000Z', '36 hours'],
    [90, 'm', '2024-03-31T11:00:00.000Z', '90 minutes'],
    [90, 'min', '2024-03-31T11:00:00.000Z', '90 minutes'],
    [5, 'seconds', '2024-03-31T12:29:55.000Z', '5 seconds'],
    [1, 'w', '2024-03-24T12:30:00.000Z', '1 week'],
    [1, 'months', '2024-02-29T12:30:00.000Z', '1 month'],
    [1, 'mo', '2024-02-29T12:30:00.000Z', '1 month'],
    [13, 'month', '2023-02-28T12:30:00.000Z', '13 months'],
    [3, 'y', '2021-03-31T12:30:00.000Z', '3 years'],
    [0.5, 'yrs', '2023-09-30T12:30:00.000Z', '0.5 years'],
    ['4', 'h', '2024-03-31T08:30:00.000Z', '4 hours'],
    ['PT4H', undefined, '2024-03-31T08:30:00.000Z', '4 hours'],
    ['P1DT12H', undefined, '2024-03-30T00:30:00.000Z', '1 day 12 hours'],
    ['PT0.5H', undefined, '2024-03-31T12:00:00.000Z', '0.5 hours'],
    ['P1Y1M', undefined, '2023-02-28T12:30:00.000Z', '1 year 1 month'],
    ['P2W', undefined, '2024-03-17T12:30:00.000Z', '2 weeks'],
  ])('%j %s before 31 March 2024 is %s', (value, unit, moment, says) => {
    const duration = parseDuration(value, unit);
    expect(duration && [at(momentBefore(NOW, duration)), duration.says]).toEqual([moment, says]);
  });

  test.each([
    [4, undefined],
    [4, 'bananas'],
    [-1, 'd'],
    [Number.NaN, 'd'],
    [true, 'd'],
    [null, 'd'],
    ['', 'd'],
    ['soon', 'd'],
    ['P', undefined],
    ['PT', undefined],
    ['P1H', undefined],
    ['2022-05-12', undefined],
    ['P1D trailing', undefined],
  ])('%j %s is none', (value, unit) => {
    expect(parseDuration(value, unit)).toBeUndefined();
  });

  test('of months is as long as the longest ones are', () => {
    const days = [1, 2, 3, 6, 11, 12, 24, 48].map(months => {
      const duration = parseDuration(months, 'mo');
      return duration && longest(duration) / 86_400_000;
    });
    // July and August; December to February, with a leap day for 3, 6 and more.
    expect(days).toEqual([31, 62, 92, 184, 337, 366, 731, 1461]);
  });

  test('reads whatever is built as ISO 8601', () => {
    const part = fc.nat(99);
    fc.assert(
      fc.property(part, part, part, part, (d, h, m, s) => {
        const duration = parseDuration(`P${d}DT${h}H${m}M${s}S`, undefined);
        expect(duration && momentBefore(0, duration)).toBe(0 - (((d * 24 + h) * 60 + m) * 60 + s) * 1000);
      }),
    );
  });
});
