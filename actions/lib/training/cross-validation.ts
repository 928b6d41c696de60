// Out-of-fold predictions: every row is predicted by a model that never saw its fold. What selection is judged on.
import { selectRows } from '#lib/tables/table.ts';
import type { Fit } from '#lib/training/fit.ts';
import type { TrainingSet } from '#lib/training/training-set.ts';

interface CrossValidation {
  readonly set: TrainingSet;
  /** Name of a trainer. */
  readonly algorithm: string;
  readonly parameters: unknown;
  /** Each row's fold, from 0. */
  readonly folds: Uint8Array;
  readonly foldCount: number;
  readonly seed: number;
  readonly fit: Fit;
}

/**
 * Fits one model per fold on all other folds and predicts the fold with it; folds without rows are left out.
 * @returns one prediction per row, in the rows' order, whatever order the fits end in
 * @throws ConfigurationError when a fit is not possible, such as a fold's complement with one class
 */
export async function crossValidate(validation: CrossValidation): Promise<Float64Array> {
  const { set, folds, foldCount } = validation;
  if (folds.length !== set.features.rows || folds.some(fold => fold >= foldCount)) {
    throw new RangeError(`Every row needs a fold below ${foldCount}`);
  }
  const predictions = new Float64Array(folds.length);
  const numbers = Array.from({ length: foldCount }, (_, fold) => fold);
  await Promise.all(numbers.map(fold => predictFold(validation, fold, predictions)));
  return predictions;
}

async function predictFold(
  validation: CrossValidation,
  fold: number,
  predictions: Float64Array,
): Promise<void> {
  const { set, algorithm, parameters, folds, foldCount, seed } = validation;
  const rows = Uint32Array.from(folds, (_, row) => row);
  const held = rows.filter(row => folds[row] === fold);
  const rest = rows.filter(row => folds[row] !== fold);
  if (held.length === 0) return;
  const outcome = await validation.fit({
    algorithm,
    parameters,
    seed,
    set: selectTrainingRows(set, rest),
    label: `fold ${fold + 1} of ${foldCount}`,
    predict: selectRows(set.features, held),
  });
  held.forEach((row, i) => {
    predictions[row] = outcome.predictions[i] ?? Number.NaN;
  });
}

/** The given rows of a training set, in the given order. */
export function selectTrainingRows(set: TrainingSet, rows: Uint32Array): TrainingSet {
  return {
    task: set.task,
    features: selectRows(set.features, rows),
    target: Float64Array.from(rows, row => set.target[row] ?? Number.NaN),
  };
}
