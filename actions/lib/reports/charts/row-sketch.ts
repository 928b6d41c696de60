// The same rows in characters: name, numbers, then a strip that all rows share, so that strips line up.
import type { Scale } from '#lib/reports/charts/axis.ts';
import type { TextCanvas } from '#lib/reports/charts/kind.ts';
import type { DrawnRow } from '#lib/reports/charts/row-drawing.ts';
import { displayWidth, padToWidth, shorten } from '#lib/reports/display-width.ts';
import { visibleLine } from '#lib/reports/visible.ts';

const gap = 2;
const narrowestStrip = 12;
const widestStrip = 48;

/** A strip of single characters; index 0 is the low end of the axis. */
export type Strip = readonly string[];

interface RowSketch<R> {
  readonly rows: readonly (R & DrawnRow)[];
  readonly scale: Scale;
  /** Draws one row into so many cells. */
  readonly strip: (row: R & DrawnRow, cells: number) => Strip;
  /** Stands under the strips, such as what a sign in them means; already visible. */
  readonly legend: readonly string[];
}

/** One line per row, a line for the axis, then the legend. Too little room drops the strips, never a number. */
export function sketchRows<R>(
  { rows, scale, strip, legend }: RowSketch<R>,
  canvas: TextCanvas,
): readonly string[] {
  const ellipsis = canvas.unicode ? '…' : '...';
  const numbersWidth = Math.max(0, ...rows.map(row => displayWidth(row.numbers)));
  const longest = Math.max(0, ...rows.map(row => displayWidth(visibleLine(row.label))));
  const labelWidth = Math.min(longest, Math.max(8, canvas.width - numbersWidth - narrowestStrip - 2 * gap));
  const cells = Math.min(widestStrip, canvas.width - labelWidth - numbersWidth - 2 * gap);
  const hasStrip = cells >= narrowestStrip;
  const lines = rows.map(row => {
    const name = padToWidth(shorten(visibleLine(row.label), labelWidth, ellipsis), labelWidth);
    const start = [name, padToWidth(row.numbers, numbersWidth)];
    return [...start, ...(hasStrip ? [strip(row, cells).join('')] : [])].join(' '.repeat(gap)).trimEnd();
  });
  const indent = ' '.repeat(labelWidth + numbersWidth + 2 * gap);
  const axis = hasStrip && rows.length > 0 ? [indent + axisLine(scale, cells)] : [];
  return [...lines, ...axis, ...legend.map(text => shorten(text, canvas.width, ellipsis))];
}

/** The axis' ends, written below the strips; the high end alone where both do not fit. */
function axisLine({ low, high, ticks }: Scale, cells: number): string {
  const first = ticks.find(tick => tick.value === low)?.text ?? '';
  const last = ticks.findLast(tick => tick.value === high)?.text ?? '';
  return first.length + last.length < cells
    ? first + last.padStart(cells - first.length)
    : last.padStart(cells);
}

/** The cell of a position from 0 to 1. */
export function cellOf(position: number, cells: number): number {
  return Math.min(cells - 1, Math.max(0, Math.round(position * (cells - 1))));
}
