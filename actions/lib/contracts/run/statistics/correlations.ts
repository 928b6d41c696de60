// How steady the correlations between columns are: the share of pairs that moved by less than a limit.
import type { StatisticColumn } from '#lib/contracts/check.ts';
import type { OwnMetric } from '#lib/contracts/own-metrics.ts';
import type { Measured } from '#lib/contracts/run/measured.ts';
import {
  askWhole,
  isNumeric,
  NoStatistic,
  readColumns,
  type Side,
} from '#lib/contracts/run/statistics/side.ts';
import { roundSignificant } from '#lib/stats/round.ts';

type CorrelationStability = Extract<OwnMetric, { metric: 'correlationStability' }>;
type Method = CorrelationStability['method'];

const SHOWN = 3;

/** A pair without a correlation (a column that does not vary, or too few rows with both) moved, unless it had none before. */
export async function measureCorrelations(
  { limit, method, columns: named }: CorrelationStability,
  { columns, current, reference }: Sides,
): Promise<Measured> {
  const used = columns.filter(column => isNumeric(current, column) && isNumeric(reference, column));
  const wrong = named && columns.find(column => !used.includes(column));
  if (wrong) throw new NoStatistic(`${wrong.name} does not hold numbers in both versions`);
  if (used.length < 2) throw new NoStatistic('there are no two columns with numbers in both versions');
  const [now, before] = [await matrixOf(current, used, method), await matrixOf(reference, used, method)];
  const pairs = pairsOf(used).map(([a, b], i) => {
    const [from, to] = [before[i] ?? null, now[i] ?? null];
    const moved =
      from === null || to === null ? (from === to ? 0 : Number.POSITIVE_INFINITY) : Math.abs(to - from);
    return { name: `${a.name} with ${b.name}`, from, to, moved };
  });
  const steady = pairs.filter(({ moved }) => moved < limit).length;
  const most = pairs.toSorted((a, b) => b.moved - a.moved).slice(0, SHOWN);
  return {
    value: steady / pairs.length,
    detail: [
      `${steady} of ${pairs.length} pairs of columns moved by less than ${limit}`,
      ...most
        .filter(({ moved }) => moved >= limit)
        .map(({ name, from, to }) => `${name}: ${say(from)} before, ${say(to)} now`),
    ],
  };
}

interface Sides {
  readonly columns: readonly StatisticColumn[];
  readonly current: Side;
  readonly reference: Side;
}

function say(correlation: number | null): string {
  return correlation === null ? 'none' : String(roundSignificant(correlation, 3));
}

function pairsOf<Item>(items: readonly Item[]): readonly (readonly [Item, Item])[] {
  return items.flatMap((a, i) => items.slice(i + 1).map(b => [a, b] as const));
}

/** The correlation of each pair over rows that have both, in the order of the pairs; null where there is none. */
async function matrixOf(
  side: Side,
  columns: readonly StatisticColumn[],
  method: Method,
): Promise<readonly (number | null)[]> {
  const question = { correlations: method, columns: columns.map(({ name, type }) => [name, type ?? null]) };
  return askWhole(side, question, async () => {
    const values = await readColumns(side, columns);
    // Ranks over all rows serve every pair of columns that lack nothing.
    const whole = values.map(all => !all.some(Number.isNaN));
    const ranks = method === 'spearman' ? values.map((all, i) => (whole[i] ? ranksOf(all) : all)) : values;
    return pairsOf([...columns.keys()]).map(([a, b]) => {
      const [x = EMPTY, y = EMPTY] = [values[a], values[b]];
      if (whole[a] && whole[b]) return correlationOf(ranks[a] ?? x, ranks[b] ?? y);
      const both = Array.from(x.keys()).filter(
        row => !Number.isNaN(x[row] ?? Number.NaN) && !Number.isNaN(y[row] ?? Number.NaN),
      );
      const [left, right] = [x, y].map(all => Float64Array.from(both, row => all[row] ?? Number.NaN));
      const prepare = (all = EMPTY) => (method === 'spearman' ? ranksOf(all) : all);
      return correlationOf(prepare(left), prepare(right));
    });
  });
}

const EMPTY = new Float64Array();

/** From 1; equal values share the mean of theirs. */
function ranksOf(values: Float64Array): Float64Array {
  const order = Uint32Array.from(values.keys()).sort((a, b) => (values[a] ?? 0) - (values[b] ?? 0));
  const ranks = new Float64Array(values.length);
  for (let start = 0; start < order.length; ) {
    let end = start + 1;
    while (end < order.length && values[order[end] ?? 0] === values[order[start] ?? 0]) end++;
    for (let i = start; i < end; i++) ranks[order[i] ?? 0] = (start + 1 + end) / 2;
    start = end;
  }
  return ranks;
}

/** Pearson's; null where one of both does not vary. */
function correlationOf(x: Float64Array, y: Float64Array): number | null {
  const n = x.length;
  if (n < 2) return null;
  const mean = (all: Float64Array) => all.reduce((total, value) => total + value, 0) / n;
  const [a, b] = [mean(x), mean(y)];
  let [products, left, right] = [0, 0, 0];
  for (let i = 0; i < n; i++) {
    const [dx, dy] = [(x[i] ?? 0) - a, (y[i] ?? 0) - b];
    products += dx * dy;
    left += dx * dx;
    right += dy * dy;
  }
  if (left === 0 || right === 0) return null;
  return roundSignificant(products / Math.sqrt(left * right), 12);
}
