// The share of values outside the fence of the reference. Quartiles and medians make the fence, so that the outliers of the
// reference do not widen it.
import type { OwnMetric } from '#lib/contracts/own-metrics.ts';
import type { Measured } from '#lib/contracts/run/measured.ts';
import type { Compared } from '#lib/contracts/run/statistics/bins.ts';
import {
  askEach,
  askWhole,
  columnOf,
  NoStatistic,
  readNumbers,
  relationOf,
  requireNumeric,
} from '#lib/contracts/run/statistics/side.ts';
import { quantileOf } from '#lib/contracts/run/statistics/values.ts';
import { FENCE_WIDTHS } from '#lib/contracts/say-own-metric.ts';
import { fenceQuery, measureSql } from '#lib/contracts/sql/statistics.ts';
import { roundSignificant } from '#lib/stats/round.ts';

type OutlierShare = Extract<OwnMetric, { metric: 'outlierShare' }>;

interface Fence {
  readonly low: number;
  readonly high: number;
}

/** Counts values beyond the fence among those that are there. */
export async function measureOutliers(metric: OutlierShare, compared: Compared): Promise<Measured> {
  const { column, current, reference } = compared;
  requireNumeric(current, column);
  requireNumeric(reference, column);
  const { fence: kind, width = FENCE_WIDTHS[kind] } = metric;
  const question = { fence: kind, width, column: column.name, type: column.type ?? null };
  const fence = await askWhole(reference, question, async () =>
    fenceOf((await readNumbers(reference, column)).sort(), kind, width),
  );
  const counts = await askEach(
    current,
    {
      what: 'fence',
      queryOf: (part, relation) => {
        const found = columnOf(part, column);
        const number = (found && measureSql(found, column.type)) ?? 'NULL::DOUBLE';
        return fenceQuery(relationOf(part, current, relation), number, fence);
      },
    },
    async query => {
      const [row = {}] = await current.engine.query(query);
      return { values: Number(row['values']), outside: Number(row['outside']) };
    },
  );
  const values = counts.reduce((total, count) => total + count.values, 0);
  const outside = counts.reduce((total, count) => total + count.outside, 0);
  if (values === 0) throw new NoStatistic(`${current.name} has no value of ${column.name}`);
  const [low, high] = [roundSignificant(fence.low), roundSignificant(fence.high)];
  const bounds = column.isPrivate ? '' : ` of ${low} to ${high}`;
  return {
    value: outside / values,
    detail: [`${outside} of ${values} values lie outside the fence${bounds}`],
  };
}

/** Turns the median distance from the median into a standard deviation of the normal distribution. */
const NORMAL_MAD = 1.482602218505602;
/** The same for the mean distance: sqrt(pi / 2). */
const NORMAL_MEAN = 1.2533141373155001;

/**
 * Where more than half of all values are one and the same, their median distance is 0, and the mean distance stands in for it
 * (B. Iglewicz and D. Hoaglin, How to Detect and Handle Outliers, 1993).
 */
function fenceOf(sorted: Float64Array, kind: 'robust' | 'iqr', width: number): Fence {
  if (kind === 'iqr') {
    const [first, third] = [quantileOf(sorted, 0.25), quantileOf(sorted, 0.75)];
    const reach = width * (third - first);
    return { low: first - reach, high: third + reach };
  }
  const middle = quantileOf(sorted, 0.5);
  const distances = sorted.map(value => Math.abs(value - middle)).sort();
  const median = quantileOf(distances, 0.5);
  const deviation =
    median > 0
      ? NORMAL_MAD * median
      : NORMAL_MEAN * (distances.reduce((total, one) => total + one, 0) / distances.length);
  return { low: middle - width * deviation, high: middle + width * deviation };
}
