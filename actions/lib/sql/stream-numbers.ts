// Columns of numbers out of DuckDB without an object a row: a chunk holds them as the typed array that they are.
import type { DuckDBConnection } from '@duckdb/node-api';

/** See SqlEngine.streamNumbers. */
export async function streamNumbers(
  connection: DuckDBConnection,
  sql: string,
  take: (columns: readonly Float64Array[]) => void,
): Promise<void> {
  const result = await connection.stream(sql);
  for await (const chunk of result)
    take(Array.from({ length: chunk.columnCount }, (_, i) => numbersOf(chunk.getColumnVector(i))));
}

/** What the client keeps of a vector of doubles; it has no public name for it. */
function numbersOf(vector: object): Float64Array {
  const items: unknown = Reflect.get(vector, 'items');
  if (!(items instanceof Float64Array)) throw new Error('the query gave a column that is no DOUBLE');
  return items;
}
