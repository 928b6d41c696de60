// Metrics of how well a score orders the rows. Ties count as half (ROC) or share one step (PR).
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
};

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
