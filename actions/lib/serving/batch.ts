// Rows of requests that are waiting at the same moment run through the model together: a run costs far more than a row.
// The batch is whatever has come by the next turn of the event loop, so a lone request never waits for company. The price:
// where a model sums in another order for several rows, the last bits of its 32-bit answers depend on the company.
import type { Column, Table } from '#lib/tables/table.ts';

/** More rows than this gain nothing, and would let one batch hold up the next. */
const MAX_ROWS = 64;

type Score = (rows: Table) => Promise<Float64Array>;

interface Waiting {
  readonly rows: Table;
  readonly resolve: (scores: Float64Array) => void;
  readonly reject: (reason: unknown) => void;
}

/**
 * The same function, its concurrent calls brought together. All tables must have the same columns in the same order.
 * @param width numbers a row that it answers with
 */
export function batchScores(score: Score, width = 1): Score {
  let queue: Waiting[] = [];

  const flush = async (): Promise<void> => {
    const { batch, rest } = takeBatch(queue);
    queue = rest;
    if (queue.length > 0) setImmediate(flush);
    if (batch.length === 1) return runAlone(score, batch[0]);
    try {
      deal(batch, await score(joinRows(batch.map(({ rows }) => rows))), width);
    } catch {
      // One caller's rows must not fail the others: each is asked alone.
      for (const waiting of batch) await runAlone(score, waiting);
    }
  };

  return rows =>
    rows.rows > MAX_ROWS
      ? score(rows)
      : new Promise((resolve, reject) => {
          queue.push({ rows, resolve, reject });
          if (queue.length === 1) setImmediate(flush);
        });
}

function takeBatch(queue: readonly Waiting[]): { readonly batch: Waiting[]; readonly rest: Waiting[] } {
  let rows = 0;
  const end = queue.findIndex((waiting, index) => {
    rows += waiting.rows.rows;
    return index > 0 && rows > MAX_ROWS;
  });
  return end < 0 ? { batch: [...queue], rest: [] } : { batch: queue.slice(0, end), rest: queue.slice(end) };
}

async function runAlone(score: Score, waiting: Waiting | undefined): Promise<void> {
  if (!waiting) return;
  try {
    waiting.resolve(await score(waiting.rows));
  } catch (error) {
    waiting.reject(error);
  }
}

function deal(batch: readonly Waiting[], scores: Float64Array, width: number): void {
  let start = 0;
  for (const { rows, resolve } of batch) {
    const end = start + rows.rows * width;
    resolve(scores.slice(start, end));
    start = end;
  }
}

function joinRows(tables: readonly Table[]): Table {
  const rows = tables.reduce((sum, table) => sum + table.rows, 0);
  const columns = (tables[0]?.columns ?? []).map((column, index) =>
    joinColumn(
      column,
      tables.map(table => table.columns[index]).filter(part => part !== undefined),
    ),
  );
  return { rows, columns };
}

function joinColumn(like: Column, parts: readonly Column[]): Column {
  if (like.kind === 'string') {
    const texts = parts.flatMap(part => (part.kind === 'string' ? part.values : []));
    return { name: like.name, kind: 'string', values: texts };
  }
  const length = parts.reduce((sum, part) => sum + part.values.length, 0);
  const values = new Float64Array(length);
  let start = 0;
  for (const part of parts) {
    if (part.kind === 'number') values.set(part.values, start);
    start += part.values.length;
  }
  return { name: like.name, kind: 'number', values };
}
