// How DuckDB reads a value of a column in each of its forms: whether it is missing, its text, and itself in a logical type.
// A CSV file holds texts, so their forms are checked before they are cast; JSON has few types of its own; what Parquet and
// Arrow files declare is taken as it is.
import type { DataColumn, NativeKind } from '#lib/contracts/data/data.ts';
import type { LogicalType } from '#lib/contracts/odcs-options.ts';
import { numberOf, quoteName } from '#lib/sql/dialect.ts';

/** Expressions over one column. */
export interface ValueSql {
  /** A boolean that is never NULL. */
  readonly missing: string;
  /** VARCHAR. */
  readonly text: string;
  /** DOUBLE, NULL where it is no finite number. */
  readonly number: string;
  /** The value in the type, NULL where it holds none of it. */
  typed(type: LogicalType): string;
  /** True when every value there is has the type, whatever the rows. */
  isAlways(type: LogicalType): boolean;
  /** True when values are compared exactly, not as doubles. */
  readonly isExact: boolean;
  /** What makes two values the same in a key. */
  readonly key: string;
}

/** Expressions for a column as it comes. */
export function valueSql(column: DataColumn): ValueSql {
  const name = quoteName(column.name);
  if (column.form === 'json') return jsonSql(name);
  return column.form === 'native' ? nativeSql(name, column.kind) : textSql(name);
}

function textSql(name: string): ValueSql {
  return {
    missing: `${name} IS NULL`,
    text: name,
    number: numberOf(name),
    typed: type => typedText(name, type),
    isAlways: type => type === 'string',
    isExact: false,
    key: name,
  };
}

function jsonSql(name: string): ValueSql {
  const kind = `json_type(${name})`;
  const text = `(${name} ->> '$')`;
  const ofKind = (kinds: readonly string[], value: string) =>
    `CASE WHEN ${kind} IN (${kinds.map(one => `'${one}'`).join(', ')}) THEN ${value} END`;
  const numbers = ['BIGINT', 'UBIGINT', 'HUGEINT', 'UHUGEINT', 'DOUBLE'];
  return {
    missing: `coalesce(${kind} = 'NULL', true)`,
    text,
    number: ofKind(numbers, numberOf(text)),
    typed: type => {
      if (type === 'number' || type === 'integer') return ofKind(numbers, typedText(text, type));
      if (type === 'boolean') return ofKind(['BOOLEAN'], text);
      if (type === 'object' || type === 'array') return ofKind([type.toUpperCase()], name);
      return ofKind(['VARCHAR'], typedText(text, type));
    },
    isAlways: () => false,
    isExact: false,
    key: `CASE WHEN ${kind} <> 'NULL' THEN ${name}::VARCHAR END`,
  };
}

/** The kinds whose values all have the type. */
const OF_TYPE: Readonly<Partial<Record<LogicalType, readonly NativeKind[]>>> = {
  string: ['text'],
  integer: ['integer'],
  number: ['integer', 'decimal'],
  boolean: ['boolean'],
  date: ['date'],
  timestamp: ['timestamp'],
  time: ['time'],
  array: ['list'],
  object: ['struct'],
};

const NUMERIC: readonly NativeKind[] = ['integer', 'decimal', 'float'];

function nativeSql(name: string, kind: NativeKind): ValueSql {
  const typed = (type: LogicalType): string => {
    if (OF_TYPE[type]?.includes(kind)) return name;
    if (type === 'number' && kind === 'float') return `(CASE WHEN isfinite(${name}) THEN ${name} END)`;
    if (type === 'integer' && kind === 'decimal')
      return `CASE WHEN ${name} = trunc(${name}) THEN ${name} END`;
    if (type === 'integer' && kind === 'float')
      return `CASE WHEN isfinite(${name}) AND ${name} = trunc(${name}) THEN ${name} END`;
    // What has no type for days writes midnight.
    if (type === 'date' && kind === 'timestamp')
      return `CASE WHEN ${name} = date_trunc('day', ${name}) THEN ${name}::DATE END`;
    return 'NULL';
  };
  return {
    missing: `${name} IS NULL`,
    text: kind === 'text' ? name : `${name}::VARCHAR`,
    number: NUMERIC.includes(kind) ? `${typed('number')}::DOUBLE` : 'NULL::DOUBLE',
    typed,
    isAlways: type => OF_TYPE[type]?.includes(kind) === true,
    isExact: kind === 'integer' || kind === 'decimal',
    key: name,
  };
}

const DAY = String.raw`\d{4}-\d{2}-\d{2}`;
const CLOCK = String.raw`([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d+)?)?`;
const ZONE = String.raw`(Z|[+-][01]\d(:?[0-5]\d)?)?`;

/** The value of a text in its type, NULL where it holds none. Dates and times are ISO 8601; without a zone they are UTC. */
export function typedText(text: string, type: LogicalType): string {
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
      // Most have no zone, and need none of the spelling.
      return `CASE WHEN regexp_full_match(${text}, '${DAY}[ T]${CLOCK}') THEN TRY_CAST(${text} AS TIMESTAMPTZ)
      WHEN regexp_full_match(${text}, '${DAY}[ T]${CLOCK}${ZONE}') THEN TRY_CAST(${spellZone(text)} AS TIMESTAMPTZ) END`;
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
