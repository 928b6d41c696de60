// Predicted against actual as means of bins: shows bias at any number of rows without showing any row.
import type { Axis, Scale } from '#lib/reports/charts/axis.ts';
import { axisTitle, clampedOn, formatNumber, positionOn, scaleOf } from '#lib/reports/charts/axis.ts';
import type { ChartKind } from '#lib/reports/charts/kind.ts';
import type { Place } from '#lib/reports/charts/plane-drawing.ts';
import { drawPlane } from '#lib/reports/charts/plane-drawing.ts';
import { cellOf, sketchRows } from '#lib/reports/charts/row-sketch.ts';
import { dot, line } from '#lib/reports/charts/svg.ts';
import { visibleLine } from '#lib/reports/visible.ts';

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

/** Radii with the page-colored outline around them, which must leave the smallest dot wider than its interval. */
const smallestDot = 4;
const largestDot = 5.5;

function sharedScale({ x, bins }: ScatterBinnedChart): Scale {
  return scaleOf(
    x,
    bins.flatMap(bin => [bin.x, bin.y, ...(bin.interval ?? [])]),
  );
}

/** The area of a dot follows its count. */
function radius(count: number, most: number): number {
  const share = most > 0 && count > 0 ? count / most : 0;
  return Math.max(smallestDot, largestDot * Math.sqrt(share));
}

function drawMarks(chart: ScatterBinnedChart, scale: Scale, place: Place): string {
  const most = Math.max(0, ...chart.bins.map(bin => bin.count).filter(Number.isFinite));
  const marks = chart.bins.map(bin => {
    const [x, y] = [positionOn(scale, bin.x), positionOn(scale, bin.y)];
    if (x === undefined) return '';
    const [low, high] = (bin.interval ?? []).map(end => clampedOn(scale, end));
    const range =
      low === undefined || high === undefined ? '' : line('points range', place(x, low), place(x, high));
    return range + (y === undefined ? '' : dot('points', place(x, y), radius(bin.count, most)));
  });
  return line('reference', place(0, 0), place(1, 1)) + marks.join('');
}

function written({ x, y, bins }: ScatterBinnedChart) {
  return bins.map(bin => ({
    ...bin,
    label: `${formatNumber(bin.x, x.decimals)}`,
    numbers: `${formatNumber(bin.y, y.decimals)}  n=${formatNumber(bin.count, 0)}`,
  }));
}

/** Draws, sketches and lists binned means. */
export const scatterBinned: ChartKind<ScatterBinnedChart> = {
  isSketchComplete: false,
  draw: chart => {
    const scale = sharedScale(chart);
    return drawPlane({
      x: { axis: chart.x, scale },
      y: { axis: chart.y, scale },
      legend: [{ look: 'reference', label: `${chart.y.label} = ${chart.x.label}` }],
      marks: place => drawMarks(chart, scale, place),
    });
  },
  sketch: (chart, canvas) => {
    const scale = sharedScale(chart);
    const [expected, actual] = canvas.unicode ? ['┊', '●'] : [':', 'o'];
    const names = [visibleLine(axisTitle(chart.x)), visibleLine(axisTitle(chart.y))];
    return sketchRows(
      {
        rows: written(chart),
        scale,
        strip: (bin, cells) => {
          const place = (value: number) => {
            const position = positionOn(scale, value);
            return position === undefined ? -1 : cellOf(position, cells);
          };
          const [x, y] = [place(bin.x), place(bin.y)];
          return Array.from({ length: cells }, (_, i) => (i === y ? actual : i === x ? expected : ' '));
        },
        legend: [`${expected} ${names[0]} (first column)`, `${actual} ${names[1]} (second column)`],
      },
      canvas,
    );
  },
  numbers: ({ x, y, bins }) => ({
    headers: [axisTitle(x), axisTitle(y), 'rows', ...(bins.some(bin => bin.interval) ? ['interval'] : [])],
    rows: bins.map(bin => [
      formatNumber(bin.x, x.decimals),
      formatNumber(bin.y, y.decimals),
      formatNumber(bin.count, 0),
      ...(bins.some(other => other.interval)
        ? [(bin.interval ?? []).map(end => formatNumber(end, y.decimals)).join(' to ')]
        : []),
    ]),
  }),
};
