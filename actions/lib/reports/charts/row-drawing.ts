// The frame that charts with one row per name share: names on the left, numbers on the right, an axis below.
import type { Axis, Scale } from '#lib/reports/charts/axis.ts';
import { axisTitle } from '#lib/reports/charts/axis.ts';
import type { Svg } from '#lib/reports/charts/svg.ts';
import { label, line } from '#lib/reports/charts/svg.ts';
import { displayWidth, shorten } from '#lib/reports/display-width.ts';
import { visibleLine } from '#lib/reports/visible.ts';

const width = 640;
const rowHeight = 30;
const headHeight = 26;
const characterWidth = 7.2;
const longestLabel = 26;

/** A row as every such chart has it. */
export interface DrawnRow {
  readonly label: string;
  /** The numbers, written out. */
  readonly numbers: string;
  readonly emphasis?: boolean | undefined;
}

/** Where a row's marks go: x of the axis' ends and y of the row's middle. */
export interface RowPlace {
  readonly left: number;
  readonly right: number;
  readonly y: number;
}

interface RowDrawing<R> {
  readonly axis: Axis;
  readonly scale: Scale;
  readonly rows: readonly (R & DrawnRow)[];
  /** The marks of one row. */
  readonly mark: (row: R & DrawnRow, place: RowPlace) => string;
  /** A line through all rows, at 0 to 1 of the axis. */
  readonly reference?: { readonly label: string; readonly position: number } | undefined;
}

/** Draws all rows over a light grid. */
export function drawRows<R>({ axis, scale, rows, mark, reference }: RowDrawing<R>): Svg {
  const left =
    12 +
    columnsFor(
      rows.map(row => row.label),
      longestLabel,
    ) *
      characterWidth;
  const right =
    width -
    22 -
    columnsFor(
      rows.map(row => row.numbers),
      30,
    ) *
      characterWidth;
  const bottom = headHeight + rows.length * rowHeight + 2;
  const x = (position: number) => left + position * (right - left);
  const grid = scale.ticks.map(({ value, text }) => {
    const at = x((value - scale.low) / (scale.high - scale.low));
    return (
      line('grid', [at, headHeight - 4], [at, bottom]) +
      label('tick', text, { x: at, y: bottom + 13, anchor: 'middle' })
    );
  });
  const drawn = rows.map((row, i) => {
    const y = headHeight + (i + 0.5) * rowHeight;
    const look = row.emphasis ? 'name strong' : 'name';
    return (
      label(look, shorten(visibleLine(row.label), longestLabel), { x: left - 14, y, anchor: 'end' }) +
      mark(row, { left, right, y }) +
      label(row.emphasis ? 'number strong' : 'number', row.numbers, { x: width - 2, y, anchor: 'end' })
    );
  });
  const title = label('title', axisTitle(axis), { x: (left + right) / 2, y: bottom + 34, anchor: 'middle' });
  const compared = reference ? drawReference(reference.label, x(reference.position), bottom) : '';
  return { width, height: bottom + 46, body: [...grid, compared, ...drawn, title].join('') };
}

function drawReference(text: string, x: number, bottom: number): string {
  const room = (displayWidth(text) * characterWidth) / 2;
  const middle = Math.min(Math.max(x, room), width - room);
  return (
    line('reference', [x, headHeight - 6], [x, bottom]) +
    label('reference-label', shorten(visibleLine(text), 60), {
      x: middle,
      y: headHeight - 16,
      anchor: 'middle',
    })
  );
}

function columnsFor(texts: readonly string[], most: number): number {
  return Math.min(most, Math.max(4, ...texts.map(text => displayWidth(visibleLine(text)))));
}
