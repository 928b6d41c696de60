// Curves over two numeric axes, such as ROC or calibration, with the diagonal as the line to compare with.
import type { Axis, Scale } from '#lib/reports/charts/axis.ts';
import { axisTitle, formatNumber, positionOn, scaleOf } from '#lib/reports/charts/axis.ts';
import type { ChartKind } from '#lib/reports/charts/kind.ts';
import type { Place } from '#lib/reports/charts/plane-drawing.ts';
import { drawPlane } from '#lib/reports/charts/plane-drawing.ts';
import type { Mark } from '#lib/reports/charts/plane-sketch.ts';
import { sketchPlane } from '#lib/reports/charts/plane-sketch.ts';
import { line as drawLine, polyline } from '#lib/reports/charts/svg.ts';
import { visibleLine } from '#lib/reports/visible.ts';

type Point = readonly [x: number, y: number];

/** One curve through its points in the given order. */
export interface LineSeries {
  readonly label: string;
  readonly points: readonly Point[];
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

const signs = { unicode: ['●', '○', '◆', '◇'], ascii: ['o', 'x', '*', '+'] } as const;
const longestTable = 21;

interface Plane {
  readonly x: Scale;
  readonly y: Scale;
}

/** Both scales; a diagonal makes them share the union of their ranges, so that y = x joins two corners. */
function planeOf({ x, y, series, diagonal }: LineChart): Plane {
  if (series.length > signs.ascii.length)
    throw new RangeError(`${series.length} curves in one chart; 4 is the most`);
  const points = series.flatMap(one => one.points);
  const across = points.map(point => point[0]);
  const up = points.map(point => point[1]);
  if (diagonal === undefined) return { x: scaleOf(x, across), y: scaleOf(y, up) };
  const shared = [...across, ...up, ...(x.range ?? []), ...(y.range ?? [])];
  return { x: scaleOf(x.range ? x : y, shared), y: scaleOf(x.range ? x : y, shared) };
}

/** The runs of points that can be placed; a point outside breaks the curve. */
function runs(points: readonly Point[], { x, y }: Plane): readonly (readonly Point[])[] {
  const found: Point[][] = [[]];
  for (const point of points) {
    const [px, py] = [positionOn(x, point[0]), positionOn(y, point[1])];
    if (px === undefined || py === undefined) found.push([]);
    else found.at(-1)?.push([px, py]);
  }
  return found.filter(run => run.length > 0);
}

function drawMarks(chart: LineChart, plane: Plane, place: Place): string {
  const diagonal = chart.diagonal === undefined ? '' : drawLine('reference', place(0, 0), place(1, 1));
  const curves = chart.series.flatMap(({ points }, i) =>
    runs(points, plane).map(run =>
      polyline(
        `curve curve-${i + 1}`,
        run.map(([x, y]) => place(x, y)),
      ),
    ),
  );
  return diagonal + curves.join('');
}

/** A curve as marks close enough to look joined. */
function marksAlong(run: readonly Point[], sign: string): readonly Mark[] {
  const steps = 24;
  return run.flatMap(([x, y], i) => {
    const [nextX, nextY] = run[i + 1] ?? [x, y];
    return Array.from({ length: steps }, (_, step) => {
      const part = step / steps;
      return { sign, x: x + (nextX - x) * part, y: y + (nextY - y) * part };
    });
  });
}

/** At most `longestTable` points, evenly spread by position, first and last among them. */
function sample(points: readonly Point[]): readonly Point[] {
  if (points.length <= longestTable) return points;
  return Array.from({ length: longestTable }, (_, i) => {
    return points[Math.round((i * (points.length - 1)) / (longestTable - 1))] as Point;
  });
}

/** Draws, sketches and lists curves; long ones are listed as 21 of their points. */
export const line: ChartKind<LineChart> = {
  isSketchComplete: false,
  draw: chart => {
    const plane = planeOf(chart);
    const compared = chart.diagonal === undefined ? [] : [{ look: 'reference', label: chart.diagonal }];
    return drawPlane({
      x: { axis: chart.x, scale: plane.x },
      y: { axis: chart.y, scale: plane.y },
      legend: [...chart.series.map(({ label }, i) => ({ look: `curve curve-${i + 1}`, label })), ...compared],
      marks: place => drawMarks(chart, plane, place),
    });
  },
  sketch: (chart, canvas) => {
    const plane = planeOf(chart);
    const used = canvas.unicode ? signs.unicode : signs.ascii;
    const rule = canvas.unicode ? '·' : '.';
    const diagonal =
      chart.diagonal === undefined
        ? []
        : marksAlong(
            [
              [0, 0],
              [1, 1],
            ],
            rule,
          );
    const dense = diagonal.flatMap(({ x }) =>
      [0, 1, 2].map(i => ({ sign: rule, x: x + i / 72, y: x + i / 72 })),
    );
    const curves = chart.series.flatMap(({ points }, i) =>
      runs(points, plane).flatMap(run => marksAlong(run, used[i] ?? 'o')),
    );
    const legend = chart.series.map(({ label }, i) => `${used[i]} ${visibleLine(label)}`);
    if (chart.diagonal !== undefined) legend.push(`${rule} ${visibleLine(chart.diagonal)}`);
    const axes = { x: { axis: chart.x, scale: plane.x }, y: { axis: chart.y, scale: plane.y } };
    return sketchPlane({ ...axes, marks: [...dense, ...curves], legend }, canvas);
  },
  numbers: ({ x, y, series }) => ({
    headers: ['', axisTitle(x), axisTitle(y)],
    rows: series.flatMap(({ label, points }) =>
      sample(points).map(([px, py]) => [label, formatNumber(px, x.decimals), formatNumber(py, y.decimals)]),
    ),
  }),
};
