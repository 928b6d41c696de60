// Why the model at hand answers a test row as it does: the answer, what each column moves, and reasons in words.
import { join } from 'node:path';
import { nearestWord } from '#lib/documents/nearest.ts';
import { ConfigurationError } from '#lib/errors.ts';
import type { Explanation } from '#lib/explanation/explain-rows.ts';
import { giveReasons, type Reason } from '#lib/explanation/reasons.ts';
import { describeUsual } from '#lib/explanation/usual.ts';
import { privateColumns } from '#lib/flows/judging/contract-columns.ts';
import { explainChosen, subjectOf } from '#lib/flows/judging/explain-model.ts';
import { readArtifact } from '#lib/flows/judging/measure-algorithms.ts';
import { readRows } from '#lib/flows/judging/rows.ts';
import { vocabulary } from '#lib/flows/vocabulary.ts';
import { openWorkspace } from '#lib/flows/workspace.ts';
import { inspectModel } from '#lib/onnx/inspect.ts';
import { openScorer } from '#lib/onnx/session.ts';
import type { Model } from '#lib/registry/model.ts';
import { modelPath, readModel } from '#lib/registry/read.ts';
import { openDuckDb } from '#lib/sql/duckdb.ts';

export interface ExplainRowOptions {
  readonly directory: string;
  readonly model: string;
  /** The key of a test row. */
  readonly key: string;
}

export interface ExplainedRow {
  readonly model: string;
  readonly key: string;
  readonly truth: number;
  /** Values of columns with personal data are null. */
  readonly explanation: Explanation;
  readonly reasons: readonly Reason[];
  readonly unit: string | null;
}

/**
 * Explains one row.
 * @throws ConfigurationError when no test row has the key, or the model answers with several classes.
 */
export async function explainRow({ directory, model: name, key }: ExplainRowOptions): Promise<ExplainedRow> {
  const { root } = await openWorkspace(directory);
  const model = (await readModel(root, name, vocabulary)).value;
  const { spec } = model;
  const { task } = spec;
  if (task === 'multiclass-classification') {
    throw new ConfigurationError(`${name} tells several classes apart: no single number could be explained`, {
      at: { file: modelPath(name) },
    });
  }
  const file = join(root, spec.pipeline, spec.artifact.path);
  const artifact = await readArtifact(file);
  inspectModel(artifact, { file });
  const scorer = await openScorer(artifact, spec.features ? { features: spec.features } : {});
  const engine = await openDuckDb();
  try {
    const rows = await readRows(engine, model, { root, inputs: scorer.interface.inputs });
    const row = rows.keys.indexOf(key);
    const hidden = await privateColumns(root);
    if (row < 0) throw unknownKey(model, key, hidden.has(spec.evaluation.rows.key) ? [] : rows.keys);
    const [explanation] = await explainChosen({ artifact, model, scorer, task }, rows, [{ row }]);
    if (!explanation) throw new Error('a row that was asked for was not explained');
    const usual = describeUsual(rows.training);
    const words = { usual, subject: subjectOf(model), unit: spec.evaluation.unit, hidden };
    return {
      ...{ model: name, key, truth: rows.testTarget[row] ?? Number.NaN },
      explanation: {
        ...explanation,
        attributions: explanation.attributions.map(one =>
          hidden.has(one.column) ? { ...one, value: null } : one,
        ),
      },
      reasons: giveReasons(explanation, words),
      unit: spec.evaluation.unit ?? null,
    };
  } finally {
    engine.close();
    await scorer.close();
  }
}

/** @param keys those that may be shown */
function unknownKey({ spec }: Model, key: string, keys: readonly string[]): ConfigurationError {
  const near = nearestWord(key, keys);
  const { rows } = spec.evaluation;
  return new ConfigurationError(`No test row has the ${rows.key} "${key}"`, {
    remedy: near
      ? `Did you mean "${near}"?`
      : `Take one from ${join(spec.pipeline, rows.path)}${keys[0] === undefined ? '' : `, such as ${keys[0]}`}.`,
  });
}
