// Metrics of one version by itself: mean, standard deviation, quantile, shares of rows.
import type { Condition, StatisticColumn } from '#lib/contracts/check.ts';
import type { OwnMetric } from '#lib/contracts/own-metrics.ts';
import {
  askEach,
  askWhole,
  columnQuery,
  NoStatistic,
  readNumbers,
  relationOf,
  requireNumeric,
  type Side,
} from '#lib/contracts/run/statistics/side.ts';
import { type Moments, mergeMoments, openSum } from '#lib/contracts/run/statistics/sums.ts';
import { shareQuery } from '#lib/contracts/sql/statistics.ts';

/** The metrics that one version has a value of. */
export type ValueMetric = Extract<
  OwnMetric,
  { metric: 'mean' | 'stddev' | 'quantile' | 'nullRate' | 'labelRate' }
>;

/** The value of a metric in one version. @throws NoStatistic where there is none */
export async function takeValue(metric: ValueMetric, column: StatisticColumn, side: Side): Promise<number> {
  switch (metric.metric) {
    case 'mean':
      return (await momentsOf(side, column)).mean;
    case 'stddev': {
      const { n, squares } = await momentsOf(side, column);
      if (n < 2) throw new NoStatistic(`${side.name} has one value of ${column.name} only`);
      return Math.sqrt(squares / (n - 1));
    }
    case 'quantile': {
      requireNumeric(side, column);
      const question = { quantile: metric.quantile, column: column.name, type: column.type ?? null };
      return askWhole(side, question, async () =>
        quantileOf((await readNumbers(side, column)).sort(), metric.quantile),
      );
    }
    case 'nullRate':
      return shareOf({ kind: 'missing', column: column.name, words: [] }, side);
    case 'labelRate': {
      const label = typeof metric.label === 'boolean' ? String(metric.label) : metric.label;
      return shareOf({ kind: 'among', column: column.name, values: [label] }, side);
    }
  }
}

/** Of sorted numbers, between the two nearest (R. Hyndman and Y. Fan, The American Statistician 50, 1996: type 7). */
export function quantileOf(sorted: Float64Array, share: number): number {
  const place = share * (sorted.length - 1);
  const below = Math.floor(place);
  const [low = Number.NaN, high = low] = sorted.subarray(below, below + 2);
  return low + (high - low) * (place - below);
}

/** Over all files; each file's own are remembered. */
async function momentsOf(side: Side, column: StatisticColumn): Promise<Moments> {
  requireNumeric(side, column);
  const each = await askEach(side, { what: 'moments', queryOf: columnQuery(side, [column]) }, query =>
    readMoments(side, query),
  );
  const all = each.reduce(mergeMoments, { n: 0, mean: 0, squares: 0 });
  if (all.n === 0) throw new NoStatistic(`${side.name} has no value of ${column.name}`);
  return all;
}

/** Twice through the file: a sum of squares needs the mean before it. */
async function readMoments({ engine }: Side, query: string): Promise<Moments> {
  let n = 0;
  const sum = openSum();
  const each = (take: (value: number) => void) =>
    engine.streamNumbers(query, ([values = new Float64Array()]) => {
      for (const value of values) if (!Number.isNaN(value)) take(value);
    });
  await each(value => {
    n++;
    sum.add(value);
  });
  if (n === 0) return { n, mean: 0, squares: 0 };
  const { high, low } = sum.total();
  const mean = (high + low) / n;
  const squares = openSum();
  await each(value => squares.add((value - mean) * (value - mean)));
  const total = squares.total();
  return { n, mean, squares: total.high + total.low };
}

async function shareOf(condition: Condition, side: Side): Promise<number> {
  const counts = await askEach(
    side,
    {
      what: 'share',
      queryOf: (part, relation) => {
        const columns = new Map(part.columns.map(one => [one.name, one]));
        return shareQuery(relationOf(part, side, relation), columns, condition);
      },
    },
    async query => {
      const [row = {}] = await side.engine.query(query);
      return { n: Number(row['n']), met: Number(row['met']) };
    },
  );
  const rows = counts.reduce((total, { n }) => total + n, 0);
  if (rows === 0) throw new NoStatistic(`${side.name} has no rows`);
  return counts.reduce((total, { met }) => total + met, 0) / rows;
}
