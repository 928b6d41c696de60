// The training rows as the trainers want them: features typed by the contract, the target as numbers.
import { featureColumns } from '#lib/contracts/features.ts';
import { readContract } from '#lib/contracts/read.ts';
import { nearestWord } from '#lib/documents/nearest.ts';
import { ConfigurationError } from '#lib/errors.ts';
import { readTarget } from '#lib/flows/judging/rows.ts';
import type { Model } from '#lib/registry/model.ts';
import { openDuckDb } from '#lib/sql/duckdb.ts';
import { type ColumnType, findColumn, selectColumns } from '#lib/tables/table.ts';
import type { TrainingSet } from '#lib/training/training-set.ts';

export interface TrainingRows {
  readonly set: TrainingSet;
  /** One per row; folds are assigned by it. */
  readonly ids: readonly string[];
}

interface ReadTrainingRowsOptions {
  readonly rows: string;
  readonly contract: string;
  readonly model: Model;
  /** All columns of the contract but the target and the key when undefined. */
  readonly features: readonly string[] | undefined;
}

/**
 * Reads the rows.
 * @throws ConfigurationError when no algorithm learns the task, or the target or a feature is not a column of the contract or the file.
 */
export async function readTrainingRows(options: ReadTrainingRowsOptions): Promise<TrainingRows> {
  const { rows, contract, model } = options;
  const { task, positive, evaluation } = model.spec;
  if (task === 'multiclass-classification') {
    throw new ConfigurationError(`No algorithm here learns ${task}`, {
      remedy: 'Let a stage of the pipeline train the model and write it as ONNX.',
    });
  }
  const columns = featureColumns((await readContract(contract)).value);
  const features = chooseFeatures(columns, options);
  const target: ColumnType = { name: evaluation.target, kind: task === 'regression' ? 'number' : 'string' };
  const engine = await openDuckDb();
  try {
    const table = await engine.readTable(rows, [
      { name: evaluation.rows.key, kind: 'string' },
      target,
      ...features,
    ]);
    const ids = findColumn(table, evaluation.rows.key)?.values ?? [];
    return {
      ids: Array.from(ids, String),
      set: {
        task,
        features: selectColumns(
          table,
          features.map(({ name }) => name),
        ),
        target: readTarget(table, { name: target.name, positive, file: rows }),
      },
    };
  } finally {
    engine.close();
  }
}

function chooseFeatures(
  columns: readonly ColumnType[],
  { contract, model, features }: ReadTrainingRowsOptions,
): readonly ColumnType[] {
  const { target, rows } = model.spec.evaluation;
  const names = columns.map(({ name }) => name);
  const require = (name: string): ColumnType => {
    const found = columns.find(column => column.name === name);
    if (found) return found;
    const near = nearestWord(name, names);
    throw new ConfigurationError(`"${name}" is not a column of the contract`, {
      at: { file: contract },
      remedy: near ? `Did you mean "${near}"?` : `Columns: ${names.join(', ')}.`,
    });
  };
  require(target);
  // The key names a row and says nothing of a new one: by default it is no feature, and the judge refuses it as one.
  return (features ?? names.filter(name => name !== rows.key)).filter(name => name !== target).map(require);
}
