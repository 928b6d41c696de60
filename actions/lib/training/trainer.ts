// The extension point of training: a trainer is one file that calls defineTrainer, and one line in trainers.ts.
// Trainers are pure: rows, parameters and a seed in; a fitted model out, the same bytes every time.
import type { z } from 'zod';
import { parseDocumentText } from '#lib/documents/document.ts';
import { checkDocument } from '#lib/documents/read.ts';
import { ConfigurationError, ConfigurationErrors } from '#lib/errors.ts';
import type { OnnxModel } from '#lib/onnx/model.ts';
import type { Table } from '#lib/tables/table.ts';
import { checkTrainingSet, type Task, type TrainingSet } from '#lib/training/training-set.ts';

/** A feature's part in the model: its share of the loss removed in training; all shares sum to 1, or are all 0. */
export interface Importance {
  readonly feature: string;
  readonly gain: number;
}

export interface FittedModel {
  /**
   * One value per row: the prediction (regression) or the probability of the positive class.
   * @throws ConfigurationError when a column the model was trained on is missing or of another kind.
   */
  predict(features: Table): Float64Array;
  /** The same model as a graph that takes the raw columns; `name` becomes the graph's name. */
  toOnnx(name: string): OnnxModel;
  /** Highest gain first. */
  readonly importance: readonly Importance[];
}

export interface FitOptions {
  /** Whole number >= 0; the only source of randomness. */
  readonly seed: number;
}

interface TrainerFacts {
  readonly name: string;
  /** Rises whenever the same inputs would give other bytes; trainers.json repeats it for pipelines to depend on. */
  readonly version: number;
  readonly tasks: readonly Task[];
  /** One sentence for people who choose among trainers. */
  readonly summary: string;
}

export interface Trainer extends TrainerFacts {
  /** Schema of its parameters; every one has a default and a description. */
  readonly parameters: z.ZodType;
  /**
   * Fits one model.
   * @param parameters whatever stands in the file; passes the schema here
   * @throws ConfigurationError when the parameters or the training set are not usable
   */
  fit(set: TrainingSet, parameters: unknown, options: FitOptions): FittedModel;
}

interface TrainerDefinition<Schema extends z.ZodType> extends TrainerFacts {
  readonly parameters: Schema;
  /** Receives parameters that have passed the schema and a training set that has passed its checks. */
  fit(set: TrainingSet, parameters: z.output<Schema>, options: FitOptions): FittedModel;
}

/** Puts the checks of parameters and rows before a trainer's own code, which then sees typed parameters. */
export function defineTrainer<Schema extends z.ZodType>(definition: TrainerDefinition<Schema>): Trainer {
  return {
    ...definition,
    fit(set, parameters, options) {
      if (!definition.tasks.includes(set.task)) {
        throw new ConfigurationError(`${definition.name} cannot be used for ${set.task}`, {
          remedy: `It learns ${definition.tasks.join(' and ')}; choose another algorithm.`,
        });
      }
      checkTrainingSet(set);
      return definition.fit(set, checkParameters(definition, parameters), options);
    },
  };
}

/**
 * A trainer's parameters with defaults filled in.
 * @param parameters undefined and null mean: all defaults
 * @throws ConfigurationErrors naming each parameter that is wrong
 */
export function checkParameters<Schema extends z.ZodType>(
  { name, parameters: schema }: { readonly name: string; readonly parameters: Schema },
  parameters: unknown,
): z.output<Schema> {
  const document = parseDocumentText(JSON.stringify(parameters ?? {}), `parameters of ${name}`);
  try {
    return checkDocument(document, schema).value;
  } catch (thrown) {
    if (thrown instanceof ConfigurationErrors) throw withoutPlaces(thrown, name);
    throw thrown;
  }
}

/** The text was made here, so its lines and columns would lead nowhere. */
function withoutPlaces(errors: ConfigurationErrors, name: string): ConfigurationErrors {
  return new ConfigurationErrors(
    errors.problems.map(
      problem =>
        new ConfigurationError(`Parameters of ${name}: ${problem.message}`, { remedy: problem.remedy }),
    ),
  );
}
