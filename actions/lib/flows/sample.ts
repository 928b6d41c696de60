// A model's answers to the test rows, as metrics take them: scores, or probabilities in the order of the declared classes.
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
 * @throws ConfigurationError when the model gives no probabilities, or those of other classes.
 */
export async function scoreSample(
  scorer: Scorer,
  table: Table,
  { spec, answering = spec, truth }: Asked,
): Promise<Sample> {
  const measured = { truth, ...measuredWith({ ...spec, threshold: answering.threshold }) };
  if (!spec.classes) return { ...measured, prediction: await scorer.score(table) };
  const names = answering.classes ?? [];
  const found = { names, probabilities: await scorer.scoreClasses(table, names.length) };
  const classes = orderClasses(found, spec.classes);
  return { ...measured, prediction: mostProbable(classes), classes };
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
