// One bar per row from zero, such as feature importance; longest first is the caller's choice.
import type { Axis, Scale } from '#lib/reports/charts/axis.ts';
import {
  axisTitle,
  clampedOn,
  formatEstimate,
  formatNumber,
  isDrawable,
  scaleOf,
} from '#lib/reports/charts/axis.ts';
import type { ChartKind } from '#lib/reports/charts/kind.ts';
import type { RowPlace } from '#lib/reports/charts/row-drawing.ts';
import { drawRows } from '#lib/reports/charts/row-drawing.ts';
import { cellOf, sketchRows } from '#lib/reports/charts/row-sketch.ts';
import { element, line } from '#lib/reports/charts/svg.ts';
import { visibleLine } from '#lib/reports/visible.ts';

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

function barScale({ axis, rows }: BarsChart): Scale {
  return scaleOf(axis, [0, ...rows.flatMap(row => [row.value, ...(row.interval ?? [])])]);
}

function written({ rows, axis }: BarsChart) {
  return rows.map(row => ({ ...row, numbers: formatEstimate(row.value, row.interval, axis.decimals) }));
}

/** From where to where a row's bar reaches on the scale; undefined when it cannot be drawn. */
function reach(value: number, scale: Scale): readonly [low: number, high: number] | undefined {
  const [zero, end] = [clampedOn(scale, 0), clampedOn(scale, value)];
  if (zero === undefined || end === undefined || !isDrawable(value)) return undefined;
  return zero < end ? [zero, end] : [end, zero];
}

function drawMark(row: BarRow, scale: Scale, { left, right, y }: RowPlace): string {
  const x = (position: number) => left + position * (right - left);
  const bar = reach(row.value, scale);
  const body = bar
    ? element('rect', {
        class: 'bar',
        x: x(bar[0]),
        y: y - 8,
        width: x(bar[1]) - x(bar[0]),
        height: 16,
        rx: 2,
      })
    : '';
  const [low, high] = (row.interval ?? []).map(end => clampedOn(scale, end));
  if (low === undefined || high === undefined) return body;
  return body + line('whisker', [x(low), y], [x(high), y]);
}

/** Draws, sketches and lists amounts as bars. */
export const bars: ChartKind<BarsChart> = {
  isSketchComplete: true,
  draw: (chart, room) => {
    const scale = barScale(chart);
    return drawRows({
      room,
      axis: chart.axis,
      scale,
      rows: written(chart),
      mark: (row, place) => drawMark(row, scale, place),
    });
  },
  sketch: (chart, canvas) => {
    const scale = barScale(chart);
    const full = canvas.unicode ? '█' : '#';
    return sketchRows(
      {
        rows: written(chart),
        scale,
        strip: (row, cells) => {
          const [low, high] = (reach(row.value, scale) ?? []).map(end => cellOf(end, cells + 1));
          return Array.from({ length: cells }, (_, i) =>
            i >= (low ?? cells) && i < (high ?? 0) ? full : ' ',
          );
        },
        legend: [visibleLine(axisTitle(chart.axis))],
      },
      canvas,
    );
  },
  numbers: ({ axis, rows }) => ({
    headers: ['', axisTitle(axis), ...(rows.some(row => row.interval) ? ['interval'] : [])],
    rows: rows.map(row => [
      row.label,
      formatNumber(row.value, axis.decimals),
      ...(rows.some(other => other.interval)
        ? [(row.interval ?? []).map(end => formatNumber(end, axis.decimals)).join(' to ')]
        : []),
    ]),
  }),
};
