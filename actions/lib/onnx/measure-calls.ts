// One timed call of a model, and the rows it is asked: what measuring one model and measuring two have in common.
import type { MeasuredModel } from '#lib/onnx/measure-message.ts';
import { type Column, selectRows, type Table } from '#lib/tables/table.ts';

/** Rows of one batch, where throughput is measured. */
export const BATCH = 256;
/** Calls before any counts. */
export const WARM_UP_CALLS = 200;
/** A slow model is measured on fewer calls: each phase may take about so long. */
export const MOST_MS = 20_000;

/** The rows of a request as a table. */
export function toTable({ columns }: MeasuredModel): Table {
  return {
    rows: columns[0]?.values.length ?? 0,
    columns: columns.map(({ name, kind, values }): Column => {
      if (kind === 'string') return { name, kind, values: values.map(String) };
      const numbers = Float64Array.from(values, value => (value === null ? Number.NaN : Number(value)));
      return { name, kind, values: numbers };
    }),
  };
}

/** Each row as a table of its own. */
export function singlesOf(table: Table): readonly Table[] {
  return Array.from({ length: table.rows }, (_, row) => selectRows(table, [row]));
}

/** Batches of the rows in turn, each beginning at another row. */
export function batchesOf(table: Table, count: number): readonly Table[] {
  return Array.from({ length: count }, (_, batch) => {
    const first = Math.floor((batch * table.rows) / count);
    return selectRows(
      table,
      Array.from({ length: BATCH }, (_, row) => (first + row) % table.rows),
    );
  });
}

/** A model that answers, and the rows in the columns it takes. */
export interface Answerer {
  readonly answer: Answer;
  readonly rows: Table;
}

/** An open model's answers to rows; only how long they take counts here. */
export type Answer = (rows: Table) => Promise<unknown>;

/** Milliseconds of one call. */
export async function timeCall(answer: Answer, rows: Table | undefined): Promise<number> {
  if (!rows) return 0;
  const start = performance.now();
  await answer(rows);
  return performance.now() - start;
}
