// One fit as a plain message and its answer as plain data: what can cross to a worker thread, and what needs to.
import type { OnnxModel } from '#lib/onnx/model.ts';
import type { Table } from '#lib/tables/table.ts';
import type { Importance } from '#lib/training/trainer.ts';
import { findTrainer } from '#lib/training/trainers.ts';
import type { TrainingSet } from '#lib/training/training-set.ts';

export interface FitJob {
  /** Name of a trainer. */
  readonly algorithm: string;
  readonly parameters: unknown;
  readonly seed: number;
  readonly set: TrainingSet;
  /** What progress reports call this fit, such as "fold 2 of 5". */
  readonly label: string;
  /** Rows to predict with the fitted model. */
  readonly predict?: Table | undefined;
  /** The graph's name, when the model itself is wanted. */
  readonly exportAs?: string | undefined;
}

export interface FitOutcome {
  /** One per row of `predict`; empty without it. */
  readonly predictions: Float64Array;
  /** Present when `exportAs` was given. */
  readonly model: OnnxModel | undefined;
  readonly importance: readonly Importance[];
}

/** Fits somewhere: here, or on a worker thread. The outcome is the same. */
export type Fit = (job: FitJob) => Promise<FitOutcome>;

/**
 * Fits here and now.
 * @throws ConfigurationError when the algorithm, its parameters or the rows are not usable
 */
export function fitNow({ algorithm, parameters, seed, set, predict, exportAs }: FitJob): FitOutcome {
  const model = findTrainer(algorithm).fit(set, parameters, { seed });
  return {
    predictions: predict ? model.predict(predict) : new Float64Array(),
    model: exportAs === undefined ? undefined : model.toOnnx(exportAs),
    importance: model.importance,
  };
}
