// The rows of both versions by the bins of the reference: its quantiles, or its categories; one more for what is missing,
// and of categories one for what the reference never had. Bins of the reference alone, so that one wild value cannot widen
// them until everything falls into one.
import type { StatisticColumn } from '#lib/contracts/check.ts';
import {
  askEach,
  askWhole,
  columnOf,
  columnQuery,
  isNumeric,
  NoStatistic,
  readNumbers,
  relationOf,
  type Side,
} from '#lib/contracts/run/statistics/side.ts';
import { quantileOf } from '#lib/contracts/run/statistics/values.ts';
import { categoriesQuery, knownCategoriesQuery } from '#lib/contracts/sql/statistics.ts';
import { roundSignificant } from '#lib/stats/round.ts';

/** More categories than this are no categories. */
const MOST_CATEGORIES = 1000;

export interface Bin {
  /** `22.5 to 30`, `"cash"`, `missing`. */
  readonly label: string;
  /** True where the label quotes the data. */
  readonly isQuoted: boolean;
  readonly reference: number;
  readonly current: number;
}

export interface Compared {
  readonly column: StatisticColumn;
  readonly current: Side;
  readonly reference: Side;
}

/** The bins of a column, with rows of both versions. @param bins so many quantiles of numbers */
export async function countBins(compared: Compared, bins: number): Promise<readonly Bin[]> {
  const { column, current, reference } = compared;
  const [a, b] = [isNumeric(current, column), isNumeric(reference, column)];
  if (a !== b) throw new NoStatistic(`${column.name} holds numbers in one of both versions only`);
  return a ? countNumbers(compared, bins) : countCategories(compared);
}

async function countNumbers({ column, current, reference }: Compared, bins: number): Promise<readonly Bin[]> {
  const question = { edges: bins, column: column.name, type: column.type ?? null };
  const edges = await askWhole(reference, question, async () => {
    const sorted = (await readNumbers(reference, column)).sort();
    const all = Array.from({ length: bins - 1 }, (_, i) => quantileOf(sorted, (i + 1) / bins));
    return [...new Set(all)];
  });
  const [before, now] = [
    await histogramOf(reference, column, edges),
    await histogramOf(current, column, edges),
  ];
  return before.map((count, i) => ({
    label: i === before.length - 1 ? 'missing' : sayRange(edges, i),
    isQuoted: i < before.length - 1,
    reference: count,
    current: now[i] ?? 0,
  }));
}

function sayRange(edges: readonly number[], bin: number): string {
  const [low, high] = [edges[bin - 1], edges[bin]].map(edge => edge && roundSignificant(edge));
  if (low === undefined) return high === undefined ? 'any number' : `up to ${high}`;
  return high === undefined ? `above ${low}` : `above ${low}, up to ${high}`;
}

/** Rows up to each edge, above the last, and without a value. */
async function histogramOf(
  side: Side,
  column: StatisticColumn,
  edges: readonly number[],
): Promise<readonly number[]> {
  const each = await askEach(
    side,
    { what: { histogram: edges }, queryOf: columnQuery(side, [column]) },
    async query => {
      const counts = new Array<number>(edges.length + 2).fill(0);
      await side.engine.streamNumbers(query, ([values = new Float64Array()]) => {
        for (const value of values) {
          const bin = Number.isNaN(value) ? edges.length + 1 : placeOf(value, edges);
          counts[bin] = (counts[bin] ?? 0) + 1;
        }
      });
      return counts;
    },
  );
  return Array.from({ length: edges.length + 2 }, (_, i) =>
    each.reduce((total, counts) => total + (counts[i] ?? 0), 0),
  );
}

/** How many edges lie below a value. */
function placeOf(value: number, edges: readonly number[]): number {
  let [low, high] = [0, edges.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((edges[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

async function countCategories({ column, current, reference }: Compared): Promise<readonly Bin[]> {
  const before = await categoriesOf(reference, column);
  const known = [...before.keys()].filter(value => value !== null);
  const now = await knownOf(current, column, known);
  const values = known.map(value => ({
    label: JSON.stringify(shorten(value)),
    isQuoted: true,
    reference: before.get(value) ?? 0,
    current: now.get(value) ?? 0,
  }));
  return [
    ...values,
    {
      label: 'missing',
      isQuoted: false,
      reference: before.get(null) ?? 0,
      current: now.get(null) ?? 0,
    },
    { label: 'new to the reference', isQuoted: false, reference: 0, current: now.get(undefined) ?? 0 },
  ];
}

type Counts<Value> = ReadonlyMap<Value, number>;

async function categoriesOf(side: Side, column: StatisticColumn): Promise<Counts<string | null>> {
  const each = await askEach(
    side,
    {
      what: 'categories',
      queryOf: (part, relation) => {
        const found = columnOf(part, column);
        const rows = relationOf(part, side, relation);
        return found
          ? categoriesQuery(rows, found, MOST_CATEGORIES + 2)
          : `SELECT NULL AS value, count(*) AS n FROM ${rows}`;
      },
    },
    async query =>
      (await side.engine.query(query)).map(row => ({ value: textOf(row['value']), n: Number(row['n']) })),
  );
  const counts = new Map<string | null, number>();
  for (const { value, n } of each.flat()) counts.set(value, (counts.get(value) ?? 0) + n);
  if (counts.size - Number(counts.has(null)) > MOST_CATEGORIES)
    throw new NoStatistic(`${column.name} has more than ${MOST_CATEGORIES} different values in ${side.name}`);
  return counts;
}

/** Under undefined, what is none of them. */
async function knownOf(
  side: Side,
  column: StatisticColumn,
  known: readonly string[],
): Promise<Counts<string | null | undefined>> {
  const each = await askEach(
    side,
    {
      what: 'known categories',
      queryOf: (part, relation) => {
        const found = columnOf(part, column);
        const rows = relationOf(part, side, relation);
        return found
          ? knownCategoriesQuery(rows, found, known)
          : `SELECT NULL AS value, true AS known, count(*) AS n FROM ${rows}`;
      },
    },
    async query =>
      (await side.engine.query(query)).map(row => ({
        value: textOf(row['value']),
        isKnown: row['known'] === true,
        n: Number(row['n']),
      })),
  );
  const counts = new Map<string | null | undefined, number>();
  for (const { value, isKnown, n } of each.flat()) {
    const key = isKnown ? value : undefined;
    counts.set(key, (counts.get(key) ?? 0) + n);
  }
  return counts;
}

const LONGEST_LABEL = 40;

/** Cuts between characters, never inside one. */
function shorten(text: string): string {
  const characters = Array.from(text.slice(0, 4 * LONGEST_LABEL));
  return characters.length > LONGEST_LABEL ? `${characters.slice(0, LONGEST_LABEL - 3).join('')}...` : text;
}

function textOf(value: unknown): string | null {
  return value === null || value === undefined ? null : String(value);
}
