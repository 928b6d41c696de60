import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readMoment } from '#lib/behaviour/moment.ts';

/** `2026-12-24 thursday 18`, as GNU date writes `+%F %A %H`. */
function written(value: string | number): string | undefined {
  const moment = readMoment(value);
  if (!moment) return undefined;
  const days = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'];
  const [month, day] = [moment.month, moment.day].map(part => String(part).padStart(2, '0'));
  return [`${moment.year}-${month}-${day}`, days[moment.weekday], moment.hour]
    .filter(part => part !== undefined)
    .join(' ');
}

// Expected values by GNU coreutils: date -u -d '<text>' '+%F %A %-H'.
describe('a time is read in UTC:', () => {
  it.each([
    ['2026-12-24', '2026-12-24 thursday'],
    ['2026-12-24T18:30', '2026-12-24 thursday 18'],
    ['2026-12-24 18:30:59.999', '2026-12-24 thursday 18'],
    ['2026-12-24T18:30:00Z', '2026-12-24 thursday 18'],
    ['2026-12-24T23:30:00-05:00', '2026-12-25 friday 4'],
    ['2026-01-01T00:30:00+0100', '2025-12-31 wednesday 23'],
    ['2026-01-01T00:30:00+01', '2025-12-31 wednesday 23'],
    ['2025-11-03 10:00:00+00', '2025-11-03 monday 10'],
    ['2024-02-29T12:00Z', '2024-02-29 thursday 12'],
    ['2026-12-31T24:00', '2027-01-01 friday 0'],
    ['1969-12-31T23:59', '1969-12-31 wednesday 23'],
    [1_800_000_000, '2027-01-15 friday 8'],
    [1_800_000_000_000, '2027-01-15 friday 8'],
    [1_800_000_000_000_000, '2027-01-15 friday 8'],
    [1_800_000_000_000_000_000, '2027-01-15 friday 8'],
    [1_799_999_999.5, '2027-01-15 friday 7'],
  ])('%s', (value, moment) => {
    expect(written(value)).toBe(moment);
  });
});

describe('no time is', () => {
  it.each([
    '',
    '2026-02-29',
    '2026-13-01',
    '2026-00-10',
    '2026-12-24T25:00',
    '2026-12-24T24:01',
    '2026-12-24T12:60',
    '24.12.2026',
    'Thu',
    '2026-12-24T18:30 CET',
    11.899,
    0,
    -1_800_000_000,
    Number.NaN,
    1e20,
  ])('%s', value => {
    expect(readMoment(value)).toBeUndefined();
  });
});

it('what a date writes is read back, whatever the unit', () => {
  fc.assert(
    fc.property(fc.date({ min: new Date(2e11), max: new Date(4e12), noInvalidDate: true }), date => {
      const moment = readMoment(date.toISOString());
      expect(moment?.hour).toBe(date.getUTCHours());
      expect(moment?.weekday).toBe((date.getUTCDay() + 6) % 7);
      expect(readMoment(date.getTime())).toEqual(moment);
      expect(readMoment(date.getTime() / 1000)).toEqual(moment);
    }),
  );
});
