// How far the declared threshold is behind, and whether by more than chance. Whoever picks the best of many thresholds on
// some rows is ahead on these rows by luck alone; so the choice is repeated on rows drawn again and judged on those that
// were not drawn. They are about a third of all, which makes the interval a third wider than need be: the safe side.
import { cellsAt, type Ladder, sampled, stepsOf, thinned } from '#lib/evaluation/threshold/ladder.ts';
import { choose, type Objective } from '#lib/evaluation/threshold/objective.ts';
import type { Ranked } from '#lib/evaluation/threshold/points.ts';
import { bootstrap, percentileInterval } from '#lib/stats/bootstrap.ts';
import { type Interval, wilsonInterval } from '#lib/stats/interval.ts';

/** Positive = the declared threshold is worse, in the unit of the metric. */
export interface Behind {
  readonly value: number;
  readonly interval: Interval;
}

/** More rows tell the same to any digit a person would use; the interval is then that of so many, so wider than need be. */
const MOST_ROWS = 50_000;
/** Rows times resamples stay below this, but there are 200 resamples at least and 1,000 at most. */
const MOST_DRAWS = 10_000_000;
/** Steps looked at in a resample: finer than any interval. */
const STEPS = 1000;

/** The choice repeated: the interval of the chosen threshold, and how far the declared one is behind it on other rows. */
export function chooseAgain(
  { ladder, objective }: Ranked,
  seed: number,
): { readonly interval: Interval; readonly behind: Behind | undefined } | undefined {
  const coarse = thinned(sampled(ladder, MOST_ROWS), STEPS);
  const n = coarse.truth.length;
  const resamples = Math.max(200, Math.min(1000, Math.floor(MOST_DRAWS / n)));
  const chosenFrom = (counts: Float64Array): number | undefined =>
    choose(
      coarse,
      stepsOf(coarse, row => counts[row] ?? 0),
      objective,
    );
  const [thresholds, gains] = bootstrap(
    n,
    [
      counts => coarse.thresholds[chosenFrom(counts) ?? -1] ?? Number.NaN,
      counts => gainElsewhere(coarse, objective, { counts, chosen: chosenFrom(counts) }),
    ],
    { resamples, seed },
  );
  const interval = thresholds && percentileInterval(thresholds);
  return interval && { interval, behind: gains && summarized(gains) };
}

/** The metric at the chosen step less that at the declared one, the better the higher, on rows that were not drawn. */
function gainElsewhere(
  ladder: Ladder,
  { metric, measured }: Objective,
  { counts, chosen }: { readonly counts: Float64Array; readonly chosen: number | undefined },
): number {
  if (chosen === undefined) return Number.NaN;
  const others = stepsOf(ladder, row => (counts[row] === 0 ? 1 : 0));
  const gain = measured(cellsAt(others, chosen)) - measured(cellsAt(others, ladder.declared));
  return metric.better === 'higher' ? gain : -gain;
}

/** sqrt(e - 1). */
const SPREAD_ELSEWHERE = 1.3108324944320862;

/**
 * One in e rows is not drawn. A mean of m of n rows strays from the mean of all by a variance of s^2 (1/m - 1/n), which
 * is e - 1 times the s^2 / n by which all of them stray from the truth: so distances from the middle are scaled back.
 */
function summarized(gains: Float64Array): Behind | undefined {
  const defined = gains.filter(gain => !Number.isNaN(gain));
  const value = defined.reduce((sum, gain) => sum + gain, 0) / defined.length;
  const spread = percentileInterval(gains);
  if (!spread) return undefined;
  const scaled = (end: number): number => value + (end - value) / SPREAD_ELSEWHERE;
  return { value, interval: [scaled(spread[0]), scaled(spread[1])] };
}

/** The limit less the declared threshold's share, by Wilson's interval; undefined without rows the share is of. */
export function behindLimit({ ladder, steps, objective }: Ranked): Behind | undefined {
  const { metric, limit, measured } = objective;
  const cells = cellsAt(steps, ladder.declared);
  const value = measured(cells);
  if (limit === null || Number.isNaN(value)) return undefined;
  const whole = {
    recall: steps.positives,
    precision: cells.truePositives + cells.falsePositives,
    false_positive_rate: steps.negatives,
  }[metric.name];
  if (whole === undefined) return undefined;
  const [lower, upper] = wilsonInterval(Math.round(value * whole), whole);
  return metric.better === 'higher'
    ? { value: limit - value, interval: [limit - upper, limit - lower] }
    : { value: value - limit, interval: [lower - limit, upper - limit] };
}
