// What is usual in the training rows, small enough to keep beside a model: so that a past answer can be put into words
// years later, without the rows.
import { z } from 'zod';
import { compareText } from '#lib/documents/canonical.ts';
import { quantileOfSorted } from '#lib/stats/bootstrap.ts';
import { roundSignificant } from '#lib/stats/round.ts';
import type { Column, Table } from '#lib/tables/table.ts';

const numberSchema = z.strictObject({
  column: z.string(),
  kind: z.literal('number'),
  /** Share of rows without a value. */
  missing: z.number(),
  /** The 0th, 1st ... 100th percentile of the others; empty when there are none. */
  percentiles: z.array(z.number()).readonly(),
});

const textSchema = z.strictObject({
  column: z.string(),
  kind: z.literal('string'),
  missing: z.number(),
  /** Shares of all rows, the commonest first. */
  categories: z.array(z.strictObject({ value: z.string(), share: z.number() })).readonly(),
  /** True when rarer categories were left out. */
  isCut: z.boolean(),
});

export const usualColumnSchema = z.discriminatedUnion('kind', [numberSchema, textSchema]);

export type UsualColumn = Readonly<z.output<typeof usualColumnSchema>>;

const MOST_CATEGORIES = 50;

/** One entry per column, in the table's order. */
export function describeUsual(training: Table): readonly UsualColumn[] {
  return training.columns.map(column =>
    column.kind === 'number'
      ? describeNumbers(column.name, column.values)
      : describeTexts(column.name, column.values),
  );
}

function describeNumbers(column: string, values: Float64Array): UsualColumn {
  const sorted = values.filter(value => Number.isFinite(value)).sort();
  const percentiles =
    sorted.length === 0
      ? []
      : Array.from({ length: 101 }, (_, percent) =>
          roundSignificant(quantileOfSorted(sorted, percent / 100)),
        );
  const missing = values.filter(value => Number.isNaN(value)).length;
  return { column, kind: 'number', missing: shareOf(missing, values.length), percentiles };
}

function describeTexts(column: string, values: readonly string[]): UsualColumn {
  const counted = countTexts(values);
  return {
    column,
    kind: 'string',
    missing: shareOf(values.filter(value => value === '').length, values.length),
    categories: counted
      .slice(0, MOST_CATEGORIES)
      .map(([value, count]) => ({ value, share: shareOf(count, values.length) })),
    isCut: counted.length > MOST_CATEGORIES,
  };
}

/** The texts but the empty one with their counts, the commonest first, equally common ones by code point. */
export function countTexts(values: readonly string[]): readonly (readonly [text: string, count: number])[] {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  counts.delete('');
  return [...counts].toSorted(([a, m], [b, n]) => n - m || compareText(a, b));
}

function shareOf(count: number, rows: number): number {
  return rows === 0 ? 0 : roundSignificant(count / rows);
}

/** A column's value in a row; null = missing, and an infinite one as text, which JSON has no number for. */
export function valueAt({ values }: Column, row: number): number | string | null {
  const value = values[row];
  if (value === undefined || value === '' || Number.isNaN(value)) return null;
  return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
}
