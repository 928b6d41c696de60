// Small random steps of a numeric column. A whole-number column steps by whole numbers, and stays as it is where its
// step would round to less than one: one room more or one day later is another case, not nearly the same one.
import type { Random } from '#lib/stats/random.ts';
import type { Table } from '#lib/tables/table.ts';

/** What the training rows hold of a numeric column. */
export interface Range {
  readonly low: number;
  readonly high: number;
  /** All present values are whole numbers. */
  readonly isWhole: boolean;
}

/** Of every numeric column with a value; missing values do not count. */
export function rangesOf(table: Table): ReadonlyMap<string, Range> {
  const ranges = new Map<string, Range>();
  for (const column of table.columns) {
    if (column.kind === 'string') continue;
    const present = column.values.filter(value => Number.isFinite(value));
    if (present.length === 0) continue;
    let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (const value of present) [low, high] = [Math.min(low, value), Math.max(high, value)];
    ranges.set(column.name, { low, high, isWhole: present.every(Number.isInteger) });
  }
  return ranges;
}

/**
 * The largest step that is this share of the range, in the unit of the column.
 * @returns 0 for a column that holds one value, or counts in steps larger than that.
 */
export function stepOf({ low, high, isWhole }: Range, share: number): number {
  const step = (high - low) * share;
  return isWhole ? Math.round(step) : step;
}

/**
 * The value moved by a random step of at most `step`, never by nothing; turned around at the ends of the range, so
 * that no row moves less for lying there. Missing stays missing.
 */
export function jittered(
  value: number,
  { low, high, isWhole }: Range,
  { step, random }: JitterOptions,
): number {
  if (Number.isNaN(value) || step === 0) return value;
  const sign = random.integer(2) === 0 ? -1 : 1;
  const size = isWhole ? 1 + random.integer(step) : (1 - random.next()) * step;
  const moved = value + sign * size;
  const isOutside = moved < Math.min(low, value) || moved > Math.max(high, value);
  return isOutside ? value - sign * size : moved;
}

interface JitterOptions {
  /** From `stepOf`. */
  readonly step: number;
  readonly random: Random;
}
