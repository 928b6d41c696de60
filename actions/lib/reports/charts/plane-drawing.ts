// The frame that charts over two numeric axes share: a square plot with a light grid, titles and a legend.
import type { Axis, Scale } from '#lib/reports/charts/axis.ts';
import { axisTitle } from '#lib/reports/charts/axis.ts';
import type { Svg } from '#lib/reports/charts/svg.ts';
import { label, line } from '#lib/reports/charts/svg.ts';
import { displayWidth, shorten } from '#lib/reports/display-width.ts';
import { visibleLine } from '#lib/reports/visible.ts';

const width = 460;
const side = 360;
const left = 76;
const legendRow = 24;
const characterWidth = 7.8;

/** From positions 0 to 1 on both axes to a place in the drawing. */
export type Place = (x: number, y: number) => readonly [x: number, y: number];

/** One line of the legend: its sample is a short line with this look. */
export interface LegendEntry {
  readonly look: string;
  readonly label: string;
}

interface PlaneDrawing {
  readonly x: { readonly axis: Axis; readonly scale: Scale };
  readonly y: { readonly axis: Axis; readonly scale: Scale };
  readonly legend: readonly LegendEntry[];
  /** The marks, over the grid. */
  readonly marks: (place: Place) => string;
}

/** Draws a square plot, its legend above it. */
export function drawPlane({ x, y, legend, marks }: PlaneDrawing): Svg {
  const rows = legendRows(legend);
  const top = rows.length * legendRow + 10;
  const bottom = top + side;
  const place: Place = (px, py) => [left + px * side, bottom - py * side];
  const vertical = x.scale.ticks.map(({ value, text }) => {
    const [at] = place((value - x.scale.low) / (x.scale.high - x.scale.low), 0);
    return (
      line('grid', [at, top], [at, bottom]) + label('tick', text, { x: at, y: bottom + 14, anchor: 'middle' })
    );
  });
  const horizontal = y.scale.ticks.map(({ value, text }) => {
    const [, at] = place(0, (value - y.scale.low) / (y.scale.high - y.scale.low));
    return (
      line('grid', [left, at], [left + side, at]) + label('tick', text, { x: left - 8, y: at, anchor: 'end' })
    );
  });
  const titles =
    label('title', axisTitle(x.axis), { x: left + side / 2, y: bottom + 36, anchor: 'middle' }) +
    label('title', axisTitle(y.axis), { x: left - 60, y: top + side / 2, anchor: 'middle', turned: true });
  const body = [...vertical, ...horizontal, marks(place), titles, ...rows.map(drawLegendRow)].join('');
  return { width, height: bottom + 50, body };
}

/** Entries with their start, in as many rows as they need. */
function legendRows(
  entries: readonly LegendEntry[],
): readonly (readonly (LegendEntry & { readonly at: number })[])[] {
  const rows: (LegendEntry & { readonly at: number })[][] = [];
  let at = left;
  for (const entry of entries) {
    const text = shorten(visibleLine(entry.label), 40);
    const room = 48 + displayWidth(text) * characterWidth;
    const fits = rows.length > 0 && at + room <= width;
    if (!fits) rows.push([]);
    at = fits ? at : left;
    rows.at(-1)?.push({ look: entry.look, label: text, at });
    at += room;
  }
  return rows;
}

function drawLegendRow(row: readonly (LegendEntry & { readonly at: number })[], index: number): string {
  const y = 10 + index * legendRow;
  return row
    .map(
      ({ look, label: text, at }) =>
        line(look, [at, y], [at + 24, y]) + label('legend', text, { x: at + 31, y }),
    )
    .join('');
}
