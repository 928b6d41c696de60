// What each trained algorithm costs to run, measured on some of the training rows: the test rows stay unseen.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { digestBytes } from '#lib/documents/canonical.ts';
import { unreadable } from '#lib/documents/read.ts';
import type { Pipeline } from '#lib/dvc/stage.ts';
import type { Cost } from '#lib/evaluation/cost.ts';
import type { Measurements } from '#lib/flows/measurements.ts';
import { inputColumns, refuseAnswers } from '#lib/flows/rows.ts';
import { inspectModel } from '#lib/onnx/inspect.ts';
import type { Model } from '#lib/registry/model.ts';
import { modelPath } from '#lib/registry/read.ts';
import type { SqlEngine } from '#lib/sql/engine.ts';
import { type ColumnType, selectRows } from '#lib/tables/table.ts';
import type { CrossValidation } from '#lib/training/selection.ts';

const MEASURED_ROWS = 200;

interface MeasureInput {
  readonly pipeline: Pipeline;
  readonly model: Model;
  readonly artifactPath: string;
  readonly crossValidation: CrossValidation | null;
  readonly engine: SqlEngine;
}

/** By algorithm, or by "model" where the pipeline brings its own. */
export async function measureAlgorithms(
  { pipeline, model, artifactPath, crossValidation, engine }: MeasureInput,
  measurements: Measurements,
): Promise<Readonly<Record<string, Cost>>> {
  const files = crossValidation
    ? crossValidation.candidates.map(({ algorithm, artifact }) => ({
        algorithm,
        path: join(pipeline.directory, artifact.path),
        sha256: artifact.sha256,
      }))
    : [{ algorithm: 'model', path: artifactPath, sha256: digestBytes(await readArtifact(artifactPath)) }];
  const columns = await readInputs(files[0]?.path ?? artifactPath, model);
  const table = await engine.readTable(join(pipeline.directory, model.spec.evaluation.trainingRows), columns);
  const some = Array.from({ length: Math.min(MEASURED_ROWS, table.rows) }, (_, row) => row);
  const costs: Record<string, Cost> = {};
  for (const file of files) {
    inspectModel(await readArtifact(file.path), { file: file.path });
    costs[file.algorithm] = await measurements.cost(file, selectRows(table, some));
  }
  return costs;
}

async function readInputs(file: string, model: Model): Promise<readonly ColumnType[]> {
  // What the file says of its inputs is enough here; it runs in a limited process only.
  const { interface: face } = inspectModel(await readArtifact(file), { file });
  const columns = inputColumns(face.inputs, model.spec.features, modelPath(model.metadata.name));
  return refuseAnswers(columns, model.spec.evaluation);
}

/**
 * The bytes of a model file.
 * @throws ConfigurationError when it is not there.
 */
export async function readArtifact(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (cause) {
    throw unreadable(path, cause);
  }
}
