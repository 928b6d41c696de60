// Metrics of predicted amounts.
import { type Metric, meanMeasure, perRow, type Sample, total, weightedSum } from '#lib/evaluation/metric.ts';
import { wilsonInterval } from '#lib/stats/interval.ts';

const task = 'regression' as const;

/** Root mean squared error. */
export const rmse: Metric = {
  name: 'rmse',
  task,
  unit: 'target',
  better: 'lower',
  meaning: 'Typical size of the error; large errors count more than small ones.',
  prepare: sample => {
    const mean = meanMeasure(perRow(sample, (truth, prediction) => (truth - prediction) ** 2));
    return counts => Math.sqrt(mean(counts));
  },
};

/** Mean absolute error. */
export const mae: Metric = {
  name: 'mae',
  task,
  unit: 'target',
  better: 'lower',
  meaning: 'Average distance between the prediction and what happened.',
  prepare: sample => meanMeasure(perRow(sample, (truth, prediction) => Math.abs(truth - prediction))),
};

/** Mean absolute percentage error, as a fraction; undefined when a true value is 0. */
export const mape: Metric = {
  name: 'mape',
  task,
  unit: 'fraction',
  better: 'lower',
  meaning: 'Average error as a share of the true value.',
  applies: sample => !sample.truth.includes(0),
  prepare: sample =>
    meanMeasure(perRow(sample, (truth, prediction) => Math.abs(truth - prediction) / Math.abs(truth))),
};

/** Coefficient of determination; 0 = no better than the mean of these rows. */
export const r2: Metric = {
  name: 'r2',
  task,
  unit: 'fraction',
  better: 'higher',
  meaning: 'Share of the variation that the model explains: 1 is perfect, 0 is no better than the mean.',
  prepare: sample => {
    const squaredErrors = perRow(sample, (truth, prediction) => (truth - prediction) ** 2);
    const squares = sample.truth.map(truth => truth * truth);
    return counts => {
      const n = total(counts);
      const sum = weightedSum(sample.truth, counts);
      const variation = weightedSum(squares, counts) - (sum * sum) / n;
      return variation > 0 ? 1 - weightedSum(squaredErrors, counts) / variation : Number.NaN;
    };
  },
};

/** Share of rows whose error is at most the declared tolerance. */
export const withinTolerance: Metric = {
  name: 'within_tolerance',
  task,
  unit: 'fraction',
  better: 'higher',
  meaning: 'Share of answers that are as near to the truth as the declared tolerance.',
  applies: sample => sample.tolerance !== undefined,
  prepare: sample => meanMeasure(hits(sample)),
  interval: sample =>
    wilsonInterval(
      hits(sample).reduce((sum, hit) => sum + hit, 0),
      sample.truth.length,
    ),
};

function hits(sample: Sample): Float64Array {
  const tolerance = sample.tolerance ?? 0;
  return perRow(sample, (truth, prediction) => (Math.abs(truth - prediction) <= tolerance ? 1 : 0));
}
