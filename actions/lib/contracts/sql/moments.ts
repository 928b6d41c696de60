// Texts in a pattern of the JDK as DuckDB reads them: a regular expression for how it is written, and strptime for what it
// means. Optional parts are written out, since strptime has none.
import type { Reading } from '#lib/contracts/check.ts';
import type { LogicalType } from '#lib/contracts/odcs-options.ts';
import { type FieldLetter, parseTimeFormat, type TimePart } from '#lib/contracts/time-format.ts';
import { quoteText } from '#lib/sql/dialect.ts';

interface Field {
  readonly pattern: string;
  readonly strptime: string;
}

const MONTHS = 'January February March April May June July August September October November December';
const LONG_MONTHS = MONTHS.split(' ');
/** More ways to leave parts out are not written out. */
const MOST_VARIANTS = 16;

/** One way to write a moment, without optional parts. */
interface Variant extends Field {
  readonly isZoned: boolean;
  readonly hasShortYear: boolean;
}

/** The moment that a text is in a pattern, NULL where it is none of the type; undefined for a pattern not understood. */
export function writtenMomentSql(
  text: string,
  type: LogicalType,
  { format = '', zone }: Reading,
): string | undefined {
  const { parts } = parseTimeFormat(format);
  if (!parts) return undefined;
  const cases = variantsOf(parts).map(
    variant =>
      `WHEN regexp_full_match(${text}, ${quoteText(variant.pattern)}) THEN ${parseSql(text, variant, { type, zone })}`,
  );
  return `CASE ${cases.join(' ')} END`;
}

/** Why a pattern cannot be read in SQL; undefined where it can. */
export function explainMoment(format: string): string | undefined {
  const { parts, reason } = parseTimeFormat(format);
  if (!parts) return reason;
  return variantsOf(parts).length > MOST_VARIANTS ? `${format} has too many optional parts` : undefined;
}

/** Whether a text in a pattern carries its zone, as SQL. */
export function isZonedSql(text: string, format: string): string {
  const zoned = variantsOf(parseTimeFormat(format).parts ?? []).filter(({ isZoned }) => isZoned);
  const terms = zoned.map(({ pattern }) => `regexp_full_match(${text}, ${quoteText(pattern)})`);
  return terms.length === 0 ? 'false' : `(${terms.join(' OR ')})`;
}

function parseSql(
  text: string,
  { strptime, isZoned, hasShortYear }: Variant,
  { type, zone }: { readonly type: LogicalType; readonly zone: string | undefined },
): string {
  const spelt = isZoned ? `regexp_replace(${text}, 'Z$', '+00')` : text;
  const parsed = `try_strptime(${spelt}, ${quoteText(strptime)})`;
  // The JDK takes two digits for a year from 2000 to 2099.
  const moment = hasShortYear
    ? `(${parsed} + CASE WHEN year(${parsed}) < 2000 THEN INTERVAL 100 YEARS ELSE INTERVAL 0 YEARS END)`
    : parsed;
  if (type === 'date') return `${moment}::DATE`;
  if (type === 'time') return `${moment}::TIMETZ`;
  return isZoned ? `${moment}::TIMESTAMP` : inZone(moment, zone);
}

/** The moment in UTC of a clock that stands in a zone. */
export function inZone(clock: string, zone: string | undefined): string {
  return zone === undefined ? clock : `timezone(${quoteText(zone)}, ${clock})::TIMESTAMP`;
}

function variantsOf(parts: readonly TimePart[]): readonly Variant[] {
  let variants: readonly Variant[] = [{ pattern: '', strptime: '', isZoned: false, hasShortYear: false }];
  for (const part of parts) {
    const next = part.kind === 'optional' ? [...variantsOf(part.parts), NOTHING] : [toVariant(part)];
    variants = variants.flatMap(start => next.map(end => join(start, end)));
    if (variants.length > MOST_VARIANTS) return variants;
  }
  return variants;
}

const NOTHING: Variant = { pattern: '', strptime: '', isZoned: false, hasShortYear: false };

function join(start: Variant, end: Variant): Variant {
  return {
    pattern: start.pattern + end.pattern,
    strptime: start.strptime + end.strptime,
    isZoned: start.isZoned || end.isZoned,
    hasShortYear: start.hasShortYear || end.hasShortYear,
  };
}

function toVariant(part: Exclude<TimePart, { kind: 'optional' }>): Variant {
  if (part.kind === 'literal') {
    const pattern = part.text.replace(/[\\^$.|?*+()[\]{}]/gu, String.raw`\$&`);
    return { ...NOTHING, pattern, strptime: part.text.replaceAll('%', '%%') };
  }
  const { letter, width } = part;
  return {
    ...fieldOf(letter, width),
    isZoned: 'XxZ'.includes(letter),
    hasShortYear: letter === 'y' && width === 2,
  };
}

const SPECIFIERS: Readonly<Record<Exclude<FieldLetter, 'y' | 'M' | 'X' | 'x' | 'Z'>, string>> = {
  ...{ d: '%d', H: '%H', h: '%I', m: '%M', s: '%S', S: '%f', a: '%p' },
};

function fieldOf(letter: FieldLetter, width: number): Field {
  const digits = width === 1 && letter !== 'S' ? String.raw`\d{1,2}` : String.raw`\d{${width}}`;
  switch (letter) {
    case 'y':
      return { pattern: digits, strptime: width === 2 ? '%y' : '%Y' };
    case 'M': {
      if (width <= 2) return { pattern: digits, strptime: '%m' };
      const names = width === 3 ? LONG_MONTHS.map(name => name.slice(0, 3)) : LONG_MONTHS;
      return { pattern: `(?:${names.join('|')})`, strptime: width === 3 ? '%b' : '%B' };
    }
    case 'X':
    case 'x':
    case 'Z':
      return { pattern: zonePattern(letter, width), strptime: '%z' };
    case 'a':
      return { pattern: '(?:AM|PM)', strptime: '%p' };
    default:
      return { pattern: digits, strptime: SPECIFIERS[letter] };
  }
}

function zonePattern(letter: 'X' | 'x' | 'Z', width: number): string {
  const hours = String.raw`[+-](?:0\d|1[0-8])`;
  const minutes = String.raw`[0-5]\d`;
  if (letter === 'Z') return width === 5 ? `(?:Z|${hours}:${minutes})` : `${hours}${minutes}`;
  const forms = [`${hours}(?:${minutes})?`, `${hours}${minutes}`, `${hours}:${minutes}`];
  return `(?:${letter === 'X' ? 'Z|' : ''}${forms[width - 1]})`;
}
