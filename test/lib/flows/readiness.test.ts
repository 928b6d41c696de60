// The age of the newest row, by days counted by hand.
import { expect, it } from 'vitest';
import { measureAge } from '#lib/flows/judging/readiness.ts';

const rows = (...values: readonly string[]) => ({ name: 'at', kind: 'string' as const, values });
const age = (training: readonly string[], test: readonly string[]) =>
  measureAge({ training: rows(...training), test: rows(...test) }, '2026-11-21');

it('the newest row counts, whether it was trained or tested on', () => {
  expect(age(['2026-11-01', '2026-10-01'], ['2026-11-11'])).toMatchObject({ value: 10 });
  expect(age(['2026-11-20'], ['2026-11-11'])).toMatchObject({ value: 1 });
});

it('a row of tomorrow is of today where it was made, and no younger', () => {
  expect(age(['2026-11-22'], ['2026-11-11'])).toMatchObject({ value: 0 });
});

it('one row of a day that is yet to come does not make old data young', () => {
  expect(age(['2001-01-01', '9999-12-31'], ['2001-01-01'])).toMatchObject({
    value: null,
    missing: { outcome: "can't tell", why: 'the newest row is of 9999-12-31, which is yet to come' },
  });
});
