// What statistics ask of the rows of one file, as DuckDB SQL: numbers to stream, and counts.
import type { Condition, StatisticColumn } from '#lib/contracts/check.ts';
import type { DataColumn } from '#lib/contracts/data/data.ts';
import { type Columns, conditionSql, openScope } from '#lib/contracts/sql/conditions.ts';
import { valueSql } from '#lib/contracts/sql/values.ts';
import { quoteName, quoteText } from '#lib/sql/dialect.ts';

/** The whole row, as no column of a data file is called. */
const WHOLE = '"#whole"';

/** A condition over one row, with the columns that it names, as the contract types them. */
export interface RowFilter {
  readonly text: string;
  readonly columns: readonly StatisticColumn[];
}

/** The rows of a relation for which a condition holds; columns that are named there have the types of the contract. */
export function filteredRelation(
  relation: string,
  columns: Columns,
  { text, columns: named }: RowFilter,
): string {
  const typed = named.map(({ name, type }) => {
    const column = columns.get(name);
    return `${column ? filterValue(column, type) : 'NULL'} AS ${quoteName(name)}`;
  });
  return `(SELECT unnest(${WHOLE}) FROM (SELECT ${[WHOLE, ...typed].join(', ')} FROM ${relation} AS ${WHOLE}) WHERE (${text}\n))`;
}

function filterValue(column: DataColumn, type: StatisticColumn['type']): string {
  const value = valueSql(column);
  if (type === 'boolean') return `(${value.typed('boolean')})::BOOLEAN`;
  if (type !== undefined) return value.typed(type);
  return column.form === 'json' ? value.text : quoteName(column.name);
}

/** The number that a column's value stands for: seconds since 1970 for days and moments; undefined where it is no number. */
export function measureSql(column: DataColumn, type: StatisticColumn['type']): string | undefined {
  const value = valueSql(column);
  const kind = type ?? (column.form === 'native' ? NUMERIC[column.kind] : undefined);
  if (kind === 'integer' || kind === 'number') return value.number;
  if (kind === 'date' || kind === 'timestamp') return `epoch(${value.typed(kind)})::DOUBLE`;
  return undefined;
}

const NUMERIC: Readonly<Partial<Record<DataColumn['kind'], 'number' | 'date' | 'timestamp'>>> = {
  ...{ integer: 'number', decimal: 'number', float: 'number', date: 'date', timestamp: 'timestamp' },
};

/** Each expression as a column of numbers, NaN where there is none. */
export function numbersQuery(relation: string, expressions: readonly string[]): string {
  const list = expressions.map(one => `coalesce(${one}, 'NaN'::DOUBLE)`).join(',\n  ');
  return `SELECT ${list}\nFROM ${relation}`;
}

/** One row: rows as `n`, values as `values`, and values outside both bounds as `outside`. */
export function fenceQuery(
  relation: string,
  number: string,
  { low, high }: { readonly low: number; readonly high: number },
): string {
  return `SELECT count(*) AS n, count(v) AS "values", count(*) FILTER (WHERE v < ${double(low)} OR v > ${double(high)}) AS outside
FROM (SELECT ${number} AS v FROM ${relation})`;
}

/** One row: rows as `n`, rows that meet the condition as `met`. */
export function shareQuery(relation: string, columns: Columns, condition: Condition): string {
  const scope = openScope(columns);
  const met = conditionSql(condition, columns, scope);
  return `SELECT count(*) AS n, count(*) FILTER (WHERE ${met}) AS met\nFROM ${scope.from(relation)}`;
}

/** How often each value stands there, as `value` and `n`; NULL is what is missing. No more than `limit` of them. */
export function categoriesQuery(relation: string, column: DataColumn, limit: number): string {
  return `SELECT value, count(*) AS n FROM (${categorySql(relation, column)}) GROUP BY value ORDER BY value LIMIT ${limit}`;
}

/** The same for some values alone; all others are counted together, as those with `known` false. */
export function knownCategoriesQuery(relation: string, column: DataColumn, known: readonly string[]): string {
  const list = known.map(quoteText).join(', ');
  const isKnown = list === '' ? 'value IS NULL' : `value IS NULL OR value IN (${list})`;
  return `SELECT value, known, count(*) AS n FROM (
  SELECT CASE WHEN known THEN value END AS value, known FROM (
    SELECT value, (${isKnown}) AS known FROM (${categorySql(relation, column)})
  )
) GROUP BY value, known ORDER BY known, value`;
}

function categorySql(relation: string, column: DataColumn): string {
  const { missing, text } = valueSql(column);
  return `SELECT CASE WHEN NOT (${missing}) THEN ${text} END AS value FROM ${relation}`;
}

function double(value: number): string {
  return `CAST('${value}' AS DOUBLE)`;
}
