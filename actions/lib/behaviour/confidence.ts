// Confidence: how the scores lie, how many answers were a near thing, and whether near things are wrong more often.
import { z } from 'zod';
import { type Answering, decisionOf, type Outputs, outputOf } from '#lib/behaviour/subject.ts';
import { wilsonInterval } from '#lib/stats/interval.ts';
import { roundSignificant } from '#lib/stats/round.ts';

const groupSchema = z.strictObject({
  n: z.number(),
  /** Of all answers. */
  share: z.number().nullable(),
  ci95: z.tuple([z.number(), z.number()]).nullable(),
  /** Answers that are right; null where the truth was not given. */
  right: z.number().nullable(),
  accuracy: z.number().nullable(),
  accuracyCi95: z.tuple([z.number(), z.number()]).nullable(),
});

export const confidenceSchema = z.strictObject({
  n: z.number(),
  /** Equal bins of the probability (of the answered class), or of the predicted amounts; the last one is closed. */
  histogram: z.array(z.strictObject({ from: z.number(), to: z.number(), n: z.number() })).readonly(),
  /** How near to the threshold is near; for more than two classes, half the lead over the second. Null for amounts. */
  within: z.number().nullable(),
  low: groupSchema.nullable(),
  high: groupSchema.nullable(),
  /** Answers that are no number; they are in none of the above. */
  unanswered: z.number(),
});

export type Confidence = Readonly<z.output<typeof confidenceSchema>>;

export interface ConfidenceInput {
  readonly answering: Answering;
  readonly outputs: Outputs;
  /** 1 or 0, or the index of the class. */
  readonly truth?: ArrayLike<number> | undefined;
  readonly within?: number;
  readonly bins?: number;
}

/** In single precision 0.6 is a little more than 0.6: within this the two are the same. */
const NOISE = 1e-7;
/** The same for the edges of bins, as a share of a bin. */
const EDGE = 1e-5;

/** Sorts the answers by how sure the model was. */
export function analyseConfidence({
  answering,
  outputs,
  truth,
  within = 0.1,
  bins = 20,
}: ConfidenceInput): Confidence {
  const rows = outputs.values.length / outputs.width;
  const answers = Array.from({ length: rows }, (_, row) => {
    const output = outputOf(outputs, row);
    const decision = decisionOf(answering, output);
    return {
      decision,
      score: output[answering.task === 'multiclass-classification' ? decision : 0] ?? Number.NaN,
      isLow: marginOf(answering, output) <= within + NOISE,
      isRight: truth ? truth[row] === decision : undefined,
    };
  }).filter(({ decision }) => !Number.isNaN(decision));
  const isAmount = answering.task === 'regression';
  const group = (isLow: boolean) =>
    isAmount
      ? null
      : describeGroup(
          answers.filter(answer => answer.isLow === isLow),
          answers.length,
        );
  const scores = answers.map(({ score }) => score);
  return {
    n: answers.length,
    histogram: countBins(scores, { bins, ends: isAmount ? endsOf(scores) : [0, 1] }),
    within: isAmount ? null : within,
    low: group(true),
    high: group(false),
    unanswered: rows - answers.length,
  };
}

/** How far an answer is from being another one; with two classes and a threshold of a half both ways are the same. */
function marginOf(answering: Answering, output: ArrayLike<number>): number {
  if (answering.task === 'binary-classification') return Math.abs((output[0] ?? 0) - answering.threshold);
  const [first = 0, second = 0] = Array.from(output).sort((a, b) => b - a);
  return (first - second) / 2;
}

function describeGroup(
  answers: readonly { readonly isRight: boolean | undefined }[],
  all: number,
): z.output<typeof groupSchema> {
  const n = answers.length;
  const isKnown = answers.every(({ isRight }) => isRight !== undefined);
  const right = answers.filter(({ isRight }) => isRight).length;
  return {
    n,
    ...(all > 0 ? { share: roundSignificant(n / all), ci95: rounded(n, all) } : { share: null, ci95: null }),
    right: isKnown ? right : null,
    accuracy: isKnown && n > 0 ? roundSignificant(right / n) : null,
    accuracyCi95: isKnown && n > 0 ? rounded(right, n) : null,
  };
}

function rounded(successes: number, n: number): [number, number] {
  const [lower, upper] = wilsonInterval(successes, n);
  return [roundSignificant(lower), roundSignificant(upper)];
}

function endsOf(values: readonly number[]): readonly [number, number] {
  let [low, high] = [values[0] ?? 0, values[0] ?? 0];
  for (const value of values) [low, high] = [Math.min(low, value), Math.max(high, value)];
  return [low, high];
}

/** All values in one bin where they are all the same. */
function countBins(
  values: readonly number[],
  { bins, ends: [low, high] }: { readonly bins: number; readonly ends: readonly [number, number] },
): Confidence['histogram'] {
  const number = high > low ? bins : 1;
  const counts = new Float64Array(number);
  for (const value of values) {
    const place = high > low ? Math.floor(((value - low) / (high - low)) * number + EDGE) : 0;
    const bin = Math.min(Math.max(place, 0), number - 1);
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  const edge = (index: number): number => roundSignificant(low + ((high - low) * index) / number);
  return Array.from(counts, (n, index) => ({ from: edge(index), to: edge(index + 1), n }));
}
