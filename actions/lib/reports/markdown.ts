// Blocks to Markdown as a GitHub pull request shows it. Charts become characters in a fixed-width font: Mermaid's
// xychart draws no intervals and no numeric x axis, ignores the reader's theme and is raw code in a mail.
import type { Block, Code, Details, Figure, List, Notice, Table } from '#lib/reports/blocks.ts';
import { chartNumbers, isSketchComplete, sketchChart } from '#lib/reports/charts/chart.ts';
import type { Inline } from '#lib/reports/inline.ts';
import { joinedSpans, spansOf } from '#lib/reports/inline.ts';
import { taskLine } from '#lib/reports/markdown-tasks.ts';
import { htmlInline, markdownInline, markdownLine, toneSigns } from '#lib/reports/markdown-text.ts';
import { cellsOf, numbersTable } from '#lib/reports/rows.ts';
import { visibleLines } from '#lib/reports/visible.ts';

/** Wide enough for a chart, narrow enough for the column of a pull request. */
const sketchWidth = 96;

/** What GitHub draws instead of showing; never chosen by a report. */
const drawnLanguages: readonly string[] = ['mermaid', 'geojson', 'topojson', 'stl', 'math', 'suggestion'];

/** GitHub flavoured Markdown that ends with one line end. All text in the blocks is shown, none is obeyed. */
export function renderMarkdown(blocks: readonly Block[]): string {
  return `${joinBlocks(blocks)}\n`;
}

function joinBlocks(blocks: readonly Block[]): string {
  return blocks
    .map(renderBlock)
    .filter(text => text !== '')
    .join('\n\n');
}

function renderBlock(block: Block): string {
  switch (block.kind) {
    case 'heading':
      return `${'#'.repeat(block.level)} ${markdownInline(block.text)}`;
    case 'paragraph':
      return markdownLine(block.text);
    case 'list':
      return renderList(block);
    case 'table':
      return renderTable(block);
    case 'details':
      return renderDetails(block);
    case 'figure':
      return renderFigure(block);
    case 'notice':
      return renderNotice(block);
    case 'code':
      return renderCode(block);
  }
}

function renderList({ items, ordered, tasks }: List): string {
  const lines = items.map((item, i) => {
    const task = tasks?.[i];
    const text = markdownLine(item);
    return task ? taskLine(text, task) : `${ordered ? `${i + 1}.` : '-'} ${text}`;
  });
  return lines.join('\n');
}

const delimiters = { left: '---', right: '---:', center: ':---:' };

function renderTable(table: Table): string {
  if (table.columns.length === 0) return '';
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const rows = table.rows.map(row => {
    const cells = cellsOf(table, row);
    return line(cells.map(cell => markdownInline(row.emphasis ? strengthen(cell) : cell)));
  });
  return [
    line(table.columns.map(column => markdownInline(column.header))),
    line(table.columns.map(column => delimiters[column.align ?? 'left'])),
    ...rows,
  ].join('\n');
}

function strengthen(inline: Inline): Inline {
  return joinedSpans(spansOf(inline).map(span => ({ ...span, strong: true })));
}

function renderDetails({ summary, blocks, open }: Details): string {
  return `<details${open ? ' open' : ''}><summary>${htmlInline(summary)}</summary>\n\n${joinBlocks(blocks)}\n\n</details>`;
}

function renderFigure({ alt, chart }: Figure): string {
  const sketch = sketchChart(chart, { width: sketchWidth, unicode: true });
  const parts: Block[] = [
    { kind: 'paragraph', text: alt },
    { kind: 'code', text: sketch.join('\n') },
  ];
  if (!isSketchComplete(chart)) {
    parts.push({ kind: 'details', summary: 'Numbers', blocks: [numbersTable(chartNumbers(chart))] });
  }
  return joinBlocks(parts);
}

function renderNotice({ notice, text }: Notice): string {
  const sign = notice === 'info' ? 'ℹ️' : toneSigns[notice];
  return `${sign} ${markdownInline(text)}`;
}

/** The fence is longer than any run of backticks inside it. */
function renderCode({ text, language }: Code): string {
  const lines = visibleLines(text);
  const longest = Math.max(2, ...(lines.join('\n').match(/`+/gu) ?? []).map(run => run.length));
  const fence = '`'.repeat(longest + 1);
  const isPlain = language !== undefined && /^[A-Za-z0-9+-]+$/u.test(language);
  const info = isPlain && !drawnLanguages.includes(language.toLowerCase()) ? language : '';
  return [`${fence}${info}`, ...lines, fence].join('\n');
}
