// A model's answers to the test rows, as metrics take them: scores, or probabilities in the order of the declared classes.
import { ConfigurationError } from '#lib/errors.ts';
import { mostProbable, orderClasses } from '#lib/evaluation/classes.ts';
import type { Sample } from '#lib/evaluation/metric.ts';
import { trivialPrediction, trivialShares } from '#lib/evaluation/trivial.ts';
import type { Answering } from '#lib/flows/champion.ts';
import type { Scorer } from '#lib/onnx/scorer.ts';
import { type Model, measuredWith } from '#lib/registry/model.ts';
import type { Table } from '#lib/tables/table.ts';

interface Asked {
  /** Says what is measured, and the order of the classes. */
  readonly spec: Model['spec'];
  /** How this model answers, which may be another one than the spec describes. */
  readonly answering?: Answering | undefined;
  readonly truth: Float64Array;
}

/**
 * Scores the rows.
 * @throws ConfigurationError when a row gets no number or no probability, or the classes are others.
 */
export async function scoreSample(
  scorer: Scorer,
  table: Table,
  { spec, answering = spec, truth }: Asked,
): Promise<Sample> {
  const measured = { truth, ...measuredWith({ ...spec, threshold: answering.threshold }) };
  if (!spec.classes) {
    return { ...measured, prediction: requireAnswers(await scorer.score(table), spec.task) };
  }
  const names = answering.classes ?? [];
  const found = { names, probabilities: await scorer.scoreClasses(table, names.length) };
  const classes = orderClasses(found, spec.classes);
  return { ...measured, prediction: mostProbable(classes), classes };
}

/** 32-bit sums of shares end a little beside 0 and 1. */
const PROBABILITY_TOLERANCE = 1e-3;

/** What is no number would count as one answer here and as another there; margins are no probabilities. */
function requireAnswers(answers: Float64Array, task: Model['spec']['task']): Float64Array {
  const isBinary = task === 'binary-classification';
  const [least, most] = isBinary
    ? [-PROBABILITY_TOLERANCE, 1 + PROBABILITY_TOLERANCE]
    : [-Number.MAX_VALUE, Number.MAX_VALUE];
  const row = answers.findIndex(answer => !(answer >= least && answer <= most));
  if (row < 0) return answers;
  const wanted = isBinary ? 'a probability' : 'a number';
  throw new ConfigurationError(`The model answers ${answers[row]} to row ${row + 1}, not with ${wanted}`, {
    remedy: isBinary
      ? 'Let the model answer every row, one with missing values too, with a probability and no margin.'
      : 'Let the model answer every row with a number, one with missing values too.',
  });
}

/** The trivial model on the same rows. */
export function trivialSample(trainingTarget: Float64Array, { spec, truth }: Asked): Sample {
  const measured = { truth, ...measuredWith(spec) };
  if (!spec.classes) {
    return {
      ...measured,
      prediction: new Float64Array(truth.length).fill(trivialPrediction(trainingTarget)),
    };
  }
  const shares = trivialShares(trainingTarget, spec.classes.length);
  const probabilities = new Float64Array(truth.length * shares.length);
  for (let row = 0; row < truth.length; row++) probabilities.set(shares, row * shares.length);
  const classes = { names: spec.classes, probabilities };
  return { ...measured, prediction: mostProbable(classes), classes };
}
