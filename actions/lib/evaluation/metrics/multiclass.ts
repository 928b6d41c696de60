// Metrics of the answer among several classes. All follow from how often each class is true, is answered, and is
// answered rightly. As in scikit-learn, averages go over the classes that occur in the truth or the answers, and a part
// of nothing counts as 0.
import type { Influence } from '#lib/evaluation/influence.ts';
import { type Metric, type Sample, total } from '#lib/evaluation/metric.ts';
import { type Interval, wilsonInterval } from '#lib/stats/interval.ts';

const task = 'multiclass-classification' as const;

/** Per class: rows that are it, rows answered with it, rows where both are so. */
interface Margins {
  readonly truths: Float64Array;
  readonly answers: Float64Array;
  readonly hits: Float64Array;
}

type Words = Pick<Metric, 'name' | 'meaning'> & Partial<Pick<Metric, 'range'>>;

/** Share of answers that are right. */
export const accuracy = share({
  name: 'accuracy',
  meaning: 'Share of answers that are right; always saying the most frequent class can score high too.',
});

/** The same number as accuracy, under the name that pooled counts give it. */
export const f1Micro = share({
  name: 'f1_micro',
  meaning: 'F1 of all answers pooled: with one class a row the same as accuracy.',
});

/** Mean of the recalls of the classes that occur in the truth. */
export const balancedAccuracy = decision(
  {
    name: 'balanced_accuracy',
    meaning: 'Share of answers that are right, with every class counting the same.',
  },
  margins => {
    const { truths, hits } = margins;
    const there = occurring(margins, ({ truth }) => truth > 0);
    return sumOver(there, k => at(hits, k) / at(truths, k)) / there.length;
  },
);

/** Correlation between answer and truth, R_K (J. Gorodkin, Computational Biology and Chemistry 28, 2004). */
export const mcc = decision(
  {
    name: 'mcc',
    meaning: 'Correlation between answer and truth: 1 is perfect, 0 is guessing, however rare classes are.',
    range: [-1, 1],
  },
  ({ truths, answers, hits }) => {
    const n = total(truths);
    const scale = Math.sqrt(n * n - products(answers, answers)) * Math.sqrt(n * n - products(truths, truths));
    return scale > 0 ? (total(hits) * n - products(answers, truths)) / scale : 0;
  },
);

/** Agreement beyond chance (J. Cohen, Educational and Psychological Measurement 20, 1960). */
export const cohenKappa = decision(
  {
    name: 'cohen_kappa',
    meaning: 'Agreement of answer and truth beyond what chance would give: 1 is perfect, 0 is chance.',
    range: [-1, 1],
  },
  ({ truths, answers, hits }) => {
    const n = total(truths);
    const expected = products(answers, truths) / n;
    return expected < n ? (total(hits) - expected) / (n - expected) : Number.NaN;
  },
);

type OfClass = (margins: Margins, k: number) => number;

const precisionOf: OfClass = ({ answers, hits }, k) => ratio(at(hits, k), at(answers, k));
const recallOf: OfClass = ({ truths, hits }, k) => ratio(at(hits, k), at(truths, k));
const f1Of: OfClass = ({ truths, answers, hits }, k) =>
  ratio(2 * at(hits, k), at(truths, k) + at(answers, k));

/** Precision, recall and F1 of each class, every class counting the same, or as often as it is true. */
export const averages: readonly Metric[] = [
  average(
    'precision',
    { of: precisionOf, scarcest: fewestAnswers },
    'Of the rows answered with a class, the share that truly are of it',
  ),
  average('recall', { of: recallOf }, 'Of the rows of a class, the share that is answered with it'),
  average('f1', { of: f1Of }, 'Balance of precision and recall of a class'),
].flat();

function average(
  name: string,
  { of, scarcest }: { readonly of: OfClass; readonly scarcest?: NonNullable<Metric['scarcest']> },
  meaning: string,
): readonly Metric[] {
  return [
    {
      ...decision({ name: `${name}_macro`, meaning: `${meaning}; every class counts the same.` }, margins => {
        const there = occurring(margins, ({ truth, answer }) => truth + answer > 0);
        return sumOver(there, k => of(margins, k)) / there.length;
      }),
      ...(scarcest ? { scarcest } : {}),
    },
    decision({ name: `${name}_weighted`, meaning: `${meaning}; frequent classes count more.` }, margins => {
      const { truths } = margins;
      const there = occurring(margins, ({ truth }) => truth > 0);
      return sumOver(there, k => of(margins, k) * at(truths, k)) / total(truths);
    }),
  ];
}

/** Of the classes that occur, the answers with the one that is answered least. */
function fewestAnswers(sample: Sample): number {
  const margins = marginsOf(sample, new Float64Array(sample.truth.length).fill(1));
  const there = occurring(margins, ({ truth, answer }) => truth + answer > 0);
  return there.reduce((fewest, k) => Math.min(fewest, at(margins.answers, k)), sample.truth.length);
}

function share(words: Words): Metric {
  const right = (margins: Margins): number => total(margins.hits) / total(margins.truths);
  return {
    ...decision(words, right),
    interval: (sample): Interval => {
      const margins = marginsOf(sample, new Float64Array(sample.truth.length).fill(1));
      return wilsonInterval(total(margins.hits), sample.truth.length);
    },
  };
}

/** @param value of the margins; twice all of them must give the same */
function decision(words: Words, value: (margins: Margins) => number): Metric {
  return {
    ...{ task, unit: 'fraction', better: 'higher', range: [0, 1], ...words },
    prepare: sample => counts => value(marginsOf(sample, counts)),
    influence: sample => marginInfluence(sample, value),
  };
}

function marginsOf({ truth, prediction, classes }: Sample, counts: Float64Array): Margins {
  const width = classes?.names.length ?? 0;
  const [truths, answers, hits] = [0, 1, 2].map(() => new Float64Array(width)) as [
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  for (let row = 0; row < truth.length; row++) {
    const [actual, answer, count] = [truth[row] ?? 0, prediction[row] ?? 0, counts[row] ?? 0];
    truths[actual] = (truths[actual] ?? 0) + count;
    answers[answer] = (answers[answer] ?? 0) + count;
    if (actual === answer) hits[actual] = (hits[actual] ?? 0) + count;
  }
  return { truths, answers, hits };
}

/** Of a count: small beside it, large beside the last digit. */
const STEP = 1e-4;

/** A row moves the metric as one more in each of its margins would: the sum of their derivatives, times all rows. */
function marginInfluence(sample: Sample, value: (margins: Margins) => number): Influence {
  const { truth, prediction } = sample;
  const n = truth.length;
  const found = marginsOf(sample, new Float64Array(n).fill(1));
  const slopes = { truths: slopesOf(found, 'truths', value), answers: slopesOf(found, 'answers', value) };
  const hits = slopesOf(found, 'hits', value);
  const scale = n * Math.sqrt(n / (n - 1));
  const influence = new Float64Array(n);
  for (let row = 0; row < n; row++) {
    const [actual, answer] = [truth[row] ?? 0, prediction[row] ?? 0];
    const hit = actual === answer ? at(hits, actual) : 0;
    influence[row] = (at(slopes.truths, actual) + at(slopes.answers, answer) + hit) * scale;
  }
  return influence;
}

/** By differences of the second order; 0 for a count of 0, which no row is in. */
function slopesOf(found: Margins, part: keyof Margins, value: (margins: Margins) => number): Float64Array {
  const moved = found[part].slice();
  return found[part].map((count, k) => {
    if (count === 0) return 0;
    const step = count * STEP;
    moved[k] = count + step;
    const above = value({ ...found, [part]: moved });
    moved[k] = count - step;
    const below = value({ ...found, [part]: moved });
    moved[k] = count;
    return (above - below) / (2 * step);
  });
}

function occurring(
  { truths, answers }: Margins,
  isThere: (times: { readonly truth: number; readonly answer: number }) => boolean,
): readonly number[] {
  return Array.from(truths.keys()).filter(k => isThere({ truth: at(truths, k), answer: at(answers, k) }));
}

function sumOver(list: readonly number[], value: (k: number) => number): number {
  return list.reduce((sum, k) => sum + value(k), 0);
}

function products(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, value, k) => sum + value * at(b, k), 0);
}

function ratio(part: number, whole: number): number {
  return whole > 0 ? part / whole : 0;
}

function at(values: Float64Array, index: number): number {
  return values[index] ?? Number.NaN;
}
