// Which logical type a column has, and what says so.
import { COUNTED_TYPES } from '#lib/contracts/infer/column-counts.ts';
import type { ColumnProfile } from '#lib/contracts/infer/profile.ts';
import type { LogicalType } from '#lib/contracts/odcs-options.ts';

/** Characters of a type that are shown. */
const LONGEST_TYPE = 60;

/** A number as people write it: 12,000. */
export function say(count: number): string {
  return count.toLocaleString('en-US');
}

/** The narrowest type that every value has. */
export function typeOf({
  form,
  kind,
  type,
  present,
  ofType,
  ofForm,
}: ColumnProfile): LogicalType | undefined {
  if (kind !== 'text') {
    // What is no finite number is no number to a contract.
    return ofType.number === undefined || ofType.number === present
      ? SOURCE_TYPES.find(([pattern]) => pattern.test(type))?.[1]
      : undefined;
  }
  if (present === 0) return undefined;
  const found = COUNTED_TYPES.find(one => ofType[one] === present);
  if (found === undefined) return form === 'json' ? undefined : 'string';
  const isNumber = found === 'integer' || found === 'number';
  if (isNumber && (ofForm.padded ?? 0) > 0 && (ofForm.fraction ?? 0) === 0) return 'string';
  return found === 'integer' && (ofForm.fraction ?? 0) > 0 ? 'number' : found;
}

const SOURCE_TYPES: readonly (readonly [RegExp, LogicalType])[] = [
  [/(\[\d*\]|^LIST.*)$/, 'array'],
  [/^STRUCT/, 'object'],
  [/^U?(TINYINT|SMALLINT|INTEGER|BIGINT|HUGEINT)$/, 'integer'],
  [/^DECIMAL\(\d+,0\)$/, 'integer'],
  [/^(FLOAT|DOUBLE|DECIMAL)/, 'number'],
  [/^BOOLEAN$/, 'boolean'],
  [/^DATE$/, 'date'],
  [/^TIMESTAMP/, 'timestamp'],
  [/^TIME/, 'time'],
];

/** What speaks for the type; empty where nothing has to. */
export function sayType({ kind, type: own, present }: ColumnProfile, type: LogicalType): string {
  if (kind !== 'text') return `${cut(own)} in the file`;
  return type === 'string' ? '' : `${say(present)} of ${say(present)} values`;
}

/** A type of many fields is as long as all their names. */
function cut(type: string): string {
  const characters = [...type];
  return characters.length <= LONGEST_TYPE ? type : `${characters.slice(0, LONGEST_TYPE - 1).join('')}…`;
}

/** Why a column with values has no type. */
export function sayUntyped({ form, type, ofType, present }: ColumnProfile): string {
  if (form === 'json') {
    const kinds = (['number', 'boolean', 'string', 'array', 'object'] as const).filter(one => ofType[one]);
    return `of several types: ${kinds.map(one => `${one} in ${say(ofType[one] ?? 0)}`).join(', ')} of ${say(present)} values`;
  }
  return ofType.number === undefined
    ? `of type ${cut(type)}, which the standard has no word for`
    : `${say(present - ofType.number)} of ${say(present)} values are NaN or infinite, and so no numbers`;
}
