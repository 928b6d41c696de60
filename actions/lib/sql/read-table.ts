// A CSV file becomes a table in memory: shape checked first, then parsed by DuckDB, numbers as doubles in file order.
import type { DuckDBConnection } from '@duckdb/node-api';
import { nearestWord } from '#lib/documents/nearest.ts';
import { ConfigurationError, ConfigurationErrors } from '#lib/errors.ts';
import { scanCsv } from '#lib/sql/csv-structure.ts';
import { csvRelation, numberOf, quoteName } from '#lib/sql/dialect.ts';
import type { CsvDescription } from '#lib/sql/engine.ts';
import type { Column, ColumnType, Table } from '#lib/tables/table.ts';

interface Source {
  readonly connection: DuckDBConnection;
  readonly path: string;
}

/** Reads the asked columns; see SqlEngine.readTable. The connection is used by nobody else meanwhile. */
export async function readTable(source: Source, columns: readonly ColumnType[]): Promise<Table> {
  const structure = await scanCsv(source.path);
  const missing = columns.filter(({ name }) => !structure.header.includes(name));
  if (missing.length > 0) {
    throw new ConfigurationErrors(
      missing.map(({ name }) => missingColumn(source.path, name, structure.header)),
    );
  }
  if (columns.length === 0 || structure.rows === 0) {
    return { rows: structure.rows, columns: columns.map(column => emptyColumn(column, structure.rows)) };
  }
  const table = { rows: structure.rows, columns: await readColumns(source, columns, structure) };
  const problems = await findNonNumbers(source, table, structure);
  if (problems.length > 0) throw new ConfigurationErrors(problems);
  return table;
}

/** The error for a column a file does not have; names the nearest one. */
export function missingColumn(file: string, name: string, header: readonly string[]): ConfigurationError {
  const near = nearestWord(name, header);
  return new ConfigurationError(`${file} has no column "${name}"`, {
    at: { file, line: 1 },
    remedy: near ? `Did you mean "${near}"?` : `Its columns are: ${header.join(', ')}.`,
  });
}

/** Reads numbers as they are, missing ones as NaN and what is not a number as infinity, which no number here is. */
async function readColumns(
  { connection, path }: Source,
  columns: readonly ColumnType[],
  { header, rows }: CsvDescription,
): Promise<readonly Column[]> {
  const terms = columns.map(({ name, kind }) => {
    const text = quoteName(name);
    if (kind === 'string') return `coalesce(${text}, '')`;
    return `CASE WHEN ${text} IS NULL THEN 'nan'::DOUBLE ELSE coalesce(${numberOf(text)}, 'inf'::DOUBLE) END`;
  });
  const stores = columns.map(({ kind }) =>
    kind === 'number' ? new Float64Array(rows) : new Array<string>(rows),
  );
  const result = await connection.stream(`SELECT ${terms.join(', ')} FROM ${csvRelation(path, header)}`);
  let row = 0;
  for await (const chunk of result) {
    const first = row;
    stores.forEach((store, index) => {
      chunk.visitColumnValues(index, (value, at) => {
        if (store instanceof Float64Array) store[first + at] = Number(value);
        else store[first + at] = String(value);
      });
    });
    row += chunk.rowCount;
  }
  if (row !== rows) throw new Error(`DuckDB read ${row} rows of ${path} where ${rows} were counted`);
  return columns.map(({ name }, index) => toColumn(name, stores[index] ?? []));
}

function toColumn(name: string, values: Float64Array | readonly string[]): Column {
  if (values instanceof Float64Array) return { name, kind: 'number', values };
  return { name, kind: 'string', values };
}

function emptyColumn({ name, kind }: ColumnType, rows: number): Column {
  return toColumn(name, kind === 'number' ? new Float64Array(rows) : new Array<string>(rows).fill(''));
}

/** The first text that is not a number of each numeric column. */
async function findNonNumbers(
  { connection, path }: Source,
  table: Table,
  { header, lineOf }: CsvDescription,
): Promise<readonly ConfigurationError[]> {
  const problems: ConfigurationError[] = [];
  for (const column of table.columns) {
    const row = column.kind === 'number' ? column.values.indexOf(Number.POSITIVE_INFINITY) : -1;
    if (row < 0) continue;
    const sql = `SELECT ${quoteName(column.name)} FROM ${csvRelation(path, header)} LIMIT 1 OFFSET ${row}`;
    const [[text] = []] = (await connection.runAndReadAll(sql)).getRows();
    problems.push(
      new ConfigurationError(`${JSON.stringify(text)} in column "${column.name}" is not a number`, {
        at: { file: path, line: lineOf(row) },
        remedy: 'Correct it, or leave the field empty if the value is not known.',
      }),
    );
  }
  return problems;
}
