// What a text holds in a logical type, as DuckDB finds out: its form is checked before it is cast, since casts take more than
// the standard does.
import type { Reading } from '#lib/contracts/check.ts';
import type { LogicalType } from '#lib/contracts/odcs-options.ts';
import { inZone, isZonedSql, writtenMomentSql } from '#lib/contracts/sql/moments.ts';
import { numberOf } from '#lib/sql/dialect.ts';

/** A name for an expression over the columns of a relation, where others can use it; itself where it has to be repeated. */
export type Hold = (sql: string) => string;

export const repeat: Hold = sql => sql;

const DAY = String.raw`\d{4}-\d{2}-\d{2}`;
/** The same, in half the time of a regular expression. */
const DAY_GLOB = '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]';
const CLOCK = String.raw`([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d+)?)?`;
const ZONE = String.raw`(Z|[+-][01]\d(:?[0-5]\d)?)?`;

/**
 * The value of a text in its type, NULL where it holds none. Dates and times are ISO 8601 and, without a zone, UTC, unless
 * the reading says otherwise.
 */
export function typedText(
  text: string,
  type: LogicalType,
  reading: Reading = {},
  hold: Hold = repeat,
): string {
  const { format, zone } = reading;
  if (format !== undefined && (type === 'date' || type === 'timestamp' || type === 'time'))
    return writtenMomentSql(text, type, reading) ?? 'NULL';
  const where = (form: string, value: string) =>
    `CASE WHEN regexp_full_match(${text}, '${form}') THEN ${value} END`;
  switch (type) {
    case 'integer':
      return `CASE WHEN ${numberOf(text)} = trunc(${numberOf(text)}) THEN ${numberOf(text)} END`;
    case 'number':
      return numberOf(text);
    case 'boolean':
      return `CASE WHEN ${text} IN ('true', 'false') THEN ${text} WHEN lower(${text}) IN ('true', 'false') THEN lower(${text}) END`;
    case 'date':
      return `CASE WHEN ${text} GLOB '${DAY_GLOB}' THEN TRY_CAST(${text} AS DATE) END`;
    case 'timestamp':
      return isoMomentSql(text, zone, hold);
    case 'time': {
      const withSeconds = `regexp_replace(${text}, '^(..:..)([^:]|$)', '\\1:00\\2')`;
      return where(`${CLOCK}${ZONE}`, `TRY_CAST(${spellZone(withSeconds)} AS TIMETZ)`);
    }
    default:
      return text;
  }
}

/**
 * A moment as TIMESTAMP, in UTC. Most texts have neither zone nor fraction, and are then what the moment itself is written
 * as: to see that, or a T at its place, takes a fifth of the time of a regular expression.
 */
function isoMomentSql(text: string, zone: string | undefined, hold: Hold): string {
  const moment = hold(`TRY_CAST(${text} AS TIMESTAMP)`);
  const local = inZone(moment, zone);
  const isPlain = `strlen(${text}) = 19`;
  const isDigits = `${text} >= '0' AND ${text} < ':' AND substr(${text}, 12, 2) < '24'`;
  // Each a case of its own: of an OR the engine sorts the rows that either side has found.
  return [
    `CASE WHEN ${isPlain} AND ${moment}::VARCHAR = ${text} THEN ${local}`,
    `WHEN ${isPlain} AND ${text} LIKE '____-__-__T__:__:__' AND ${isDigits} THEN ${local}`,
    ...(zone === undefined ? [] : [`WHEN regexp_full_match(${text}, '${DAY}[ T]${CLOCK}') THEN ${local}`]),
    `WHEN regexp_full_match(${text}, '${DAY}[ T]${CLOCK}${ZONE}') THEN TRY_CAST(${spellZone(text)} AS TIMESTAMPTZ)::TIMESTAMP END`,
  ].join('\n      ');
}

/** Whether a text carries a zone, as a boolean. */
export function zonedText(text: string, { format }: Reading = {}): string {
  return format === undefined
    ? `regexp_matches(${text}, '[T ]?\\d{2}(:\\d{2})+(\\.\\d+)?(Z|[+-]\\d{2}(:?\\d{2})?)$')`
    : isZonedSql(text, format);
}

/** An offset as the casts read it in full: `Z` and `+0230` become `+00` and `+02:30`. */
function spellZone(text: string): string {
  return `regexp_replace(replace(${text}, 'Z', '+00'), '([+-]\\d{2})(\\d{2})$', '\\1:\\2')`;
}
