// A dot and its interval per row on one shared axis: what can and what cannot be told apart.
import type { Axis } from '#lib/reports/charts/axis.ts';

/** One estimate. A value or an end that is not finite is written as `n/a` and not drawn. */
export interface IntervalRow {
  readonly label: string;
  readonly value: number;
  /** Both ends of the confidence interval, in the axis' unit; left out when it is unknown. */
  readonly interval?: readonly [low: number, high: number] | undefined;
  /** Stands out, such as the selected algorithm. */
  readonly emphasis?: boolean | undefined;
}

/** Estimates with their uncertainty, such as the error of each algorithm. */
export interface IntervalsChart {
  readonly kind: 'intervals';
  readonly axis: Axis;
  /** How sure the intervals are, in percent, such as 95. */
  readonly confidence: number;
  readonly rows: readonly IntervalRow[];
  /** A vertical line to compare with, such as the champion or a gate's threshold. */
  readonly reference?: { readonly label: string; readonly value: number } | undefined;
}
