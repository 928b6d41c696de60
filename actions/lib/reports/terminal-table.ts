// Tables without boxes: columns two spaces apart under a rule. A table too wide first gives up room in its widest
// columns of text, where cells wrap, then in those of numbers; when even that is not enough each row becomes a short
// list of `header  value`.
import type { Column, Row, Table } from '#lib/reports/blocks.ts';
import type { Inline } from '#lib/reports/inline.ts';
import { spansOf } from '#lib/reports/inline.ts';
import { cellsOf } from '#lib/reports/rows.ts';
import type { StyledLine, Terminal } from '#lib/reports/terminal-text.ts';
import { lineWidth, terminalSpans, wrap } from '#lib/reports/terminal-text.ts';

const gap = 2;
const narrowest = 9;

/** The lines of a table, none wider than the terminal except by a single wide character. */
export function tableLines(table: Table, terminal: Terminal): readonly StyledLine[] {
  if (table.columns.length === 0) return [];
  const hasMarks = table.rows.some(row => row.emphasis);
  const room = terminal.width - (hasMarks ? gap : 0);
  const headers = table.columns.map(column => terminalSpans(column.header, terminal));
  const rows = table.rows.map(row => cellsOf(table, row).map(cell => emphasize(cell, row, terminal)));
  const isText = table.columns.map(({ align }) => align === undefined || align === 'left');
  const widths = fitWidths([headers, ...rows], isText, room);
  if (!widths) return listLines(headers, rows, terminal);
  const isMarked = [false, false, ...table.rows.map(row => row.emphasis === true)];
  const rule = widths.map(width => [{ text: (terminal.unicode ? '─' : '-').repeat(width), muted: true }]);
  return [headers.map(mute), rule, ...rows].flatMap((cells, i) => {
    const start = hasMarks
      ? [{ text: isMarked[i] ? `${terminal.unicode ? '▸' : '>'} ` : '  ', strong: true }]
      : [];
    return rowLines(cells, widths, table.columns).map((line, j) => [
      ...(j === 0 ? start : blank(start)),
      ...line,
    ]);
  });
}

function emphasize(cell: Inline, { emphasis }: Row, terminal: Terminal): StyledLine {
  return terminalSpans(emphasis ? spansOf(cell).map(span => ({ ...span, strong: true })) : cell, terminal);
}

function mute(line: StyledLine): StyledLine {
  return line.map(span => ({ ...span, muted: true }));
}

function blank(line: StyledLine): StyledLine {
  return lineWidth(line) > 0 ? [{ text: ' '.repeat(lineWidth(line)) }] : [];
}

/** Column widths that fit the room, text shrunk before numbers; undefined when nothing fits. */
function fitWidths(
  rows: readonly (readonly StyledLine[])[],
  isText: readonly boolean[],
  room: number,
): readonly number[] | undefined {
  const natural = isText.map((_, i) => Math.max(1, ...rows.map(row => lineWidth(row[i] ?? []))));
  const space = room - gap * (natural.length - 1);
  const texts = shrink(natural, isText, space);
  const widths =
    total(texts) <= space
      ? texts
      : shrink(
          texts,
          isText.map(() => true),
          space,
        );
  return total(widths) <= space ? widths : undefined;
}

/** The widest of the chosen columns give up room first, each down to `narrowest`, until all fit. */
function shrink(widths: readonly number[], isChosen: readonly boolean[], space: number): readonly number[] {
  const limited = (limit: number) =>
    widths.map((width, i) => (isChosen[i] ? Math.min(width, Math.max(narrowest, limit)) : width));
  let limit = Math.max(...widths);
  while (limit > narrowest && total(limited(limit)) > space) limit--;
  return limited(limit);
}

function total(widths: readonly number[]): number {
  return widths.reduce((sum, width) => sum + width, 0);
}

/** One row as as many lines as its highest cell. */
function rowLines(
  cells: readonly StyledLine[],
  widths: readonly number[],
  columns: readonly Column[],
): readonly StyledLine[] {
  const wrapped = cells.map((cell, i) => wrap(cell, widths[i] ?? 1));
  const height = Math.max(1, ...wrapped.map(lines => lines.length));
  return Array.from({ length: height }, (_, row) =>
    wrapped.flatMap((lines, i) => {
      const isLast = i === wrapped.length - 1;
      const placed = align(lines[row] ?? [], widths[i] ?? 1, columns[i]?.align ?? 'left');
      return isLast ? placed : [...placed, { text: ' '.repeat(gap) }];
    }),
  );
}

function align(line: StyledLine, width: number, side: 'left' | 'right' | 'center'): StyledLine {
  const missing = Math.max(0, width - lineWidth(line));
  const before = { left: 0, right: missing, center: Math.floor(missing / 2) }[side];
  return [{ text: ' '.repeat(before) }, ...line, { text: ' '.repeat(missing - before) }];
}

/** Every row as its name and lines of header and value, rows apart. */
function listLines(
  headers: readonly StyledLine[],
  rows: readonly (readonly StyledLine[])[],
  terminal: Terminal,
): readonly StyledLine[] {
  const longest = Math.max(0, ...headers.slice(1).map(lineWidth));
  const named = Math.max(1, Math.min(longest, Math.floor(terminal.width / 2) - 2 * gap));
  const widths = [named, terminal.width - 2 * gap - named];
  return rows.flatMap(([name = [], ...cells], i) => {
    const pairs = cells.flatMap((cell, column) => {
      const pair = [mute(headers[column + 1] ?? []), cell];
      return lineWidth(cell) === 0 ? [] : rowLines(pair, widths, []);
    });
    const lines = [...wrap(name, terminal.width), ...pairs.map(line => [{ text: ' '.repeat(gap) }, ...line])];
    return i === 0 ? lines : [[], ...lines];
  });
}
