// Which numbers keep a limit, as intervals: a limit is looser than another when everything that keeps the other keeps it
// too. This knows of all eight operators, and that a number of rows is whole and never below 0.
import type { Effect } from '#lib/contracts/changes/change.ts';
import type { Operator } from '#lib/contracts/odcs-quality.ts';

/** `isOpen` where the end itself is not in it. */
interface End {
  readonly value: number;
  readonly isOpen: boolean;
}
export interface Interval {
  readonly low: End;
  readonly high: End;
}

/** Which numbers a rule can measure. */
export interface Measured {
  readonly isWhole: boolean;
  readonly low: number;
  readonly high: number;
}

const closed = (value: number): End => ({ value, isOpen: false });
const open = (value: number): End => ({ value, isOpen: true });
const ends = (low: End, high: End): Interval => ({ low, high });

/** The numbers that keep a limit, in order; undefined where the operand is no number. */
export function limitSet(
  operator: Operator,
  operand: unknown,
  { isWhole, low, high }: Measured,
): readonly Interval[] | undefined {
  const numbers = (Array.isArray(operand) ? operand : [operand]).filter(
    (value): value is number => typeof value === 'number' && Number.isFinite(value),
  );
  const [a, b = Number.NaN] = numbers;
  const needsTwo = operator === 'mustBeBetween' || operator === 'mustNotBeBetween';
  if (a === undefined || numbers.length !== (needsTwo ? 2 : 1)) return undefined;
  const [bottom, top] = [closed(low), closed(high)];
  const sets: Readonly<Record<Operator, readonly Interval[]>> = {
    mustBe: [ends(closed(a), closed(a))],
    mustNotBe: [ends(bottom, open(a)), ends(open(a), top)],
    mustBeGreaterThan: [ends(open(a), top)],
    mustBeGreaterOrEqualTo: [ends(closed(a), top)],
    mustBeLessThan: [ends(bottom, open(a))],
    mustBeLessOrEqualTo: [ends(bottom, closed(a))],
    // The standard's prose leaves both ends out.
    mustBeBetween: [ends(open(a), open(b))],
    mustNotBeBetween: [ends(bottom, closed(a)), ends(closed(b), top)],
  };
  const within = sets[operator].map(one => clip(one, bottom, top));
  return join((isWhole ? within.map(toWhole) : within).filter(isFilled), isWhole);
}

function clip({ low, high }: Interval, bottom: End, top: End): Interval {
  return ends(compareLow(low, bottom) < 0 ? bottom : low, compareHigh(high, top) > 0 ? top : high);
}

function toWhole({ low, high }: Interval): Interval {
  const first = low.isOpen ? Math.floor(low.value) + 1 : Math.ceil(low.value);
  const last = high.isOpen ? Math.ceil(high.value) - 1 : Math.floor(high.value);
  return ends(closed(first), closed(last));
}

function isFilled({ low, high }: Interval): boolean {
  return low.value < high.value || (low.value === high.value && !low.isOpen && !high.isOpen);
}

/** Neighbours become one: 0 to 2 and 3 to 5 hold the same whole numbers as 0 to 5. */
function join(intervals: readonly Interval[], isWhole: boolean): readonly Interval[] {
  const joined: Interval[] = [];
  for (const next of intervals) {
    const last = joined.at(-1);
    const gap = last === undefined ? Number.POSITIVE_INFINITY : next.low.value - last.high.value;
    const touches =
      gap < 0 || (gap === 0 && !(next.low.isOpen && last?.high.isOpen)) || (isWhole && gap <= 1);
    if (last && touches) joined.splice(-1, 1, ends(last.low, next.high));
    else joined.push(next);
  }
  return joined;
}

/** An open low end begins after the number itself. */
function compareLow(a: End, b: End): number {
  return a.value === b.value ? Number(a.isOpen) - Number(b.isOpen) : a.value - b.value;
}

function compareHigh(a: End, b: End): number {
  return a.value === b.value ? Number(b.isOpen) - Number(a.isOpen) : a.value - b.value;
}

function isWithin(inner: readonly Interval[], outer: readonly Interval[]): boolean {
  return inner.every(one =>
    outer.some(other => compareLow(one.low, other.low) >= 0 && compareHigh(one.high, other.high) <= 0),
  );
}

/** What became of a limit; undefined where the same numbers keep it. */
export function compareSets(base: readonly Interval[], head: readonly Interval[]): Effect | undefined {
  return effectOf(isWithin(base, head), isWithin(head, base));
}

/** From whether all that was fine is fine now, and all that is fine now was fine before. */
export function effectOf(oldIsFineNow: boolean, newWasFine: boolean): Effect | undefined {
  if (oldIsFineNow) return newWasFine ? undefined : 'loosened';
  return newWasFine ? 'tightened' : 'reworked';
}

/** Whether measuring more can only break the limit, or only keep it; undefined where it depends. */
export function moreIs(set: readonly Interval[], { low, high }: Measured): 'worse' | 'better' | undefined {
  const [only, ...others] = set;
  if (!only || others.length > 0) return undefined;
  const [fromBottom, toTop] = [only.low.value === low, only.high.value === high];
  if (fromBottom === toTop) return undefined;
  return fromBottom ? 'worse' : 'better';
}
