// Curves over two numeric axes, such as ROC or calibration, with the diagonal as the line to compare with.
import type { Axis } from '#lib/reports/charts/axis.ts';

/** One curve through its points in the given order. */
export interface LineSeries {
  readonly label: string;
  readonly points: readonly (readonly [x: number, y: number])[];
}

/** One to four curves; more cannot be told apart and are refused. */
export interface LineChart {
  readonly kind: 'line';
  readonly x: Axis;
  readonly y: Axis;
  readonly series: readonly LineSeries[];
  /** What y = x means here, such as `guessing`; left out when the diagonal means nothing. */
  readonly diagonal?: string | undefined;
}
