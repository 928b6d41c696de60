import { describe, expect, it } from 'vitest';
import { dependenceSchema, partialDependence } from '#lib/explanation/dependence.ts';
import type { Table } from '#lib/tables/table.ts';
import { expected, rows, score } from './global-rows.ts';
import { numberTable } from './models.ts';

/** Answers with the first column as a number; a missing one with -1. */
async function first(table: Table): Promise<Float64Array> {
  const [column] = table.columns;
  return Float64Array.from({ length: table.rows }, (_, row) => {
    const text = String(column?.values[row]);
    return text === '' || text === 'NaN' ? -1 : Number(text);
  });
}

describe('partial dependence', () => {
  it.each(expected.columns.map((column, at) => ({ column, curve: expected.dependence[at] })))(
    'of $column equals scikit-learn’s, with its spread of single rows',
    async ({ column, curve }) => {
      const found = await partialDependence(score, { rows, column });
      expect(dependenceSchema.parse(found)).toEqual(found);
      expect(found.points.map(({ value }) => value)).toEqual(curve?.values);
      found.points.forEach((point, at) => {
        for (const key of ['share', 'mean', 'low', 'high'] as const) {
          expect(Math.abs(point[key] - (curve?.[key][at] ?? Number.NaN))).toBeLessThan(
            1e-5 * (1 + Math.abs(point[key])),
          );
        }
      });
    },
  );

  it('takes at most as many values as asked, evenly over the rows, and counts the rows nearest to each', async () => {
    const table = numberTable(
      Array.from({ length: 100 }, (_, i) => [i * i]),
      ['x'],
    );
    const { points } = await partialDependence(first, { rows: table, column: 'x' }, { mostPoints: 4 });
    // The rows 12, 37, 62, 87 in order; between 144 and 1369 the middle is 756.5, and 27^2 = 729 is the last below.
    expect(points.map(({ value }) => value)).toEqual([144, 1369, 3844, 7569]);
    expect(points.map(({ share }) => share)).toEqual([0.28, 0.24, 0.24, 0.24]);
  });

  it('counts a number halfway between two values to the lower one', async () => {
    const table = numberTable([[0], [1], [2]], ['x']);
    const { points } = await partialDependence(first, { rows: table, column: 'x' }, { mostPoints: 2 });
    expect(points.map(({ value, share }) => [value, share])).toEqual([
      [0, 0.666667],
      [2, 0.333333],
    ]);
  });

  it('tries a missing value last, where rows lack one', async () => {
    const table = numberTable([[3], [null], [1], [3]], ['x']);
    const { points } = await partialDependence(first, { rows: table, column: 'x' });
    expect(points.map(({ value, share, mean }) => [value, share, mean])).toEqual([
      [1, 0.25, 1],
      [3, 0.5, 3],
      [null, 0.25, -1],
    ]);
  });

  it('takes the commonest categories first, equally common ones by their text', async () => {
    const values = ['2', '1', '3', '3', '', '1', '9'];
    const table: Table = { rows: values.length, columns: [{ name: 'x', kind: 'string', values }] };
    const { points } = await partialDependence(first, { rows: table, column: 'x' }, { mostPoints: 3 });
    expect(points.map(({ value, mean }) => [value, mean])).toEqual([
      ['1', 1],
      ['3', 3],
      ['2', 2],
      [null, -1],
    ]);
  });
});
