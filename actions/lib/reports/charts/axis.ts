// What one axis of a chart measures, and how its numbers are written.

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
