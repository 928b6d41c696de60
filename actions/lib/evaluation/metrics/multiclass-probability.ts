// Metrics of the probabilities of several classes.
import { oneAgainstRest, topLabel } from '#lib/evaluation/classes.ts';
import { type Metric, meanMetric, type Sample } from '#lib/evaluation/metric.ts';
import { CLIP, ece as eceOfTwo } from '#lib/evaluation/metrics/probability.ts';
import { rocAuc } from '#lib/evaluation/metrics/ranking.ts';

const task = 'multiclass-classification' as const;

/** Mean of the areas of each class against all others; undefined where a class does not occur. */
export const rocAucMacro: Metric = {
  name: 'roc_auc_macro',
  task,
  unit: 'fraction',
  better: 'higher',
  range: [0, 1],
  meaning:
    'Chance that a row of a class gets a higher probability of it than a row of another class, averaged over classes.',
  prepare: sample => {
    const areas = eachClass(sample).map(one => rocAuc.prepare(one));
    return counts => areas.reduce((sum, area) => sum + area(counts), 0) / areas.length;
  },
  influence: sample => {
    const parts = eachClass(sample);
    const mean = new Float64Array(sample.truth.length);
    for (const part of parts) {
      rocAuc.influence?.(part).forEach((value, row) => {
        mean[row] = (mean[row] ?? 0) + value / parts.length;
      });
    }
    return mean;
  },
};

function eachClass(sample: Sample): readonly Sample[] {
  return (sample.classes?.names ?? []).map((_, index) => oneAgainstRest(sample, index));
}

/** Cross-entropy of the true class, natural logarithm. */
export const logLoss = meanMetric({
  name: 'log_loss',
  task,
  unit: 'nats',
  better: 'lower',
  meaning: 'Cost of the stated probabilities: confident mistakes cost most, lower is better.',
  values: ({ truth, classes }) => {
    const width = classes?.names.length ?? 0;
    return truth.map((actual, row) => {
      const p = classes?.probabilities[row * width + actual] ?? Number.NaN;
      return -Math.log(Math.min(1 - CLIP, Math.max(CLIP, p)));
    });
  },
});

/** Squared errors of all classes' probabilities, summed (G. W. Brier, 1950): from 0 to 2. */
export const brier = meanMetric({
  name: 'brier',
  task,
  unit: 'fraction',
  better: 'lower',
  meaning:
    'Squared distance between the stated probabilities and what happened, summed over classes: 0 to 2.',
  values: ({ truth, classes }) => {
    const width = classes?.names.length ?? 0;
    return truth.map((actual, row) => {
      let sum = 0;
      for (let k = 0; k < width; k++) {
        const p = classes?.probabilities[row * width + k] ?? Number.NaN;
        sum += (p - (k === actual ? 1 : 0)) * (p - (k === actual ? 1 : 0));
      }
      return sum;
    });
  },
});

/** Expected calibration error of the most probable class (C. Guo and others, ICML 2017). */
export const ece: Metric = {
  ...eceOfTwo,
  task,
  meaning:
    'How far the stated probability of the answer lies from how often it is right, on average over all rows.',
  prepare: sample => eceOfTwo.prepare(topLabel(sample)),
};
