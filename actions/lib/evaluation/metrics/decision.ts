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
  prepare: sample => onConfusion(sample, c => fBetaOf(c, 1)),
};

/** Weighted harmonic mean of precision and recall (C. J. van Rijsbergen, Information Retrieval, 1979), with the declared beta. */
export const fBeta: Metric = {
  name: 'f_beta',
  task,
  unit: 'fraction',
  better: 'higher',
  meaning: 'Balance of precision and recall, in which recall counts beta times as much; beta is declared.',
  applies: sample => sample.beta !== undefined,
  prepare: sample => onConfusion(sample, c => fBetaOf(c, sample.beta ?? 1)),
};

function fBetaOf(c: Confusion, beta: number): number {
  const found = (1 + beta * beta) * c.truePositives;
  const denominator = found + beta * beta * c.falseNegatives + c.falsePositives;
  return denominator > 0 ? found / denominator : Number.NaN;
}

/** Share of the negative rows that are flagged; undefined without negative rows. */
export const falsePositiveRate: Metric = {
  ...proportion(
    'false_positive_rate',
    'Of the truly negative cases, the share that the model flags all the same.',
    c => [c.falsePositives, c.falsePositives + c.trueNegatives],
  ),
  better: 'lower',
};

/** Mean of the recalls of both classes. */
export const balancedAccuracy: Metric = {
  name: 'balanced_accuracy',
  task,
  unit: 'fraction',
  better: 'higher',
  meaning: 'Share of answers that are right, with both classes counting the same: guessing gets 0.5.',
  prepare: sample =>
    onConfusion(
      sample,
      c =>
        (c.truePositives / (c.truePositives + c.falseNegatives) +
          c.trueNegatives / (c.trueNegatives + c.falsePositives)) /
        2,
    ),
};

/** Correlation between answer and truth (B. W. Matthews, Biochimica et Biophysica Acta 405, 1975). */
export const mcc: Metric = {
  name: 'mcc',
  task,
  unit: 'fraction',
  better: 'higher',
  meaning:
    'Correlation between answer and truth: 1 is perfect, 0 is guessing, whatever the share of positives.',
  prepare: sample =>
    onConfusion(sample, c => {
      const flagged = c.truePositives + c.falsePositives;
      const positives = c.truePositives + c.falseNegatives;
      const [passed, negatives] = [c.trueNegatives + c.falseNegatives, c.trueNegatives + c.falsePositives];
      // Roots one by one: the product of four counts of millions has more digits than a number holds.
      const scale = Math.sqrt(flagged) * Math.sqrt(positives) * Math.sqrt(passed) * Math.sqrt(negatives);
      const agreement = c.truePositives * c.trueNegatives - c.falsePositives * c.falseNegatives;
      return scale > 0 ? agreement / scale : Number.NaN;
    }),
};

/** Mean cost of an answer by the declared costs of right and wrong ones. */
export const cost: Metric = {
  name: 'cost',
  task,
  unit: 'target',
  better: 'lower',
  meaning: 'What an answer costs on average, by the declared costs of each kind of mistake.',
  applies: sample => sample.costs !== undefined,
  prepare: sample => {
    const { falsePositive = 0, falseNegative = 0, truePositive = 0, trueNegative = 0 } = sample.costs ?? {};
    return onConfusion(sample, c => {
      const n = c.truePositives + c.falsePositives + c.falseNegatives + c.trueNegatives;
      const sum =
        c.falsePositives * falsePositive +
        c.falseNegatives * falseNegative +
        c.truePositives * truePositive +
        c.trueNegatives * trueNegative;
      return sum / n;
    });
  },
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
