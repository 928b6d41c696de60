// How DuckDB reads each kind of file, and what columns it has. A type that stands in the file is taken from it; nothing is
// guessed from values.
import type { Data, DataColumn, DataFile, NativeKind, Relation } from '#lib/contracts/data/data.ts';
import { openJson } from '#lib/contracts/data/json-relation.ts';
import { refuseFile } from '#lib/contracts/data/unreadable.ts';
import type { CsvShape } from '#lib/sql/csv-shape.ts';
import { csvRelation, escapeGlob, quoteName, quoteText } from '#lib/sql/dialect.ts';
import type { SqlEngine } from '#lib/sql/engine.ts';

/**
 * The columns of a file without reading its rows, except for JSON, where every row has names of its own.
 * @throws ConfigurationError when it is no file of that kind
 */
export async function openRelation(file: DataFile, data: Data, engine: SqlEngine): Promise<Relation> {
  const relation = await openFile(file, data, engine).catch(cause =>
    refuseFile(file, data, { cause, engine }),
  );
  return withPartition(relation, file.partition);
}

function openFile(file: DataFile, data: Data, engine: SqlEngine): Promise<Relation> {
  if (data.format === 'csv') return openCsv(file, csvShape(file, data), engine);
  return data.format === 'jsonl' ? openJson(file, engine) : openNative(file, engine);
}

/** How a CSV file of the data is written. */
export function csvShape({ compression }: DataFile, { dialect }: Data): CsvShape {
  return { compression, delimiter: dialect.delimiter };
}

async function openCsv({ file }: DataFile, shape: CsvShape, engine: SqlEngine): Promise<Relation> {
  const header = await engine.readHeader(file, shape);
  return { columns: header.map(textColumn), sql: csvRelation(file, header, shape) };
}

/** A CSV file with some of its columns as DOUBLE. @param header as it stands in the file */
export function csvWithNumbers(
  file: DataFile,
  data: Data,
  { header, numbers }: { readonly header: readonly string[]; readonly numbers: readonly string[] },
): Relation {
  const sql = csvRelation(file.file, header, { ...csvShape(file, data), numbers });
  const columns = header.map(name => (numbers.includes(name) ? numberColumn(name) : textColumn(name)));
  return withPartition({ columns, sql }, file.partition);
}

function numberColumn(name: string): DataColumn {
  return { name, form: 'native', kind: 'float', type: 'DOUBLE' };
}

function textColumn(name: string): DataColumn {
  return { name, form: 'text', kind: 'text', type: 'VARCHAR' };
}

async function openNative({ file }: DataFile, engine: SqlEngine): Promise<Relation> {
  const sql = `read_parquet(${quoteText(escapeGlob(file))}, hive_partitioning = false)`;
  const rows = await engine.query(`SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM ${sql})`);
  const columns = rows.map((row): DataColumn => {
    const type = String(row['column_type']);
    return { name: String(row['column_name']), form: 'native', kind: kindOf(type), type };
  });
  return { columns, sql };
}

const KINDS: readonly (readonly [RegExp, NativeKind])[] = [
  [/\[\d*\]$/, 'list'],
  [/^STRUCT\(/, 'struct'],
  [/^MAP\(/, 'map'],
  [/^U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?$/, 'integer'],
  [/^DECIMAL/, 'decimal'],
  [/^(FLOAT|DOUBLE)$/, 'float'],
  [/^(VARCHAR|UUID|ENUM\(.*)$/, 'text'],
  [/^BOOLEAN$/, 'boolean'],
  [/^DATE$/, 'date'],
  [/^TIMESTAMP/, 'timestamp'],
  [/^TIME( WITH TIME ZONE|_NS)?$/, 'time'],
];

/** What an engine's type is. */
export function kindOf(type: string): NativeKind {
  return KINDS.find(([pattern]) => pattern.test(type))?.[1] ?? 'other';
}

/** The folders' values are columns too, unless the file has them itself. */
function withPartition(relation: Relation, partition: DataFile['partition']): Relation {
  const own = new Set(relation.columns.map(({ name }) => name.toLowerCase()));
  const added = Object.entries(partition).filter(([name]) => !own.has(name.toLowerCase()));
  if (added.length === 0) return relation;
  const list = added.map(([name, value]) => `${partitionValue(value)} AS ${quoteName(name)}`).join(', ');
  return {
    columns: [...relation.columns, ...added.map(([name]) => textColumn(name))],
    ofFoldersAlone: added.length,
    sql: `(SELECT *, ${list} FROM ${relation.sql})`,
  };
}

/** Hive writes its own word for a value that is missing. */
function partitionValue(value: string): string {
  return value === '__HIVE_DEFAULT_PARTITION__' || value.includes('\0') ? 'NULL::VARCHAR' : quoteText(value);
}
