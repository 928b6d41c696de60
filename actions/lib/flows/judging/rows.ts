// The rows a model is judged on: the test rows and the training rows behind them, typed by the model's own interface.
import { join } from 'node:path';
import { nearestWord } from '#lib/documents/nearest.ts';
import { unreadable } from '#lib/documents/read.ts';
import { ConfigurationError } from '#lib/errors.ts';
import type { InterfaceEntry } from '#lib/onnx/scorer.ts';
import type { Model } from '#lib/registry/model.ts';
import { modelPath } from '#lib/registry/read.ts';
import type { SqlEngine } from '#lib/sql/engine.ts';
import { type ColumnType, findColumn, selectColumns, type Table } from '#lib/tables/table.ts';

export interface JudgedRows {
  /** Only the model's inputs. */
  readonly test: Table;
  readonly training: Table;
  readonly testTarget: Float64Array;
  readonly trainingTarget: Float64Array;
  /** Per slice column the text of each test row. */
  readonly slices: ReadonlyMap<string, readonly string[]>;
  /** Per column of fairness.groups the group of each test row. */
  readonly groups: ReadonlyMap<string, readonly string[]>;
  /** The key of each test row. */
  readonly keys: readonly string[];
}

/**
 * Reads the columns that the model's inputs, the target and the slices need.
 * @throws ConfigurationError when a column is missing, a number is none, or the target has unknown words.
 */
export async function readRows(
  engine: SqlEngine,
  model: Model,
  { root, inputs }: { readonly root: string; readonly inputs: readonly InterfaceEntry[] },
): Promise<JudgedRows> {
  const { evaluation, pipeline, task, positive, classes } = model.spec;
  const features = refuseAnswers(
    inputColumns(inputs, model.spec.features, modelPath(model.metadata.name)),
    evaluation,
  );
  const target: ColumnType = { name: evaluation.target, kind: task === 'regression' ? 'number' : 'string' };
  const groups = evaluation.fairness?.groups ?? [];
  const others = [...new Set([...evaluation.slices, ...groups, evaluation.rows.key])]
    .filter(name => ![...features, target].some(known => known.name === name))
    .map((name): ColumnType => ({ name, kind: 'string' }));
  const path = (file: string): string => join(root, pipeline, file);
  const test = await engine.readTable(path(evaluation.rows.path), [...features, target, ...others]);
  const training = await engine.readTable(path(evaluation.trainingRows), [...features, target]);
  if (training.rows === 0) {
    throw new ConfigurationError('There are no training rows to compare with', {
      at: { file: path(evaluation.trainingRows) },
      remedy: 'Name the rows the model was fitted on as evaluation.trainingRows.',
    });
  }
  if (test.rows === 0) {
    throw new ConfigurationError('There are no test rows', {
      at: { file: path(evaluation.rows.path) },
      remedy: 'Keep a share of the data for the test: split.testShare in params.yaml.',
    });
  }
  const names = features.map(feature => feature.name);
  const words = { name: target.name, positive, classes };
  return {
    test: selectColumns(test, names),
    training: selectColumns(training, names),
    testTarget: readTarget(test, { ...words, file: path(evaluation.rows.path) }),
    trainingTarget: readTarget(training, { ...words, file: path(evaluation.trainingRows) }),
    slices: new Map(evaluation.slices.map(name => [name, textOf(test, name)])),
    groups: new Map(groups.map(name => [name, textOf(test, name)])),
    keys: textOf(test, evaluation.rows.key),
  };
}

/**
 * The columns a model file reads: one per input, or the declared features for one input of shape [N,F].
 * @param file where the features would be declared.
 * @throws ConfigurationError when such an input has no features declared.
 */
export function inputColumns(
  inputs: readonly InterfaceEntry[],
  features: readonly string[] | undefined,
  file: string,
): readonly ColumnType[] {
  const [first] = inputs;
  const isPacked =
    inputs.length === 1 && first !== undefined && first.shape.length === 2 && first.shape[1] !== 1;
  if (!isPacked) {
    return inputs.map(({ name, type }) => ({ name, kind: type === 'string' ? 'string' : 'number' }));
  }
  if (features) return features.map(name => ({ name, kind: 'number' }));
  throw new ConfigurationError(
    `The model has one input "${first.name}" for all features, and does not say which`,
    {
      at: { file },
      remedy:
        'List the columns in their order as spec.features in model.yaml, or export one input per column.',
    },
  );
}

/**
 * The same columns, as long as none of them is the answer or names the row: such a model recites, whatever its metrics.
 * @throws ConfigurationError when one is the target or the rows' key.
 */
export function refuseAnswers(
  columns: readonly ColumnType[],
  { target, rows }: Pick<Model['spec']['evaluation'], 'target' | 'rows'>,
): readonly ColumnType[] {
  const names = columns.map(({ name }) => name);
  if (names.includes(target)) {
    throw new ConfigurationError(`The model reads the target "${target}"`, {
      remedy: 'Train it without this column: nobody knows the answer when the model is asked.',
    });
  }
  if (names.includes(rows.key)) {
    throw new ConfigurationError(
      `The model reads the key "${rows.key}", which names a row and says nothing of a new one`,
      { remedy: 'Train it without this column.' },
    );
  }
  return columns;
}

interface Target {
  readonly name: string;
  readonly positive: string | undefined;
  readonly classes?: readonly string[] | undefined;
  readonly file: string;
}

/**
 * The target as numbers: amounts, or 1 for the positive word and 0 for the others, or the index of the class.
 * @throws ConfigurationError when it is missing in a row, a row has a word that is no class, or none the positive word.
 */
export function readTarget(table: Table, { name, positive, classes, file }: Target): Float64Array {
  const column = findColumn(table, name);
  if (!column) throw unreadable(file, new Error(`no column ${name}`));
  const missing = Array.from<unknown>(column.values).findIndex(value => value === '' || Number.isNaN(value));
  if (missing >= 0) {
    throw new ConfigurationError(`The target "${name}" is missing in a row`, {
      at: { file, line: missing + 2 },
      remedy: 'Leave out rows without an answer before training.',
    });
  }
  if (column.kind === 'number') return column.values;
  if (classes) return indexClasses(column.values, { name, classes, file });
  if (!column.values.includes(positive ?? '')) {
    const words = [...new Set(column.values)].sort().slice(0, 10).join(', ');
    throw new ConfigurationError(`No row has the positive value "${positive}" in "${name}"`, {
      at: { file },
      remedy: `The values there are: ${words}. Correct spec.positive in model.yaml.`,
    });
  }
  return Float64Array.from(column.values, value => (value === positive ? 1 : 0));
}

function indexClasses(
  words: readonly string[],
  {
    name,
    classes,
    file,
  }: { readonly name: string; readonly classes: readonly string[]; readonly file: string },
): Float64Array {
  const places = new Map(classes.map((word, index) => [word, index]));
  return Float64Array.from(words, (word, row) => {
    const place = places.get(word);
    if (place !== undefined) return place;
    const near = nearestWord(word, classes);
    throw new ConfigurationError(`"${word}" in "${name}" is none of the classes`, {
      at: { file, line: row + 2 },
      remedy: `${near ? `Did you mean "${near}"? ` : ''}spec.classes in model.yaml are: ${classes.join(', ')}.`,
    });
  });
}

function textOf(table: Table, name: string): readonly string[] {
  const column = findColumn(table, name);
  return column ? Array.from(column.values, String) : [];
}
