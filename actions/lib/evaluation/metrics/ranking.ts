// Metrics of how well a score orders the rows. Ties count as half (ROC) or share one step (PR).
import type { Influence } from '#lib/evaluation/influence.ts';
import { type Measure, type Metric, type Sample, total } from '#lib/evaluation/metric.ts';

const task = 'binary-classification' as const;

/** Area under the ROC curve = probability that a positive row outranks a negative one (Mann and Whitney, 1947). */
export const rocAuc: Metric = {
  name: 'roc_auc',
  task,
  unit: 'fraction',
  better: 'higher',
  meaning:
    'Chance that a positive case gets a higher score than a negative one: 0.5 is guessing, 1 is perfect.',
  prepare: sample => {
    const groups = tieGroups(sample);
    return counts => {
      let [negatives, pairs, positives] = [0, 0, 0];
      forEachGroup(groups, sample, counts, (positive, negative) => {
        pairs += positive * (negatives + negative / 2);
        negatives += negative;
        positives += positive;
      });
      return positives > 0 && negatives > 0 ? pairs / (positives * negatives) : Number.NaN;
    };
  },
  influence: delongInfluence,
};

/**
 * A row's share of the area (E. R. DeLong and others, Biometrics 44, 1988): of a positive row the part of the negatives that it
 * outranks, and the other way round. Each class is scaled by its own number, so that the variance is DeLong's.
 */
function delongInfluence(sample: Sample): Influence {
  const { truth } = sample;
  const n = truth.length;
  const positives = truth.reduce((sum, one) => sum + one, 0);
  const negatives = n - positives;
  const shares = new Float64Array(n);
  let [positivesBelow, negativesBelow, area] = [0, 0, 0];
  for (const group of tieGroups(sample)) {
    const positive = group.reduce((sum, row) => sum + (truth[row] ?? 0), 0);
    const negative = group.length - positive;
    for (const row of group) {
      shares[row] =
        truth[row] === 1
          ? (negativesBelow + negative / 2) / negatives
          : (positives - positivesBelow - positive / 2) / positives;
    }
    area += (positive * (negativesBelow + negative / 2)) / (positives * negatives);
    positivesBelow += positive;
    negativesBelow += negative;
  }
  return shares.map((share, row) => {
    const own = truth[row] === 1 ? positives : negatives;
    return (((share - area) * n) / own) * Math.sqrt(own / (own - 1));
  });
}

/** Average precision: the step-wise area under the precision-recall curve. */
export const prAuc: Metric = {
  name: 'pr_auc',
  task,
  unit: 'fraction',
  better: 'higher',
  meaning:
    'Precision averaged over all recalls; compare with the share of positives, which is what guessing gets.',
  prepare: sample => {
    const groups = tieGroups(sample).toReversed();
    return averagePrecision(groups, sample);
  },
};

/** Largest distance between the distributions of the scores of both classes (N. V. Smirnov, 1948). */
export const ks: Metric = {
  name: 'ks',
  task,
  unit: 'fraction',
  better: 'higher',
  meaning:
    'How far the scores of positive and negative cases lie apart at best: 0 is guessing, 1 is perfect.',
  prepare: sample => {
    const groups = tieGroups(sample);
    return counts => {
      const all = sample.truth.reduce((sum, truth, row) => sum + truth * (counts[row] ?? 0), 0);
      const others = total(counts) - all;
      let [positives, negatives, most] = [0, 0, 0];
      forEachGroup(groups, sample, counts, (positive, negative) => {
        positives += positive;
        negatives += negative;
        most = Math.max(most, Math.abs(positives / all - negatives / others));
      });
      return all > 0 && others > 0 ? most : Number.NaN;
    };
  },
};

/** Share of the rows that lift looks at. */
const LIFT_SHARE = 0.1;

/** How much more often the tenth with the highest scores is positive; equal scores at its border are shared out evenly. */
export const lift: Metric = {
  name: 'lift',
  task,
  unit: 'times',
  better: 'higher',
  meaning:
    'How many times as often the tenth of the rows with the highest scores is positive as all rows are.',
  prepare: sample => {
    const groups = tieGroups(sample).toReversed();
    return counts => {
      const wanted = total(counts) * LIFT_SHARE;
      let [taken, found, all] = [0, 0, 0];
      forEachGroup(groups, sample, counts, (positive, negative) => {
        const share = Math.min(1, Math.max(0, wanted - taken) / (positive + negative));
        if (share > 0) found += positive * share;
        taken += positive + negative;
        all += positive;
      });
      return all > 0 && taken > all ? found / wanted / (all / taken) : Number.NaN;
    };
  },
};

function averagePrecision(groups: readonly Int32Array[], sample: Sample): Measure {
  return counts => {
    let [truePositives, taken, area] = [0, 0, 0];
    forEachGroup(groups, sample, counts, (positive, negative) => {
      truePositives += positive;
      taken += positive + negative;
      if (taken > 0) area += (positive * truePositives) / taken;
    });
    return truePositives > 0 && total(counts) > truePositives ? area / truePositives : Number.NaN;
  };
}

/** Row numbers grouped by equal score, lowest score first. */
function tieGroups({ prediction }: Sample): readonly Int32Array[] {
  const order = Int32Array.from(prediction.keys()).sort(
    (a, b) => (prediction[a] ?? 0) - (prediction[b] ?? 0) || a - b,
  );
  const groups: Int32Array[] = [];
  let start = 0;
  for (let end = 1; end <= order.length; end++) {
    if (end < order.length && prediction[order[end] ?? 0] === prediction[order[start] ?? 0]) continue;
    groups.push(order.subarray(start, end));
    start = end;
  }
  return groups;
}

function forEachGroup(
  groups: readonly Int32Array[],
  sample: Sample,
  counts: Float64Array,
  visit: (positives: number, negatives: number) => void,
): void {
  for (const group of groups) {
    let [positives, negatives] = [0, 0];
    for (const row of group) {
      const count = counts[row] ?? 0;
      if (sample.truth[row] === 1) positives += count;
      else negatives += count;
    }
    visit(positives, negatives);
  }
}
