// Tables as CSV text (RFC 4180, LF line ends): quotes only where they are needed, so that the same rows give the same bytes.
import type { Column, Table } from '#lib/tables/table.ts';

/** The table with its header; a missing value is an empty field. */
export function formatCsv(table: Table): string {
  const lines = [table.columns.map(column => quote(column.name)).join(',')];
  for (let row = 0; row < table.rows; row++) {
    lines.push(table.columns.map(column => quote(fieldText(column, row))).join(','));
  }
  return `${lines.join('\n')}\n`;
}

function fieldText(column: Column, row: number): string {
  const value = column.values[row];
  if (value === undefined || Number.isNaN(value)) return '';
  return String(value);
}

function quote(text: string): string {
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
