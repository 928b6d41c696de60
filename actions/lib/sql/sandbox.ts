// Where queries run that others wrote: a database of its own that sees nothing but views over named files, cannot write,
// cannot change its settings, and is stopped when a query takes too long.
import type { DuckDBConnection, DuckDBValue } from '@duckdb/node-api';
import { errorMessage } from '#lib/errors.ts';
import { escapeGlob, quoteName, quoteText } from '#lib/sql/dialect.ts';
import type { QueryNumber, Sandbox, SandboxOptions } from '#lib/sql/engine.ts';

type DuckDb = typeof import('@duckdb/node-api');

/** Opens one; close it when done. @param config what every database here is opened with */
export async function openSandbox(
  duckdb: DuckDb,
  config: Readonly<Record<string, string>>,
  { views, files, limitMs }: SandboxOptions,
): Promise<Sandbox> {
  const instance = await duckdb.DuckDBInstance.create(':memory:', { ...config });
  const connection = await instance.connect();
  await connection.run("SET TimeZone = 'UTC'");
  // The order counts: what may be opened, then nothing else, then no way back. Views are bound to their files at the end.
  const allowed = new Set(files.flatMap(file => [file, escapeGlob(file)]));
  await connection.run(`SET allowed_paths = [${[...allowed].map(quoteText).join(', ')}]`);
  await connection.run('SET enable_external_access = false');
  await connection.run('SET lock_configuration = true');
  for (const { name, sql } of views) await connection.run(`CREATE VIEW ${quoteName(name)} AS ${sql}`);
  return {
    number: async query => {
      try {
        const statement = await connection.prepare(query);
        statement.destroySync();
      } catch (error) {
        return { problem: `the query does not run: ${errorMessage(error).split('\n')[0]}` };
      }
      return runWithin(limitMs, connection, query);
    },
    close: () => {
      connection.closeSync();
      instance.closeSync();
    },
  };
}

async function runWithin(limitMs: number, connection: DuckDBConnection, query: string): Promise<QueryNumber> {
  let isLate = false;
  const clock = setTimeout(() => {
    isLate = true;
    connection.interrupt();
  }, limitMs);
  try {
    return await readNumber(connection, query);
  } catch (error) {
    if (isLate) return { problem: `the query did not end within ${limitMs / 1000} seconds` };
    // Whatever follows the kind quotes what a row holds, which may be a person's.
    const [kind = ''] = errorMessage(error).split(':', 1);
    return {
      problem: `the query fails on the data (${kind}); TRY_CAST and coalesce help where values do not fit`,
    };
  } finally {
    clearTimeout(clock);
  }
}

/** The one number that a query gives. No more than its first rows are made. */
async function readNumber(connection: DuckDBConnection, query: string): Promise<QueryNumber> {
  const result = await connection.stream(query);
  if (result.columnCount !== 1)
    return { problem: `the query gives ${result.columnCount} columns, one was expected` };
  let rows = 0;
  let value: DuckDBValue = null;
  for (;;) {
    const chunk = await result.fetchChunk();
    if (!chunk || chunk.rowCount === 0) break;
    if (rows === 0) value = chunk.getColumnValues(0)[0] ?? null;
    rows += chunk.rowCount;
    if (rows > 1) return { problem: 'the query gives more than one row' };
  }
  if (rows === 0) return { problem: 'the query gives no row' };
  if (value === null) return { problem: 'the query gives NULL, a number was expected' };
  const number = toNumber(value);
  if (number === undefined)
    return { problem: `the query gives ${result.columnType(0)}, a number was expected` };
  return Number.isFinite(number) ? { value: number } : { problem: `the query gives ${number}` };
}

function toNumber(value: DuckDBValue): number | undefined {
  if (typeof value === 'number' || typeof value === 'bigint') return Number(value);
  if (value !== null && typeof value === 'object' && 'toDouble' in value) return value.toDouble();
  return undefined;
}
