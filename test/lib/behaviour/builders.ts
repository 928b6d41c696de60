// Small tables and models of the tests of this folder.
import type { Answering, Subject } from '#lib/behaviour/subject.ts';
import type { Column, Table } from '#lib/tables/table.ts';

type Row = Readonly<Record<string, number | string>>;

/** Numbers become a number column, texts a text column. */
export function table(columns: Readonly<Record<string, readonly number[] | readonly string[]>>): Table {
  const made = Object.entries(columns).map(
    ([name, values]): Column =>
      typeof values[0] === 'string'
        ? { name, kind: 'string', values: values.map(String) }
        : { name, kind: 'number', values: Float64Array.from(values, Number) },
  );
  return { rows: made[0]?.values.length ?? 0, columns: made };
}

/** A model that is a formula of one row; several numbers for several classes. */
export function formula(answering: Answering, answer: (row: Row) => number | readonly number[]): Subject {
  const rowOf = ({ columns }: Table, row: number): Row =>
    Object.fromEntries(columns.map(column => [column.name, column.values[row] ?? '']));
  return {
    ...answering,
    score: async rows =>
      Float64Array.from(Array.from({ length: rows.rows }, (_, row) => answer(rowOf(rows, row))).flat()),
  };
}
