// Tables as every renderer needs them: each row with as many cells as there are columns.
import type { Row, Table } from '#lib/reports/blocks.ts';
import type { ChartNumbers } from '#lib/reports/charts/kind.ts';
import type { Inline } from '#lib/reports/inline.ts';

/** The cells of a row, empty ones added. Throws a RangeError when it has more cells than the table has columns. */
export function cellsOf(table: Table, row: Row): readonly Inline[] {
  const { length } = table.columns;
  if (row.cells.length > length)
    throw new RangeError(`a row of ${row.cells.length} cells in a table of ${length} columns`);
  return table.columns.map((_, i) => row.cells[i] ?? '');
}

/** The numbers behind a chart as a table: names on the left, numbers on the right. */
export function numbersTable({ headers, rows }: ChartNumbers): Table {
  return {
    kind: 'table',
    columns: headers.map((header, i) => ({ header, align: i === 0 ? 'left' : 'right' })),
    rows: rows.map(cells => ({ cells })),
  };
}
