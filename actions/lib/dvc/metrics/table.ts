// Tables of metrics and parameters: cells as DVC writes them, columns as wide as they need.
import { compareText } from '#lib/documents/canonical.ts';
import type { FileResult } from '#lib/dvc/metrics/file-result.ts';
import type { FilesDiff } from '#lib/dvc/metrics/value-diff.ts';
import { flattenMap } from '#lib/dvc/pipeline/arguments.ts';
import { pythonText } from '#lib/dvc/values/python-text.ts';
import { isValueList, isValueMap, type Value } from '#lib/dvc/values/value.ts';

export interface Table {
  readonly headers: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

const NOTHING = '-';

interface DiffTableOptions {
  /** Of the column with the names: Metric or Param. */
  readonly title: string;
  readonly revisions: readonly [string, string];
  /** Digits after the point. */
  readonly precision?: number | undefined;
  readonly withPath: boolean;
  readonly withChange: boolean;
}

/** One row a value that changed. */
export function diffTable(
  diff: FilesDiff,
  { title, revisions, precision, withPath, withChange }: DiffTableOptions,
): Table {
  const rows = [...diff].flatMap(([path, changes]) =>
    [...changes].map(([name, change]) => [
      ...(withPath ? [path] : []),
      name,
      cell(change.old, precision),
      cell(change.new, precision),
      ...(withChange ? [cell(change.diff ?? null, precision)] : []),
    ]),
  );
  const headers = [...(withPath ? ['Path'] : []), title, ...revisions, ...(withChange ? ['Change'] : [])];
  return { headers, rows };
}

interface MetricsTableOptions {
  readonly precision: number;
  readonly withRevision: boolean;
}

/** One row a file of a revision, one column a metric. */
export function metricsTable(
  revisions: ReadonlyMap<string, ReadonlyMap<string, FileResult>>,
  { precision, withRevision }: MetricsTableOptions,
): Table {
  const found = [...revisions].flatMap(([revision, files]) =>
    [...files].map(([path, result]) => ({ revision, path, values: flatten(result) })),
  );
  const names = [...new Set(found.flatMap(({ values }) => [...values.keys()]))].sort(compareText);
  const rows = found.map(({ revision, path, values }) => [
    ...(withRevision ? [revision] : []),
    path,
    ...names.map(name => (values.has(name) ? cell(values.get(name) ?? null, precision) : NOTHING)),
  ]);
  return { headers: [...(withRevision ? ['Revision'] : []), 'Path', ...names], rows };
}

function flatten(result: FileResult): ReadonlyMap<string, Value> {
  if ('error' in result) return new Map();
  return isValueMap(result.data) ? new Map(flattenMap(result.data)) : new Map([['', result.data]]);
}

function cell(value: Value, precision: number | undefined): string {
  return value === null ? NOTHING : pythonText(precision ? rounded(value, precision) : value);
}

function rounded(value: Value, digits: number): Value {
  if (isValueList(value)) return value.map(item => rounded(item, digits));
  return typeof value === 'number' ? roundEven(value, digits) : value;
}

/** As Python rounds: to the nearest decimal, halves to the even digit. */
export function roundEven(value: number, digits: number): number {
  if (!Number.isFinite(value) || Math.abs(value) >= 1e15 || digits > 30) return value;
  const size = Math.abs(value);
  const exact = size.toFixed(100);
  const end = exact.indexOf('.') + 1 + digits;
  const isHalf = /^50*$/.test(exact.slice(end));
  const below = exact.slice(0, end);
  const isEven = /[02468]\.?$/.test(below);
  const result = Number(isHalf && isEven ? below : size.toFixed(digits));
  return value < 0 || Object.is(value, -0) ? -result : result;
}

/** The table with each of its texts changed. */
export function mapCells({ headers, rows }: Table, change: (text: string) => string): Table {
  return { headers: headers.map(change), rows: rows.map(row => row.map(change)) };
}

/** Columns with two or more spaces between, or a Markdown table. */
export function formatTable({ headers, rows }: Table, isMarkdown: boolean): string {
  const clean = (text: string) => (isMarkdown ? text.replace(/\|/g, '\\|').replace(/\n/g, ' ') : text);
  const all = [headers, ...rows].map(row => row.map(clean));
  const widths = headers.map((_, column) => {
    const longest = Math.max(...all.map(row => Array.from(row[column] ?? '').length));
    return Math.max(longest, Array.from(headers[column] ?? '').length + 2);
  });
  const pad = (row: readonly string[]) =>
    row.map((text, column) => text + ' '.repeat((widths[column] ?? 0) - Array.from(text).length));
  if (!isMarkdown) return all.map(row => `${pad(row).join('  ').trimEnd()}\n`).join('');
  const [head = [], ...body] = all.map(row => `| ${pad(row).join(' | ')} |`);
  const rule = `|${widths.map(width => '-'.repeat(width + 2)).join('|')}|`;
  return `${[head, rule, ...body].join('\n')}\n`;
}
