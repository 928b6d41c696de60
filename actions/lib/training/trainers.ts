// The registry of trainers: adding one is its file and one line here (and its version in trainers.json).
import { nearestWord } from '#lib/documents/nearest.ts';
import { ConfigurationError } from '#lib/errors.ts';
import { gradientBoosting } from '#lib/training/gradient-boosting.ts';
import { linear } from '#lib/training/linear.ts';
import { logistic } from '#lib/training/logistic.ts';
import { randomForest } from '#lib/training/random-forest.ts';
import type { Trainer } from '#lib/training/trainer.ts';

/** By name, in the order in which they are offered. */
export const trainers: ReadonlyMap<string, Trainer> = new Map(
  [linear, logistic, randomForest, gradientBoosting].map(trainer => [trainer.name, trainer]),
);

/**
 * The trainer of that name.
 * @throws ConfigurationError with the valid names
 */
export function findTrainer(name: string): Trainer {
  const trainer = trainers.get(name);
  if (trainer) return trainer;
  const names = [...trainers.keys()];
  const near = nearestWord(name, names);
  throw new ConfigurationError(`There is no algorithm "${name}"`, {
    remedy: near ? `Did you mean "${near}"?` : `Write one of: ${names.join(', ')}.`,
  });
}
