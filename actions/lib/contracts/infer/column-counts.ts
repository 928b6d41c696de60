// The statements of a profile: one counts everything there is to count of text, numbers and moments, and another one looks
// closer at columns that may be keys or lists of a few words.
import { FORMS } from '#lib/contracts/infer/forms.ts';
import { guessPersonal } from '#lib/contracts/infer/personal.ts';
import type { LogicalType } from '#lib/contracts/odcs-options.ts';
import { typedText } from '#lib/contracts/sql/values.ts';
import { numberOf, quoteName, quoteText } from '#lib/sql/dialect.ts';
import type { SqlEngine, SqlRow } from '#lib/sql/engine.ts';

/** Types that text may hold, from the narrowest. */
export const TEXT_TYPES = ['integer', 'number', 'boolean', 'date', 'timestamp', 'time'] as const;

export interface SourceColumn {
  readonly name: string;
  readonly sourceType: string;
}

/** Some columns of a relation. */
export interface Source {
  readonly relation: string;
  readonly columns: readonly SourceColumn[];
  /** True where values are counted one by one, grouped by column: then each of two statements is for all columns. */
  readonly isLong: boolean;
}

const CLOSE = 150;
/** Approximate counts may be wrong by a third. */
const MOST_VALUES = 30;

const NUMERIC = /^(U?(TINYINT|SMALLINT|INTEGER|BIGINT|HUGEINT)|FLOAT|DOUBLE|DECIMAL)/;
const WHOLE = /INT|^DECIMAL\(\d+,0\)/;
const MOMENT = /^(DATE|TIME)/;

/** Columns whose values are text, or are compared as text. */
export function isText(sourceType: string): boolean {
  return sourceType === 'VARCHAR' || sourceType === 'UUID' || sourceType.startsWith('ENUM');
}

/** One row for all columns: `p0` is how many values column 0 has, and so on. */
export async function countColumns(engine: SqlEngine, source: Source): Promise<SqlRow> {
  const { relation, columns, isLong } = source;
  if (isLong) return countByColumn(engine, relation, columns);
  return (await engine.query(scanQuery(relation, columns)))[0] ?? {};
}

function scanQuery(relation: string, columns: readonly SourceColumn[]): string {
  const terms = columns.flatMap(({ name, sourceType }, i) => {
    const column = quoteName(name);
    const common = [`count(${column}) AS p${i}`];
    if (isText(sourceType)) return [...common, ...textTerms(column, sourceType, i)];
    if (NUMERIC.test(sourceType))
      return [...common, ...rangeTerms(`${column}::DOUBLE`, i), `approx_count_distinct(${column}) AS d${i}`];
    if (MOMENT.test(sourceType)) {
      const [low, high] = ['min', 'max'].map(end => `${end}(${column})::VARCHAR`);
      return [
        ...common,
        `${low} AS low${i}`,
        `${high} AS high${i}`,
        `approx_count_distinct(${column}) AS d${i}`,
      ];
    }
    return common;
  });
  return `SELECT ${terms.join(',\n  ')}\nFROM ${relation}`;
}

/** The same row for text columns, from one group a column; a column without values has no group. */
async function countByColumn(
  engine: SqlEngine,
  relation: string,
  columns: readonly SourceColumn[],
): Promise<SqlRow> {
  const terms = ['count(*) AS p0', ...textTerms('value', 'VARCHAR', 0)];
  const groups = await engine.query(groupQuery(relation, columns, terms));
  const places = new Map(columns.map(({ name }, i) => [name, i]));
  const entries = groups.flatMap(({ name, ...counts }) =>
    Object.entries(counts).map(
      ([key, value]) => [`${key.slice(0, -1)}${places.get(String(name))}`, value] as const,
    ),
  );
  return { ...Object.fromEntries(columns.map((_, i) => [`p${i}`, 0])), ...Object.fromEntries(entries) };
}

function groupQuery(relation: string, columns: readonly SourceColumn[], terms: readonly string[]): string {
  const names = columns.map(({ name }) => quoteName(name)).join(', ');
  return `SELECT name, ${terms.join(',\n  ')}\nFROM (UNPIVOT ${relation} ON ${names} INTO NAME name VALUE value) GROUP BY name`;
}

function rangeTerms(number: string, i: number): readonly string[] {
  return [`min(${number}) AS low${i}`, `max(${number}) AS high${i}`];
}

function textTerms(column: string, sourceType: string, i: number): readonly string[] {
  const text = sourceType === 'VARCHAR' ? column : `${column}::VARCHAR`;
  const forms = Object.entries(FORMS).map(
    ([form, pattern]) =>
      `count(*) FILTER (WHERE regexp_matches(${text}, ${quoteText(pattern)})) AS ${form}${i}`,
  );
  const types =
    sourceType === 'VARCHAR'
      ? TEXT_TYPES.map(type => `count(*) FILTER (WHERE ${notOfType(column, type)}) AS not_${type}${i}`)
      : [];
  return [
    ...forms,
    ...types,
    ...rangeTerms(numberOf(text), i),
    `min(${text}) AS first${i}`,
    `max(${text}) AS last${i}`,
    `min(length(${text})) AS shortest${i}`,
    `max(length(${text})) AS longest${i}`,
    `approx_count_distinct(${column}) AS d${i}`,
  ];
}

/** As the contract's own check of the type counts it. */
function notOfType(column: string, type: LogicalType): string {
  return `${column} IS NOT NULL AND ${typedText(column, type)} IS NULL`;
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
      const groups = await engine.query(groupQuery(relation, some, [`${LOOKS[look]('value')} AS found`]));
      for (const { name, found } of groups) close[`${look}${places.get(String(name))}`] = found ?? null;
    }
    return close;
  }
  for (let at = 0; at < looks.length; at += CLOSE) {
    const terms = looks
      .slice(at, at + CLOSE)
      .map(({ column, look, i }) => `${LOOKS[look](quoteName(column.name))} AS ${look}${i}`);
    Object.assign(close, (await engine.query(`SELECT ${terms.join(', ')} FROM ${relation}`))[0]);
  }
  return close;
}

function lookOf(
  { name, sourceType }: SourceColumn,
  { present, about }: { readonly present: number; readonly about: number },
): Look | undefined {
  const canBeKey = isText(sourceType) || WHOLE.test(sourceType);
  if (canBeKey && present > 1 && about >= present / 2) return 'd';
  const isWords = isText(sourceType) && about <= MOST_VALUES && guessPersonal(name) === undefined;
  return isWords && present > 0 ? 'h' : undefined;
}
