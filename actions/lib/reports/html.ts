// Blocks to one HTML page that needs nothing else: no script, no font, no image, no address. Its policy forbids all
// of them, and allows the one style sheet by its digest, so that even a mistake in escaping could not run or load.
import { digestBytes } from '#lib/documents/canonical.ts';
import type { Block, Code, Details, Figure, List, Notice, Table } from '#lib/reports/blocks.ts';
import { chartNumbers, drawChart } from '#lib/reports/charts/chart.ts';
import { element, escapeXml } from '#lib/reports/charts/svg.ts';
import { styleSheet } from '#lib/reports/html-style.ts';
import { htmlSign, htmlSpans } from '#lib/reports/html-text.ts';
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

function renderList({ items, ordered }: List): string {
  const name = ordered ? 'ol' : 'ul';
  return `<${name}>\n${items.map(item => `<li>${htmlSpans(item)}</li>`).join('\n')}\n</${name}>`;
}

/** A wide table scrolls in its own box, which the keyboard can reach. */
function renderTable(table: Table): string {
  if (table.columns.length === 0) return '';
  const looks = table.columns.map(({ align }) => (align && align !== 'left' ? ` class="${align}"` : ''));
  const header = table.columns.map((column, i) => {
    const name = htmlSpans(column.header);
    return name === '' ? `<td${looks[i]}></td>` : `<th scope="col"${looks[i]}>${name}</th>`;
  });
  const rows = table.rows.map(row => {
    const [first, ...rest] = cellsOf(table, row).map(htmlSpans);
    const cells = rest.map((cell, i) => `<td${looks[i + 1]}>${cell}</td>`).join('');
    return `<tr${row.emphasis ? ' class="chosen"' : ''}><th scope="row"${looks[0]}>${first}</th>${cells}</tr>`;
  });
  const head = `<thead>\n<tr>${header.join('')}</tr>\n</thead>`;
  const body = rows.length > 0 ? `\n<tbody>\n${rows.join('\n')}\n</tbody>` : '';
  return `<div class="table" role="group" aria-label="Table" tabindex="0"><table>\n${head}${body}\n</table></div>`;
}

function renderDetails({ summary, blocks }: Details): string {
  return `<details>\n<summary>${htmlSpans(summary)}</summary>\n${renderBlocks(blocks)}\n</details>`;
}

function renderFigure({ alt, chart }: Figure): string {
  const { width, height, body } = drawChart(chart);
  const viewBox = `0 0 ${width} ${Math.round(height)}`;
  const svg = element('svg', { viewBox, role: 'img', 'aria-label': alt }, body);
  const table = renderTable(numbersTable(chartNumbers(chart)));
  return `<figure>
<figcaption>${escapeXml(alt)}</figcaption>
<div class="drawing">${svg}</div>
<details>
<summary>Numbers</summary>
${table}
</details>
</figure>`;
}

function renderNotice({ notice, text }: Notice): string {
  const sign = `<span class="${notice}">${htmlSign(notice)}</span>`;
  return `<div class="notice ${notice}">${sign}<div class="words">${htmlSpans(text)}</div></div>`;
}

function renderCode({ text }: Code): string {
  return `<pre tabindex="0"><code>${visibleLines(text).map(escapeXml).join('\n')}</code></pre>`;
}
