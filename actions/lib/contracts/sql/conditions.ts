// Conditions as DuckDB SQL. What a column's values are computed to is computed once, however many rules ask for it.
import type { Condition } from '#lib/contracts/check.ts';
import type { DataColumn } from '#lib/contracts/data/data.ts';
import { toRe2 } from '#lib/contracts/re2.ts';
import { typedText, type ValueSql, valueSql } from '#lib/contracts/sql/values.ts';
import { quoteText } from '#lib/sql/dialect.ts';

/** The columns of a file by their names. */
export type Columns = ReadonlyMap<string, DataColumn>;

/** Expressions over the rows of a file that a statement computes once; each has a name there. */
export interface Scope {
  /** The name of an expression. */
  name(sql: string): string;
  value(column: string): ValueSql;
  /** A relation with the named expressions over another relation, and some of its columns as they are. */
  from(relation: string, kept?: readonly string[]): string;
}

export function openScope(columns: Columns): Scope {
  const names = new Map<string, string>();
  const name = (sql: string): string => {
    const known = names.get(sql) ?? `v${names.size}`;
    names.set(sql, known);
    return known;
  };
  return {
    name,
    value: column => {
      const found = columns.get(column);
      if (!found) throw new Error(`no column ${column} in this file`);
      return valueSql(found);
    },
    from: (relation, kept = []) => {
      if (names.size === 0) return relation;
      const list = [...kept, ...[...names].map(([sql, as]) => `${sql} AS ${as}`)].join(',\n    ');
      return `(\n  SELECT ${list}\n  FROM ${relation}\n)`;
    },
  };
}

/** True for a condition that no row can meet, whatever is in the file. */
export function isNever(condition: Condition, columns: Columns): boolean {
  switch (condition.kind) {
    case 'any':
      return condition.conditions.every(one => isNever(one, columns));
    case 'missing':
      return false;
    default: {
      const column = columns.get(condition.column);
      if (!column) return true;
      return condition.kind === 'not-of-type' && valueSql(column).isAlways(condition.type);
    }
  }
}

/** A condition as a boolean expression that is never NULL. A column that the file lacks has no value in any row. */
export function conditionSql(condition: Condition, columns: Columns, scope: Scope): string {
  if (isNever(condition, columns)) return 'false';
  if (condition.kind === 'any') {
    const parts = condition.conditions.filter(one => !isNever(one, columns));
    return `(${parts.map(one => conditionSql(one, columns, scope)).join(' OR ')})`;
  }
  if (!columns.has(condition.column)) return 'true';
  const value = scope.value(condition.column);
  const missing = scope.name(value.missing);
  if (condition.kind === 'missing') {
    const among = amongSql(value, condition.words, scope);
    return among ? `(${missing} OR coalesce(${among}, false))` : missing;
  }
  return `(NOT ${missing} AND coalesce(${presentSql(condition, value, scope)}, false))`;
}

type OfPresent = Exclude<Condition, { kind: 'any' | 'missing' }>;

/** The part for values that are there. */
function presentSql(condition: OfPresent, value: ValueSql, scope: Scope): string {
  const text = () => scope.name(value.text);
  switch (condition.kind) {
    case 'not-of-type':
      return `${scope.name(value.typed(condition.type))} IS NULL`;
    case 'beyond':
      return `${scope.name(value.typed(condition.type))} ${condition.comparison} ${boundSql(condition, value.isExact)}`;
    case 'length':
      return `length(${text()}) ${condition.comparison} ${condition.bound}`;
    case 'not-multiple':
      return notMultipleSql(scope.name(value.number), condition.of);
    case 'not-matching':
      return `NOT regexp_matches(${text()}, ${quoteText(toRe2(condition.pattern).pattern ?? '')})`;
    case 'not-among':
      return `NOT coalesce(${amongSql(value, condition.values, scope) ?? 'false'}, false)`;
  }
}

/** Numbers are compared as numbers, texts as they are; undefined for an empty list. */
function amongSql(value: ValueSql, values: readonly (string | number)[], scope: Scope): string | undefined {
  const numbers = values.filter(one => Number.isFinite(one)).map(one => numberSql(Number(one)));
  // No data holds a NUL in a text that SQL could write.
  const texts = values.filter(one => typeof one === 'string' && !one.includes('\0'));
  const parts = [
    ...(numbers.length > 0
      ? [`coalesce(${scope.name(value.number)} IN (${numbers.join(', ')}), false)`]
      : []),
    ...(texts.length > 0
      ? [`${scope.name(value.text)} IN (${texts.map(one => quoteText(String(one))).join(', ')})`]
      : []),
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

function boundSql({ type, bound }: Extract<Condition, { kind: 'beyond' }>, isExact: boolean): string {
  if (typeof bound !== 'number') return bound.includes('\0') ? 'NULL' : typedText(quoteText(bound), type);
  return isExact && Number.isSafeInteger(bound) ? String(bound) : numberSql(bound);
}

/** A query that fails, or gives one row with `ok` false, where the engine cannot run a condition. */
export function probeQuery(condition: Condition): string | undefined {
  if (condition.kind === 'not-matching') {
    const pattern = quoteText(toRe2(condition.pattern).pattern ?? '');
    return `SELECT NOT regexp_matches('', ${pattern}) IS NOT NULL AS ok`;
  }
  if (condition.kind === 'beyond' && typeof condition.bound === 'string')
    return `SELECT ${boundSql(condition, false)} IS NOT NULL AS ok`;
  return undefined;
}

/** A DOUBLE; without an exponent DuckDB would read a DECIMAL, which rounds otherwise. */
function numberSql(value: number): string {
  const text = String(value);
  return text.includes('e') ? text : `${text}e0`;
}
