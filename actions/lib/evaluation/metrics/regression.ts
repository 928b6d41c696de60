// Metrics of predicted amounts.
import { influenceOfMean } from '#lib/evaluation/influence.ts';
import {
  MANY_ROWS,
  type Metric,
  meanMeasure,
  meanMetric,
  perRow,
  type Sample,
  total,
  weightedSum,
} from '#lib/evaluation/metric.ts';
import { ascending } from '#lib/evaluation/order.ts';
import { wilsonInterval, Z_95 } from '#lib/stats/interval.ts';

const task = 'regression' as const;

/** Root mean squared error. */
export const rmse: Metric = {
  name: 'rmse',
  task,
  unit: 'target',
  better: 'lower',
  meaning: 'Typical size of the error; large errors count more than small ones.',
  prepare: sample => {
    const mean = meanMeasure(squaredErrors(sample));
    return counts => Math.sqrt(mean(counts));
  },
  influence: sample => {
    const squares = squaredErrors(sample);
    const root = Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / squares.length);
    return influenceOfMean(squares).map(value => (root > 0 ? value / (2 * root) : 0));
  },
};

function squaredErrors(sample: Sample): Float64Array {
  return perRow(sample, (truth, prediction) => (truth - prediction) ** 2);
}

/** Mean absolute error. */
export const mae = meanMetric({
  name: 'mae',
  task,
  unit: 'target',
  better: 'lower',
  meaning: 'Average distance between the prediction and what happened.',
  values: sample => perRow(sample, (truth, prediction) => Math.abs(truth - prediction)),
});

/** Mean absolute percentage error, as a fraction; undefined when a true value is 0. */
export const mape = meanMetric({
  name: 'mape',
  task,
  unit: 'fraction',
  better: 'lower',
  meaning: 'Average error as a share of the true value.',
  applies: sample => !sample.truth.includes(0),
  values: sample => perRow(sample, (truth, prediction) => Math.abs(truth - prediction) / Math.abs(truth)),
});

/** Below this share only the rounding of equal numbers is left. */
const NO_VARIATION = 1e-12;

/**
 * Coefficient of determination; 0 = no better than the mean of these rows. Where the target does not vary, 0 unless every
 * answer is right, as in scikit-learn.
 */
export const r2: Metric = {
  name: 'r2',
  task,
  unit: 'fraction',
  better: 'higher',
  range: [Number.NEGATIVE_INFINITY, 1],
  meaning: 'Share of the variation that the model explains: 1 is perfect, 0 is no better than the mean.',
  prepare: sample => {
    const errors = squaredErrors(sample);
    const mean = sample.truth.reduce((sum, truth) => sum + truth, 0) / errors.length;
    const centred = sample.truth.map(truth => truth - mean);
    const squares = centred.map(value => value * value);
    return counts => {
      const sum = weightedSum(centred, counts);
      const all = weightedSum(squares, counts);
      const variation = all - (sum * sum) / total(counts);
      const unexplained = weightedSum(errors, counts);
      if (variation > all * NO_VARIATION) return 1 - unexplained / variation;
      return unexplained > 0 ? 0 : 1;
    };
  },
  influence: sample => {
    const errors = squaredErrors(sample);
    const n = errors.length;
    const mean = sample.truth.reduce((sum, truth) => sum + truth, 0) / n;
    const spread = sample.truth.map(truth => (truth - mean) ** 2);
    const [unexplained, variation] = [errors, spread].map(all => all.reduce((sum, one) => sum + one, 0));
    const share = (unexplained ?? 0) / (variation ?? 0);
    return errors.map((error, row) => ((share * (spread[row] ?? 0) - error) * n) / (variation ?? 0));
  },
};

/** Median of the absolute errors; the mean of the two middle ones where there is an even number. */
export const medianAe: Metric = {
  name: 'median_ae',
  task,
  unit: 'target',
  better: 'lower',
  meaning:
    'Half of the predictions are nearer to what happened than this; single large errors do not move it.',
  prepare: sample => {
    const errors = absoluteErrors(sample);
    const order = ascending(errors);
    return counts => {
      const n = total(counts);
      return (valueAt(errors, order, counts, (n - 1) / 2) + valueAt(errors, order, counts, n / 2)) / 2;
    };
  },
  influenceOfMany: sample => {
    // The density at the median is that between the ranks of its interval (R. S. Woodruff, JASA 47, 1952).
    const errors = absoluteErrors(sample).sort();
    const n = errors.length;
    const middle = ((errors[Math.floor((n - 1) / 2)] ?? 0) + (errors[Math.floor(n / 2)] ?? 0)) / 2;
    const reach = Math.ceil((Z_95 / 2) * Math.sqrt(n));
    const [low, high] = [Math.floor(n / 2) - reach, Math.floor(n / 2) + reach];
    const perRank = ((errors[high] ?? 0) - (errors[low] ?? 0)) / (high - low);
    return absoluteErrors(sample).map(error => (Math.sign(error - middle) / 2) * perRank * n);
  },
};

function absoluteErrors(sample: Sample): Float64Array {
  return perRow(sample, (truth, prediction) => Math.abs(truth - prediction));
}

/** The value that stands at a position, counted from 0 and rounded up, when each row stands as often as it counts. */
function valueAt(values: Float64Array, order: Uint32Array, counts: Float64Array, position: number): number {
  let passed = 0;
  for (const row of order) {
    passed += counts[row] ?? 0;
    if (passed > Math.floor(position + 1e-9)) return values[row] ?? Number.NaN;
  }
  return Number.NaN;
}

/** The largest absolute error. */
export const maxError: Metric = {
  name: 'max_error',
  task,
  unit: 'target',
  better: 'lower',
  meaning:
    'The largest error of all test rows: one row decides it, so its interval is wide and short of the worst.',
  prepare: sample => {
    const errors = absoluteErrors(sample);
    const order = ascending(errors);
    return counts => {
      for (let place = order.length - 1; place >= 0; place--) {
        if ((counts[order[place] ?? 0] ?? 0) > 0) return errors[order[place] ?? 0] ?? 0;
      }
      return 0;
    };
  },
  interval: sample => {
    if (sample.truth.length < MANY_ROWS) return undefined;
    // A resample misses the three largest with probability exp(-3), the four largest with exp(-4): 2.5 % lies between.
    const errors = absoluteErrors(sample).sort();
    return [errors.at(-4) ?? 0, errors.at(-1) ?? 0];
  },
};

/** Pinball loss of the declared quantile (R. Koenker and G. Bassett, Econometrica 46, 1978). */
export const quantileLoss = meanMetric({
  name: 'quantile_loss',
  task,
  unit: 'target',
  better: 'lower',
  meaning: 'Mean error in which too low and too high count as the declared quantile weighs them.',
  applies: sample => sample.quantile !== undefined,
  values: sample => {
    const q = sample.quantile ?? 0.5;
    return perRow(sample, (truth, prediction) =>
      Math.max(q * (truth - prediction), (q - 1) * (truth - prediction)),
    );
  },
});

/** Share of rows whose error is at most the declared tolerance. */
export const withinTolerance = meanMetric({
  name: 'within_tolerance',
  task,
  unit: 'fraction',
  better: 'higher',
  meaning: 'Share of answers that are as near to the truth as the declared tolerance.',
  applies: sample => sample.tolerance !== undefined,
  values: hits,
  interval: sample =>
    wilsonInterval(
      hits(sample).reduce((sum, hit) => sum + hit, 0),
      sample.truth.length,
    ),
});

function hits(sample: Sample): Float64Array {
  const tolerance = sample.tolerance ?? 0;
  return perRow(sample, (truth, prediction) => (Math.abs(truth - prediction) <= tolerance ? 1 : 0));
}
