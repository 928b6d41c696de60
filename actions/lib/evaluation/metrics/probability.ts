// Metrics of the probabilities themselves.
import { type Metric, meanMeasure, perRow } from '#lib/evaluation/metric.ts';

const task = 'binary-classification' as const;

/** Probabilities are kept this far from 0 and 1, so that one certain mistake does not make the loss infinite. */
const CLIP = 1e-15;

/** Cross-entropy, natural logarithm. */
export const logLoss: Metric = {
  name: 'log_loss',
  task,
  unit: 'nats',
  better: 'lower',
  meaning: 'Cost of the stated probabilities: confident mistakes cost most, lower is better.',
  prepare: sample =>
    meanMeasure(
      perRow(sample, (truth, prediction) => {
        const p = Math.min(1 - CLIP, Math.max(CLIP, prediction));
        return truth === 1 ? -Math.log(p) : -Math.log1p(-p);
      }),
    ),
};

/** Mean squared error of the probability (G. W. Brier, 1950). */
export const brier: Metric = {
  name: 'brier',
  task,
  unit: 'fraction',
  better: 'lower',
  meaning: 'Mean squared distance between the stated probability and what happened (0 or 1).',
  prepare: sample => meanMeasure(perRow(sample, (truth, prediction) => (truth - prediction) ** 2)),
};
