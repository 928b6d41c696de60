// What each trained algorithm costs to run, and the judged one beside the model it would replace. Measured on some of the
// training rows: the test rows stay unseen.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { digestBytes } from '#lib/documents/canonical.ts';
import { unreadable } from '#lib/documents/read.ts';
import type { Pipeline } from '#lib/dvc/pipeline/stage.ts';
import { ConfigurationError } from '#lib/errors.ts';
import type { Cost, RelativeCosts } from '#lib/evaluation/cost.ts';
import type { Answering, FoundChampion } from '#lib/flows/champion.ts';
import type { MeasuredFile, Measurements } from '#lib/flows/judging/measurements.ts';
import { inputColumns, refuseAnswers } from '#lib/flows/judging/rows.ts';
import { inspectModel } from '#lib/onnx/inspect.ts';
import type { Model } from '#lib/registry/model.ts';
import { modelPath } from '#lib/registry/read.ts';
import type { SqlEngine } from '#lib/sql/engine.ts';
import { selectRows, type Table } from '#lib/tables/table.ts';
import type { CrossValidation } from '#lib/training/selection.ts';

const MEASURED_ROWS = 200;

interface MeasureInput {
  readonly pipeline: Pick<Pipeline, 'directory'>;
  readonly model: Model;
  readonly artifactPath: string;
  readonly crossValidation: CrossValidation | null;
  readonly engine: SqlEngine;
}

/** Which of the algorithms is judged, and those it may be measured beside: the first that has bytes. */
interface Judged {
  readonly algorithm: string;
  readonly references: readonly (FoundChampion | undefined)[];
}

/** By algorithm, or by "model" where the pipeline brings its own. */
export async function measureAlgorithms(
  input: MeasureInput,
  measurements: Measurements,
  judged?: Judged,
): Promise<Readonly<Record<string, Cost>>> {
  const files = await filesOf(input);
  const { model } = input;
  const file = files[0]?.path ?? input.artifactPath;
  const rows = await readSome(input, await readArtifact(file), {
    ...{ answering: model.spec, file, declaredIn: modelPath(model.metadata.name) },
  });
  const costs: Record<string, Cost> = {};
  for (const { algorithm, path, sha256 } of files) {
    inspectModel(await readArtifact(path), { file: path });
    const measured = { path, sha256, rows, classes: model.spec.classes?.length };
    const cost = await measurements.cost(measured);
    const relative =
      algorithm === judged?.algorithm
        ? await measureBesideFirst(input, measured, { ...judged, measurements })
        : null;
    costs[algorithm] = { ...cost, relative };
  }
  return costs;
}

async function filesOf({ pipeline, artifactPath, crossValidation }: MeasureInput) {
  if (!crossValidation) {
    return [
      { algorithm: 'model', path: artifactPath, sha256: digestBytes(await readArtifact(artifactPath)) },
    ];
  }
  return crossValidation.candidates.map(({ algorithm, artifact }) => ({
    algorithm,
    path: join(pipeline.directory, artifact.path),
    sha256: artifact.sha256,
  }));
}

/** Null without a reference, and where it does not answer these rows. */
async function measureBesideFirst(
  input: MeasureInput,
  measured: MeasuredFile,
  { references, measurements }: Judged & { readonly measurements: Measurements },
): Promise<Cost['relative']> {
  const reference = references.find(found => found?.bytes && found.answering);
  const { bytes, answering } = reference ?? {};
  if (!reference || !bytes || !answering) return null;
  const to = reference.champion.name;
  const folder = await mkdtemp(join(tmpdir(), 'mainline-reference-'));
  try {
    const path = join(folder, 'model.onnx');
    await writeFile(path, bytes);
    const rows = await readSome(input, bytes, { answering, file: to, declaredIn: to });
    const other = { path, sha256: digestBytes(bytes), rows, classes: answering.classes?.length };
    const relative: RelativeCosts = await measurements.beside(measured, other);
    return { to, ...relative };
  } catch (error) {
    if (error instanceof ConfigurationError) return null;
    throw error;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The first training rows, in the columns that a model takes. */
async function readSome(
  { pipeline, model, engine }: MeasureInput,
  bytes: Uint8Array,
  {
    answering,
    file,
    declaredIn,
  }: { readonly answering: Answering; readonly file: string; readonly declaredIn: string },
): Promise<Table> {
  // What the file says of its inputs is enough here; it runs in a limited process only.
  const { interface: face } = inspectModel(bytes, { file });
  const { evaluation } = model.spec;
  const columns = refuseAnswers(inputColumns(face.inputs, answering.features, declaredIn), evaluation);
  const table = await engine.readTable(join(pipeline.directory, evaluation.trainingRows), columns);
  return selectRows(
    table,
    Array.from({ length: Math.min(MEASURED_ROWS, table.rows) }, (_, row) => row),
  );
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
