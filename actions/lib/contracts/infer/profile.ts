// What a data file holds, column by column, as `contract init` guesses from it.
import {
  countColumns,
  lookCloser,
  type SourceColumn,
  TEXT_TYPES,
} from '#lib/contracts/infer/column-counts.ts';
import { FORMS, type Form } from '#lib/contracts/infer/forms.ts';
import { ConfigurationError, errorMessage } from '#lib/errors.ts';
import { csvRelation, quoteText } from '#lib/sql/dialect.ts';
import type { SqlEngine, SqlRow } from '#lib/sql/engine.ts';

export type DataFormat = 'csv' | 'parquet' | 'json';

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
      const part = { relation: source.relation, columns, isLong };
      const row = await countColumns(engine, part);
      const close = await lookCloser(engine, part, row);
      profiles.push(...columns.map((column, i) => toProfile(column, { row, close, i })));
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
