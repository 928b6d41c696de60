// Whether one value breaks one rule of its column, in plain JavaScript: no SQL, and nothing of the program that is tested.
import { type Column, isNestedType, type Value } from './planted-table.ts';

/** How the values lie in the data. */
export type Form = 'text' | 'json' | 'native';

/** A rule of a column, and which values break it; values that are missing are asked for by `required` alone. */
export interface ValueRule {
  readonly id: string;
  readonly breaks: (value: Value) => boolean;
  readonly isOfType?: boolean;
  readonly isRequired?: boolean;
}

type Item = Omit<Column, 'name'>;
type Present = Exclude<Value, null>;

/** The rules of a column or of what is within one that are about single values. */
export function valueRules(item: Item, form: Form): readonly ValueRule[] {
  const { logicalType: type, logicalTypeOptions: options = {}, enum: allowed } = item;
  const present = (id: string, breaks: (value: Present) => boolean): ValueRule => ({
    id,
    breaks: value => value !== null && breaks(value),
  });
  const typeRule = { ...present('type', value => !isOfType(value, type ?? 'string')), isOfType: true };
  return [
    ...(type === undefined || (form === 'text' && type === 'string') ? [] : [typeRule]),
    ...(item.required || item.primaryKey
      ? [{ id: 'required', isRequired: true, breaks: (value: Value) => value === null }]
      : []),
    ...Object.entries(options).flatMap(([option, limit]) => {
      // These ask for nothing of their own.
      const isOmitted = option === 'defaultTimezone' || limit === false || limit === 'yyyy-MM-dd';
      return isOmitted && option !== 'timezone'
        ? []
        : [present(option, value => breaksOption(value, option, { type, limit, options }))];
    }),
    ...(allowed
      ? [
          present(
            'enum',
            value =>
              !isAmong(
                value,
                allowed.map(one => one.value),
              ),
          ),
        ]
      : []),
  ];
}

interface Option {
  readonly type: string | undefined;
  readonly limit: unknown;
  readonly options: Readonly<Record<string, unknown>>;
}

function breaksOption(value: Present, option: string, { type = '', limit, options }: Option): boolean {
  switch (option) {
    case 'minimum':
      return compareBound(value, limit, { type, options }) < 0;
    case 'maximum':
      return compareBound(value, limit, { type, options }) > 0;
    case 'exclusiveMinimum':
      return compareBound(value, limit, { type, options }) <= 0;
    case 'exclusiveMaximum':
      return compareBound(value, limit, { type, options }) >= 0;
    case 'multipleOf':
      return typeof value === 'number' && !isMultiple(value, Number(limit));
    case 'minLength':
      return [...textOf(value)].length < Number(limit);
    case 'maxLength':
      return [...textOf(value)].length > Number(limit);
    case 'pattern':
      return !new RegExp(String(limit), 'u').test(textOf(value));
    case 'format':
      return breaksFormat(value, String(limit), type);
    case 'timezone':
      return /\d(Z|[+-]\d\d:\d\d)$/.test(String(value)) !== limit;
    case 'minItems':
      return Array.isArray(value) && value.length < Number(limit);
    case 'maxItems':
      return Array.isArray(value) && value.length > Number(limit);
    case 'uniqueItems':
      return Array.isArray(value) && new Set(value.map(one => JSON.stringify(one))).size < value.length;
    case 'minProperties':
      return isMap(value) && members(value).length < Number(limit);
    case 'maxProperties':
      return members(value).length > Number(limit);
    case 'required':
      return (limit as readonly string[]).some(name => isMap(value) && (value[name] ?? null) === null);
    default:
      throw new Error(`the judge does not know ${option}`);
  }
}

/** Not a number where the value is not of the type: nothing is beyond anything then. */
function compareBound(value: Present, bound: unknown, { type, options }: Omit<Option, 'limit'>): number {
  if (type === 'number') return typeof value === 'number' ? value - Number(bound) : Number.NaN;
  if (type === 'integer') return Number.isInteger(value) ? Number(value) - Number(bound) : Number.NaN;
  if (!isOfType(value, type ?? '')) return Number.NaN;
  const zone = options.defaultTimezone === 'Etc/GMT-3' ? '+03:00' : 'Z';
  return momentOf(String(value), zone) - momentOf(String(bound), zone);
}

/** Milliseconds since 1970; a time of day is one of that day. */
function momentOf(text: string, zone: string): number {
  const [, day = '1970-01-01', clock = '00:00:00', own = zone] =
    /^(\d{4}-\d\d-\d\d)?[ T]?(\d\d:\d\d(?::\d\d)?)?(Z|[+-]\d\d:\d\d)?$/.exec(text) ?? [];
  return Date.parse(`${day}T${clock}${own}`);
}

const DAY = /^\d{4}-\d\d-\d\d$/;
const CLOCK = /^([01]\d|2[0-3]):[0-5]\d:[0-5]\d$/;

function isDay(text: string): boolean {
  const time = Date.parse(`${text}T00:00:00Z`);
  return DAY.test(text) && Number.isFinite(time) && new Date(time).toISOString().startsWith(text);
}

/** Whether a value is one of the type, of those that are planted. */
function isOfType(value: Present, type: string): boolean {
  if (type === 'integer') return Number.isInteger(value);
  if (type === 'array') return Array.isArray(value);
  if (type === 'object') return isMap(value);
  if (type === 'number' || type === 'boolean' || type === 'string') return typeof value === type;
  if (typeof value !== 'string') return false;
  if (type === 'date') return isDay(value);
  if (type === 'time') return CLOCK.test(value);
  const [day = '', clock = ''] = value.replace(/(Z|[+-]\d\d:\d\d)$/, '').split(' ');
  return isDay(day) && CLOCK.test(clock);
}

/** One divided by the other in whole numbers, after the decimal places of both are shifted away. */
function isMultiple(value: number, of: number): boolean {
  // The only ones so large that are planted are a digit and zeros.
  if (Math.abs(value) >= 1e21) return true;
  const [a, b] = [value, of].map(one => /^-?(\d+)(?:\.(\d+))?$/.exec(one.toFixed(6)) ?? []);
  if (value !== Number(value.toFixed(6)) || !a || !b) return false;
  return BigInt(`${a[1]}${a[2]}`) % BigInt(`${b[1]}${b[2]}`) === 0n;
}

/** Least and greatest value of each width. */
const WIDTHS: Readonly<Record<string, readonly [number, number]>> = {
  ...{ i8: [-128, 127], i16: [-32768, 32767], i32: [-2147483648, 2147483647] },
  ...{ u8: [0, 255], u16: [0, 65535], u32: [0, 4294967295] },
  ...{ i64: [-1e18, 1e18], i128: [-1e18, 1e18], u64: [0, 1e18], u128: [0, 1e18] },
};
/** The texts that are planted under a format: those that have it, by the RFC that it is from. */
export const FORMATTED: Readonly<Record<string, readonly string[]>> = {
  email: ['a@example.org', 'x.y+z@mail.example.org'],
  uuid: ['123e4567-e89b-12d3-a456-426614174000', '00000000-0000-0000-0000-00000000000A'],
  ipv4: ['10.0.0.1', '255.255.255.255'],
  hostname: ['example.org', 'a-b.c'],
  date: ['2024-02-29', '1999-12-31'],
};

function breaksFormat(value: Present, format: string, type: string): boolean {
  if (format === 'hostname') return !textOf(value).split('.').every(isLabel);
  if (type === 'string') return !(FORMATTED[format] ?? []).includes(textOf(value));
  if (format === 'f64') return false;
  if (format === 'f32') return typeof value === 'number' && Math.abs(value) > 3.4028235e38;
  const width = WIDTHS[format];
  if (width) return Number.isInteger(value) && (Number(value) < width[0] || Number(value) > width[1]);
  if (format === 'dd.MM.yyyy') return typeof value !== 'string' || !isDay(value);
  const [day = '', clock = '', more] = String(value).split(' ');
  return !isDay(day) || !CLOCK.test(clock) || more !== undefined;
}

/** RFC 1123, 2.1: letters, digits and hyphens, no hyphen first or last. */
function isLabel(text: string): boolean {
  return /^[A-Za-z0-9-]{1,63}$/.test(text) && !text.startsWith('-') && !text.endsWith('-');
}

/** A value as text: lists and objects as JSON has them. */
function textOf(value: Present): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** Numbers are compared to numbers, texts to texts; a null in the list is no value. */
export function isAmong(value: Present, list: readonly (string | number | boolean | null)[]): boolean {
  return list.some(
    one => one !== null && (typeof one === 'number' ? value === one : String(value) === String(one)),
  );
}

export function isMap(value: Value): value is { readonly [name: string]: Value } {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

function members(value: Value): readonly string[] {
  return isMap(value) ? Object.keys(value).filter(name => value[name] !== null) : [];
}

/** True where a form has no place for the values of a column. */
export function isUnchecked({ logicalType }: Item, form: Form): boolean {
  return form === 'text' && isNestedType(logicalType);
}
