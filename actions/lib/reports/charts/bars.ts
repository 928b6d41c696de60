// One bar per row from zero, such as feature importance; longest first is the caller's choice.
import type { Axis } from '#lib/reports/charts/axis.ts';

/** One amount. A value that is not finite is written as `n/a` and not drawn. */
export interface BarRow {
  readonly label: string;
  readonly value: number;
  /** Both ends of the confidence interval; left out when it is unknown. */
  readonly interval?: readonly [low: number, high: number] | undefined;
}

/** Amounts that share one scale through zero; negative ones go to the left. */
export interface BarsChart {
  readonly kind: 'bars';
  readonly axis: Axis;
  readonly rows: readonly BarRow[];
}
