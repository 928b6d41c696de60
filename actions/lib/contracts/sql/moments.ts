// Texts in a pattern of the JDK as DuckDB reads them: a regular expression for how it is written, and strptime for what it
// means. Optional parts are written out, since strptime has none.
import type { Reading } from '#lib/contracts/check.ts';
import type { LogicalType } from '#lib/contracts/odcs-options.ts';
import { type FieldLetter, isZone, parseTimeFormat, type TimePart } from '#lib/contracts/time-format.ts';
import { quoteText } from '#lib/sql/dialect.ts';

interface Field {
  readonly pattern: string;
  readonly strptime: string;
}

const MONTHS = 'January February March April May June July August September October November December';
const LONG_MONTHS = MONTHS.split(' ');
/** More ways to leave parts out are not written out. */
const MOST_VARIANTS = 16;

const DAYS = 'Monday Tuesday Wednesday Thursday Friday Saturday Sunday'.split(' ');

/** One way to write a moment, without optional parts. */
interface Variant extends Field {
  /** How the clock is read, without its zone. */
  readonly clock: string;
  /** Of the zone at the end; empty where there is none. */
  readonly zone: string;
  readonly hasShortYear: boolean;
  /** What strptime passes over, in the order of the groups of the pattern: the day has to have it. */
  readonly proofs: readonly string[];
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
  const zoned = variantsOf(parseTimeFormat(format).parts ?? []).filter(({ zone }) => zone !== '');
  const terms = zoned.map(({ pattern }) => `regexp_full_match(${text}, ${quoteText(pattern)})`);
  return terms.length === 0 ? 'false' : `(${terms.join(' OR ')})`;
}

function parseSql(
  text: string,
  variant: Variant,
  { type, zone }: { readonly type: LogicalType; readonly zone: string | undefined },
): string {
  const { strptime, zone: written } = variant;
  const isZoned = written !== '';
  const spelt = isZoned && written !== REGION ? `regexp_replace(${text}, 'Z$', '+00')` : text;
  const moment = proven(text, variant, readSql(spelt, strptime, variant));
  if (type === 'date') return `${moment}::DATE`;
  if (type === 'time') return `${moment}::TIMETZ`;
  return isZoned ? `${moment}::TIMESTAMP` : inZone(moment, zone);
}

function readSql(text: string, strptime: string, { hasShortYear }: Variant): string {
  const parsed = `try_strptime(${text}, ${quoteText(strptime)})`;
  // The JDK takes two digits for a year from 2000 to 2099.
  return hasShortYear
    ? `(${parsed} + CASE WHEN year(${parsed}) < 2000 THEN INTERVAL 100 YEARS ELSE INTERVAL 0 YEARS END)`
    : parsed;
}

/** The moment where the day in its own zone has the name that the text gives it, and the year so many days. */
function proven(text: string, variant: Variant, moment: string): string {
  const { pattern, clock, zone, proofs } = variant;
  const isDay =
    /%[Yy]/u.test(clock) && (clock.includes('%j') || (clock.includes('%d') && /%[mbB]/u.test(clock)));
  if (proofs.length === 0 || !isDay) return moment;
  const local = zone === '' ? text : `regexp_replace(${text}, ${quoteText(`(?:${zone})$`)}, '')`;
  const terms = proofs.map((specifier, i) => {
    const found = `regexp_extract(${text}, ${quoteText(`^(?:${pattern})$`)}, ${i + 1})`;
    const day = `strftime(${readSql(local, clock, variant)}, '${specifier}')`;
    return `${day} = ${specifier === '%j' ? `lpad(${found}, 3, '0')` : found}`;
  });
  return `CASE WHEN ${terms.join(' AND ')} THEN ${moment} END`;
}

/** The moment in UTC of a clock that stands in a zone. */
export function inZone(clock: string, zone: string | undefined): string {
  return zone === undefined ? clock : `timezone(${quoteText(zone)}, ${clock})::TIMESTAMP`;
}

function variantsOf(parts: readonly TimePart[]): readonly Variant[] {
  let variants: readonly Variant[] = [NOTHING];
  for (const part of parts) {
    const next = part.kind === 'optional' ? [...variantsOf(part.parts), NOTHING] : toVariants(part);
    variants = variants.flatMap(start => next.map(end => join(start, end)));
    if (variants.length > MOST_VARIANTS) return variants;
  }
  return variants;
}

const NOTHING: Variant = {
  ...{ pattern: '', strptime: '', clock: '', zone: '' },
  ...{ hasShortYear: false, proofs: [] },
};

function join(start: Variant, end: Variant): Variant {
  return {
    pattern: start.pattern + end.pattern,
    strptime: start.strptime + end.strptime,
    clock: start.clock + end.clock,
    zone: start.zone + end.zone,
    proofs: [...start.proofs, ...end.proofs],
    hasShortYear: start.hasShortYear || end.hasShortYear,
  };
}

function toVariants(part: Exclude<TimePart, { kind: 'optional' }>): readonly Variant[] {
  if (part.kind === 'literal') {
    const pattern = part.text.replace(/[\\^$.|?*+()[\]{}]/gu, String.raw`\$&`);
    const strptime = part.text.replaceAll('%', '%%');
    return [{ ...NOTHING, pattern, strptime, clock: strptime }];
  }
  const { letter, width } = part;
  const field = fieldOf(letter, width);
  if (isZone(letter)) {
    // A name stands for itself, and where it is an offset, for that.
    const fields = letter === 'V' ? [field, { pattern: zonePattern('X', 3), strptime: '%z' }] : [field];
    return fields.map(one => ({ ...NOTHING, ...one, zone: one.pattern }));
  }
  const isProven = letter === 'D' || letter === 'E';
  return [
    {
      ...{ ...NOTHING, ...field, clock: field.strptime },
      pattern: isProven ? `(${field.pattern})` : field.pattern,
      hasShortYear: letter === 'y' && width === 2,
      proofs: isProven ? [field.strptime] : [],
    },
  ];
}

/** Names of zones, as the time zone database writes them. */
const REGION = String.raw`[A-Z][A-Za-z0-9_+-]+(?:/[A-Z][A-Za-z0-9_+-]*)*`;

const SPECIFIERS: Readonly<
  Record<Exclude<FieldLetter, 'y' | 'M' | 'D' | 'E' | 'X' | 'x' | 'Z' | 'V'>, string>
> = {
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
    case 'D':
      return { pattern: width === 1 ? String.raw`\d{1,3}` : digits, strptime: '%j' };
    case 'E': {
      const names = width < 4 ? DAYS.map(name => name.slice(0, 3)) : DAYS;
      return { pattern: names.join('|'), strptime: width < 4 ? '%a' : '%A' };
    }
    case 'V':
      return { pattern: REGION, strptime: '%Z' };
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
