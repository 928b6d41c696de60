// What the footer of a Parquet file says of its columns, without a row being read: how many values are missing, exactly,
// and between what they lie, which can prove that none is beyond a bound, but not count those that are.
import { statSync } from 'node:fs';
import type { Condition } from '#lib/contracts/check.ts';
import type { DataPart } from '#lib/contracts/data/data.ts';
import { type Columns, isNever } from '#lib/contracts/sql/conditions.ts';
import { countQuery } from '#lib/contracts/sql/statements.ts';
import { ConfigurationError } from '#lib/errors.ts';
import { escapeGlob, quoteName, quoteText } from '#lib/sql/dialect.ts';
import type { SqlEngine } from '#lib/sql/engine.ts';

/** One column over all row groups. */
interface ColumnStats {
  /** Undefined where a row group does not say. */
  readonly missing: number | undefined;
  /** The least and the greatest value of each row group, as text; undefined where one does not say. */
  readonly extremes: readonly string[] | undefined;
}

export interface Footer {
  readonly rows: number;
  readonly columns: ReadonlyMap<string, ColumnStats>;
}

/**
 * Reads the footer. Its statistics are believed, as every engine does.
 * @throws ConfigurationError where it names bytes that the file does not have
 */
export async function readFooter(
  { file, path: shown }: DataPart['file'],
  engine: SqlEngine,
): Promise<Footer> {
  const path = quoteText(escapeGlob(file));
  const [[whole], groups] = await Promise.all([
    engine.query(`SELECT num_rows AS rows FROM parquet_file_metadata(${path})`),
    engine.query(`SELECT path_in_schema AS name, count(*) AS groups,
  count(stats_null_count) AS told, sum(stats_null_count) AS missing,
  count(*) FILTER (stats_null_count = num_values OR (stats_min_value IS NOT NULL AND stats_max_value IS NOT NULL)) AS bounded,
  list(stats_min_value) FILTER (stats_min_value IS NOT NULL) AS least,
  list(stats_max_value) FILTER (stats_max_value IS NOT NULL) AS greatest,
  to_json(list_concat(least, greatest))::VARCHAR AS extremes,
  max(CASE WHEN dictionary_page_offset BETWEEN 4 AND data_page_offset
    THEN dictionary_page_offset ELSE data_page_offset END + total_compressed_size) AS last
FROM parquet_metadata(${path}) GROUP BY path_in_schema`),
  ]);
  if (groups.some(row => Number(row['last'] ?? 0) > statSync(file).size)) {
    throw new ConfigurationError(`${shown} is not whole: its footer names bytes that it does not have`, {
      at: { file: shown },
      remedy: 'Write or fetch the file again.',
    });
  }
  const columns = groups.map(row => {
    const isTold = row['told'] === row['groups'];
    const isBounded = isTold && row['bounded'] === row['groups'];
    const stats: ColumnStats = {
      missing: isTold ? Number(row['missing']) : undefined,
      extremes: isBounded
        ? ((JSON.parse(String(row['extremes'] ?? '[]')) as string[] | null) ?? [])
        : undefined,
    };
    return [String(row['name']), stats] as const;
  });
  return { rows: Number(whole?.['rows']), columns: new Map(columns) };
}

/** Rows that meet each condition, where the footer tells; undefined where the rows have to be read. */
export async function countFromFooter(
  conditions: readonly Condition[],
  {
    columns,
    footer,
    engine,
  }: { readonly columns: Columns; readonly footer: Footer; readonly engine: SqlEngine },
): Promise<readonly (number | undefined)[]> {
  const bounds = new Set(conditions.flatMap(leaves).filter(isBound));
  const provable = [...bounds].filter(
    ({ column }) => columns.get(column)?.form === 'native' && footer.columns.get(column)?.extremes,
  );
  const kept = await findKept(provable, { columns, footer, engine });
  const count = (condition: Condition): number | undefined => {
    if (isNever(condition, columns)) return 0;
    if (condition.kind === 'any') return countAny(condition.conditions.map(count));
    // A footer has the leaves of nested values, not the values.
    if (condition.steps) return undefined;
    if (condition.kind === 'missing') {
      if (!columns.has(condition.column)) return footer.rows;
      return condition.words.length === 0 && columns.get(condition.column)?.form === 'native'
        ? footer.columns.get(condition.column)?.missing
        : undefined;
    }
    return isBound(condition) && kept.has(condition) ? 0 : undefined;
  };
  return conditions.map(count);
}

/** Of several conditions: known when only one can be met at all. */
function countAny(counts: readonly (number | undefined)[]): number | undefined {
  const met = counts.filter(count => count !== 0);
  return met.length === 0 ? 0 : met.length === 1 ? met[0] : undefined;
}

type Bound = Extract<Condition, { kind: 'beyond' }>;

function isBound(condition: Condition): condition is Bound {
  return condition.kind === 'beyond' && !condition.steps;
}

function leaves(condition: Condition): readonly Condition[] {
  return condition.kind === 'any' ? condition.conditions.flatMap(leaves) : [condition];
}

/** The bounds that no value is beyond: the extremes are asked like rows. */
async function findKept(
  bounds: readonly Bound[],
  {
    columns,
    footer,
    engine,
  }: { readonly columns: Columns; readonly footer: Footer; readonly engine: SqlEngine },
): Promise<ReadonlySet<Condition>> {
  if (bounds.length === 0) return new Set();
  const names = [...new Set(bounds.map(({ column }) => column))];
  const relation = extremesRelation(footer, columns, names);
  if (relation === undefined) return new Set(bounds);
  const [counted] = await engine.query(countQuery(relation, columns, { conditions: bounds, keys: [] }));
  return new Set(bounds.filter((_, i) => Number(counted?.[`c${i}`]) === 0));
}

/**
 * The least and the greatest values of row groups as rows: the first of each column, the second of each, and so on, NULL
 * where a column has no more; undefined for none.
 */
export function extremesRelation(
  footer: Footer,
  columns: Columns,
  wanted: readonly string[],
): string | undefined {
  const known = wanted.flatMap(name => {
    const column = columns.get(name);
    return column ? [{ column, extremes: footer.columns.get(name)?.extremes ?? [] }] : [];
  });
  const count = known.reduce((most, { extremes }) => Math.max(most, extremes.length), 0);
  if (count === 0) return undefined;
  const names = known.map((_, i) => `e${i}`);
  const rows = Array.from({ length: count }, (_, i) =>
    known.map(({ extremes }) => (extremes[i] === undefined ? 'NULL' : quoteText(extremes[i]))).join(', '),
  );
  const list = known.map(({ column }, i) => `CAST(e${i} AS ${column.type}) AS ${quoteName(column.name)}`);
  return `(SELECT ${list.join(', ')} FROM (VALUES ${rows.map(row => `(${row})`).join(', ')}) AS extremes(${names.join(', ')}))`;
}
