// Conditions as DuckDB SQL. What a column's values are computed to is computed once, however many rules ask for it.
import type { Condition, Step } from '#lib/contracts/check.ts';
import type { DataColumn } from '#lib/contracts/data/data.ts';
import { toRe2 } from '#lib/contracts/re2.ts';
import { matchesSql } from '#lib/contracts/sql/plain-patterns.ts';
import { hasFormatSql } from '#lib/contracts/sql/text-formats.ts';
import { typedText } from '#lib/contracts/sql/typed-text.ts';
import { type ValueSql, valueSql } from '#lib/contracts/sql/values.ts';
import { isOneOfNumbers, isOneOfTexts, numberSql, quoteText } from '#lib/sql/dialect.ts';

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
  const [names, held] = [new Map<string, string>(), new Map<string, string>()];
  const name = (sql: string): string => nameIn(names, 'v', sql);
  const letters = notAtBegin(columns);
  const hold = (sql: string): string => nameIn(held, letters, sql);
  return {
    name,
    value: column => {
      const found = columns.get(column);
      if (!found) throw new Error(`no column ${column} in this file`);
      return valueSql(found, hold);
    },
    from: (relation, kept = []) => {
      if (names.size === 0) return relation;
      const before = [...held].map(([sql, as]) => `, ${sql} AS ${as}`).join('');
      const rows = before === '' ? relation : `(SELECT *${before} FROM ${relation})`;
      const list = [...kept, ...[...names].map(([sql, as]) => `${sql} AS ${as}`)].join(',\n    ');
      return `(\n  SELECT ${list}\n  FROM ${rows}\n)`;
    },
  };
}

/** Letters that no column's name begins with. */
function notAtBegin(columns: Columns): string {
  const taken = [...columns.keys()].map(name => name.toLowerCase());
  let letters = 'w';
  while (taken.some(name => name.startsWith(letters))) letters += 'w';
  return letters;
}

function nameIn(names: Map<string, string>, letters: string, sql: string): string {
  const known = names.get(sql) ?? `${letters}${names.size}`;
  names.set(sql, known);
  return known;
}

/** True for a condition that no row can meet, whatever is in the file. */
export function isNever(condition: Condition, columns: Columns): boolean {
  if (condition.kind === 'any') return condition.conditions.every(one => isNever(one, columns));
  const column = columns.get(condition.column);
  if (condition.steps) return !column;
  if (condition.kind === 'missing') return false;
  if (!column) return true;
  return condition.kind === 'not-of-type' && valueSql(column).isAlways(condition.type);
}

/** A condition as a boolean expression; NULL is no. A column that the file lacks has no value in any row. */
export function conditionSql(condition: Condition, columns: Columns, scope: Scope): string {
  if (isNever(condition, columns)) return 'false';
  if (condition.kind === 'any') {
    const parts = condition.conditions.filter(one => !isNever(one, columns));
    return `(${parts.map(one => conditionSql(one, columns, scope)).join(' OR ')})`;
  }
  if (!columns.has(condition.column)) return 'true';
  return reachSql(condition, { value: scope.value(condition.column), steps: condition.steps ?? [], scope });
}

/** How many rows meet a condition, as an aggregate. */
export function countSql(condition: Condition, columns: Columns, scope: Scope): string {
  return countOfValues(condition, columns, scope) ?? `count_if(${conditionSql(condition, columns, scope)})`;
}

/** Values are counted in half the time of rows that meet a condition. */
function countOfValues(condition: Condition, columns: Columns, scope: Scope): string | undefined {
  if (condition.kind !== 'missing' && condition.kind !== 'not-of-type') return undefined;
  if (condition.steps || !columns.has(condition.column) || isNever(condition, columns)) return undefined;
  const value = scope.value(condition.column);
  if (value.present === undefined) return undefined;
  const present = `count(${scope.name(value.present)})`;
  if (condition.kind === 'not-of-type')
    return `${present} - count(${scope.name(value.typed(condition.type, condition.reading))})`;
  return condition.words.length === 0 ? `count(*) - ${present}` : undefined;
}

interface Reached {
  readonly value: ValueSql;
  /** Still to go. */
  readonly steps: readonly Step[];
  readonly scope: Scope;
  readonly depth?: number;
}

/** Whether any value that the steps lead to meets the condition. */
function reachSql(condition: Leaf, { value, steps, scope, depth = 0 }: Reached): string {
  const [step, ...rest] = steps;
  if (!step) return leafSql(condition, value, scope);
  const within = value.within(step);
  const present = () => `NOT ${scope.name(value.missing)}`;
  // What has no place in the type has no value in any row.
  if (!within) return condition.kind === 'missing' && rest.length === 0 ? `(${present()})` : 'false';
  if (within.kind === 'one') {
    const inner = reachSql(condition, { value: within.value, steps: rest, scope, depth });
    const where = within.where === undefined ? present() : scope.name(within.where);
    return `(${where} AND ${inner})`;
  }
  const element = `item${depth}`;
  const inner = reachSql(condition, {
    ...{ value: within.valueOf(element), steps: rest, depth: depth + 1 },
    scope: { ...scope, name: sql => sql },
  });
  return scope.name(`coalesce(len(list_filter(${within.list}, lambda ${element}: ${inner})) > 0, false)`);
}

type Leaf = Exclude<Condition, { kind: 'any' }>;

function leafSql(condition: Leaf, value: ValueSql, scope: Scope): string {
  const missing = SILENT.has(condition.kind) ? '' : scope.name(value.missing);
  if (condition.kind === 'missing') {
    const among = amongSql(value, condition.words, scope);
    return among ? `(${missing} OR coalesce(${among}, false))` : missing;
  }
  const present = presentSql(condition, value, scope);
  // Of a value that is missing these say nothing, which counts as no.
  if (SILENT.has(condition.kind)) return `(${present})`;
  return condition.kind === 'not-of-type'
    ? `(NOT ${missing} AND ${present})`
    : `(NOT ${missing} AND coalesce(${present}, false))`;
}

const SILENT: ReadonlySet<Condition['kind']> = new Set(['beyond', 'length', 'not-multiple', 'not-matching']);

type OfPresent = Exclude<Condition, { kind: 'any' | 'missing' }>;

/** The part for values that are there. */
function presentSql(condition: OfPresent, value: ValueSql, scope: Scope): string {
  const text = () => scope.name(value.text);
  switch (condition.kind) {
    case 'not-of-type':
      return `${scope.name(value.typed(condition.type, condition.reading))} IS NULL`;
    case 'beyond':
      return `${scope.name(value.typed(condition.type, condition.reading))} ${condition.comparison} ${boundSql(condition, value.isExact)}`;
    case 'length':
      return `length(${text()}) ${condition.comparison} ${condition.bound}`;
    case 'not-multiple':
      return notMultipleSql(scope.name(value.number), condition.of);
    case 'not-matching':
      return `NOT ${matchesSql(text(), condition.pattern)}`;
    case 'not-of-format':
      return notOfFormatSql(condition.format, value, scope);
    case 'zone-differs':
      return `${scope.name(value.zoned(condition.reading))} <> ${condition.isZoned}`;
    case 'among':
      return amongSql(value, condition.values, scope) ?? 'false';
    case 'not-among':
      return `NOT coalesce(${amongSql(value, condition.values, scope) ?? 'false'}, false)`;
    case 'size':
      return `${scope.name(value.size(condition.of))} ${condition.comparison} ${condition.bound}`;
    case 'repeated-items':
      return `${scope.name(value.different)} < ${scope.name(value.size('items'))}`;
    case 'lacks-member':
      return String(value.within({ kind: 'member', name: condition.name }) === undefined);
  }
}

/** The engine's types whose range each format has. */
const WIDTHS: ReadonlyMap<string, string> = new Map(
  [
    ...(['i8 TINYINT', 'i16 SMALLINT', 'i32 INTEGER', 'i64 BIGINT', 'i128 HUGEINT'] as const),
    ...(['u8 UTINYINT', 'u16 USMALLINT', 'u32 UINTEGER', 'u64 UBIGINT', 'u128 UHUGEINT'] as const),
  ].map(pair => pair.split(' ') as [string, string]),
);
/** Below this a double is every integer there is. */
const EXACT = '9007199254740992e0';

function notOfFormatSql(format: string, value: ValueSql, scope: Scope): string {
  const number = scope.name(value.number);
  if (format === 'f32') return `TRY_CAST(${number} AS FLOAT) IS NULL AND ${number} IS NOT NULL`;
  if (format === 'f64') return 'false';
  const width = WIDTHS.get(format);
  if (width === undefined) return `NOT ${hasFormatSql(scope.name(value.text), format) ?? 'true'}`;
  const integer = scope.name(value.typed('integer'));
  const text = scope.name(value.text);
  return `${integer} IS NOT NULL AND CASE WHEN abs(${number}) < ${EXACT} THEN TRY_CAST(${number} AS ${width}) ELSE TRY_CAST(${text} AS ${width}) END IS NULL`;
}

/** Numbers are compared as numbers, texts as they are; undefined for an empty list. */
function amongSql(value: ValueSql, values: readonly (string | number)[], scope: Scope): string | undefined {
  const numbers = values.filter(one => Number.isFinite(one)).map(Number);
  // No data holds a NUL in a text that SQL could write.
  const texts = values.filter(one => typeof one === 'string').filter(one => !one.includes('\0'));
  const parts = [
    ...(numbers.length > 0 ? [`coalesce(${isOneOfNumbers(scope.name(value.number), numbers)}, false)`] : []),
    ...(texts.length > 0 ? [isOneOfTexts(scope.name(value.text), texts)] : []),
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

function boundSql(
  { type, bound, reading }: Extract<Condition, { kind: 'beyond' }>,
  isExact: boolean,
): string {
  if (typeof bound === 'number')
    return isExact && Number.isSafeInteger(bound) ? String(bound) : numberSql(bound);
  if (bound.includes('\0')) return 'NULL';
  const iso = typedText(quoteText(bound), type, reading?.zone === undefined ? {} : { zone: reading.zone });
  // A bound is written as the values are, or as ISO 8601 has it.
  return reading?.format === undefined
    ? iso
    : `coalesce(${typedText(quoteText(bound), type, reading)}, ${iso})`;
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
