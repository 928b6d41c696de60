// Predicted against actual as means of bins: shows bias at any number of rows without showing any row.
import type { Axis } from '#lib/reports/charts/axis.ts';

/** The rows whose prediction fell in one bin. */
export interface ScatterBin {
  /** Mean of the predictions, in the x axis' unit. */
  readonly x: number;
  /** Mean of the actual values, in the y axis' unit. */
  readonly y: number;
  /** Rows in the bin; sets the dot's size. */
  readonly count: number;
  /** Spread or confidence interval of the actual values; left out when it is unknown. */
  readonly interval?: readonly [low: number, high: number] | undefined;
}

/** Binned means beside the line of perfect predictions; both axes share one range. */
export interface ScatterBinnedChart {
  readonly kind: 'scatter-binned';
  readonly x: Axis;
  readonly y: Axis;
  readonly bins: readonly ScatterBin[];
}
