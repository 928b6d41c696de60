// Metrics of the probabilities themselves.
import { type Metric, meanMetric, perRow, type Sample, total } from '#lib/evaluation/metric.ts';

const task = 'binary-classification' as const;

/** Probabilities are kept this far from 0 and 1, so that one certain mistake does not make the loss infinite. */
export const CLIP = 1e-15;

/** Cross-entropy, natural logarithm. */
export const logLoss = meanMetric({
  name: 'log_loss',
  task,
  unit: 'nats',
  better: 'lower',
  meaning: 'Cost of the stated probabilities: confident mistakes cost most, lower is better.',
  values: sample =>
    perRow(sample, (truth, prediction) => {
      const p = Math.min(1 - CLIP, Math.max(CLIP, prediction));
      return truth === 1 ? -Math.log(p) : -Math.log1p(-p);
    }),
});

/** Mean squared error of the probability (G. W. Brier, 1950). */
export const brier = meanMetric({
  name: 'brier',
  task,
  unit: 'fraction',
  better: 'lower',
  meaning: 'Mean squared distance between the stated probability and what happened (0 or 1).',
  values: sample => perRow(sample, (truth, prediction) => (truth - prediction) ** 2),
});

/** As reports draw the calibration curve. */
const BINS = 10;

/** Expected calibration error over bins of equal width (M. P. Naeini and others, AAAI 2015). */
export const ece: Metric = {
  name: 'ece',
  task,
  unit: 'fraction',
  better: 'lower',
  meaning:
    'How far the stated probabilities lie from what happens, on average: of cases called 30 %, do 30 % happen?',
  range: [0, 1],
  prepare: sample => {
    const bins = binsOf(sample);
    return counts => sumOfGaps(gapsOf(sample, bins, counts)) / total(counts);
  },
  influenceOfMany: sample => {
    const { truth, prediction } = sample;
    const bins = binsOf(sample);
    const n = truth.length;
    const gaps = gapsOf(sample, bins, new Float64Array(n).fill(1));
    const [error, signs] = [sumOfGaps(gaps) / n, gaps.map(Math.sign)];
    const influence = new Float64Array(n);
    for (let row = 0; row < n; row++) {
      const miss = (prediction[row] ?? 0) - (truth[row] ?? 0);
      influence[row] = miss * (signs[bins[row] ?? 0] ?? 0) - error;
    }
    return influence;
  },
};

/** Bins of equal width, closed above. */
function binsOf({ prediction }: Sample): Uint8Array {
  const bins = new Uint8Array(prediction.length);
  for (let row = 0; row < bins.length; row++) {
    bins[row] = Math.min(BINS - 1, Math.max(0, Math.ceil((prediction[row] ?? 0) * BINS) - 1));
  }
  return bins;
}

/** Per bin the sum of stated probabilities less what happened. */
function gapsOf({ truth, prediction }: Sample, bins: Uint8Array, counts: Float64Array): Float64Array {
  const gaps = new Float64Array(BINS);
  for (let row = 0; row < bins.length; row++) {
    const bin = bins[row] ?? 0;
    gaps[bin] = (gaps[bin] ?? 0) + (counts[row] ?? 0) * ((prediction[row] ?? 0) - (truth[row] ?? 0));
  }
  return gaps;
}

function sumOfGaps(gaps: Float64Array): number {
  return gaps.reduce((sum, gap) => sum + Math.abs(gap), 0);
}
