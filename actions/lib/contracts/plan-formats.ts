// How values are written, as checks: formats of texts and numbers, patterns of dates and times, zones. A format that cannot
// be told from a value is planned as skipped.
import type { Check, Condition, Measure, Reading } from '#lib/contracts/check.ts';
import type { LogicalType, TypeOptions } from '#lib/contracts/odcs-options.ts';
import { explainMoment } from '#lib/contracts/sql/moments.ts';
import { TEXT_FORMATS } from '#lib/contracts/sql/text-formats.ts';

/** Begins the check of one option. */
export type OfOption = (option: string, says: string, measure: Measure) => Check;

export interface FormattedColumn {
  readonly column: string;
  readonly type: LogicalType;
  readonly options: TypeOptions;
  /** True where values are text whatever they mean. */
  readonly isText: boolean;
}

const MOMENTS: readonly LogicalType[] = ['date', 'timestamp', 'time'];
const DAY = '(yyyy|uuuu)-MM-dd';
const CLOCK = String.raw`HH:mm(:ss(\.S+)?)?`;
const ZONE = "(X{1,3}|x{1,3}|Z|ZZZZZ|'Z')?";
/** The JDK formats whose values are ISO 8601, which is what a file is read as. */
const ISO: Readonly<Partial<Record<LogicalType, RegExp>>> = {
  date: new RegExp(`^${DAY}$`),
  timestamp: new RegExp(`^${DAY}( |'T')${CLOCK}${ZONE}$`),
  time: new RegExp(`^${CLOCK}${ZONE}$`),
};

/** Why texts of a column cannot be read in their type; undefined where they can. */
export function explainFormat(type: LogicalType, options: TypeOptions): string | undefined {
  const { format } = options;
  if (format === undefined || !MOMENTS.includes(type) || ISO[type]?.test(format)) return undefined;
  return explainMoment(format) ?? explainNamedZone(type, format);
}

/** VV is the name of a zone, in quotes it is none. */
function explainNamedZone(type: LogicalType, format: string): string | undefined {
  const isNamed = type === 'time' && format.replaceAll(/'[^']*'/gu, '').includes('VV');
  return isNamed ? 'a time of day in a named zone depends on the day' : undefined;
}

/** How texts of a column are read as moments; undefined for ISO 8601 in UTC. */
export function readingOf(type: LogicalType, options: TypeOptions): Reading | undefined {
  const { format, defaultTimezone: zone } = options;
  const isPlain = format === undefined || !MOMENTS.includes(type) || ISO[type]?.test(format) === true;
  const own = isPlain || explainMoment(format) !== undefined ? {} : { format };
  const zoned = zone !== undefined && type === 'timestamp' && isZone(zone) ? { zone } : {};
  const reading: Reading = { ...own, ...zoned };
  return Object.keys(reading).length > 0 ? reading : undefined;
}

/** Why the bounds of a column mean nothing; undefined where they do. */
export function explainZone(type: LogicalType, { defaultTimezone: zone }: TypeOptions): string | undefined {
  if (zone === undefined || !MOMENTS.includes(type)) return undefined;
  if (!isZone(zone)) return `there is no time zone ${zone}`;
  const isUtc = ['Etc/UTC', 'UTC', 'Etc/GMT', 'GMT'].includes(zone);
  return type === 'time' && !isUtc ? 'a time of day in a zone depends on the day' : undefined;
}

function isZone(name: string): boolean {
  try {
    return (
      /^[A-Za-z]/u.test(name) && new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions() !== null
    );
  } catch {
    return false;
  }
}

/** The checks of format, timezone and defaultTimezone. */
export function planFormats(formatted: FormattedColumn, check: OfOption): readonly Check[] {
  const { column, type, options } = formatted;
  const { timezone } = options;
  const zone = explainZone(type, options);
  return [
    ...planFormat(formatted, check),
    ...(timezone === undefined
      ? []
      : [
          check(
            'timezone',
            `${column} carries ${timezone ? 'its' : 'no'} time zone`,
            zoneMeasure(formatted, timezone),
          ),
        ]),
    ...(zone === undefined
      ? []
      : [
          check('defaultTimezone', `${column} without a time zone is in ${options.defaultTimezone}`, {
            kind: 'skipped',
            reason: zone,
          }),
        ]),
  ];
}

function zoneMeasure({ column, type, options, isText }: FormattedColumn, isZoned: boolean): Measure {
  const reason = isText ? explainFormat(type, options) : undefined;
  if (reason !== undefined) return { kind: 'skipped', reason };
  const { format } = readingOf(type, options) ?? {};
  const reading = format === undefined ? {} : { reading: { format } };
  return where({ kind: 'zone-differs', column, isZoned, ...reading });
}

function planFormat(formatted: FormattedColumn, check: OfOption): readonly Check[] {
  const { column, type, options } = formatted;
  const { format } = options;
  if (format === undefined) return [];
  if (MOMENTS.includes(type)) return planMoments(formatted, format, check);
  if (type === 'integer' || type === 'number')
    return [check('format', `${column} fits ${format}`, where({ kind: 'not-of-format', column, format }))];
  const measure: Measure = TEXT_FORMATS.includes(format)
    ? where({ kind: 'not-of-format', column, format })
    : { kind: 'skipped', reason: `whether a text is of the format ${format} cannot be told from it` };
  return [check('format', `${column} has the format ${format}`, measure)];
}

function planMoments(
  { column, type, options }: FormattedColumn,
  format: string,
  check: OfOption,
): readonly Check[] {
  // A date of the form yyyy-MM-dd is what the type check asks for anyway.
  if (type === 'date' && ISO.date?.test(format)) return [];
  const reason = explainMoment(format) ?? explainFormat(type, options);
  const measure: Measure =
    reason === undefined
      ? where({ kind: 'not-of-type', column, type, reading: { format } })
      : { kind: 'skipped', reason };
  return [check('format', `${column} is written as ${format}`, measure)];
}

function where(condition: Condition): Measure {
  return { kind: 'rows-where', condition };
}
