import { expect, it } from 'vitest';
import { typicalRow } from '#lib/behaviour/typical.ts';
import { table } from './builders.ts';

it('the typical row has the middle number that stands there, and the most common text', () => {
  const rows = table({
    odd: [9, 1, 5, Number.NaN, Number.NaN],
    even: [4, 1, 9, 100, Number.NaN],
    state: ['NY', 'CA', 'CA', 'NY', 'TX'],
    mostlyMissing: ['', '', '', 'x', 'x'],
  });
  // Of 1, 4, 9, 100 the lower of the middle two; NY and CA stand there twice each.
  expect(typicalRow(rows)).toEqual(table({ odd: [5], even: [4], state: ['CA'], mostlyMissing: [''] }));
});

it('a column without a number is missing', () => {
  const { columns } = typicalRow(table({ empty: [Number.NaN, Number.NaN] }));
  expect(columns[0]?.values).toEqual(Float64Array.of(Number.NaN));
});
