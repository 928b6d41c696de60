// What one axis of a chart measures, where its ticks are and how its numbers are written.
// Only + - * / and decimal literals take part, so that a chart has the same bytes on every machine.

/** One direction of a chart. */
export interface Axis {
  readonly label: string;
  /** Shown after the label and in tables, such as `min` or `%`; left out for a pure number. */
  readonly unit?: string | undefined;
  /** Digits after the point wherever a value of this axis is written: an integer from 0 to 9. */
  readonly decimals: number;
  /** Smallest and largest value to show; by default what the data needs, widened to round numbers. */
  readonly range?: readonly [low: number, high: number] | undefined;
}

/** A labelled place on an axis. */
export interface Tick {
  readonly value: number;
  readonly text: string;
}

/** An axis that knows its ends. */
export interface Scale {
  readonly low: number;
  readonly high: number;
  /** Rising; between low and high. */
  readonly ticks: readonly Tick[];
}

const largest = 1e15;
/** What differs by less is one value: ticks would need more digits than a double has. */
const finest = 1e-12;
/** A quotient this near to a whole number is that number: 0.6 / 0.2 is 3. */
const slack = 1e-9;

/** False for what no axis can place: NaN, infinities and sizes at which doubles are no longer exact. */
export function isDrawable(value: number): boolean {
  return Math.abs(value) <= largest;
}

/** Fixed decimals, never `-0.0`; `1.80e+308` for what no axis can place, `n/a` for what is not finite. */
export function formatNumber(value: number, decimals: number): string {
  if (!Number.isFinite(value)) return 'n/a';
  if (!isDrawable(value)) return value.toExponential(2);
  return value.toFixed(decimals).replace(/^-(?=0(\.0*)?$)/u, '');
}

/** `2.06 [2.01, 2.12]`; without an interval the value alone. */
export function formatEstimate(
  value: number,
  interval: readonly [number, number] | undefined,
  decimals: number,
): string {
  const [shown, ...ends] = [value, ...(interval ?? [])].map(number => formatNumber(number, decimals));
  return ends.length === 2 ? `${shown} [${ends.join(', ')}]` : `${shown}`;
}

/** `label (unit)`. */
export function axisTitle(axis: Axis): string {
  return axis.unit ? `${axis.label} (${axis.unit})` : axis.label;
}

/** The smallest of 1, 2, 5, 10, 20, ... times a power of ten that is at least `least`, as digit and exponent. */
function roundStep(least: number): { readonly digit: number; readonly exponent: number } {
  let exponent = -15;
  while (Number(`1e${exponent + 1}`) <= least) exponent++;
  const digit = [1, 2, 5].find(candidate => Number(`${candidate}e${exponent}`) >= least);
  return digit === undefined ? { digit: 1, exponent: exponent + 1 } : { digit, exponent };
}

/** The ends of the data; a single value gets room on both sides, no data is 0 to 1. */
function extent(values: readonly number[]): readonly [number, number] {
  const drawable = values.filter(isDrawable);
  if (drawable.length === 0) return [0, 1];
  const low = drawable.reduce((least, value) => Math.min(least, value));
  const high = drawable.reduce((most, value) => Math.max(most, value));
  const size = Math.max(Math.abs(low), Math.abs(high));
  const room = size > finest ? size * 0.05 : 1;
  return high - low > Math.max(finest, room * 1e-6) ? [low, high] : [low - room, high + room];
}

/** A scale over the values, or over the axis' own range when that is one, with about `count` round ticks. */
export function scaleOf(axis: Axis, values: readonly number[], count = 5): Scale {
  const isFixed = axis.range !== undefined && axis.range[0] < axis.range[1];
  const [least, most] = axis.range && isFixed ? axis.range : extent(values);
  const { digit, exponent } = roundStep((most - least) / count);
  const at = (i: number) =>
    exponent < 0 ? (i * digit) / Number(`1e${-exponent}`) : i * Number(`${digit}e${exponent}`);
  const step = at(1);
  const first = isFixed ? Math.ceil(least / step - slack) : Math.floor(least / step + slack);
  const last = isFixed ? Math.floor(most / step + slack) : Math.ceil(most / step - slack);
  const ticks = Array.from({ length: last - first + 1 }, (_, i) => at(first + i)).map(value => ({
    value,
    text: formatNumber(value, Math.max(0, -exponent)),
  }));
  return isFixed ? { low: least, high: most, ticks } : { low: at(first), high: at(last), ticks };
}

/** Where a value lies from 0 (low end) to 1 (high end); undefined when it cannot be drawn or lies outside. */
export function positionOn(scale: Scale, value: number): number | undefined {
  if (!isDrawable(value)) return undefined;
  const position = (value - scale.low) / (scale.high - scale.low);
  return position >= -slack && position <= 1 + slack ? position : undefined;
}

/** Like `positionOn`, but a value outside counts as the nearer end: how far an interval reaches into view. */
export function clampedOn(scale: Scale, value: number): number | undefined {
  if (Number.isNaN(value)) return undefined;
  if (value <= scale.low) return 0;
  return value >= scale.high ? 1 : (value - scale.low) / (scale.high - scale.low);
}
