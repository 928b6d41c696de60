// Reliability: rows in bins of equal count by prediction; what was predicted beside what happened. Calibration for
// probabilities, bias for amounts.
import { z } from 'zod';
import { topLabel } from '#lib/evaluation/classes.ts';
import type { MetricTask, Sample } from '#lib/evaluation/metric.ts';
import { rankScores } from '#lib/evaluation/order.ts';
import { pick } from '#lib/evaluation/select.ts';
import { type Interval, wilsonInterval, Z_95 } from '#lib/stats/interval.ts';
import { roundSignificant } from '#lib/stats/round.ts';

export const reliabilityBinSchema = z.strictObject({
  n: z.number(),
  /** Mean prediction in the bin. */
  predicted: z.number(),
  /** Mean truth in the bin: an amount, or the share of positives, or of right answers among several classes. */
  observed: z.number(),
  ci95: z.tuple([z.number(), z.number()]),
});

export type ReliabilityBin = Readonly<z.output<typeof reliabilityBinSchema>>;

/** Of several classes the one answered: its probability, and how often it is right. Equal-count bins, lowest predictions first; equal predictions may part between neighbours. */
export function reliabilityBins(sample: Sample, task: MetricTask, bins = 10): readonly ReliabilityBin[] {
  const { truth, prediction } = task === 'multiclass-classification' ? topLabel(sample) : sample;
  const { order } = rankScores(prediction);
  return Array.from({ length: bins }, (_, bin) => {
    const rows = order.subarray(
      Math.floor((bin * order.length) / bins),
      Math.floor(((bin + 1) * order.length) / bins),
    );
    return summarize(pick(truth, rows), pick(prediction, rows), task);
  }).filter(({ n }) => n > 0);
}

function summarize(truths: Float64Array, predictions: Float64Array, task: string): ReliabilityBin {
  const n = truths.length;
  const observed = mean(truths);
  const interval =
    task === 'regression'
      ? meanInterval(truths, observed)
      : wilsonInterval(
          truths.reduce((a, b) => a + b, 0),
          n,
        );
  return {
    n,
    predicted: roundSignificant(mean(predictions)),
    observed: roundSignificant(observed),
    ci95: [roundSignificant(interval[0]), roundSignificant(interval[1])],
  };
}

/** Normal interval of a mean: bins hold dozens of rows. */
function meanInterval(values: Float64Array, centre: number): Interval {
  const squares = values.reduce((sum, value) => sum + (value - centre) ** 2, 0);
  const half = values.length > 1 ? Z_95 * Math.sqrt(squares / (values.length - 1) / values.length) : 0;
  return [centre - half, centre + half];
}

function mean(values: Float64Array): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}
