// Metrics of the probabilities of several classes.
import { oneAgainstRest, topLabel } from '#lib/evaluation/classes.ts';
import { MANY_ROWS, type Metric, meanMetric, type Sample } from '#lib/evaluation/metric.ts';
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
    const classes = classesOf(sample);
    // Of many rows the classes are ranked one after the other: all of them at once need gigabytes.
    const isKept = sample.truth.length < MANY_ROWS;
    const kept = isKept ? classes.map(k => rocAuc.prepare(oneAgainstRest(sample, k))) : [];
    return counts => {
      const areaOf = (k: number): number => (kept[k] ?? rocAuc.prepare(oneAgainstRest(sample, k)))(counts);
      return classes.reduce((sum, k) => sum + areaOf(k), 0) / classes.length;
    };
  },
  influence: sample => {
    const classes = classesOf(sample);
    const mean = new Float64Array(sample.truth.length);
    for (const k of classes) {
      const own = rocAuc.influence?.(oneAgainstRest(sample, k)) ?? new Float64Array();
      for (let row = 0; row < mean.length; row++) {
        mean[row] = (mean[row] ?? 0) + (own[row] ?? Number.NaN) / classes.length;
      }
    }
    return mean;
  },
};

function classesOf({ classes }: Sample): readonly number[] {
  return Array.from(classes?.names.keys() ?? []);
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
  influenceOfMany: sample => eceOfTwo.influenceOfMany?.(topLabel(sample)) ?? new Float64Array(),
};
