// Rows that differ from a row of a table in some columns: what all tests of behaviour are made of.
import { type Column, findColumn, selectRows, type Table } from '#lib/tables/table.ts';

/** A changed value; NaN or the empty text where it is missing. */
export interface Change {
  readonly column: string;
  readonly value: string | number;
}

export interface Variant {
  /** The row of the table that it differs from. */
  readonly row: number;
  readonly changes: readonly Change[];
}

interface Cell {
  readonly row: number;
  readonly value: string | number;
}

/** The variants as rows of their own, in their order. A change of a column that is not there is left out. */
export function tableOf(table: Table, variants: readonly Variant[]): Table {
  const rows = selectRows(
    table,
    variants.map(({ row }) => row),
  );
  const cells = new Map<string, Cell[]>(table.columns.map(({ name }) => [name, []]));
  variants.forEach(({ changes }, row) => {
    for (const { column, value } of changes) cells.get(column)?.push({ row, value });
  });
  return {
    rows: rows.rows,
    columns: rows.columns.map(column => withCells(column, cells.get(column.name) ?? [])),
  };
}

function withCells(column: Column, cells: readonly Cell[]): Column {
  if (cells.length === 0) return column;
  if (column.kind === 'number') {
    const values = Float64Array.from(column.values);
    for (const { row, value } of cells) if (typeof value === 'number') values[row] = value;
    return { ...column, values };
  }
  const values = [...column.values];
  for (const { row, value } of cells) if (typeof value === 'string') values[row] = value;
  return { ...column, values };
}

/** Both tables' rows, by the columns of the first; missing where the second lacks one. */
export function appendRows(table: Table, more: Table): Table {
  const columns = table.columns.map((column): Column => {
    const other = findColumn(more, column.name);
    if (column.kind === 'string') {
      const values = other?.kind === 'string' ? other.values : Array.from({ length: more.rows }, () => '');
      return { ...column, values: [...column.values, ...values] };
    }
    const values = new Float64Array(table.rows + more.rows).fill(Number.NaN);
    values.set(column.values);
    if (other?.kind === 'number') values.set(other.values, table.rows);
    return { ...column, values };
  });
  return { rows: table.rows + more.rows, columns };
}

/** The value of a cell; missing as NaN or the empty text. */
export function valueAt(table: Table, column: string, row: number): string | number {
  const found = findColumn(table, column);
  return found?.values[row] ?? (found?.kind === 'number' ? Number.NaN : '');
}

/** The same value; missing equals missing. */
export function isSameValue(a: string | number, b: string | number): boolean {
  return Object.is(a, b) || a === b;
}

const LONGEST = 60;

/** A value for people: texts in quotes and cut short, numbers as they are. */
export function valueText(value: string | number): string {
  if (value === '' || Number.isNaN(value)) return 'missing';
  if (typeof value === 'number') return String(Number(value.toPrecision(6)));
  const letters = Array.from(value);
  return `"${letters.length > LONGEST ? `${letters.slice(0, LONGEST).join('')}...` : value}"`;
}
