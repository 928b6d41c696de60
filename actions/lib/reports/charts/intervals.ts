// A dot and its interval per row on one shared axis: what can and what cannot be told apart.
import type { Axis, Scale } from '#lib/reports/charts/axis.ts';
import { axisTitle, clampedOn, formatEstimate, formatNumber, scaleOf } from '#lib/reports/charts/axis.ts';
import type { Spot } from '#lib/reports/charts/focus.ts';
import { spotOn, valuesInFocus } from '#lib/reports/charts/focus.ts';
import type { ChartKind } from '#lib/reports/charts/kind.ts';
import type { RowPlace } from '#lib/reports/charts/row-drawing.ts';
import { drawRows } from '#lib/reports/charts/row-drawing.ts';
import type { Strip } from '#lib/reports/charts/row-sketch.ts';
import { cellOf, sketchRows } from '#lib/reports/charts/row-sketch.ts';
import { arrow, dot, line } from '#lib/reports/charts/svg.ts';
import { visibleLine } from '#lib/reports/visible.ts';

/** One estimate. What is not a number is written as `n/a`; what is far from all others becomes an arrow. */
export interface IntervalRow {
  readonly label: string;
  readonly value: number;
  /** Both ends of the confidence interval, in the axis' unit; left out when it is unknown. */
  readonly interval?: readonly [low: number, high: number] | undefined;
  /** Stands out and is never off the axis, such as the selected algorithm. */
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

function intervalScale({ axis, rows, reference }: IntervalsChart): Scale {
  const groups = rows.map(row => ({ values: [row.value, ...(row.interval ?? [])], isKept: row.emphasis }));
  return scaleOf(axis, valuesInFocus(groups, reference?.value));
}

function referenceText({ axis, reference }: IntervalsChart): string {
  if (!reference) return '';
  const unit = axis.unit ? ` ${axis.unit}` : '';
  return `${reference.label} ${formatNumber(reference.value, axis.decimals)}${unit}`;
}

function written(chart: IntervalsChart) {
  return chart.rows.map(row => ({
    ...row,
    numbers: formatEstimate(row.value, row.interval, chart.axis.decimals),
  }));
}

/** A row's spot, and the part of its interval in view with the ends that really are there. */
function positions(row: IntervalRow, scale: Scale) {
  const [from, to] = row.interval ?? [Number.NaN, Number.NaN];
  const [low, high] = [clampedOn(scale, from), clampedOn(scale, to)];
  const isSeen = from <= to && from <= scale.high && to >= scale.low;
  const ends = isSeen && low !== undefined && high !== undefined ? ([low, high] as const) : undefined;
  const caps = (ends ?? []).filter((_, i) => typeof spotOn(scale, i === 0 ? from : to) === 'number');
  return { at: spotOn(scale, row.value), ends, caps };
}

function drawMark(row: IntervalRow, scale: Scale, { left, right, y }: RowPlace): string {
  const x = (position: number) => left + position * (right - left);
  const { at, ends, caps } = positions(row, scale);
  const look = row.emphasis ? 'mark chosen' : 'mark';
  const range = ends ? line(`${look} range`, [x(ends[0]), y], [x(ends[1]), y]) : '';
  const stops = caps.map(end => line(`${look} cap`, [x(end), y - 4], [x(end), y + 4])).join('');
  return range + stops + drawSpot(look, at, { left, right, y });
}

function drawSpot(look: string, at: Spot, { left, right, y }: RowPlace): string {
  if (at === undefined) return '';
  if (at === 'below') return arrow(look, [left, y], 'left');
  if (at === 'above') return arrow(look, [right, y], 'right');
  return dot(look, [left + at * (right - left), y], 5);
}

/** One row as characters; `compared` is the cell of the line to compare with, or none. */
function strip(row: IntervalRow, scale: Scale, { cells, compared, unicode }: StripOptions): Strip {
  const [rule, plain, chosen, before, after, reference] = unicode ? '─●◆◂▸┊' : '-o#<>:';
  const { at, ends } = positions(row, scale);
  const drawn = new Array<string>(cells).fill(' ');
  const put = (position: number, sign: string | undefined) => {
    drawn[cellOf(position, cells)] = sign ?? ' ';
  };
  if (typeof compared === 'number') put(compared, reference);
  if (ends) drawn.fill(rule ?? '-', cellOf(ends[0], cells), cellOf(ends[1], cells) + 1);
  if (typeof at === 'number') put(at, row.emphasis ? chosen : plain);
  else if (at) put(at === 'below' ? 0 : 1, at === 'below' ? before : after);
  return drawn;
}

interface StripOptions {
  readonly cells: number;
  readonly compared: Spot;
  readonly unicode: boolean;
}

function legendOf(chart: IntervalsChart, compared: Spot, unicode: boolean): readonly string[] {
  const title = `${visibleLine(axisTitle(chart.axis))}, ${chart.confidence} % interval`;
  const text = visibleLine(referenceText(chart));
  if (compared === undefined) return chart.reference ? [title, text] : [title];
  if (typeof compared === 'number') return [title, `${unicode ? '┊' : ':'} ${text}`];
  return [title, `${text}, off the axis to the ${compared === 'below' ? 'left' : 'right'}`];
}

/** Draws, sketches and lists estimates with their intervals. */
export const intervals: ChartKind<IntervalsChart> = {
  isSketchComplete: true,
  draw: (chart, room) => {
    const scale = intervalScale(chart);
    const spot = chart.reference && spotOn(scale, chart.reference.value);
    return drawRows({
      room,
      axis: { ...chart.axis, label: `${chart.axis.label}, ${chart.confidence} % interval` },
      scale,
      rows: written(chart),
      mark: (row, place) => drawMark(row, scale, place),
      reference: spot === undefined ? undefined : { label: referenceText(chart), spot },
    });
  },
  sketch: (chart, canvas) => {
    const scale = intervalScale(chart);
    const compared = chart.reference && spotOn(scale, chart.reference.value);
    return sketchRows(
      {
        rows: written(chart),
        scale,
        strip: (row, cells) => strip(row, scale, { cells, compared, unicode: canvas.unicode }),
        legend: legendOf(chart, compared, canvas.unicode),
      },
      canvas,
    );
  },
  numbers: ({ axis, rows, confidence, reference }) => ({
    headers: ['', axisTitle(axis), `${confidence} % interval`],
    rows: [...rows, ...(reference ? [{ ...reference, interval: undefined }] : [])].map(row => [
      row.label,
      formatNumber(row.value, axis.decimals),
      (row.interval ?? []).map(end => formatNumber(end, axis.decimals)).join(' to '),
    ]),
  }),
};
