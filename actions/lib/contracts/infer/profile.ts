// What a data file holds, column by column: one scan counts everything, and a second one looks closer at columns that may be
// keys or lists of a few words. All reading of data for `contract init` is in this file.
import { FORMS, type Form } from '#lib/contracts/infer/forms.ts';
import { guessPersonal } from '#lib/contracts/infer/personal.ts';
import type { LogicalType } from '#lib/contracts/odcs-options.ts';
import { typedText } from '#lib/contracts/sql/values.ts';
import { ConfigurationError, errorMessage } from '#lib/errors.ts';
import { csvRelation, numberOf, quoteName, quoteText } from '#lib/sql/dialect.ts';
import type { SqlEngine, SqlRow } from '#lib/sql/engine.ts';

export type DataFormat = 'csv' | 'parquet' | 'json';

/** Types that text may hold, from the narrowest. */
export const TEXT_TYPES = ['integer', 'number', 'boolean', 'date', 'timestamp', 'time'] as const;
export type TextType = (typeof TEXT_TYPES)[number];

export interface ColumnProfile {
  readonly name: string;
  /** The type in the file; VARCHAR for everything in a CSV. */
  readonly sourceType: string;
  /** Rows with a value. */
  readonly present: number;
  /** Of text: how many values are of each type, or of each form. */
  readonly ofType: Readonly<Partial<Record<TextType, number>>>;
  readonly ofForm: Readonly<Partial<Record<Form, number>>>;
  /** Smallest and largest: numbers as numbers, moments as text; null for other text. */
  readonly low: number | string | null;
  readonly high: number | string | null;
  /** Characters. */
  readonly shortest: number | null;
  readonly longest: number | null;
  /** Different values, exactly; null where nobody counted. */
  readonly distinct: number | null;
  /** How often each value stands; null where there are many, or where they may be personal. */
  readonly values: ReadonlyMap<string, number> | null;
}

export interface TableProfile {
  readonly rows: number;
  readonly columns: readonly ColumnProfile[];
}

/**
 * Planning takes time with the square of what a statement counts. A wider CSV is counted value by value instead, grouped by
 * column, in one statement too; wider Parquet and JSON in several, each of which reads only its own columns.
 */
const WIDE = 30;
const CLOSE = 150;
/** Approximate counts may be wrong by a third. */
const MOST_VALUES = 30;

/**
 * Profiles one file.
 * @throws ConfigurationError when it cannot be read as what its name says.
 */
export async function profileFile(
  engine: SqlEngine,
  { file, format }: { readonly file: string; readonly format: DataFormat },
): Promise<TableProfile> {
  try {
    const source = await describe(engine, file, format);
    const profiles: ColumnProfile[] = [];
    const [total] = await engine.query(`SELECT count(*) AS n FROM ${source.relation}`);
    const isLong = format === 'csv' && source.columns.length > WIDE;
    const step = isLong ? source.columns.length : WIDE;
    for (let at = 0; at < source.columns.length; at += step) {
      const columns = source.columns.slice(at, at + step);
      const row = isLong
        ? await countByColumn(engine, source.relation, columns)
        : ((await engine.query(scanQuery(source.relation, columns)))[0] ?? {});
      profiles.push(...(await lookCloser(engine, source.relation, { columns, row })));
    }
    const rows = Number(total?.['n']);
    return { rows, columns: profiles };
  } catch (error) {
    if (error instanceof ConfigurationError) throw error;
    throw new ConfigurationError(`${file} cannot be read as ${NAMES[format]}: ${firstLine(error)}`, {
      at: { file },
      remedy: 'Mend the file, or rename it when it is something else.',
      cause: error,
    });
  }
}

const NAMES = { csv: 'CSV', parquet: 'Parquet', json: 'JSON lines' } as const;

function firstLine(error: unknown): string {
  return errorMessage(error).split('\n')[0] ?? '';
}

interface SourceColumn {
  readonly name: string;
  readonly sourceType: string;
}

async function describe(
  engine: SqlEngine,
  file: string,
  format: DataFormat,
): Promise<{ readonly relation: string; readonly columns: readonly SourceColumn[] }> {
  if (format === 'csv') {
    const { header } = await engine.describeCsv(file);
    const columns = header.map(name => ({ name, sourceType: 'VARCHAR' }));
    return { relation: csvRelation(file, header), columns };
  }
  const path = quoteText(file.replace(/[*?[]/g, mark => `[${mark}]`));
  const relation =
    format === 'parquet'
      ? `read_parquet(${path}, hive_partitioning = false)`
      : `read_json(${path}, format = 'newline_delimited', records = true, sample_size = -1, hive_partitioning = false)`;
  const rows = await engine.query(`DESCRIBE SELECT * FROM ${relation}`);
  const columns = rows.map(row => ({
    name: String(row['column_name']),
    sourceType: String(row['column_type']),
  }));
  return { relation, columns };
}

const NUMERIC = /^(U?(TINYINT|SMALLINT|INTEGER|BIGINT|HUGEINT)|FLOAT|DOUBLE|DECIMAL)/;
const WHOLE = /INT|^DECIMAL\(\d+,0\)/;
const MOMENT = /^(DATE|TIME)/;

/** Columns whose values are text, or are compared as text. */
export function isText(sourceType: string): boolean {
  return sourceType === 'VARCHAR' || sourceType === 'UUID' || sourceType.startsWith('ENUM');
}

/** One row for all columns: `p0` is how many values column 0 has, and so on. */
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
  const names = columns.map(({ name }) => quoteName(name)).join(', ');
  const groups = await engine.query(
    `SELECT name, ${terms.join(',\n  ')}\nFROM (UNPIVOT ${relation} ON ${names} INTO NAME name VALUE value) GROUP BY name`,
  );
  const places = new Map(columns.map(({ name }, i) => [name, i]));
  const entries = groups.flatMap(({ name, ...counts }) =>
    Object.entries(counts).map(
      ([key, value]) => [`${key.slice(0, -1)}${places.get(String(name))}`, value] as const,
    ),
  );
  return { ...Object.fromEntries(columns.map((_, i) => [`p${i}`, 0])), ...Object.fromEntries(entries) };
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

async function lookCloser(
  engine: SqlEngine,
  relation: string,
  { columns, row }: { readonly columns: readonly SourceColumn[]; readonly row: SqlRow },
): Promise<readonly ColumnProfile[]> {
  const number = (key: string) => Number(row[key] ?? 0);
  const terms = columns.flatMap(({ name, sourceType }, i) => {
    const [present, about] = [number(`p${i}`), number(`d${i}`)];
    const column = quoteName(name);
    const canBeKey = isText(sourceType) || WHOLE.test(sourceType);
    if (canBeKey && present > 1 && about >= present / 2) return [`count(DISTINCT ${column}) AS d${i}`];
    const isWords = isText(sourceType) && about <= MOST_VALUES && guessPersonal(name) === undefined;
    return isWords && present > 0 ? [`to_json(histogram(${column}))::VARCHAR AS h${i}`] : [];
  });
  let close: SqlRow = {};
  for (let at = 0; at < terms.length; at += CLOSE) {
    const some = terms.slice(at, at + CLOSE).join(', ');
    const [found] = await engine.query(`SELECT ${some} FROM ${relation}`);
    close = { ...close, ...found };
  }
  return columns.map((column, i) => toProfile(column, { row, close, i }));
}

interface Counted {
  readonly row: SqlRow;
  readonly close: SqlRow;
  readonly i: number;
}

function toProfile({ name, sourceType }: SourceColumn, { row, close, i }: Counted): ColumnProfile {
  const present = Number(row[`p${i}`]);
  const count = (key: string) => {
    const value = row[`${key}${i}`];
    return typeof value === 'number' ? value : null;
  };
  const ofType = TEXT_TYPES.flatMap(type => {
    const wrong = count(`not_${type}`);
    return wrong === null ? [] : [[type, present - wrong] as const];
  });
  const ofForm = Object.keys(FORMS).flatMap(form => {
    const right = count(form);
    return right === null ? [] : [[form, right] as const];
  });
  const isMoment = ofType.some(([type, right]) => right === present && /^(date|time)/.test(type));
  const [low, high] = isMoment ? ['first', 'last'] : ['low', 'high'];
  const values = close[`h${i}`];
  return {
    ...{ name, sourceType, present },
    ofType: Object.fromEntries(ofType),
    ofForm: Object.fromEntries(ofForm),
    low: plainValue(row[`${low}${i}`]),
    high: plainValue(row[`${high}${i}`]),
    shortest: count('shortest'),
    longest: count('longest'),
    distinct: close[`d${i}`] === undefined ? null : Number(close[`d${i}`]),
    values:
      typeof values === 'string'
        ? new Map(Object.entries(JSON.parse(values) as Record<string, number>))
        : null,
  };
}

function plainValue(value: SqlRow[string] | undefined): number | string | null {
  return typeof value === 'number' || typeof value === 'string' ? value : null;
}
