// The statements of a profile: one counts everything there is to count of text, numbers and moments, and another one looks
// closer at columns that may be keys or lists of a few words.
import type { DataColumn } from '#lib/contracts/data/data.ts';
import { FORMS } from '#lib/contracts/infer/forms.ts';
import { guessPersonal } from '#lib/contracts/infer/personal.ts';
import type { LogicalType } from '#lib/contracts/odcs-options.ts';
import { valueSql } from '#lib/contracts/sql/values.ts';
import { quoteName, quoteText } from '#lib/sql/dialect.ts';
import type { SqlEngine, SqlRow } from '#lib/sql/engine.ts';

/** Types that text may hold, from the narrowest. */
export const TEXT_TYPES = ['integer', 'number', 'boolean', 'date', 'timestamp', 'time'] as const;
/** Types that a value in JSON may have, from the narrowest. */
const JSON_TYPES = [...TEXT_TYPES, 'array', 'object', 'string'] as const;
/** All types that are counted. */
export const COUNTED_TYPES: readonly LogicalType[] = JSON_TYPES;

/** Some columns of a relation in which what is missing is NULL. */
export interface Source {
  readonly relation: string;
  readonly columns: readonly DataColumn[];
  /** True where values are counted one by one, grouped by column: then each of two statements is for all columns. */
  readonly isLong: boolean;
}

const CLOSE = 150;
/** Approximate counts may be wrong by a third. */
const MOST_VALUES = 30;

const WHOLE = /INT|^DECIMAL\(\d+,0\)/;

/** One row for all columns: `p0` is how many values column 0 has, and so on. */
export async function countColumns(engine: SqlEngine, source: Source): Promise<SqlRow> {
  const { relation, columns, isLong } = source;
  if (isLong) return countByColumn(engine, relation, columns);
  return (await engine.query(scanQuery(relation, columns)))[0] ?? {};
}

function scanQuery(relation: string, columns: readonly DataColumn[]): string {
  const terms = columns.flatMap((column, i) => {
    const name = quoteName(column.name);
    const different = `approx_count_distinct(${name}) AS d${i}`;
    const common = [`count(${name}) AS p${i}`];
    switch (column.kind) {
      case 'text':
        return [...common, ...textTerms(column, i)];
      case 'float':
        return [...common, ...rangeTerms(column, i), different, ...typeTerms(column, ['number'], i)];
      case 'integer':
      case 'decimal':
        return [...common, ...rangeTerms(column, i), different];
      case 'date':
      case 'timestamp':
      case 'time': {
        const [low, high] = ['min', 'max'].map(end => `${end}(${name})::VARCHAR`);
        return [...common, `${low} AS low${i}`, `${high} AS high${i}`, different];
      }
      default:
        return common;
    }
  });
  return `SELECT ${terms.join(',\n  ')}\nFROM ${relation}`;
}

/** The same row for text columns, from one group a column; a column without values has no group. */
async function countByColumn(
  engine: SqlEngine,
  relation: string,
  columns: readonly DataColumn[],
): Promise<SqlRow> {
  const terms = ['count(*) AS p0', ...textTerms(anyOf(columns), 0)];
  const groups = await engine.query(groupQuery(relation, columns, terms));
  const places = new Map(columns.map(({ name }, i) => [name, i]));
  const entries = groups.flatMap(({ name, ...counts }) =>
    Object.entries(counts).map(
      ([key, value]) => [`${key.slice(0, -1)}${places.get(String(name))}`, value] as const,
    ),
  );
  return { ...Object.fromEntries(columns.map((_, i) => [`p${i}`, 0])), ...Object.fromEntries(entries) };
}

function groupQuery(relation: string, columns: readonly DataColumn[], terms: readonly string[]): string {
  const names = columns.map(({ name }) => quoteName(name)).join(', ');
  return `SELECT name, ${terms.join(',\n  ')}\nFROM (UNPIVOT ${relation} ON ${names} INTO NAME name VALUE value) GROUP BY name`;
}

/** The values of all the columns as one; they are of one form. */
function anyOf([first]: readonly DataColumn[]): DataColumn {
  return { ...(first ?? { form: 'text', kind: 'text', type: 'VARCHAR' }), name: 'value' };
}

function rangeTerms(column: DataColumn, i: number): readonly string[] {
  const { number } = valueSql(column);
  return [`min(${number}) AS low${i}`, `max(${number}) AS high${i}`];
}

function textTerms(column: DataColumn, i: number): readonly string[] {
  const { text } = valueSql(column);
  const forms = Object.entries(FORMS).map(
    ([form, pattern]) =>
      `count(*) FILTER (WHERE regexp_matches(${text}, ${quoteText(pattern)})) AS ${form}${i}`,
  );
  // What a file declares to be text is nothing else.
  const types = { text: TEXT_TYPES, json: JSON_TYPES, native: [] }[column.form];
  return [
    ...forms,
    ...typeTerms(column, types, i),
    ...rangeTerms(column, i),
    `min(${text}) AS first${i}`,
    `max(${text}) AS last${i}`,
    `min(length(${text})) AS shortest${i}`,
    `max(length(${text})) AS longest${i}`,
    `approx_count_distinct(${comparable(column)}) AS d${i}`,
  ];
}

/** As the contract's own checks of types count them. */
function typeTerms(column: DataColumn, types: readonly LogicalType[], i: number): readonly string[] {
  const value = valueSql(column);
  const isThere = `${quoteName(column.name)} IS NOT NULL`;
  return types.map(
    type => `count(*) FILTER (WHERE ${isThere} AND ${value.typed(type)} IS NULL) AS not_${type}${i}`,
  );
}

/** What stands for a value where values are compared. */
function comparable(column: DataColumn): string {
  return column.form === 'json' ? valueSql(column).text : quoteName(column.name);
}

/** What a closer look counts: different values, or how often each one stands. */
const LOOKS = {
  d: (value: string) => `count(DISTINCT ${value})`,
  h: (value: string) => `to_json(histogram(${value}))::VARCHAR`,
} as const;
type Look = keyof typeof LOOKS;

/** Different values exactly as `d0`, or each with how often it stands as `h0`, and so on, where that is worth knowing. */
export async function lookCloser(
  engine: SqlEngine,
  { relation, columns, isLong }: Source,
  row: SqlRow,
): Promise<SqlRow> {
  const looks = columns.flatMap((column, i) => {
    const look = lookOf(column, { present: Number(row[`p${i}`] ?? 0), about: Number(row[`d${i}`] ?? 0) });
    return look ? [{ column, look, i }] : [];
  });
  const close: Record<string, SqlRow[string]> = {};
  if (isLong) {
    for (const look of ['d', 'h'] as const) {
      const asked = looks.filter(one => one.look === look);
      if (asked.length === 0) continue;
      const places = new Map(asked.map(({ column, i }) => [column.name, i]));
      const some = asked.map(({ column }) => column);
      const groups = await engine.query(
        groupQuery(relation, some, [`${LOOKS[look](comparable(anyOf(some)))} AS found`]),
      );
      for (const { name, found } of groups) close[`${look}${places.get(String(name))}`] = found ?? null;
    }
    return close;
  }
  for (let at = 0; at < looks.length; at += CLOSE) {
    const terms = looks
      .slice(at, at + CLOSE)
      .map(({ column, look, i }) => `${LOOKS[look](comparable(column))} AS ${look}${i}`);
    Object.assign(close, (await engine.query(`SELECT ${terms.join(', ')} FROM ${relation}`))[0]);
  }
  return close;
}

function lookOf(
  { name, kind, type }: DataColumn,
  { present, about }: { readonly present: number; readonly about: number },
): Look | undefined {
  const canBeKey = kind === 'text' || WHOLE.test(type);
  if (canBeKey && present > 1 && about >= present / 2) return 'd';
  const isWords = kind === 'text' && about <= MOST_VALUES && guessPersonal(name) === undefined;
  return isWords && present > 0 ? 'h' : undefined;
}
