// The embedded SQL engine: DuckDB in memory, cut off from the network, from the home directory and from extensions.
// One thread unless asked for more, so that sums come out in the same order, and with the same last bits, everywhere.
import type { DuckDBConnection, DuckDBInstance, DuckDBValue } from '@duckdb/node-api';
import { loadNative } from '#lib/natives.ts';
import { lookAtCsv, tasteCsv } from '#lib/sql/csv-look.ts';
import { readCsvHeader, scanCsv } from '#lib/sql/csv-structure.ts';
import type { SqlEngine, SqlRow } from '#lib/sql/engine.ts';
import { evaluateRows } from '#lib/sql/evaluate-rows.ts';
import { checkExpression } from '#lib/sql/expression.ts';
import { lookAtJson } from '#lib/sql/json-lines.ts';
import { readQuery } from '#lib/sql/query.ts';
import { readTable } from '#lib/sql/read-table.ts';
import { openSandbox } from '#lib/sql/sandbox.ts';
import { streamNumbers } from '#lib/sql/stream-numbers.ts';

type DuckDb = typeof import('@duckdb/node-api');

interface DuckDbOptions {
  /** More threads are faster; floating-point sums then depend on their number. */
  readonly threads?: number;
}

/**
 * A statement of this length is about a thousand expressions or more. Looking for what they have in common takes time with
 * the square of their number, so it is planned without that.
 */
const LONG_STATEMENT = 500_000;

/** Opens an empty database in memory; close it when done. */
export async function openDuckDb({ threads = 1 }: DuckDbOptions = {}): Promise<SqlEngine> {
  const duckdb = loadNative<DuckDb>('@duckdb/node-api');
  const config = {
    threads: String(threads),
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    allow_community_extensions: 'false',
    allow_persistent_secrets: 'false',
    temp_directory: '',
    // It takes a file of the same size that is written in the same second for the one that it knows.
    enable_external_file_cache: 'false',
  };
  const { instance, connection } = await openInstance(duckdb, config);
  // One connection runs one statement at a time; statements that are asked beside each other run beside each other.
  const idle = [connection];
  let forLong: ReturnType<typeof openInstance> | undefined;
  return {
    query: async (sql, values = [], signal) => {
      if (sql.length > LONG_STATEMENT)
        forLong ??= openInstance(duckdb, { ...config, disabled_optimizers: 'common_subexpressions' });
      const isLong = sql.length > LONG_STATEMENT && forLong !== undefined;
      const chosen = isLong ? (await forLong)?.connection : idle.pop();
      const used = chosen ?? (await instance.connect());
      try {
        const reader = await interruptible(used, signal, () => used.runAndReadAll(sql, [...values]));
        return reader.getRowObjects().map(row => toRow(duckdb, row));
      } finally {
        if (!isLong) idle.push(used);
      }
    },
    streamNumbers: (sql, take) => streamNumbers(connection, sql, take),
    readExpression: text => checkExpression(connection, text),
    readTable: (path, columns) => withOwn(instance, connection => readTable({ connection, path }, columns)),
    evaluateRows: (path, expressions, beside) =>
      withOwn(instance, connection => evaluateRows({ duckdb, connection, path }, expressions, beside)),
    describeCsv: scanCsv,
    lookAtCsv,
    lookAtJson,
    tasteCsv,
    readHeader: readCsvHeader,
    readQuery: query => readQuery(connection, query),
    openSandbox: options => openSandbox(duckdb, config, options),
    close: () => {
      for (const one of new Set([connection, ...idle])) one.closeSync();
      instance.closeSync();
      void forLong?.then(long => {
        long.connection.closeSync();
        long.instance.closeSync();
      });
    },
  };
}

async function openInstance(duckdb: DuckDb, config: Readonly<Record<string, string>>) {
  const instance = await duckdb.DuckDBInstance.create(':memory:', { ...config });
  const connection = await instance.connect();
  await connection.run("SET GLOBAL TimeZone = 'UTC'");
  await connection.run('SET lock_configuration = true');
  return { instance, connection };
}

/** A statement that has not quite begun does not hear of it, so it is told again. */
const TELL_AGAIN_MS = 50;

async function interruptible<Result>(
  connection: DuckDBConnection,
  signal: AbortSignal | undefined,
  run: () => Promise<Result>,
): Promise<Result> {
  signal?.throwIfAborted();
  let clock: ReturnType<typeof setInterval> | undefined;
  const stop = () => {
    connection.interrupt();
    clock = setInterval(() => connection.interrupt(), TELL_AGAIN_MS);
  };
  signal?.addEventListener('abort', stop);
  try {
    return await run();
  } finally {
    clearInterval(clock);
    signal?.removeEventListener('abort', stop);
  }
}

/** With a connection of its own, which is closed after. */
async function withOwn<Result>(
  instance: DuckDBInstance,
  work: (connection: DuckDBConnection) => Promise<Result>,
): Promise<Result> {
  const connection = await instance.connect();
  try {
    return await work(connection);
  } finally {
    connection.closeSync();
  }
}

function toRow(duckdb: DuckDb, row: Readonly<Record<string, DuckDBValue>>): SqlRow {
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, toPlain(duckdb, value)]));
}

/** Dates, decimals and the like become the text DuckDB shows for them; its client would show an instant in local time. */
function toPlain(duckdb: DuckDb, value: DuckDBValue): SqlRow[string] {
  if (value instanceof duckdb.DuckDBTimestampTZValue) {
    return `${new duckdb.DuckDBTimestampValue(value.micros)}+00`;
  }
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  if (value === null || typeof value === 'object') return value === null ? null : String(value);
  return value;
}
