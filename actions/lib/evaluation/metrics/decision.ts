// Metrics of the yes-or-no answer at the declared threshold.
import type { Influence } from '#lib/evaluation/influence.ts';
import {
  type Metric,
  negativesOf,
  positivesOf,
  type Sample,
  smallerClass,
  total,
} from '#lib/evaluation/metric.ts';
import { wilsonInterval } from '#lib/stats/interval.ts';

const task = 'binary-classification' as const;

/** The four cells: how often each answer met each truth. */
export interface Confusion {
  readonly truePositives: number;
  readonly falsePositives: number;
  readonly falseNegatives: number;
  readonly trueNegatives: number;
}

type Words = Pick<Metric, 'name' | 'meaning'> &
  Partial<Pick<Metric, 'better' | 'unit' | 'applies' | 'range' | 'scarcest'>>;

/** Share of answers that are right. */
export const accuracy = proportion(
  {
    name: 'accuracy',
    meaning: 'Share of answers that are right; with a rare positive class, always saying no scores high too.',
  },
  c => [
    c.truePositives + c.trueNegatives,
    c.truePositives + c.trueNegatives + c.falsePositives + c.falseNegatives,
  ],
);

/** Share of the positive answers that are right; undefined without positive answers. */
export const precision: Metric = {
  ...proportion(
    { name: 'precision', meaning: 'Of the cases the model flags, the share that truly are positive.' },
    c => [c.truePositives, c.truePositives + c.falsePositives],
  ),
  scarcest: ({ prediction, threshold }) =>
    prediction.reduce((flagged, score) => flagged + (score >= threshold ? 1 : 0), 0),
};

/** Share of the positive rows that are found; undefined without positive rows. */
export const recall = proportion(
  {
    name: 'recall',
    scarcest: positivesOf,
    meaning: 'Of the truly positive cases, the share that the model flags.',
  },
  c => [c.truePositives, c.truePositives + c.falseNegatives],
);

/** Share of the negative rows that are flagged; undefined without negative rows. */
export const falsePositiveRate = proportion(
  {
    name: 'false_positive_rate',
    scarcest: negativesOf,
    better: 'lower',
    meaning: 'Of the truly negative cases, the share that the model flags all the same.',
  },
  c => [c.falsePositives, c.falsePositives + c.trueNegatives],
);

/** Mean of the recalls of both classes. */
export const balancedAccuracy = decision(
  {
    name: 'balanced_accuracy',
    scarcest: smallerClass,
    meaning: 'Share of answers that are right, with both classes counting the same: guessing gets 0.5.',
  },
  c =>
    (c.truePositives / (c.truePositives + c.falseNegatives) +
      c.trueNegatives / (c.trueNegatives + c.falsePositives)) /
    2,
);

/** Harmonic mean of precision and recall. */
export const f1 = decision(
  {
    name: 'f1',
    scarcest: smallerClass,
    meaning: 'Balance of precision and recall: high only when both are.',
  },
  c => fBetaOf(c, 1),
);

/** Weighted harmonic mean of precision and recall (C. J. van Rijsbergen, Information Retrieval, 1979). */
export const fBeta = decision(
  {
    name: 'f_beta',
    scarcest: smallerClass,
    meaning: 'Balance of precision and recall, in which recall counts beta times as much; beta is declared.',
    applies: sample => sample.beta !== undefined,
  },
  (c, { beta = 1 }) => fBetaOf(c, beta),
);

function fBetaOf(c: Confusion, beta: number): number {
  const found = (1 + beta * beta) * c.truePositives;
  const denominator = found + beta * beta * c.falseNegatives + c.falsePositives;
  return denominator > 0 ? found / denominator : Number.NaN;
}

/** Correlation between answer and truth (B. W. Matthews, Biochimica et Biophysica Acta 405, 1975). */
export const mcc = decision(
  {
    name: 'mcc',
    scarcest: smallerClass,
    range: [-1, 1],
    meaning:
      'Correlation between answer and truth: 1 is perfect, 0 is guessing, whatever the share of positives.',
  },
  c => {
    const flagged = c.truePositives + c.falsePositives;
    const positives = c.truePositives + c.falseNegatives;
    const [passed, negatives] = [c.trueNegatives + c.falseNegatives, c.trueNegatives + c.falsePositives];
    // Roots one by one: the product of four counts of millions has more digits than a number holds.
    const scale = Math.sqrt(flagged) * Math.sqrt(positives) * Math.sqrt(passed) * Math.sqrt(negatives);
    const agreement = c.truePositives * c.trueNegatives - c.falsePositives * c.falseNegatives;
    return scale > 0 ? agreement / scale : Number.NaN;
  },
);

/** Agreement beyond chance (J. Cohen, Educational and Psychological Measurement 20, 1960). */
export const cohenKappa = decision(
  {
    name: 'cohen_kappa',
    scarcest: smallerClass,
    meaning: 'Agreement of answer and truth beyond what chance would give: 1 is perfect, 0 is chance.',
    range: [-1, 1],
  },
  c => {
    const flagged = c.truePositives + c.falsePositives;
    const positives = c.truePositives + c.falseNegatives;
    const n = positives + c.falsePositives + c.trueNegatives;
    const expected = (flagged * positives + (n - flagged) * (n - positives)) / n;
    return expected < n ? (c.truePositives + c.trueNegatives - expected) / (n - expected) : Number.NaN;
  },
);

/** Mean cost of an answer by the declared costs of right and wrong ones. */
export const cost = decision(
  {
    name: 'cost',
    unit: 'target',
    better: 'lower',
    range: [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY],
    meaning: 'What an answer costs on average, by the declared costs of each kind of answer.',
    applies: sample => sample.costs !== undefined,
  },
  (c, { costs }) => {
    const { falsePositive = 0, falseNegative = 0, truePositive = 0, trueNegative = 0 } = costs ?? {};
    const sum =
      c.falsePositives * falsePositive +
      c.falseNegatives * falseNegative +
      c.truePositives * truePositive +
      c.trueNegatives * trueNegative;
    return sum / (c.truePositives + c.falsePositives + c.falseNegatives + c.trueNegatives);
  },
);

/** @param value of the four cells; twice all of them must give the same */
function decision(words: Words, value: (cells: Confusion, sample: Sample) => number): Metric {
  return {
    ...{ task, unit: 'fraction', better: 'higher', range: [0, 1], ...words },
    prepare: sample => counts => value(confusionOf(sample, counts), sample),
    influence: sample => cellInfluence(sample, cells => value(cells, sample)),
  };
}

function proportion(
  words: Words,
  parts: (confusion: Confusion) => readonly [successes: number, n: number],
): Metric {
  const share = (cells: Confusion): number => {
    const [successes, n] = parts(cells);
    return n > 0 ? successes / n : Number.NaN;
  };
  return {
    ...decision(words, share),
    interval: sample =>
      wilsonInterval(...parts(confusionOf(sample, new Float64Array(sample.truth.length).fill(1)))),
  };
}

/** Counts the cells. */
export function confusionOf({ truth, prediction, threshold }: Sample, counts: Float64Array): Confusion {
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

const cells = ['truePositives', 'falsePositives', 'falseNegatives', 'trueNegatives'] as const;
/** Of all rows: small beside any cell that matters, large beside the last digit. */
const STEP = 1e-6;

/** A row moves the metric as one more of its cell would: the derivative by the cell, times the number of rows. */
function cellInfluence(sample: Sample, value: (cells: Confusion) => number): Influence {
  const { truth, prediction, threshold } = sample;
  const n = truth.length;
  const found = confusionOf(sample, new Float64Array(n).fill(1));
  const slopes = cells.map(cell => slopeAt(found, cell, { value, step: n * STEP }) * n);
  const unbiased = Math.sqrt(n / (n - 1));
  const influence = new Float64Array(n);
  for (let row = 0; row < n; row++) {
    const isFlagged = (prediction[row] ?? 0) >= threshold;
    const cell = truth[row] === 1 ? (isFlagged ? 0 : 2) : isFlagged ? 1 : 3;
    influence[row] = (slopes[cell] ?? Number.NaN) * unbiased;
  }
  return influence;
}

/** By differences of the second order, one-sided where there is no less than nothing. */
function slopeAt(
  found: Confusion,
  cell: keyof Confusion,
  { value, step }: { readonly value: (cells: Confusion) => number; readonly step: number },
): number {
  const at = (steps: number): number => value({ ...found, [cell]: found[cell] + steps * step });
  if (found[cell] >= step) return (at(1) - at(-1)) / (2 * step);
  return (4 * at(1) - at(2) - 3 * at(0)) / (2 * step);
}
