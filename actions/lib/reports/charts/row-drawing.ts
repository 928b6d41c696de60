// The frame that charts with one row per name share: names on the left, numbers on the right, an axis below.
// On a narrow page there is no room beside the marks, so name and numbers stand in a line above them.
import type { Axis, Scale } from '#lib/reports/charts/axis.ts';
import { axisTitle } from '#lib/reports/charts/axis.ts';
import type { Spot } from '#lib/reports/charts/focus.ts';
import type { Room } from '#lib/reports/charts/kind.ts';
import type { Svg } from '#lib/reports/charts/svg.ts';
import { label, line } from '#lib/reports/charts/svg.ts';
import { displayWidth, shorten } from '#lib/reports/display-width.ts';
import { visibleLine } from '#lib/reports/visible.ts';

/** Room above the rows, where a line to compare with has its label. */
const headHeight = { plain: 8, labelled: 26 };
/** Units a character takes at most in the widest of the page's fonts, plain and strong. */
const characterWidth = { plain: 7.8, strong: 8.8 };
const longestLabel = 26;
const longestNumbers = 30;

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
  readonly room: Room;
  readonly axis: Axis;
  readonly scale: Scale;
  readonly rows: readonly (R & DrawnRow)[];
  /** The marks of one row. */
  readonly mark: (row: R & DrawnRow, place: RowPlace) => string;
  /** A line through all rows; beyond the axis only its label, with an arrow. */
  readonly reference?: { readonly label: string; readonly spot: Spot } | undefined;
}

/** Where everything goes, in the drawing's units. */
interface Frame {
  readonly width: number;
  readonly left: number;
  readonly right: number;
  readonly rowHeight: number;
  /** From the top of a row to its marks, and to its name and numbers. */
  readonly markAt: number;
  readonly textAt: number;
  readonly name: { readonly x: number; readonly anchor: 'start' | 'end' };
}

function frameOf(room: Room, rows: readonly DrawnRow[]): Frame {
  if (room === 'narrow') {
    const name = { x: 2, anchor: 'start' } as const;
    return { width: 380, left: 14, right: 366, rowHeight: 44, markAt: 32, textAt: 13, name };
  }
  const left = 20 + textWidth(rows, row => shorten(visibleLine(row.label), longestLabel));
  const right = 640 - 22 - textWidth(rows, row => shorten(row.numbers, longestNumbers));
  const name = { x: left - 14, anchor: 'end' } as const;
  return { width: 640, left, right, rowHeight: 30, markAt: 15, textAt: 15, name };
}

function textWidth(rows: readonly DrawnRow[], text: (row: DrawnRow) => string): number {
  const widths = rows.map(row => displayWidth(text(row)) * characterWidth[row.emphasis ? 'strong' : 'plain']);
  return Math.max(4 * characterWidth.plain, ...widths);
}

/** Draws all rows over a light grid. */
export function drawRows<R>({ room, axis, scale, rows, mark, reference }: RowDrawing<R>): Svg {
  const frame = frameOf(room, rows);
  const { width, left, right } = frame;
  const top = reference ? headHeight.labelled : headHeight.plain;
  const bottom = top + rows.length * frame.rowHeight + 2;
  const grid = scale.ticks.map(({ value, text }) => {
    const x = left + ((value - scale.low) / (scale.high - scale.low)) * (right - left);
    return (
      line('grid', [x, top - 4], [x, bottom]) + label('tick', text, { x, y: bottom + 13, anchor: 'middle' })
    );
  });
  const drawn = rows.map((row, i) => {
    const y = top + i * frame.rowHeight;
    return drawTexts(row, frame, y) + mark(row, { left, right, y: y + frame.markAt });
  });
  const title = label('title', axisTitle(axis), { x: (left + right) / 2, y: bottom + 34, anchor: 'middle' });
  const compared = reference ? drawReference(reference, frame, bottom) : '';
  return { width, height: bottom + 46, body: [...grid, compared, ...drawn, title].join('') };
}

function drawTexts(row: DrawnRow, { width, name, textAt }: Frame, top: number): string {
  const look = row.emphasis ? ' strong' : '';
  const y = top + textAt;
  return (
    label(`name${look}`, shorten(visibleLine(row.label), longestLabel), { ...name, y }) +
    label(`number${look}`, shorten(row.numbers, longestNumbers), { x: width - 2, y, anchor: 'end' })
  );
}

function drawReference(
  { label: text, spot }: NonNullable<RowDrawing<unknown>['reference']>,
  { width, left, right }: Frame,
  bottom: number,
): string {
  const shown = shorten(visibleLine(text), 44);
  const y = headHeight.labelled - 16;
  if (spot === 'below') return label('reference-label', `← ${shown}`, { x: left, y });
  if (spot === 'above') return label('reference-label', `${shown} →`, { x: right, y, anchor: 'end' });
  const x = left + (spot ?? 0) * (right - left);
  const room = (displayWidth(shown) * characterWidth.plain) / 2;
  const middle = Math.min(Math.max(x, room), width - room);
  return (
    line('reference', [x, headHeight.labelled - 6], [x, bottom]) +
    label('reference-label', shown, { x: middle, y, anchor: 'middle' })
  );
}
