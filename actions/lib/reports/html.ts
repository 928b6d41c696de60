// Blocks to one HTML page that needs nothing else: no script, no font, no image. Its policy forbids all of them, and
// allows the one style sheet by its digest, so that even a mistake in escaping could not run or load. A link, where a
// report has one, waits for a person.
import { digestBytes } from '#lib/documents/canonical.ts';
import type { Block, Code, Column, Details, Figure, List, Notice, Table, Task } from '#lib/reports/blocks.ts';
import { chartNumbers, drawChart } from '#lib/reports/charts/chart.ts';
import type { Svg } from '#lib/reports/charts/svg.ts';
import { element, escapeXml } from '#lib/reports/charts/svg.ts';
import { displayWidth } from '#lib/reports/display-width.ts';
import { styleSheet } from '#lib/reports/html-style.ts';
import { htmlSign, htmlSpans, LONGEST_UNBROKEN } from '#lib/reports/html-text.ts';
import type { Inline } from '#lib/reports/inline.ts';
import { plainText } from '#lib/reports/inline.ts';
import { cellsOf, numbersTable } from '#lib/reports/rows.ts';
import { visibleLines } from '#lib/reports/visible.ts';

/** What the page says about itself. */
export interface HtmlOptions {
  /** The window's title. */
  readonly title: string;
  /** Language of the text, for screen readers and hyphenation. */
  readonly language: 'en';
}

/** A whole page, the same bytes for the same blocks. */
export function renderHtml(blocks: readonly Block[], { title, language }: HtmlOptions): string {
  const style = Buffer.from(digestBytes(styleSheet).replace('sha256:', ''), 'hex').toString('base64');
  const policy = `default-src 'none'; style-src 'sha256-${style}'; base-uri 'none'; form-action 'none'`;
  return `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${escapeXml(title)}</title>
<style>${styleSheet}</style>
</head>
<body>
<main>
${renderBlocks(blocks)}
</main>
</body>
</html>
`;
}

function renderBlocks(blocks: readonly Block[]): string {
  return blocks
    .map(renderBlock)
    .filter(html => html !== '')
    .join('\n');
}

function renderBlock(block: Block): string {
  switch (block.kind) {
    case 'heading':
      return `<h${block.level}>${htmlSpans(block.text)}</h${block.level}>`;
    case 'paragraph':
      return `<p>${htmlSpans(block.text)}</p>`;
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
  const name = ordered ? 'ol' : 'ul';
  const box = (task: Task | undefined) => (task ? (task.isDone ? '☑ ' : '☐ ') : '');
  const points = items.map((item, i) => `<li>${box(tasks?.[i])}${htmlSpans(item)}</li>`);
  return `<${name}>\n${points.join('\n')}\n</${name}>`;
}

/** A wide table scrolls in its own box, which the keyboard can reach. */
function renderTable(table: Table): string {
  if (table.columns.length === 0) return '';
  const header = table.columns.map(column => {
    const look = cellClass(column.header, column);
    const name = htmlSpans(column.header);
    return name === '' ? `<td${look}></td>` : `<th scope="col"${look}>${name}</th>`;
  });
  const rows = table.rows.map(row => {
    const cells = cellsOf(table, row).map((cell, i) => {
      const [name, scope] = i === 0 ? ['th', ' scope="row"'] : ['td', ''];
      return `<${name}${scope}${cellClass(cell, table.columns[i])}>${htmlSpans(cell)}</${name}>`;
    });
    return `<tr${row.emphasis ? ' class="chosen"' : ''}>${cells.join('')}</tr>`;
  });
  const head = `<thead>\n<tr>${header.join('')}</tr>\n</thead>`;
  const body = rows.length > 0 ? `\n<tbody>\n${rows.join('\n')}\n</tbody>` : '';
  return `<div class="table" role="group" aria-label="Table" tabindex="0"><table>\n${head}${body}\n</table></div>`;
}

function cellClass(cell: Inline, column: Column | undefined): string {
  const align = column?.align && column.align !== 'left' ? [column.align] : [];
  const isShort = displayWidth(plainText(cell)) <= LONGEST_UNBROKEN;
  const names = [...align, ...(isShort ? [] : ['long'])];
  return names.length === 0 ? '' : ` class="${names.join(' ')}"`;
}

function renderDetails({ summary, blocks, open }: Details): string {
  return `<details${open ? ' open=""' : ''}>\n<summary>${htmlSpans(summary)}</summary>\n${renderBlocks(blocks)}\n</details>`;
}

function renderFigure({ alt, chart }: Figure): string {
  const [wide, narrow] = [drawing(drawChart(chart, 'wide'), alt), drawing(drawChart(chart, 'narrow'), alt)];
  const drawings =
    wide === narrow ? wide : `<div class="wide">${wide}</div>\n<div class="narrow">${narrow}</div>`;
  const table = renderTable(numbersTable(chartNumbers(chart)));
  return `<figure>
<figcaption>${escapeXml(alt)}</figcaption>
${drawings}
<details>
<summary>Numbers</summary>
${table}
</details>
</figure>`;
}

/** As large as drawn where there is room, smaller where there is not. */
function drawing({ width, height, body }: Svg, alt: string): string {
  const size = { width, height: Math.round(height) };
  const viewBox = `0 0 ${size.width} ${size.height}`;
  return element('svg', { ...size, viewBox, role: 'img', 'aria-label': alt }, body);
}

function renderNotice({ notice, text }: Notice): string {
  const sign = `<span class="${notice}">${htmlSign(notice)}</span>`;
  return `<div class="notice ${notice}">${sign}<div class="words">${htmlSpans(text)}</div></div>`;
}

function renderCode({ text }: Code): string {
  return `<pre tabindex="0"><code>${visibleLines(text).map(escapeXml).join('\n')}</code></pre>`;
}
