// What a data file holds, column by column, as `contract init` guesses from it.
import type { Data, DataColumn, DataPart } from '#lib/contracts/data/data.ts';
import { refuseUnreadable } from '#lib/contracts/data/unreadable.ts';
import { COUNTED_TYPES, countColumns, lookCloser } from '#lib/contracts/infer/column-counts.ts';
import { FORMS, type Form } from '#lib/contracts/infer/forms.ts';
import type { LogicalType } from '#lib/contracts/odcs-options.ts';
import { quoteName } from '#lib/sql/dialect.ts';
import type { SqlEngine, SqlRow } from '#lib/sql/engine.ts';

/** A column with its form, kind and type in the file, and what was counted of it. */
export interface ColumnProfile extends DataColumn {
  /** Rows with a value. */
  readonly present: number;
  /** Of text, JSON and floating numbers: how many values are of each type. */
  readonly ofType: Readonly<Partial<Record<LogicalType, number>>>;
  /** Of text: how many are written in each form. */
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
 * Planning takes time with the square of what a statement counts. A wider CSV or JSON file is counted value by value instead,
 * grouped by column, in one statement too; wider Parquet in several, each of which reads only its own columns.
 */
const WIDE = 30;

/**
 * Profiles the only file of a table.
 * @throws ConfigurationError when it is not sound
 */
export async function profilePart(part: DataPart, data: Data, engine: SqlEngine): Promise<TableProfile> {
  const looked = await part.look();
  try {
    const profile = await profileColumns(part, engine);
    part.refuseChanged();
    return profile;
  } catch (error) {
    await looked.explain?.();
    return await refuseUnreadable(data, error, engine);
  }
}

async function profileColumns(part: DataPart, engine: SqlEngine): Promise<TableProfile> {
  const { columns: all } = part;
  const relation = withoutNulls(part);
  const profiles: ColumnProfile[] = [];
  const [total] = await engine.query(`SELECT count(*) AS n FROM ${part.relation}`);
  const isLong = all.length > WIDE && all.every(({ form }) => form !== 'native');
  const step = isLong ? all.length : WIDE;
  for (let at = 0; at < all.length; at += step) {
    const columns = all.slice(at, at + step);
    const source = { relation, columns, isLong };
    const row = await countColumns(engine, source);
    const close = await lookCloser(engine, source, row);
    profiles.push(...columns.map((column, i) => toProfile(column, { row, close, i })));
  }
  return { rows: Number(total?.['n']), columns: profiles };
}

/** JSON has a word for what is missing. */
function withoutNulls({ columns, relation }: DataPart): string {
  if (!columns.some(({ form }) => form === 'json')) return relation;
  const values = columns.map(({ name }) => {
    const column = quoteName(name);
    return `CASE WHEN json_type(${column}) <> 'NULL' THEN ${column} END AS ${column}`;
  });
  return `(SELECT ${values.join(', ')} FROM ${relation})`;
}

interface Counted {
  readonly row: SqlRow;
  readonly close: SqlRow;
  readonly i: number;
}

function toProfile(column: DataColumn, { row, close, i }: Counted): ColumnProfile {
  const present = Number(row[`p${i}`]);
  const count = (key: string) => {
    const value = row[`${key}${i}`];
    return typeof value === 'number' ? value : null;
  };
  const ofType = COUNTED_TYPES.flatMap(type => {
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
    ...{ ...column, present },
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
