import { describe, expect, it } from 'vitest';
import { describeUsual, usualColumnSchema } from '#lib/explanation/usual.ts';
import type { Table } from '#lib/tables/table.ts';
import { expected } from './global-rows.ts';
import { numberTable } from './models.ts';

function texts(values: readonly string[]): Table {
  return { rows: values.length, columns: [{ name: 'city', kind: 'string', values }] };
}

describe('what is usual', () => {
  it('in numbers are the percentiles, as NumPy has them', () => {
    const table = numberTable(
      expected.skewed.map(value => [value]),
      ['amount'],
    );
    const [found] = describeUsual(table);
    if (found?.kind !== 'number') throw new Error('Not a number column');
    expect(usualColumnSchema.parse(found)).toEqual(found);
    expect(found.percentiles).toHaveLength(101);
    found.percentiles.forEach((value, at) => {
      const truth = expected.percentiles[at] ?? Number.NaN;
      expect(Math.abs(value - truth)).toBeLessThan(1e-5 * truth);
    });
  });

  it('counts missing numbers apart', () => {
    expect(describeUsual(numberTable([[null], [2], [null], [2]], ['x']))).toMatchObject([
      { missing: 0.5, percentiles: Array.from({ length: 101 }, () => 2) },
    ]);
    expect(describeUsual(numberTable([[null]], ['x']))).toMatchObject([{ missing: 1, percentiles: [] }]);
  });

  it('in texts are their shares of all rows, the commonest first', () => {
    expect(describeUsual(texts(['b', 'a', '', 'b', 'c']))).toEqual([
      {
        column: 'city',
        kind: 'string',
        missing: 0.2,
        categories: [
          { value: 'b', share: 0.4 },
          { value: 'a', share: 0.2 },
          { value: 'c', share: 0.2 },
        ],
        isCut: false,
      },
    ]);
  });

  it('keeps 50 categories and says that there are more', () => {
    const [found] = describeUsual(texts(Array.from({ length: 51 }, (_, i) => `c${i}`)));
    expect(found).toMatchObject({ isCut: true });
    expect(found?.kind === 'string' && found.categories).toHaveLength(50);
  });
});
