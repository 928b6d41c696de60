// All thresholds that make a difference, as steps from the highest down: a step flags the rows from its score upwards.
// Rows are sorted once, so that a step's cells are sums from the top, also when rows are drawn again.

import type { Sample } from '#lib/evaluation/metric.ts';
import type { Confusion } from '#lib/evaluation/metrics/decision.ts';

export interface Ladder {
  /** Descending: the distinct scores, the declared threshold, and 1 where it flags nobody. */
  readonly thresholds: Float64Array;
  /** Per step how many rows it flags. */
  readonly flagged: Uint32Array;
  /** Of the rows by descending score: 1 where positive. */
  readonly truth: Float64Array;
  /** The step of the declared threshold. */
  readonly declared: number;
}

/** Cells of each step, from rows that count so many times each. */
export interface Steps {
  readonly positives: number;
  readonly negatives: number;
  readonly truePositives: Float64Array;
  readonly falsePositives: Float64Array;
}

/** Sorts the rows of a yes-or-no sample by score, of equal ones the positive first: whatever order they come in. */
export function ladderOf({ truth, prediction, threshold }: Sample): Ladder {
  const thresholds = distinct(Float64Array.of(threshold, 1), prediction).reverse();
  const positives = prediction.filter((_, row) => truth[row] === 1).sort();
  const negatives = prediction.filter((_, row) => truth[row] !== 1).sort();
  const sorted = new Float64Array(prediction.length);
  let [found, alarms] = [0, 0];
  const flagged = new Uint32Array(thresholds.length);
  thresholds.forEach((threshold, step) => {
    for (; (positives.at(-1 - found) ?? -1) >= threshold; found++) sorted[found + alarms] = 1;
    while ((negatives.at(-1 - alarms) ?? -1) >= threshold) alarms += 1;
    flagged[step] = found + alarms;
  });
  return { thresholds, flagged, truth: sorted, declared: thresholds.indexOf(threshold) };
}

/** Ascending. */
function distinct(some: Float64Array, more: Float64Array): Float64Array {
  const all = new Float64Array(some.length + more.length);
  all.set(some);
  all.set(more, some.length);
  all.sort();
  return all.filter((value, place) => value !== all[place - 1]);
}

/** At most about twice as many steps as asked for, evenly over all rows and over the positive ones; the declared one stays. */
export function thinned(ladder: Ladder, most: number): Ladder {
  const { thresholds, flagged, declared } = ladder;
  const { truePositives, positives } = stepsOf(ladder);
  const n = ladder.truth.length;
  let [lastRows, lastFound] = [-1, -1];
  const kept = [...thresholds.keys()].filter(step => {
    const rows = Math.floor(((flagged[step] ?? 0) * most) / n);
    const found = Math.floor(((truePositives[step] ?? 0) * most) / Math.max(1, positives));
    const isNew = rows !== lastRows || found !== lastFound;
    [lastRows, lastFound] = [rows, found];
    return isNew || step === declared;
  });
  return {
    ...ladder,
    thresholds: Float64Array.from(kept, step => thresholds[step] ?? 0),
    flagged: Uint32Array.from(kept, step => flagged[step] ?? 0),
    declared: kept.indexOf(declared),
  };
}

/** At most so many rows, evenly from the highest score to the lowest; steps and thresholds stay. */
export function sampled(ladder: Ladder, most: number): Ladder {
  const n = ladder.truth.length;
  if (n <= most) return ladder;
  const places = Uint32Array.from({ length: most }, (_, index) => Math.floor(((index + 0.5) * n) / most));
  let taken = 0;
  const flagged = ladder.flagged.map(rows => {
    while (taken < most && (places[taken] ?? n) < rows) taken += 1;
    return taken;
  });
  return { ...ladder, flagged, truth: Float64Array.from(places, place => ladder.truth[place] ?? 0) };
}

/** @param weightOf how often the row at a place of the ladder counts; once each when left out */
export function stepsOf({ flagged, truth }: Ladder, weightOf: (place: number) => number = () => 1): Steps {
  const truePositives = new Float64Array(flagged.length);
  const falsePositives = new Float64Array(flagged.length);
  let [found, alarms, row] = [0, 0, 0];
  const passTo = (end: number): void => {
    for (; row < end; row++) {
      const count = weightOf(row);
      if (truth[row] === 1) found += count;
      else alarms += count;
    }
  };
  flagged.forEach((end, step) => {
    passTo(end);
    truePositives[step] = found;
    falsePositives[step] = alarms;
  });
  passTo(truth.length);
  return { positives: found, negatives: alarms, truePositives, falsePositives };
}

/** The four cells of a step. */
export function cellsAt(steps: Steps, step: number): Confusion {
  const truePositives = steps.truePositives[step] ?? 0;
  const falsePositives = steps.falsePositives[step] ?? 0;
  return {
    truePositives,
    falsePositives,
    falseNegatives: steps.positives - truePositives,
    trueNegatives: steps.negatives - falsePositives,
  };
}

/** The shortest decimal that flags the same rows as the step: of a step between 0.3501 and 0.3527 it is 0.352. */
export function shortThreshold({ thresholds }: Ladder, step: number): number {
  const highest = thresholds[step] ?? Number.NaN;
  const above = thresholds[step + 1] ?? Number.NEGATIVE_INFINITY;
  for (let scale = 1; scale <= 1e12; scale *= 10) {
    const short = Math.floor(highest * scale) / scale;
    if (short > above && short <= highest) return short;
  }
  return highest;
}
