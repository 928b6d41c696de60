// Checks as DuckDB SQL: one scan counts everything that is a condition on a row, one grouping per key.
import type { Condition } from '#lib/contracts/check.ts';
import type { LogicalType } from '#lib/contracts/odcs-options.ts';
import { toRe2 } from '#lib/contracts/re2.ts';
import { numberOf, quoteName, quoteText } from '#lib/sql/dialect.ts';

/** Counts rows as `n`, and rows of each condition as `c0`, `c1`, ... */
export function countQuery(relation: string, conditions: readonly Condition[]): string {
  const counts = conditions.map((condition, i) => `count(*) FILTER (WHERE ${toSql(condition)}) AS c${i}`);
  return `SELECT ${['count(*) AS n', ...counts].join(',\n  ')}\nFROM ${relation}`;
}

/** Counts, as `n`, the rows that repeat the key of another one; texts are compared, so 1 and 1.0 differ. */
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
  const names = columns.map(quoteName);
  const keys = names.map((_, i) => `k${i}`);
  const inner = names.map((name, i) => `${name} AS k${i}`).join(', ');
  const present = keys.map(key => `${key} IS NOT NULL`).join(' AND ');
  return `SELECT row, concat_ws(', ', ${keys.join(', ')}) AS value FROM (
  SELECT *, row_number() OVER (PARTITION BY ${keys.join(', ')} ORDER BY row) AS time
  FROM (SELECT row_number() OVER () - 1 AS row, ${inner} FROM ${relation}) WHERE ${present}
) WHERE time > 1 ORDER BY row LIMIT ${limit}`;
}

/** A query that fails, or gives one row with `ok` false, where the engine cannot run a condition. */
export function probeQuery(condition: Condition): string | undefined {
  if (condition.kind === 'not-matching')
    return `SELECT ${presentSql({ ...condition, column: '' }, `''`)} IS NOT NULL AS ok`;
  if (condition.kind === 'beyond' && typeof condition.bound === 'string')
    return `SELECT ${boundSql(condition)} IS NOT NULL AS ok`;
  return undefined;
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
      const among = amongSql(name, condition.words);
      return among ? `(${name} IS NULL OR ${among})` : `${name} IS NULL`;
    }
    default: {
      const name = quoteName(condition.column);
      return `coalesce(${name} IS NOT NULL AND ${presentSql(condition, name)}, false)`;
    }
  }
}

type OfPresent = Exclude<Condition, { kind: 'any' | 'missing' }>;

/** The part for values that are there; `text` is a VARCHAR expression. */
function presentSql(condition: OfPresent, text: string): string {
  switch (condition.kind) {
    case 'not-of-type':
      return `${typedSql(text, condition.type)} IS NULL`;
    case 'beyond':
      return `${typedSql(text, condition.type)} ${condition.comparison} ${boundSql(condition)}`;
    case 'length':
      return `length(${text}) ${condition.comparison} ${condition.bound}`;
    case 'not-multiple':
      return notMultipleSql(numberOf(text), condition.of);
    case 'not-matching':
      return `NOT regexp_matches(${text}, ${quoteText(toRe2(condition.pattern).pattern ?? '')})`;
    case 'not-among':
      return `NOT coalesce(${amongSql(text, condition.values) ?? 'false'}, false)`;
  }
}

/** Numbers are compared as numbers, texts as they are; undefined for an empty list. */
function amongSql(text: string, values: readonly (string | number)[]): string | undefined {
  const numbers = values.filter(value => Number.isFinite(value)).map(value => numberSql(Number(value)));
  // No CSV file holds a NUL, and no SQL text can.
  const texts = values.filter(value => typeof value === 'string' && !value.includes('\0'));
  const parts = [
    ...(numbers.length > 0 ? [`coalesce(${numberOf(text)} IN (${numbers.join(', ')}), false)`] : []),
    ...(texts.length > 0 ? [`${text} IN (${texts.map(value => quoteText(String(value))).join(', ')})`] : []),
  ];
  return parts.length > 1 ? `(${parts.join(' OR ')})` : parts[0];
}

/**
 * A value is the multiple k * of when it is the double nearest to it. `of` is written as digits / 10^places, so that k *
 * digits is exact and one rounded division gives that double: 0.3 is a multiple of 0.1, and 0.30001 is not.
 */
function notMultipleSql(number: string, of: number): string {
  const [, whole = '', fraction = '', exponent = '0'] =
    /^(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/.exec(String(of)) ?? [];
  const places = fraction.length - Number(exponent);
  const digits = `${whole}${fraction}`.replace(/^0+(?=.)/, '');
  const scale = `1e${Math.abs(places)}`;
  const multiple = `round(${number} / ${numberSql(of)}) * ${digits}e0 ${places > 0 ? '/' : '*'} ${scale}`;
  return `${number} <> ${multiple}`;
}

const DAY = String.raw`\d{4}-\d{2}-\d{2}`;
const CLOCK = String.raw`([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d+)?)?`;
const ZONE = String.raw`(Z|[+-][01]\d(:?[0-5]\d)?)?`;

/** The value in its type, NULL where the text holds none. Dates and times are ISO 8601; without a zone they are UTC. */
function typedSql(text: string, type: LogicalType): string {
  const where = (form: string, value: string) =>
    `CASE WHEN regexp_full_match(${text}, '${form}') THEN ${value} END`;
  switch (type) {
    case 'integer':
      return `CASE WHEN ${numberOf(text)} = trunc(${numberOf(text)}) THEN ${numberOf(text)} END`;
    case 'number':
      return numberOf(text);
    case 'boolean':
      return `CASE WHEN lower(${text}) IN ('true', 'false') THEN lower(${text}) END`;
    case 'date':
      return where(DAY, `TRY_CAST(${text} AS DATE)`);
    case 'timestamp':
      return where(`${DAY}[ T]${CLOCK}${ZONE}`, `TRY_CAST(${spellZone(text)} AS TIMESTAMPTZ)`);
    case 'time': {
      const withSeconds = `regexp_replace(${text}, '^(..:..)([^:]|$)', '\\1:00\\2')`;
      return where(`${CLOCK}${ZONE}`, `TRY_CAST(${spellZone(withSeconds)} AS TIMETZ)`);
    }
    default:
      return text;
  }
}

/** An offset as the casts read it in full: `Z` and `+0230` become `+00` and `+02:30`. */
function spellZone(text: string): string {
  return `regexp_replace(replace(${text}, 'Z', '+00'), '([+-]\\d{2})(\\d{2})$', '\\1:\\2')`;
}

function boundSql({ type, bound }: Extract<Condition, { kind: 'beyond' }>): string {
  if (typeof bound === 'number') return numberSql(bound);
  return bound.includes('\0') ? 'NULL' : typedSql(quoteText(bound), type);
}

/** A DOUBLE; without an exponent DuckDB would read a DECIMAL, which rounds otherwise. */
function numberSql(value: number): string {
  const text = String(value);
  return text.includes('e') ? text : `${text}e0`;
}
