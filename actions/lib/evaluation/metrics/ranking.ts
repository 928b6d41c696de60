// Metrics of how well a score orders the rows. Ties count as half (ROC) or share one step (PR).
import { type Metric, type Sample, smallerClass, total } from '#lib/evaluation/metric.ts';
import {
  averagePrecisionInfluence,
  delongInfluence,
  distanceInfluence,
  LIFT_SHARE,
  liftInfluence,
} from '#lib/evaluation/metrics/ranking-influence.ts';
import { type Groups, groupCounts, groupsOf } from '#lib/evaluation/metrics/score-groups.ts';
import { rankScores } from '#lib/evaluation/order.ts';

const words = {
  task: 'binary-classification',
  unit: 'fraction',
  better: 'higher',
  range: [0, 1],
  scarcest: smallerClass,
} as const;

/** Area under the ROC curve = probability that a positive row outranks a negative one (Mann and Whitney, 1947). */
export const rocAuc: Metric = {
  ...words,
  name: 'roc_auc',
  meaning:
    'Chance that a positive case gets a higher score than a negative one: 0.5 is guessing, 1 is perfect.',
  prepare: overGroups(({ positives, negatives }) => {
    let [below, pairs, found] = [0, 0, 0];
    for (let group = 0; group < positives.length; group++) {
      const [positive, negative] = [positives[group] ?? 0, negatives[group] ?? 0];
      pairs += positive * (below + negative / 2);
      below += negative;
      found += positive;
    }
    return found > 0 && below > 0 ? pairs / (found * below) : Number.NaN;
  }),
  influence: delongInfluence,
};

/** Average precision: the step-wise area under the precision-recall curve. */
export const prAuc: Metric = {
  ...words,
  name: 'pr_auc',
  meaning:
    'Precision averaged over all recalls; compare with the share of positives, which is what guessing gets.',
  prepare: overGroups(({ positives, negatives }) => {
    let [found, taken, area] = [0, 0, 0];
    for (let group = positives.length - 1; group >= 0; group--) {
      const positive = positives[group] ?? 0;
      found += positive;
      taken += positive + (negatives[group] ?? 0);
      if (taken > 0) area += (positive * found) / taken;
    }
    return found > 0 && taken > found ? area / found : Number.NaN;
  }),
  influenceOfMany: averagePrecisionInfluence,
};

/** Largest distance between the distributions of the scores of both classes (N. V. Smirnov, 1948). */
export const ks: Metric = {
  ...words,
  name: 'ks',
  meaning:
    'How far the scores of positive and negative cases lie apart at best: 0 is guessing, 1 is perfect.',
  prepare: overGroups(({ positives, negatives }) => {
    const [all, others] = [total(positives), total(negatives)];
    let [positive, negative, most] = [0, 0, 0];
    for (let group = 0; group < positives.length; group++) {
      positive += positives[group] ?? 0;
      negative += negatives[group] ?? 0;
      most = Math.max(most, Math.abs(positive / all - negative / others));
    }
    return all > 0 && others > 0 ? most : Number.NaN;
  }),
  influenceOfMany: distanceInfluence,
};

/** How much more often the tenth with the highest scores is positive; equal scores at its border are shared out evenly. */
export const lift: Metric = {
  ...words,
  name: 'lift',
  unit: 'times',
  range: [0, 1 / LIFT_SHARE],
  meaning:
    'How many times as often the tenth of the rows with the highest scores is positive as all rows are.',
  prepare: overGroups(({ positives, negatives }) => {
    const [all, n] = [total(positives), total(positives) + total(negatives)];
    const wanted = n * LIFT_SHARE;
    let [taken, found] = [0, 0];
    for (let group = positives.length - 1; group >= 0 && taken < wanted; group--) {
      const size = (positives[group] ?? 0) + (negatives[group] ?? 0);
      if (size > 0) found += (positives[group] ?? 0) * Math.min(1, (wanted - taken) / size);
      taken += size;
    }
    return all > 0 && n > all ? found / wanted / (all / n) : Number.NaN;
  }),
  influenceOfMany: liftInfluence,
};

function overGroups(value: (groups: Groups) => number): Metric['prepare'] {
  return ({ truth, prediction }: Sample) => {
    const ranked = rankScores(prediction);
    return counts => value(isOnce(counts) ? groupsOf(truth, prediction) : groupCounts(ranked, truth, counts));
  };
}

function isOnce(counts: Float64Array): boolean {
  return counts.every(count => count === 1);
}
