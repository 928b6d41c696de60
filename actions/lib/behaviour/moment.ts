// Times of rows as they stand in tables: ISO 8601 texts or numbers since 1970. Always UTC; what has no offset is taken
// as UTC, so that no machine's time zone reaches a result.
import type { Moment } from '#lib/behaviour/contexts.ts';

const ISO =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?\s*(Z|[+-]\d{2}(?::?\d{2})?)?)?$/u;

/** @returns undefined for what is no time. */
export function readMoment(value: string | number): Moment | undefined {
  return typeof value === 'number' ? fromEpoch(value) : fromText(value.trim());
}

function fromText(text: string): Moment | undefined {
  const match = ISO.exec(text);
  if (!match) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match
    .slice(1, 7)
    .map(part => Number(part ?? 0));
  const written = new Date(Date.UTC(year, month - 1, day));
  // A day or month that the calendar lacks comes out as another one.
  const isDay = written.getUTCFullYear() === year && written.getUTCDate() === day;
  // ISO 8601 knows 24:00 and leap seconds.
  if (!isDay || hour > 24 || minute > 59 || second > 60 || (hour === 24 && minute + second > 0))
    return undefined;
  const milliseconds = written.getTime() + ((hour * 60 + minute - offsetOf(match[7])) * 60 + second) * 1000;
  return momentOf(milliseconds, match[4] !== undefined);
}

/** Minutes before UTC of `+02:00`, `-0530` or `+02`. */
function offsetOf(text: string | undefined): number {
  const [, sign, hours, minutes] = /^([+-])(\d{2}):?(\d{2})?$/u.exec(text ?? '') ?? [];
  return (sign === '-' ? -1 : 1) * (Number(hours ?? 0) * 60 + Number(minutes ?? 0));
}

/** Seconds from 1973 (10^8) on; ten times ten times more are milliseconds, and so on. Smaller numbers are no times. */
const UNITS = [
  { from: 1e8, perMillisecond: 0.001 },
  { from: 1e11, perMillisecond: 1 },
  { from: 1e14, perMillisecond: 1e3 },
  { from: 1e17, perMillisecond: 1e6 },
] as const;
const LAST = 1e19;

function fromEpoch(value: number): Moment | undefined {
  const unit = UNITS.findLast(({ from }) => value >= from);
  return unit && value < LAST ? momentOf(value / unit.perMillisecond, true) : undefined;
}

function momentOf(milliseconds: number, hasTime: boolean): Moment {
  const date = new Date(milliseconds);
  return {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    weekday: (date.getUTCDay() + 6) % 7,
    hour: hasTime ? date.getUTCHours() : undefined,
  };
}
