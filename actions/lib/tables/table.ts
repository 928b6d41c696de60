// Rows in memory, column by column: what training and evaluation work on. Files become tables in sql/.

/** A numeric column; a missing value is NaN. */
export interface NumberColumn {
  readonly name: string;
  readonly kind: 'number';
  readonly values: Float64Array;
}

/** A text column; a missing value is the empty string. */
export interface StringColumn {
  readonly name: string;
  readonly kind: 'string';
  readonly values: readonly string[];
}

export type Column = NumberColumn | StringColumn;

/** Columns of equal length; `rows` is that length. */
export interface Table {
  readonly rows: number;
  readonly columns: readonly Column[];
}

/** A column's name and kind, without its values. */
export interface ColumnType {
  readonly name: string;
  readonly kind: 'number' | 'string';
}

/** The column of that name, or undefined. */
export function findColumn(table: Table, name: string): Column | undefined {
  return table.columns.find(column => column.name === name);
}

/** The given rows, in the given order. */
export function selectRows(table: Table, rows: ArrayLike<number>): Table {
  return { rows: rows.length, columns: table.columns.map(column => selectValues(column, rows)) };
}

/** The given columns, in the given order; a name the table lacks is left out. */
export function selectColumns(table: Table, names: readonly string[]): Table {
  const columns = names.flatMap(name => findColumn(table, name) ?? []);
  return { rows: table.rows, columns };
}

function selectValues(column: Column, rows: ArrayLike<number>): Column {
  if (column.kind === 'number') {
    return { ...column, values: Float64Array.from(rows, row => column.values[row] ?? Number.NaN) };
  }
  return { ...column, values: Array.from(rows, row => column.values[row] ?? '') };
}
