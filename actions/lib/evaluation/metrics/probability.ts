// Metrics of the probabilities themselves.
import { type Metric, meanMetric, perRow, total } from '#lib/evaluation/metric.ts';

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
  prepare: ({ truth, prediction }) => {
    const bins = Uint8Array.from(prediction, p => Math.min(BINS - 1, Math.max(0, Math.ceil(p * BINS) - 1)));
    return counts => {
      const gaps = new Float64Array(BINS);
      for (let row = 0; row < bins.length; row++) {
        const bin = bins[row] ?? 0;
        gaps[bin] = (gaps[bin] ?? 0) + (counts[row] ?? 0) * ((prediction[row] ?? 0) - (truth[row] ?? 0));
      }
      return gaps.reduce((sum, gap) => sum + Math.abs(gap), 0) / total(counts);
    };
  },
};
