// What is measured in each group, by task. Every group has the same values in the same order, so that they make a table.
import {
  type Estimate,
  estimateOfMean,
  estimateOfPositiveMean,
  estimateOfShare,
} from '#lib/evaluation/fairness/estimate.ts';
import type { MetricTask, Sample } from '#lib/evaluation/metric.ts';
import { confusionOf } from '#lib/evaluation/metrics/decision.ts';

/** snake_case names to estimates; undefined where a group has no such rows, as a group without positive ones. */
export type GroupValues = Readonly<Record<string, Estimate | undefined>>;

/** The values of one group, from its own rows. */
export function valuesOf(group: Sample, task: MetricTask): GroupValues {
  if (task === 'regression') return valuesOfAmounts(group);
  return task === 'binary-classification' ? valuesOfDecisions(group) : valuesOfClasses(group);
}

function valuesOfDecisions(group: Sample): GroupValues {
  const n = group.truth.length;
  const cells = confusionOf(group, new Float64Array(n).fill(1));
  const { truePositives, falsePositives, falseNegatives, trueNegatives } = cells;
  const flagged = truePositives + falsePositives;
  const positives = truePositives + falseNegatives;
  return {
    observed_share: estimateOfShare(positives, n),
    selection_rate: estimateOfShare(flagged, n),
    true_positive_rate: estimateOfShare(truePositives, positives),
    false_positive_rate: estimateOfShare(falsePositives, n - positives),
    precision: estimateOfShare(truePositives, flagged),
    accuracy: estimateOfShare(truePositives + trueNegatives, n),
    mean_score: estimateOfMean(group.prediction),
    calibration_gap: estimateOfMean(errorsOf(group)),
  };
}

/** Error = prediction - truth: positive where the model says too much. */
function valuesOfAmounts(group: Sample): GroupValues {
  const errors = errorsOf(group);
  return {
    mean_error: estimateOfMean(errors),
    mean_absolute_error: estimateOfPositiveMean(errors.map(error => Math.abs(error))),
  };
}

function valuesOfClasses(group: Sample): GroupValues {
  const n = group.truth.length;
  const right = group.truth.reduce((sum, truth, row) => sum + (truth === group.prediction[row] ? 1 : 0), 0);
  return { accuracy: estimateOfShare(right, n) };
}

function errorsOf({ truth, prediction }: Sample): Float64Array {
  return truth.map((value, row) => (prediction[row] ?? Number.NaN) - value);
}
