// How much each row moves the metrics of ranking: DeLong's for the ROC area, and what holds for many rows for the others.
import type { Influence } from '#lib/evaluation/influence.ts';
import { type Sample, total } from '#lib/evaluation/metric.ts';
import { type Groups, groupsOf, spread } from '#lib/evaluation/metrics/score-groups.ts';

/**
 * A row's share of the area (E. R. DeLong and others, Biometrics 44, 1988): of a positive row the part of the negatives that it
 * outranks, and the other way round. Each class is scaled by its own number, so that the variance is DeLong's.
 */
export function delongInfluence(sample: Sample): Influence {
  const { positives, negatives, moved } = openGroups(sample);
  const [all, others] = [total(positives), total(negatives)];
  let [found, below, area] = [0, 0, 0];
  for (let group = 0; group < positives.length; group++) {
    const [positive, negative] = [positives[group] ?? 0, negatives[group] ?? 0];
    moved.positives[group] = (below + negative / 2) / others;
    moved.negatives[group] = (all - found - positive / 2) / all;
    area += (positive * (below + negative / 2)) / (all * others);
    found += positive;
    below += negative;
  }
  const scaleOf = (own: number): number => ((all + others) / own) * Math.sqrt(own / (own - 1));
  const [scale, otherScale] = [scaleOf(all), scaleOf(others)];
  for (let group = 0; group < positives.length; group++) {
    moved.positives[group] = ((moved.positives[group] ?? 0) - area) * scale;
    moved.negatives[group] = ((moved.negatives[group] ?? 0) - area) * otherScale;
  }
  return spread(moved, sample);
}

/**
 * Of average precision, the mean precision at positive rows: a row counts by the precision at its own score, and moves the
 * precision at all lower ones (the functional's derivative; K. Boyd and others, ECML PKDD 2013, compare such intervals).
 */
export function averagePrecisionInfluence(sample: Sample): Influence {
  const { positives, negatives, moved } = openGroups(sample);
  const all = total(positives);
  const [precision, reached] = [new Float64Array(positives.length), new Float64Array(positives.length)];
  let [found, taken, area] = [0, 0, 0];
  for (let group = positives.length - 1; group >= 0; group--) {
    const positive = positives[group] ?? 0;
    found += positive;
    taken += positive + (negatives[group] ?? 0);
    precision[group] = found / taken;
    reached[group] = taken;
    area += (positive * found) / taken / all;
  }
  const n = taken;
  let [gained, lost] = [0, 0];
  for (let group = 0; group < positives.length; group++) {
    const weight = (positives[group] ?? 0) / (reached[group] ?? 1);
    gained += weight;
    lost += weight * (precision[group] ?? 0);
    moved.positives[group] = ((precision[group] ?? 0) - area + gained - lost) * (n / all);
    moved.negatives[group] = -lost * (n / all);
  }
  return spread(moved, sample);
}

/** Of the largest distance: each class's share below the score at which it is reached. */
export function distanceInfluence(sample: Sample): Influence {
  const { positives, negatives, moved } = openGroups(sample);
  const [all, others] = [total(positives), total(negatives)];
  let [positive, negative] = [0, 0];
  let best = { group: 0, distance: 0, positive: 0, negative: 0 };
  for (let group = 0; group < positives.length; group++) {
    positive += positives[group] ?? 0;
    negative += negatives[group] ?? 0;
    const distance = positive / all - negative / others;
    if (Math.abs(distance) > Math.abs(best.distance)) best = { group, distance, positive, negative };
  }
  const [n, sign] = [all + others, Math.sign(best.distance)];
  for (let group = 0; group < positives.length; group++) {
    const isBelow = group <= best.group ? 1 : 0;
    moved.positives[group] = sign * (isBelow - best.positive / all) * (n / all);
    moved.negatives[group] = -sign * (isBelow - best.negative / others) * (n / others);
  }
  return spread(moved, sample);
}

/** Share of the rows that lift looks at. */
export const LIFT_SHARE = 0.1;

/**
 * Of lift: a row counts where it is among the tenth, and moves the border of the tenth, at which rows are positive as often
 * as those around it.
 */
export function liftInfluence(sample: Sample): Influence {
  const { positives, negatives, moved } = openGroups(sample);
  const n = sample.truth.length;
  const rate = total(positives) / n;
  const wanted = n * LIFT_SHARE;
  const window = Math.ceil(Math.sqrt(n));
  const inside = new Float64Array(positives.length);
  const border = { rows: 0, positives: 0 };
  let [taken, found] = [0, 0];
  for (let group = positives.length - 1; group >= 0 && taken < wanted + window; group--) {
    const positive = positives[group] ?? 0;
    const size = positive + (negatives[group] ?? 0);
    inside[group] = Math.min(1, Math.max(0, wanted - taken) / size);
    found += positive * (inside[group] ?? 0);
    taken += size;
    if (taken <= wanted - window) continue;
    border.rows += size;
    border.positives += positive;
  }
  const atBorder = border.positives / border.rows;
  const lift = found / wanted / rate;
  for (let group = 0; group < positives.length; group++) {
    const share = inside[group] ?? 0;
    const shift = found / n + atBorder * (share - LIFT_SHARE);
    moved.positives[group] = ((share - shift) / LIFT_SHARE - lift * (1 - rate)) / rate;
    moved.negatives[group] = (-shift / LIFT_SHARE + lift * rate) / rate;
  }
  return spread(moved, sample);
}

function openGroups({ truth, prediction }: Sample): Groups & { readonly moved: Groups } {
  const groups = groupsOf(truth, prediction);
  const size = groups.positives.length;
  return { ...groups, moved: { positives: new Float64Array(size), negatives: new Float64Array(size) } };
}
