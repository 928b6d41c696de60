// A dot and its interval per row on one shared axis: what can and what cannot be told apart.
import type { Axis, Scale } from '#lib/reports/charts/axis.ts';
import {
  axisTitle,
  clampedOn,
  formatEstimate,
  formatNumber,
  positionOn,
  scaleOf,
} from '#lib/reports/charts/axis.ts';
import type { ChartKind } from '#lib/reports/charts/kind.ts';
import type { RowPlace } from '#lib/reports/charts/row-drawing.ts';
import { drawRows } from '#lib/reports/charts/row-drawing.ts';
import type { Strip } from '#lib/reports/charts/row-sketch.ts';
import { cellOf, sketchRows } from '#lib/reports/charts/row-sketch.ts';
import { dot, line } from '#lib/reports/charts/svg.ts';
import { visibleLine } from '#lib/reports/visible.ts';

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

function valuesOf({ rows, reference }: IntervalsChart): readonly number[] {
  return [
    ...rows.flatMap(row => [row.value, ...(row.interval ?? [])]),
    ...(reference ? [reference.value] : []),
  ];
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

/** A row's value and interval as positions on the scale; the interval only when both ends can be placed. */
function positions(row: IntervalRow, scale: Scale) {
  const [low, high] = (row.interval ?? []).map(end => clampedOn(scale, end));
  const ends = low === undefined || high === undefined || low > high ? undefined : ([low, high] as const);
  return { at: positionOn(scale, row.value), ends };
}

function drawMark(row: IntervalRow, scale: Scale, { left, right, y }: RowPlace): string {
  const x = (position: number) => left + position * (right - left);
  const { at, ends } = positions(row, scale);
  const look = row.emphasis ? 'mark chosen' : 'mark';
  const bar = ends ? line(`${look} range`, [x(ends[0]), y], [x(ends[1]), y]) : '';
  const caps = ends ? ends.map(end => line(`${look} cap`, [x(end), y - 4], [x(end), y + 4])).join('') : '';
  return bar + caps + (at === undefined ? '' : dot(look, [x(at), y], 5));
}

function strip(row: IntervalRow, { scale, reference, unicode }: StripOptions): (cells: number) => Strip {
  const [rule, center, compared] = unicode
    ? ['─', row.emphasis ? '◆' : '●', '┊']
    : ['-', row.emphasis ? '#' : 'o', ':'];
  const { at, ends } = positions(row, scale);
  return cells => {
    const place = (position: number | undefined) => (position === undefined ? -1 : cellOf(position, cells));
    const [low, high] = [place(ends?.[0]), place(ends?.[1])];
    return Array.from({ length: cells }, (_, i) => {
      if (i === place(at)) return center;
      if (ends && i >= low && i <= high) return rule;
      return i === place(reference) ? compared : ' ';
    });
  };
}

interface StripOptions {
  readonly scale: Scale;
  /** Where the line to compare with is, from 0 to 1. */
  readonly reference: number | undefined;
  readonly unicode: boolean;
}

/** Draws, sketches and lists estimates with their intervals. */
export const intervals: ChartKind<IntervalsChart> = {
  isSketchComplete: true,
  draw: chart => {
    const scale = scaleOf(chart.axis, valuesOf(chart));
    const position = chart.reference && positionOn(scale, chart.reference.value);
    const reference = position === undefined ? undefined : { label: referenceText(chart), position };
    return drawRows({
      axis: { ...chart.axis, label: `${chart.axis.label}, ${chart.confidence} % interval` },
      scale,
      rows: written(chart),
      mark: (row, place) => drawMark(row, scale, place),
      reference,
    });
  },
  sketch: (chart, canvas) => {
    const scale = scaleOf(chart.axis, valuesOf(chart));
    const reference = chart.reference && positionOn(scale, chart.reference.value);
    const sign = canvas.unicode ? '┊' : ':';
    const legend = [`${visibleLine(axisTitle(chart.axis))}, ${chart.confidence} % interval`];
    if (chart.reference) legend.push(`${sign} ${visibleLine(referenceText(chart))}`);
    return sketchRows(
      {
        rows: written(chart),
        scale,
        strip: (row, cells) => strip(row, { scale, reference, unicode: canvas.unicode })(cells),
        legend,
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
