// Every kind of chart a figure can hold: the registry, and the functions that pick the kind for a chart.
import { bars } from '#lib/reports/charts/bars.ts';
import { intervals } from '#lib/reports/charts/intervals.ts';
import type { ChartKind, ChartNumbers, Room, TextCanvas } from '#lib/reports/charts/kind.ts';
import { line } from '#lib/reports/charts/line.ts';
import { scatterBinned } from '#lib/reports/charts/scatter-binned.ts';
import type { Svg } from '#lib/reports/charts/svg.ts';

const kinds = { bars, intervals, line, 'scatter-binned': scatterBinned };

type Kinds = typeof kinds;

type DescriptionOf<Kind> = Kind extends ChartKind<infer Description> ? Description : never;

/** A chart as data; each renderer decides how to show it. */
export type Chart = DescriptionOf<Kinds[keyof Kinds]>;

/** The registry says that a chart's own kind takes it, which TypeScript cannot follow through a union. */
function kindOf(chart: Chart): ChartKind<Chart> {
  return kinds[chart.kind] as unknown as ChartKind<Chart>;
}

/** The chart as SVG elements, for the HTML page; some kinds look the same in any room. */
export function drawChart(chart: Chart, room: Room): Svg {
  return kindOf(chart).draw(chart, room);
}

/** The chart as lines of a fixed-width font, none wider than the canvas. */
export function sketchChart(chart: Chart, canvas: TextCanvas): readonly string[] {
  return kindOf(chart).sketch(chart, canvas);
}

/** The chart's numbers as a table. */
export function chartNumbers(chart: Chart): ChartNumbers {
  return kindOf(chart).numbers(chart);
}

/** True when `sketchChart` writes every number itself, so that no table has to follow. */
export function isSketchComplete(chart: Chart): boolean {
  return kindOf(chart).isSketchComplete;
}
