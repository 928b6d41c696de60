// How much longer one model takes than another, out of interleaved calls on a machine that other work slows down. Each row
// was answered in many passes; the time that a tenth of the passes stay below is the row's own, as waiting for a processor
// only ever adds. Quantiles over rows of those times stand still where quantiles of all calls follow the machine, as
// `npm run bench latency` shows.
import type { CostRatio, RelativeCosts } from '#lib/evaluation/cost.ts';
import {
  bootstrap,
  percentileInterval,
  quantileOfSorted,
  type WeightedStatistic,
} from '#lib/stats/bootstrap.ts';
import { roundSignificant } from '#lib/stats/round.ts';

/** Times of every call: item i (a row, or a batch) in pass p is at `p * items + i`, in any unit that both share. */
export interface InterleavedTimes {
  readonly items: number;
  readonly passes: number;
  readonly model: readonly number[];
  readonly reference: readonly number[];
}

/** One pass in so many is enough to be at or below an item's undisturbed time. */
const UNDISTURBED_ONE_IN = 10;
const RESAMPLES = 1000;
const SEED = 1;
const DIGITS = 4;

/** The same file costs the same: nothing to measure. */
export const sameCosts: RelativeCosts = {
  latency_regression: { value: 1, ci95: [1, 1] },
  latency_p50_regression: { value: 1, ci95: [1, 1] },
  throughput_regression: { value: 1, ci95: [1, 1] },
  memory_regression: { value: 1, ci95: [1, 1] },
};

/** Ratios of the 95th percentile and of the median over rows. */
export function compareLatency(
  times: InterleavedTimes,
): Pick<RelativeCosts, 'latency_regression' | 'latency_p50_regression'> {
  const [p95, p50] = compareTimes(times, [quantileAt(0.95), quantileAt(0.5)]);
  return { latency_regression: p95 ?? null, latency_p50_regression: p50 ?? null };
}

/** Ratio of the times that all batches take together. */
export function compareThroughput(times: InterleavedTimes): CostRatio | null {
  const [ratio] = compareTimes(times, [sum]);
  return ratio ?? null;
}

/** What stands for all items, given the undisturbed time of each. */
type Summary = (undisturbed: Float64Array) => number;

function quantileAt(share: number): Summary {
  return undisturbed => quantileOfSorted(undisturbed.toSorted(), share);
}

function sum(undisturbed: Float64Array): number {
  return undisturbed.reduce((total, time) => total + time, 0);
}

/** Passes are drawn anew for the interval: one holds what met both models in the same moments. */
function compareTimes(
  { items, passes, model, reference }: InterleavedTimes,
  summaries: readonly Summary[],
): readonly (CostRatio | null)[] {
  const ours = undisturbedTimes(model, items, passes);
  const theirs = undisturbedTimes(reference, items, passes);
  const ratios = summaries.map(
    (summary): WeightedStatistic =>
      counts =>
        summary(ours(counts)) / summary(theirs(counts)),
  );
  const replicates = bootstrap(passes, ratios, { resamples: RESAMPLES, seed: SEED });
  const all = new Float64Array(passes).fill(1);
  return ratios.map((ratio, index) => toRatio(ratio(all), replicates[index]));
}

function toRatio(value: number, replicates: Float64Array | undefined): CostRatio | null {
  if (!Number.isFinite(value) || !replicates) return null;
  const [lower = value, upper = value] = percentileInterval(replicates) ?? [];
  const ci95 = [roundSignificant(lower, DIGITS), roundSignificant(upper, DIGITS)] as const;
  return { value: roundSignificant(value, DIGITS), ci95 };
}

/** The undisturbed time of every item, given how often each pass counts. */
function undisturbedTimes(
  times: readonly number[],
  items: number,
  passes: number,
): (counts: Float64Array) => Float64Array {
  const timeAt = (item: number, pass: number): number => times[pass * items + item] ?? Number.NaN;
  const fastestFirst = Array.from({ length: items }, (_, item) =>
    Array.from({ length: passes }, (_, pass) => pass).sort((a, b) => timeAt(item, a) - timeAt(item, b)),
  );
  const enough = passes / UNDISTURBED_ONE_IN;
  return counts =>
    Float64Array.from(fastestFirst, (order, item) => {
      let counted = 0;
      const reached = order.find(pass => {
        counted += counts[pass] ?? 0;
        return counted >= enough;
      });
      return reached === undefined ? Number.NaN : timeAt(item, reached);
    });
}
