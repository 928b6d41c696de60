// Blocks for a terminal: titles at the margin, what belongs to them two columns in, no boxes.
// Without color the same signs and words carry the meaning, so that a log file reads as well as a screen.
import type { Block, Code, Details, Figure, Heading, List, Notice, Task } from '#lib/reports/blocks.ts';
import { chartNumbers, isSketchComplete, sketchChart } from '#lib/reports/charts/chart.ts';
import { takeWidth } from '#lib/reports/display-width.ts';
import { numbersTable } from '#lib/reports/rows.ts';
import { tableLines } from '#lib/reports/terminal-table.ts';
import type { StyledLine, Terminal } from '#lib/reports/terminal-text.ts';
import { lineWidth, paint, terminalSpans, toneSign, wrap } from '#lib/reports/terminal-text.ts';
import { visibleLines } from '#lib/reports/visible.ts';

const narrowest = 40;
const indent = 2;

/** How to show a report; nothing here is read from the environment. */
export interface TerminalOptions {
  /** Columns; fewer than 40 count as 40. */
  readonly width: number;
  /** Escape codes for color and weight; the caller knows NO_COLOR and whether the output is a terminal. */
  readonly color: boolean;
  /** False for signs and charts in plain ASCII. */
  readonly unicode?: boolean | undefined;
  /** Folded parts: `hidden` leaves only their summary, `open` shows all. */
  readonly details?: 'hidden' | 'open' | undefined;
}

interface Page extends Terminal {
  readonly details: 'hidden' | 'open';
}

/** Lines that end with one line end each. Text in the blocks can neither color nor move anything. */
export function renderTerminal(
  blocks: readonly Block[],
  { width, color, unicode = true, details = 'hidden' }: TerminalOptions,
): string {
  const page = { width: Math.max(narrowest, Math.floor(width)), color, unicode, details };
  return blocksLines(blocks, page)
    .map(line => `${paint(trimEnd(line), page)}\n`)
    .join('');
}

/** Blocks apart by an empty line, those under a heading moved in. */
function blocksLines(blocks: readonly Block[], page: Page): readonly StyledLine[] {
  const inner = { ...page, width: page.width - indent };
  const lines: StyledLine[] = [];
  let isUnderHeading = false;
  let previous: Block['kind'] | undefined;
  for (const block of blocks) {
    const isHeading = block.kind === 'heading';
    isUnderHeading ||= isHeading;
    const shown = isHeading || !isUnderHeading ? blockLines(block, page) : moveIn(blockLines(block, inner));
    if (shown.length === 0) continue;
    const isClose = previous === 'heading' || (previous === block.kind && isRowOf(block, page));
    if (previous && (!isClose || isHeading)) lines.push([]);
    lines.push(...shown);
    previous = block.kind;
  }
  return lines;
}

/** Notices, and parts that stay folded, stand below each other like the lines of a list. */
function isRowOf(block: Block, page: Page): boolean {
  return block.kind === 'notice' || (block.kind === 'details' && !isUnfolded(block, page));
}

function isUnfolded({ open = false }: Details, { details }: Page): boolean {
  return open || details === 'open';
}

function blockLines(block: Block, page: Page): readonly StyledLine[] {
  switch (block.kind) {
    case 'heading':
      return headingLines(block, page);
    case 'paragraph':
      return textLines(terminalSpans(block.text, page), page);
    case 'list':
      return listLines(block, page);
    case 'table':
      return tableLines(block, page);
    case 'details':
      return detailsLines(block, page);
    case 'figure':
      return figureLines(block, page);
    case 'notice':
      return noticeLines(block, page);
    case 'code':
      return codeLines(block, page);
  }
}

function textLines(spans: StyledLine, { width }: Page): readonly StyledLine[] {
  return wrap(spans, width).filter(line => line.length > 0);
}

/** The report's title is underlined; deeper titles stand out by the margin they keep. */
function headingLines({ level, text }: Heading, page: Page): readonly StyledLine[] {
  const spans = terminalSpans(text, page).map(span => ({ ...span, strong: true }));
  const lines = textLines(spans, page);
  if (level > 1 || lines.length === 0) return lines;
  const width = Math.max(...lines.map(lineWidth));
  return [...lines, [{ text: (page.unicode ? '━' : '=').repeat(width), muted: true }]];
}

function listLines({ items, ordered, tasks }: List, page: Page): readonly StyledLine[] {
  const bullets = items.map((_, i) => (ordered ? `${i + 1}. ` : bulletOf(tasks?.[i], page)));
  const width = Math.max(0, ...bullets.map(bullet => bullet.length));
  return items.flatMap((item, i) =>
    hang({ text: (bullets[i] ?? '').padStart(width), muted: true }, terminalSpans(item, page), page),
  );
}

function bulletOf(task: Task | undefined, { unicode }: Page): string {
  if (task) return unicode ? (task.isDone ? '☑ ' : '☐ ') : task.isDone ? '[x] ' : '[ ] ';
  return unicode ? '• ' : '- ';
}

/** Text behind a sign, its further lines below its first word. */
function hang(sign: StyledLine[number], spans: StyledLine, { width }: Page): readonly StyledLine[] {
  const taken = lineWidth([sign]);
  return wrap(spans, width - taken).map((line, i) => [i === 0 ? sign : { text: ' '.repeat(taken) }, ...line]);
}

function detailsLines(block: Details, page: Page): readonly StyledLine[] {
  const { summary, blocks } = block;
  const [open, folded] = page.unicode ? ['▾ ', '▸ '] : ['v ', '> '];
  const isOpen = isUnfolded(block, page);
  const title = hang({ text: isOpen ? open : folded, muted: true }, terminalSpans(summary, page), page);
  const inner = { ...page, width: page.width - indent };
  return isOpen ? [...title, ...moveIn(blocksLines(blocks, inner))] : title;
}

function figureLines({ alt, chart }: Figure, page: Page): readonly StyledLine[] {
  const sketch = sketchChart(chart, page).map(text => [{ text }]);
  const isShort = isSketchComplete(chart) || page.details === 'hidden';
  const table = isShort ? [] : [[], ...tableLines(numbersTable(chartNumbers(chart)), page)];
  return [...textLines(terminalSpans(alt, page), page), [], ...sketch, ...table];
}

function noticeLines({ notice, text }: Notice, page: Page): readonly StyledLine[] {
  if (notice === 'info') return hang({ text: page.unicode ? 'ℹ ' : 'i ' }, terminalSpans(text, page), page);
  const spans = terminalSpans(text, page).map(span => ({ ...span, tone: span.tone ?? notice }));
  return hang({ text: toneSign(notice, page), tone: notice, strong: true }, spans, page);
}

/** Code keeps its spaces; a line too long goes on in the next. */
function codeLines({ text }: Code, { width }: Page): readonly StyledLine[] {
  return visibleLines(text).flatMap(line => {
    const pieces: string[] = [];
    for (let rest = line; rest !== '' || pieces.length === 0; ) {
      const piece = takeWidth(rest, width - indent);
      pieces.push(piece);
      rest = rest.slice(piece.length);
    }
    return moveIn(pieces.map(piece => [{ text: piece, code: true }]));
  });
}

function moveIn(lines: readonly StyledLine[]): readonly StyledLine[] {
  return lines.map(line => (line.length === 0 ? line : [{ text: ' '.repeat(indent) }, ...line]));
}

function trimEnd(line: StyledLine): StyledLine {
  const last = line.at(-1);
  if (!last) return line;
  const text = last.text.trimEnd();
  return text === '' ? trimEnd(line.slice(0, -1)) : [...line.slice(0, -1), { ...last, text }];
}
