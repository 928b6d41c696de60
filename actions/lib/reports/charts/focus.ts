// What an axis should span. One value far from all others would squeeze those into a single spot, so it stays
// outside and is shown as an arrow at the edge with its number in words: less exact to the eye, but the rest can be told apart.
import type { Scale } from '#lib/reports/charts/axis.ts';
import { isDrawable, positionOn } from '#lib/reports/charts/axis.ts';

/** The values of one row: they stay in view or leave it together. */
export interface Group {
  readonly values: readonly number[];
  /** Never left outside, such as the selected algorithm. */
  readonly isKept?: boolean | undefined;
}

interface Extent {
  readonly low: number;
  readonly high: number;
}

/** Empty space between a row and the rest, as a multiple of what the rest spans, that puts the row outside. */
const rowLimit = 3;
/** The same for a line to compare with, which is worth less room than the rows. */
const referenceLimit = 1;

/** The values an axis must show so that rows stay apart; at least two rows stay. */
export function valuesInFocus(groups: readonly Group[], reference: number | undefined): readonly number[] {
  const rows = withoutOutliers(groups.filter(group => group.values.some(isDrawable)));
  const values = rows.flatMap(group => group.values.filter(isDrawable));
  const isNear = reference !== undefined && !isFar([reference], values, referenceLimit);
  return isNear ? [...values, reference] : values;
}

function withoutOutliers(groups: readonly Group[]): readonly Group[] {
  if (groups.length < 3) return groups;
  const outlier = groups.find((group, i) => {
    const rest = groups.filter((_, j) => j !== i).flatMap(other => other.values);
    return !group.isKept && isFar(group.values, rest, rowLimit);
  });
  return outlier ? withoutOutliers(groups.filter(group => group !== outlier)) : groups;
}

/** True when the space between both is more than `limit` times what the rest spans; a single point spans nothing. */
function isFar(values: readonly number[], rest: readonly number[], limit: number): boolean {
  const [own, others] = [extentOf(values), extentOf(rest)];
  if (!own || !others) return false;
  const space = Math.max(own.low - others.high, others.low - own.high);
  return others.high > others.low && space > limit * (others.high - others.low);
}

function extentOf(values: readonly number[]): Extent | undefined {
  const drawable = values.filter(isDrawable);
  const [first] = drawable;
  if (first === undefined) return undefined;
  const low = drawable.reduce((least, value) => Math.min(least, value), first);
  return { low, high: drawable.reduce((most, value) => Math.max(most, value), first) };
}

/** Where a value is seen: from 0 to 1 on the axis, beyond one of its ends, or nowhere for what is no number. */
export type Spot = number | 'below' | 'above' | undefined;

/** The spot of a value; `Infinity` lies above every axis. */
export function spotOn(scale: Scale, value: number): Spot {
  if (Number.isNaN(value)) return undefined;
  return positionOn(scale, value) ?? (value < scale.low ? 'below' : 'above');
}
