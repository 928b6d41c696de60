// Checks as DuckDB SQL: one scan counts everything that is a condition on a row, one grouping per key.
import type { Condition } from '#lib/contracts/check.ts';
import type { LogicalType } from '#lib/contracts/odcs-options.ts';
import { numberOf, quoteName, quoteText } from '#lib/sql/dialect.ts';

/** Counts rows, and rows of each condition as `c0`, `c1`, ... */
export function countQuery(relation: string, conditions: readonly Condition[]): string {
  const counts = conditions.map((condition, i) => `count(*) FILTER (WHERE ${toSql(condition)}) AS c${i}`);
  return `SELECT ${['count(*) AS n', ...counts].join(',\n  ')}\nFROM ${relation}`;
}

/** Counts, as `n`, the rows that repeat the key of another one. */
export function duplicatesQuery(relation: string, columns: readonly string[]): string {
  const keys = columns.map(quoteName);
  const present = keys.map(key => `${key} IS NOT NULL`).join(' AND ');
  return `SELECT coalesce(sum(times - 1), 0) AS n FROM (
  SELECT count(*) AS times FROM ${relation} WHERE ${present} GROUP BY ${keys.join(', ')} HAVING count(*) > 1
)`;
}

/** The first rows of a condition: `row` from 0 in file order, and the value of the column. */
export function samplesQuery(
  relation: string,
  {
    condition,
    column,
    limit,
  }: { readonly condition: Condition; readonly column: string; readonly limit: number },
): string {
  return `SELECT row, value FROM (
  SELECT row_number() OVER () - 1 AS row, ${quoteName(column)} AS value, ${toSql(condition)} AS broken FROM ${relation}
) WHERE broken ORDER BY row LIMIT ${limit}`;
}

/** The rows after the first of each key, as samplesQuery gives them. */
export function duplicateSamplesQuery(
  relation: string,
  { columns, limit }: { readonly columns: readonly string[]; readonly limit: number },
): string {
  const keys = columns.map(quoteName);
  const value = keys.length === 1 ? keys[0] : `concat_ws(', ', ${keys.join(', ')})`;
  const present = keys.map(key => `${key} IS NOT NULL`).join(' AND ');
  return `SELECT row, value FROM (
  SELECT row, value, row_number() OVER (PARTITION BY ${keys.join(', ')} ORDER BY row) AS time
  FROM (SELECT row_number() OVER () - 1 AS row, ${value} AS value, ${keys.join(', ')} FROM ${relation}) WHERE ${present}
) WHERE time > 1 ORDER BY row LIMIT ${limit}`;
}

/** A condition as a boolean expression that is never NULL. */
export function toSql(condition: Condition): string {
  switch (condition.kind) {
    case 'any':
      return condition.conditions.length === 0
        ? 'false'
        : `(${condition.conditions.map(toSql).join(' OR ')})`;
    case 'missing': {
      const name = quoteName(condition.column);
      const words = condition.words.map(quoteText).join(', ');
      return words ? `(${name} IS NULL OR ${name} IN (${words}))` : `${name} IS NULL`;
    }
    default:
      return `coalesce(${quoteName(condition.column)} IS NOT NULL AND ${presentSql(condition)}, false)`;
  }
}

type OfPresent = Exclude<Condition, { kind: 'any' | 'missing' }>;

/** The part for values that are there. */
function presentSql(condition: OfPresent): string {
  const name = quoteName(condition.column);
  switch (condition.kind) {
    case 'not-of-type':
      return `${typedSql(name, condition.type)} IS NULL`;
    case 'beyond':
      return `${typedSql(name, condition.type)} ${condition.comparison} ${boundSql(condition)}`;
    case 'length':
      return `length(${name}) ${condition.comparison} ${condition.bound}`;
    case 'not-multiple':
      return `abs(${numberOf(name)} / ${condition.of} - round(${numberOf(name)} / ${condition.of})) > 1e-9`;
    case 'not-matching':
      return `NOT regexp_matches(${name}, ${quoteText(condition.pattern)})`;
    case 'not-among':
      return notAmongSql(name, condition.values);
  }
}

function notAmongSql(name: string, values: readonly (string | number)[]): string {
  if (values.length === 0) return 'true';
  const isNumeric = values.every(value => typeof value === 'number');
  if (isNumeric) return `(${numberOf(name)} IS NULL OR ${numberOf(name)} NOT IN (${values.join(', ')}))`;
  return `${name} NOT IN (${values.map(value => quoteText(String(value))).join(', ')})`;
}

/** The value in its type, NULL where the text holds none. */
function typedSql(name: string, type: LogicalType): string {
  switch (type) {
    case 'integer':
      return `CASE WHEN ${numberOf(name)} = trunc(${numberOf(name)}) THEN ${numberOf(name)} END`;
    case 'number':
      return numberOf(name);
    case 'boolean':
      return `CASE WHEN lower(${name}) IN ('true', 'false') THEN lower(${name}) END`;
    case 'date':
      return `CASE WHEN regexp_full_match(${name}, '\\d{4}-\\d{2}-\\d{2}') THEN TRY_CAST(${name} AS DATE) END`;
    case 'timestamp':
      return `TRY_CAST(${name} AS TIMESTAMP)`;
    case 'time':
      return `TRY_CAST(${name} AS TIME)`;
    default:
      return name;
  }
}

function boundSql({ type, bound }: Extract<Condition, { kind: 'beyond' }>): string {
  if (typeof bound === 'number') return String(bound);
  const casts: Readonly<Record<string, string>> = { date: 'DATE', timestamp: 'TIMESTAMP', time: 'TIME' };
  const cast = casts[type];
  return cast ? `CAST(${quoteText(bound)} AS ${cast})` : quoteText(bound);
}
