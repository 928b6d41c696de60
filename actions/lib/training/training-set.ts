// What every trainer may rely on: rows to learn from, finite targets, feature names an ONNX graph can carry.
import { ConfigurationError } from '#lib/errors.ts';
import type { Column, Table } from '#lib/tables/table.ts';

export type Task = 'regression' | 'binary-classification';

/** The rows to learn from; `target` has one number per row, for a binary task 1 (positive) or 0. */
export interface TrainingSet {
  readonly task: Task;
  readonly features: Table;
  readonly target: Float64Array;
}

/** Names of a model's outputs; no feature may be called so. */
export const RESERVED_NAMES: readonly string[] = ['prediction', 'label', 'probabilities'];
/** Begins the names of values inside a model's graph; no feature may begin so. */
export const INTERNAL_PREFIX = 'mainline/';

/**
 * Refuses a training set that no trainer could learn from.
 * @throws ConfigurationError with the column or row and what to change
 */
export function checkTrainingSet({ task, features, target }: TrainingSet): void {
  if (features.rows === 0) {
    throw new ConfigurationError('There are no training rows', {
      remedy: 'Check the filter or split that made them.',
    });
  }
  if (features.columns.length === 0) {
    throw new ConfigurationError('There are no feature columns', { remedy: 'Name at least one feature.' });
  }
  if (target.length !== features.rows) {
    throw new RangeError(`${target.length} targets for ${features.rows} rows`);
  }
  checkTarget(task, target);
  checkNames(features.columns.map(column => column.name));
  for (const column of features.columns) checkValues(column);
}

function checkTarget(task: TrainingSet['task'], target: Float64Array): void {
  const bad = target.findIndex(value => !Number.isFinite(Math.fround(value)));
  if (bad >= 0) {
    throw new ConfigurationError(
      `The target of training row ${bad + 1} is ${target[bad]}, a finite number was expected`,
      {
        remedy: 'Leave out rows without a target, or mend the column.',
      },
    );
  }
  if (task !== 'binary-classification') return;
  if (target.some(value => value !== 0 && value !== 1)) throw new RangeError('A binary target is 0 or 1');
  if (target.every(value => value === target[0])) {
    throw new ConfigurationError(
      `All ${target.length} training rows are ${target[0] ? 'positive' : 'negative'}`,
      {
        remedy: 'Both classes are needed: check the positive value, the filter and the folds.',
      },
    );
  }
}

function checkNames(names: readonly string[]): void {
  const repeated = names.find((name, i) => names.indexOf(name) !== i);
  if (repeated !== undefined) {
    throw new ConfigurationError(`The feature "${repeated}" is named twice`, {
      remedy: 'Remove one of the two.',
    });
  }
  const reserved = names.find(
    name => RESERVED_NAMES.includes(name) || name.startsWith(INTERNAL_PREFIX) || name === '',
  );
  if (reserved !== undefined) {
    throw new ConfigurationError(`A feature may not be called "${reserved}"`, {
      remedy: `Rename it: ${RESERVED_NAMES.join(', ')} are the model's outputs, and "${INTERNAL_PREFIX}" begins its inner names.`,
    });
  }
}

function checkValues(column: Column): void {
  if (column.kind !== 'number') return;
  const bad = column.values.findIndex(value => Math.abs(Math.fround(value)) === Number.POSITIVE_INFINITY);
  if (bad >= 0) {
    throw new ConfigurationError(
      `"${column.name}" of training row ${bad + 1} is ${column.values[bad]}, too large for a model`,
      {
        remedy: 'Numbers up to 3.4e38 are possible; mend the column or leave the row out.',
      },
    );
  }
}
