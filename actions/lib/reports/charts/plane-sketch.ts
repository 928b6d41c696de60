// A plot of characters over two numeric axes; later marks cover earlier ones.
import type { Axis, Scale } from '#lib/reports/charts/axis.ts';
import { axisTitle } from '#lib/reports/charts/axis.ts';
import type { TextCanvas } from '#lib/reports/charts/kind.ts';
import { cellOf } from '#lib/reports/charts/row-sketch.ts';
import { shorten } from '#lib/reports/display-width.ts';
import { visibleLine } from '#lib/reports/visible.ts';

const rows = 16;
const widest = 52;

/** One character at positions from 0 to 1 on both axes. */
export interface Mark {
  readonly sign: string;
  readonly x: number;
  readonly y: number;
}

interface PlaneSketch {
  readonly x: { readonly axis: Axis; readonly scale: Scale };
  readonly y: { readonly axis: Axis; readonly scale: Scale };
  readonly marks: readonly Mark[];
  /** What each sign means; already visible. */
  readonly legend: readonly string[];
}

/** The plot with the ends of both axes written beside it, then the legend. */
export function sketchPlane({ x, y, marks, legend }: PlaneSketch, canvas: TextCanvas): readonly string[] {
  const ends = [endsOf(y.scale), endsOf(x.scale)] as const;
  const margin = Math.max(...ends[0].map(text => text.length)) + 1;
  const columns = Math.min(widest, canvas.width - margin - 2);
  const grid = Array.from({ length: rows }, () => new Array<string>(columns).fill(' '));
  for (const { sign, x: px, y: py } of marks) {
    const row = grid[rows - 1 - cellOf(py, rows)];
    if (row) row[cellOf(px, columns)] = sign;
  }
  const [upright, flat, corner] = canvas.unicode ? ['│', '─', '└'] : ['|', '-', '+'];
  const texts = (row: number) => (row === 0 ? ends[0][1] : row === rows - 1 ? ends[0][0] : '');
  const body = grid.map((cells, row) =>
    `${texts(row).padStart(margin - 1)} ${upright}${cells.join('')}`.trimEnd(),
  );
  const below = ends[1][0] + ends[1][1].padStart(columns - ends[1][0].length);
  const indent = ' '.repeat(margin);
  const short = (text: string, taken = 0) =>
    shorten(text, canvas.width - taken, canvas.unicode ? '…' : '...');
  const titles = [y, x].map(({ axis }) => short(visibleLine(axisTitle(axis)), margin + 1));
  return [
    indent + titles[0],
    ...body,
    indent + corner + flat.repeat(columns),
    short(`${indent} ${below}`),
    `${indent} ${titles[1]}`,
    ...legend.map(text => short(text)),
  ];
}

function endsOf({ low, high, ticks }: Scale): readonly [low: string, high: string] {
  const near = (value: number) => ticks.find(tick => tick.value === value)?.text ?? '';
  return [near(low), near(high)];
}
