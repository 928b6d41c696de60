// Expressions over the rows of a CSV file, with columns from memory beside them: what a row is worth, given the answer.
import type { DuckDBConnection } from '@duckdb/node-api';
import { nearestWord } from '#lib/documents/nearest.ts';
import { errorMessage } from '#lib/errors.ts';
import { scanCsv } from '#lib/sql/csv-structure.ts';
import { csvRelation, numberOf, quoteName } from '#lib/sql/dialect.ts';
import type { CsvDescription, RowValues } from '#lib/sql/engine.ts';
import { checkExpression, type Expression, type Refused } from '#lib/sql/expression.ts';
import type { Column } from '#lib/tables/table.ts';

type DuckDb = typeof import('@duckdb/node-api');

interface Source {
  readonly duckdb: DuckDb;
  /** Used by nobody else: its temporary tables go with it. */
  readonly connection: DuckDBConnection;
  readonly path: string;
}

/** See SqlEngine.evaluateRows. */
export async function evaluateRows(
  source: Source,
  expressions: readonly string[],
  beside: readonly Column[],
): Promise<readonly RowValues[]> {
  const { connection } = source;
  const structure = await scanCsv(source.path);
  const columns = [...structure.header, ...beside.map(({ name }) => name)];
  const checked: (Expression | Refused)[] = [];
  for (const text of expressions) checked.push(onlyOf(columns, await checkExpression(connection, text)));
  const named = checked.flatMap(one => ('columns' in one ? one.columns : []));
  const { rows } = structure;
  await loadRows(source, structure, named);
  await loadBeside(source, beside, rows);
  const results: RowValues[] = [];
  for (const [index, one] of checked.entries()) {
    const text = expressions[index] ?? '';
    results.push('problem' in one ? { ...one, row: null } : await evaluate(connection, text, rows));
  }
  return results;
}

/** DuckDB knows more names: current_date or rowid would make a number that depends on the day or the order of the rows. */
function onlyOf(columns: readonly string[], found: Expression | Refused): Expression | Refused {
  if ('problem' in found) return found;
  const known = new Set(columns.map(name => name.toLowerCase()));
  const other = found.columns.find(name => !known.has(name.toLowerCase()));
  if (other === undefined) return found;
  const near = nearestWord(other, columns);
  return {
    problem: `names "${other}", which is no column here${near ? `; did you mean "${near}"?` : ''}`,
  };
}

/** The columns of the file that are named, as the table `data`; those that hold nothing but numbers as numbers. */
async function loadRows(
  { connection, path }: Source,
  { header }: CsvDescription,
  named: readonly string[],
): Promise<void> {
  const wanted = new Set(named.map(name => name.toLowerCase()));
  const columns = header.filter(name => wanted.has(name.toLowerCase())).map(quoteName);
  const relation = csvRelation(path, header);
  const isNumber = columns.map(name => `bool_and(${name} IS NULL OR ${numberOf(name)} IS NOT NULL)`);
  const [kinds = []] = (
    await connection.runAndReadAll(`SELECT ${['1', ...isNumber]} FROM ${relation}`)
  ).getRows();
  const terms = columns.map((name, i) => (kinds[i + 1] === true ? `${numberOf(name)} AS ${name}` : name));
  // A column nobody can name keeps the rows where none is named.
  await connection.run(`CREATE TEMP TABLE data AS SELECT ${['1 AS "\u0001"', ...terms]} FROM ${relation}`);
}

/** A chunk of DuckDB holds no more. */
const CHUNK = 2048;

async function loadBeside(
  { duckdb, connection }: Source,
  beside: readonly Column[],
  rows: number,
): Promise<void> {
  const wrong = beside.find(({ values }) => values.length !== rows);
  if (wrong) throw new Error(`${wrong.name} has ${wrong.values.length} values for ${rows} rows`);
  const types = beside.map(({ kind }) => (kind === 'number' ? duckdb.DOUBLE : duckdb.VARCHAR));
  const columns = beside.map(({ name }, i) => `${quoteName(name)} ${types[i]}`);
  await connection.run(`CREATE TEMP TABLE model (${columns.join(', ')})`);
  const appender = await connection.createAppender('model');
  for (let start = 0; start < rows; start += CHUNK) {
    const end = Math.min(rows, start + CHUNK);
    const chunk = duckdb.DuckDBDataChunk.create(types, end - start);
    beside.forEach(({ values }, index) => {
      chunk.setColumnValues(index, Array.from<string | number>(values.slice(start, end)));
    });
    appender.appendDataChunk(chunk);
  }
  appender.closeSync();
}

const FROM = 'FROM data POSITIONAL JOIN model';
const NUMBERS = /^(U?(TINY|SMALL|BIG|HUGE)INT|U?INTEGER|DECIMAL\(.*\)|FLOAT|DOUBLE|BOOLEAN)$/u;

async function evaluate(connection: DuckDBConnection, text: string, rows: number): Promise<RowValues> {
  const refused = await checkType(connection, text);
  if (refused !== undefined) return { problem: refused, row: null };
  try {
    const values = new Float64Array(rows);
    let row = 0;
    const result = await connection.stream(`SELECT CAST((${text}\n) AS DOUBLE) ${FROM}`);
    for await (const chunk of result) {
      const first = row;
      chunk.visitColumnValues(0, (value, at) => {
        values[first + at] = value === null ? Number.NaN : Number(value);
      });
      row += chunk.rowCount;
    }
    if (row !== rows) throw new Error(`DuckDB gave ${row} values for ${rows} rows`);
    const bad = values.findIndex(value => !Number.isFinite(value));
    if (bad < 0) return { values };
    return { problem: `gives ${Number.isNaN(values[bad]) ? 'nothing' : values[bad]}`, row: bad };
  } catch (error) {
    // Whatever follows the kind quotes what the row holds, which may be a person's.
    const [kind = ''] = errorMessage(error).split(':', 1);
    const remedy = 'TRY_CAST and coalesce say what a row is worth that does not fit';
    return { problem: `does not run in every row (${kind}); ${remedy}`, row: null };
  }
}

/** Before any row is read: what DuckDB says then speaks of the expression alone. */
async function checkType(connection: DuckDBConnection, text: string): Promise<string | undefined> {
  try {
    const found = await connection.runAndReadAll(`DESCRIBE SELECT (${text}\n) ${FROM}`);
    const [[, type] = []] = found.getRows();
    return NUMBERS.test(String(type)) ? undefined : `gives ${type}, a number was expected`;
  } catch (error) {
    return `does not run: ${errorMessage(error).split('\n')[0]}`;
  }
}
