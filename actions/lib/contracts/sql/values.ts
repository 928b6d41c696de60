// How DuckDB reads a value of a column in each of its forms: whether it is missing, its text, and itself in a logical type.
// A CSV file holds texts, so their forms are checked before they are cast; JSON has few types of its own; what Parquet and
// Arrow files declare is taken as it is.
import type { Reading, Step } from '#lib/contracts/check.ts';
import type { DataColumn, NativeKind } from '#lib/contracts/data/data.ts';
import { nestedTypeOf } from '#lib/contracts/data/nested-type.ts';
import { kindOf } from '#lib/contracts/data/relation.ts';
import type { LogicalType } from '#lib/contracts/odcs-options.ts';
import { inZone } from '#lib/contracts/sql/moments.ts';
import { type Hold, repeat, typedText, zonedText } from '#lib/contracts/sql/typed-text.ts';
import { isOneOf, numberOf, quoteName, quoteText } from '#lib/sql/dialect.ts';

/** Expressions over one column. */
export interface ValueSql {
  /** A boolean that is never NULL. */
  readonly missing: string;
  /** What is NULL where the value is missing, and only there; undefined where nothing so short is. */
  readonly present?: string;
  /** VARCHAR. */
  readonly text: string;
  /** DOUBLE, NULL where it is no finite number. */
  readonly number: string;
  /** The value in the type, NULL where it holds none of it. */
  typed(type: LogicalType, reading?: Reading): string;
  /** A boolean: whether a moment carries its zone. */
  zoned(reading?: Reading): string;
  /** What one step leads to; undefined where the type has no place for it. */
  within(step: Step): Within | undefined;
  /** How many elements, or members with a value, there are. */
  size(of: 'items' | 'members'): string;
  /** How many elements differ from each other. */
  readonly different: string;
  /** True when every value there is has the type, whatever the rows. */
  isAlways(type: LogicalType): boolean;
  /** True when values are compared exactly, not as doubles. */
  readonly isExact: boolean;
  /** What makes two values the same in a key. */
  readonly key: string;
}

export type Within =
  /** `where` is true where there is something to lead into; absent for wherever the outer value is there. */
  | { readonly kind: 'one'; readonly value: ValueSql; readonly where?: string }
  /** A list, and how each of its elements is read. */
  | { readonly kind: 'each'; readonly list: string; readonly valueOf: (element: string) => ValueSql };

/** Expressions for a column as it comes. */
export function valueSql(column: DataColumn, hold: Hold = repeat): ValueSql {
  const name = quoteName(column.name);
  if (column.form === 'json') return jsonSql(name);
  return column.form === 'native' ? nativeSql(name, column.type) : textSql(name, hold);
}

function textSql(name: string, hold: Hold = repeat): ValueSql {
  return {
    missing: `${name} IS NULL`,
    present: name,
    text: name,
    number: numberOf(name),
    typed: (type, reading) => typedText(name, type, reading, hold),
    zoned: reading => zonedText(name, reading),
    within: () => undefined,
    size: () => 'NULL',
    different: 'NULL',
    isAlways: type => type === 'string',
    isExact: false,
    key: name,
  };
}

const JSON_NUMBERS = ['BIGINT', 'UBIGINT', 'HUGEINT', 'UHUGEINT', 'DOUBLE'];

function jsonSql(name: string): ValueSql {
  const kind = `json_type(${name})`;
  const text = `(${name} ->> '$')`;
  const ofKind = (kinds: readonly string[], value: string) =>
    `CASE WHEN ${isOneOf(kind, kinds.map(quoteText))} THEN ${value} END`;
  const array = ofKind(['ARRAY'], `json_extract(${name}, '$[*]')`);
  // 1 and 1.0 are one number.
  const plain = (item: string) =>
    `CASE WHEN ${isOneOf(`json_type(${item})`, JSON_NUMBERS.map(quoteText))} THEN (${item} ->> '$')::DOUBLE::VARCHAR ELSE ${item}::VARCHAR END`;
  return {
    missing: `coalesce(${kind} = 'NULL', true)`,
    text,
    number: ofKind(JSON_NUMBERS, numberOf(text)),
    typed: (type, reading) => {
      if (type === 'number' || type === 'integer') return ofKind(JSON_NUMBERS, typedText(text, type));
      if (type === 'boolean') return ofKind(['BOOLEAN'], text);
      if (type === 'array' || type === 'vector') return ofKind(['ARRAY'], name);
      if (type === 'object' || type === 'map') return ofKind(['OBJECT'], name);
      return ofKind(['VARCHAR'], typedText(text, type, reading));
    },
    zoned: reading => zonedText(text, reading),
    within: step => {
      if (step.kind === 'member') {
        const pointer = `/${step.name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
        const value = ofKind(['OBJECT'], `json_extract(${name}, ${quoteText(pointer)})`);
        // What is no object lacks no member: it is of the wrong type.
        return { kind: 'one', value: jsonSql(`(${value})`), where: `coalesce(${kind} = 'OBJECT', false)` };
      }
      if (step.kind === 'items') return { kind: 'each', list: array, valueOf: jsonSql };
      if (step.kind === 'values')
        return { kind: 'each', list: ofKind(['OBJECT'], `json_extract(${name}, '$.*')`), valueOf: jsonSql };
      return { kind: 'each', list: ofKind(['OBJECT'], `json_keys(${name})`), valueOf: textSql };
    },
    size: of =>
      of === 'items'
        ? ofKind(['ARRAY'], `json_array_length(${name})`)
        : `len(list_filter(${ofKind(['OBJECT'], `json_extract(${name}, '$.*')`)}, lambda member: json_type(member) <> 'NULL'))`,
    different: `list_unique(list_transform(${array}, lambda item: ${plain('item')}))`,
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
  vector: ['list'],
  object: ['struct'],
  map: ['map'],
};

const NUMERIC: readonly NativeKind[] = ['integer', 'decimal', 'float'];

function nativeSql(name: string, nativeType: string): ValueSql {
  const kind = kindOf(nativeType);
  const nested = nestedTypeOf(nativeType);
  const isZoned = nativeType.endsWith('WITH TIME ZONE');
  const typed = (type: LogicalType, { zone }: Reading = {}): string => {
    if (type === 'timestamp' && kind === 'timestamp' && !isZoned && zone !== undefined)
      return inZone(`${name}::TIMESTAMP`, zone);
    // A time of day without a zone is compared with bounds that may have one.
    if (type === 'time' && kind === 'time' && !isZoned) return `${name}::TIME::TIMETZ`;
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
    present: name,
    text: nativeType === 'VARCHAR' ? name : `${name}::VARCHAR`,
    number: NUMERIC.includes(kind) ? `${typed('number')}::DOUBLE` : 'NULL::DOUBLE',
    typed,
    zoned: () => String(isZoned),
    within: step => {
      if (step.kind === 'member') {
        const type = nested?.kind === 'struct' ? nested.members.get(step.name) : undefined;
        if (type === undefined) return undefined;
        return { kind: 'one', value: nativeSql(`struct_extract(${name}, ${quoteText(step.name)})`, type) };
      }
      if (step.kind === 'items' && nested?.kind === 'list')
        return { kind: 'each', list: name, valueOf: item => nativeSql(item, nested.items) };
      if (step.kind === 'items' || nested?.kind !== 'map') return undefined;
      const type = step.kind === 'keys' ? nested.keys : nested.values;
      return { kind: 'each', list: `map_${step.kind}(${name})`, valueOf: item => nativeSql(item, type) };
    },
    size: of => {
      if (of === 'items') return nested?.kind === 'list' ? `len(${name})` : 'NULL';
      if (nested?.kind !== 'struct') return 'NULL';
      const members = [...nested.members.keys()].map(
        member => `(struct_extract(${name}, ${quoteText(member)}) IS NOT NULL)::INTEGER`,
      );
      return members.join(' + ');
    },
    // list_unique passes NULLs over, and two of them are the same.
    different:
      nested?.kind === 'list'
        ? `list_unique(${name}) + (len(list_filter(${name}, lambda item: item IS NULL)) > 0)::INTEGER`
        : 'NULL',
    isAlways: type => OF_TYPE[type]?.includes(kind) === true,
    isExact: kind === 'integer' || kind === 'decimal',
    key: name,
  };
}
