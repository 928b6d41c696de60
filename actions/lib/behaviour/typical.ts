// The row in the middle of all others: what completes a partial one. Every value of it is one that some row has.
import { compareText } from '#lib/documents/canonical.ts';
import type { Column, Table } from '#lib/tables/table.ts';

/**
 * One row: the lower median of numbers, the most common text (ties to the first by code point).
 * @returns missing where no row has a number, or where missing is the most common text.
 */
export function typicalRow(table: Table): Table {
  return { rows: 1, columns: table.columns.map(typicalColumn) };
}

function typicalColumn(column: Column): Column {
  if (column.kind === 'string') return { ...column, values: [mostCommon(column.values)] };
  const sorted = column.values.filter(value => !Number.isNaN(value)).sort();
  return { ...column, values: Float64Array.of(sorted[Math.floor((sorted.length - 1) / 2)] ?? Number.NaN) };
}

function mostCommon(texts: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  const ranked = [...counts].sort(([a, n], [b, m]) => m - n || compareText(a, b));
  return ranked[0]?.[0] ?? '';
}
