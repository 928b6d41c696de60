// Cuts blocks down before they become text. A proposal may name anything any number of times; after this, how long a
// report gets depends on the bounds and no longer on the proposal.
import type { Block, Table } from '#lib/reports/blocks.ts';
import type { Chart } from '#lib/reports/charts/chart.ts';
import { type Inline, type Span, spansOf } from '#lib/reports/inline.ts';

/** How much of each kind stays. */
export interface Bounds {
  /** Characters of one line of text. */
  readonly text: number;
  /** Points of a list, rows of a table or of a chart, lines of code. */
  readonly rows: number;
  /** Blocks that stand beside each other. */
  readonly blocks: number;
  /** False leaves out what is folded, and the charts, whose numbers would be. */
  readonly folds: boolean;
}

/** The same blocks within the bounds; what was left out is counted. */
export function boundBlocks(blocks: readonly Block[], bounds: Bounds): readonly Block[] {
  const kept = blocks.filter(block => bounds.folds || !isFolded(block));
  const more = kept.length - bounds.blocks;
  return [
    ...kept.slice(0, bounds.blocks).map(block => boundBlock(block, bounds)),
    ...(more > 0 ? [{ kind: 'paragraph', text: `And ${more} more parts like these.` } as const] : []),
  ];
}

function isFolded(block: Block): boolean {
  return block.kind === 'figure' || (block.kind === 'details' && !block.open);
}

function boundBlock(block: Block, bounds: Bounds): Block {
  switch (block.kind) {
    case 'list': {
      const items = cutRows(block.items, bounds.rows, more => `and ${more} more`);
      const tasks = block.tasks?.slice(0, bounds.rows);
      return { ...block, tasks, items: items.map(item => cutInline(item, bounds.text)) };
    }
    case 'table':
      return boundTable(block, bounds);
    case 'details': {
      const inner = boundBlocks(block.blocks, bounds);
      return { ...block, summary: cutInline(block.summary, bounds.text), blocks: inner };
    }
    case 'figure':
      return { ...block, alt: cutText(block.alt, bounds.text), chart: boundChart(block.chart, bounds) };
    case 'code': {
      const lines = cutRows(block.text.split('\n'), bounds.rows, more => `... and ${more} more lines`);
      return { ...block, text: lines.map(line => cutText(line, bounds.text)).join('\n') };
    }
    default:
      return { ...block, text: cutInline(block.text, bounds.text) };
  }
}

function boundTable(table: Table, { rows, text }: Bounds): Table {
  const kept = cutRows(table.rows, rows, more => ({ cells: [`and ${more} more`] }));
  return {
    ...table,
    rows: kept.map(row => ({ ...row, cells: row.cells.map(cell => cutInline(cell, text)) })),
  };
}

/** Labels are shortened by each chart's own drawing; a chart without room for all rows shows the first. */
function boundChart(chart: Chart, { rows, text }: Bounds): Chart {
  const label = <Row extends { readonly label: string }>(row: Row): Row => ({
    ...row,
    label: cutText(row.label, text),
  });
  switch (chart.kind) {
    case 'intervals':
      return { ...chart, rows: chart.rows.slice(0, rows).map(label) };
    case 'bars':
      return { ...chart, rows: chart.rows.slice(0, rows).map(label) };
    case 'scatter-binned':
      return { ...chart, bins: chart.bins.slice(0, rows) };
    case 'line':
      return { ...chart, series: chart.series.slice(0, rows).map(label) };
  }
}

function cutRows<Row>(all: readonly Row[], most: number, sayMore: (more: number) => Row): readonly Row[] {
  return all.length <= most ? all : [...all.slice(0, most), sayMore(all.length - most)];
}

/** The first characters of a text; an ellipsis says that there was more. */
export function cutText(text: string, most: number): string {
  // A character has at most two units, so nothing longer is ever taken apart.
  const characters = Array.from(text.slice(0, 2 * most + 2));
  return characters.length > most ? `${characters.slice(0, most).join('')}…` : text;
}

function cutInline(inline: Inline, most: number): Inline {
  if (typeof inline === 'string') return cutText(inline, most);
  const kept: Span[] = [];
  let left = most;
  for (const span of spansOf(inline)) {
    if (left <= 0) break;
    const text = cutText(span.text, left);
    kept.push({ ...span, text });
    left -= Array.from(text).length;
  }
  return kept;
}
