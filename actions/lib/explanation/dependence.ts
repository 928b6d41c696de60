// What a model answers when one column is given the same value in every row: the mean answer, and how far the rows differ.
// The share of rows behind each value says where the curve is known and where it is a guess of the model's.
import { z } from 'zod';
import type { Score } from '#lib/explanation/score.ts';
import { meanOf } from '#lib/explanation/sums.ts';
import { countTexts } from '#lib/explanation/usual.ts';
import { quantileOfSorted } from '#lib/stats/bootstrap.ts';
import { createRandom, sampleRows } from '#lib/stats/random.ts';
import { roundSignificant } from '#lib/stats/round.ts';
import { type Column, selectRows, type Table } from '#lib/tables/table.ts';

export const dependencePointSchema = z.strictObject({
  /** null = missing. */
  value: z.union([z.number(), z.string()]).nullable(),
  /** Of the rows: those with this category, or whose number is nearer to this one than to the others. */
  share: z.number(),
  /** Mean answer. */
  mean: z.number(),
  /** A tenth of the rows are answered with less, a tenth with more than this. */
  low: z.number(),
  high: z.number(),
});

export const dependenceSchema = z.strictObject({
  column: z.string(),
  kind: z.enum(['number', 'string']),
  /** Rows used, which may be a sample. */
  n: z.number(),
  /** Numbers ascending, categories from the commonest; a missing value last. */
  points: z.array(dependencePointSchema).readonly(),
});

export type Dependence = Readonly<z.output<typeof dependenceSchema>>;

interface DependenceOptions {
  readonly mostPoints?: number;
  readonly mostRows?: number;
  readonly seed?: number;
}

/** A value to try, and how many rows have it. */
interface Point {
  readonly value: number | string | null;
  readonly count: number;
}

/**
 * Partial dependence (J. Friedman, Annals of Statistics 29, 2001, section 8.2) with the spread of the single rows' curves
 * (A. Goldstein and others, JCGS 24, 2015). Combines values that may never occur together when columns are correlated.
 * Answers that are not numbers are left out; a point without any is too.
 */
export async function partialDependence(
  score: Score,
  { rows, column }: { readonly rows: Table; readonly column: string },
  { mostPoints = 20, mostRows = 1000, seed = 1 }: DependenceOptions = {},
): Promise<Dependence> {
  const found = rows.columns.find(({ name }) => name === column);
  if (!found) throw new RangeError(`There is no column "${column}"`);
  const table = selectRows(rows, sampleRows(rows.rows, mostRows, createRandom(seed)));
  const points: Dependence['points'][number][] = [];
  for (const { value, count } of choosePoints(found, mostPoints)) {
    const answers = (await score(setAll(table, column, value))).filter(Number.isFinite).sort();
    if (answers.length === 0) continue;
    points.push({
      value,
      share: roundSignificant(count / rows.rows),
      mean: roundSignificant(meanOf(answers)),
      low: roundSignificant(quantileOfSorted(answers, 0.1)),
      high: roundSignificant(quantileOfSorted(answers, 0.9)),
    });
  }
  return { column, kind: found.kind, n: table.rows, points };
}

/** The commonest categories or evenly spread quantiles that occur, and the missing value where there is one. */
function choosePoints(column: Column, most: number): readonly Point[] {
  if (column.kind === 'string') {
    const missing = column.values.filter(value => value === '').length;
    const common = countTexts(column.values).slice(0, most);
    return [...common.map(([value, count]) => ({ value, count })), ...missingPoint(missing)];
  }
  const sorted = column.values.filter(Number.isFinite).sort();
  const missing = column.values.filter(value => Number.isNaN(value)).length;
  return [...countNearest(sorted, spreadValues(sorted, most)), ...missingPoint(missing)];
}

function missingPoint(count: number): readonly Point[] {
  return count > 0 ? [{ value: null, count }] : [];
}

/** All different values when they are few, else those in the middle of `most` equal parts of the rows. */
function spreadValues(sorted: Float64Array, most: number): readonly number[] {
  const different = new Set(sorted);
  if (different.size <= most) return [...different];
  const middles = Array.from({ length: most }, (_, part) =>
    Math.floor(((part + 0.5) / most) * sorted.length),
  );
  return [...new Set(middles.map(place => sorted[place]!))];
}

/** Both ascending; a number halfway belongs to the lower value. */
function countNearest(sorted: Float64Array, values: readonly number[]): readonly Point[] {
  const counts = values.map(() => 0);
  let at = 0;
  for (const number of sorted) {
    while (at + 1 < values.length && values[at + 1]! - number < number - values[at]!) at++;
    counts[at]! += 1;
  }
  return values.map((value, place) => ({ value, count: counts[place]! }));
}

function setAll(table: Table, name: string, value: number | string | null): Table {
  return { ...table, columns: table.columns.map(one => (one.name === name ? fill(one, value) : one)) };
}

function fill(column: Column, value: number | string | null): Column {
  if (column.kind === 'number') {
    return {
      ...column,
      values: new Float64Array(column.values.length).fill(value === null ? Number.NaN : Number(value)),
    };
  }
  return { ...column, values: column.values.map(() => (value === null ? '' : String(value))) };
}
