// Metrics of the yes-or-no answer at the declared threshold.
import { type Measure, type Metric, type Sample, total } from '#lib/evaluation/metric.ts';
import { wilsonInterval } from '#lib/stats/interval.ts';

const task = 'binary-classification' as const;

interface Confusion {
  readonly truePositives: number;
  readonly falsePositives: number;
  readonly falseNegatives: number;
  readonly trueNegatives: number;
}

/** Share of answers that are right. */
export const accuracy = proportion(
  'accuracy',
  'Share of answers that are right; with a rare positive class, always saying no scores high too.',
  c => [
    c.truePositives + c.trueNegatives,
    c.truePositives + c.trueNegatives + c.falsePositives + c.falseNegatives,
  ],
);

/** Share of the positive answers that are right; undefined without positive answers. */
export const precision = proportion(
  'precision',
  'Of the cases the model flags, the share that truly are positive.',
  c => [c.truePositives, c.truePositives + c.falsePositives],
);

/** Share of the positive rows that are found; undefined without positive rows. */
export const recall = proportion(
  'recall',
  'Of the truly positive cases, the share that the model flags.',
  c => [c.truePositives, c.truePositives + c.falseNegatives],
);

/** Harmonic mean of precision and recall. */
export const f1: Metric = {
  name: 'f1',
  task,
  unit: 'fraction',
  better: 'higher',
  meaning: 'Balance of precision and recall: high only when both are.',
  prepare: sample =>
    onConfusion(sample, c => {
      const denominator = 2 * c.truePositives + c.falsePositives + c.falseNegatives;
      return denominator > 0 ? (2 * c.truePositives) / denominator : Number.NaN;
    }),
};

function proportion(
  name: string,
  meaning: string,
  parts: (confusion: Confusion) => readonly [successes: number, n: number],
): Metric {
  return {
    name,
    task,
    unit: 'fraction',
    better: 'higher',
    meaning,
    prepare: sample =>
      onConfusion(sample, confusion => {
        const [successes, n] = parts(confusion);
        return n > 0 ? successes / n : Number.NaN;
      }),
    interval: sample =>
      wilsonInterval(...parts(confusionOf(sample, new Float64Array(sample.truth.length).fill(1)))),
  };
}

function onConfusion(sample: Sample, value: (confusion: Confusion) => number): Measure {
  return counts => value(confusionOf(sample, counts));
}

function confusionOf({ truth, prediction, threshold }: Sample, counts: Float64Array): Confusion {
  let [truePositives, falsePositives, positives] = [0, 0, 0];
  for (let row = 0; row < truth.length; row++) {
    const count = counts[row] ?? 0;
    if (truth[row] === 1) positives += count;
    if ((prediction[row] ?? 0) < threshold) continue;
    if (truth[row] === 1) truePositives += count;
    else falsePositives += count;
  }
  const falseNegatives = positives - truePositives;
  return {
    truePositives,
    falsePositives,
    falseNegatives,
    trueNegatives: total(counts) - positives - falsePositives,
  };
}
