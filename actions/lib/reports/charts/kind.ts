// What a kind of chart can do. A new kind is one file with this shape and one line in `chart.ts`.
import type { Svg } from '#lib/reports/charts/svg.ts';

/** The numbers behind a chart, already written out. The first column names the row, the rest are numbers. */
export interface ChartNumbers {
  readonly headers: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** What a chart of characters may use. */
export interface TextCanvas {
  /** Columns at most; every kind manages with 40, except that a number is never cut. */
  readonly width: number;
  /** False for plain ASCII. */
  readonly unicode: boolean;
}

/** How much width a drawing has: that of a page, or of a telephone. */
export type Room = 'wide' | 'narrow';

/** One kind of chart, three ways. Labels may be hostile: drawings escape them, texts make them visible. */
export interface ChartKind<Description> {
  readonly draw: (chart: Description, room: Room) => Svg;
  /** Lines of a fixed-width font, none wider than the canvas. */
  readonly sketch: (chart: Description, canvas: TextCanvas) => readonly string[];
  readonly numbers: (chart: Description) => ChartNumbers;
  /** True when the sketch itself writes every number of the chart. */
  readonly isSketchComplete: boolean;
}
