// The step that fits every declared algorithm on the training rows and judges each by cross-validation inside them.
// It never opens the test rows. Seconds go to the measurements, never into a file that is committed.
import { basename, dirname, join } from 'node:path';
import { digestBytes, formatJson } from '#lib/documents/canonical.ts';
import { readDocument } from '#lib/documents/read.ts';
import { writeWhole } from '#lib/documents/write.ts';
import { measureAll } from '#lib/evaluation/evaluation.ts';
import type { Sample } from '#lib/evaluation/metric.ts';
import { metricsOf } from '#lib/evaluation/metrics.ts';
import { trivialPrediction } from '#lib/evaluation/trivial.ts';
import { withBusiness } from '#lib/flows/judging/business.ts';
import { runStep } from '#lib/flows/steps/step.ts';
import { readTrainingRows, type TrainingRows } from '#lib/flows/steps/training-rows.ts';
import { vocabulary } from '#lib/flows/vocabulary.ts';
import { encodeModel } from '#lib/onnx/encode.ts';
import { declaredUnit, type Model, measuredWith } from '#lib/registry/model.ts';
import { readModel } from '#lib/registry/read.ts';
import { openDuckDb } from '#lib/sql/duckdb.ts';
import { roundSignificant } from '#lib/stats/round.ts';
import { crossValidate } from '#lib/training/cross-validation.ts';
import { type FitPool, openFitPool } from '#lib/training/fit-pool.ts';
import type { Candidate, CrossValidation } from '#lib/training/selection.ts';
import { pipelineSettingsSchema, type TrainSettings } from '#lib/training/settings.ts';
import { assignFolds } from '#lib/training/split.ts';
import { checkParameters } from '#lib/training/trainer.ts';
import { findTrainer } from '#lib/training/trainers.ts';

export interface TrainAlgorithmsOptions {
  /** The model.yaml that names the algorithms, the task and the target. */
  readonly model: string;
  /** The contract that types the columns. */
  readonly contract: string;
  readonly rows?: string;
  readonly params?: string;
  /** Folder for one ONNX file per algorithm. */
  readonly to?: string;
  readonly report?: string;
}

/** How many features a report names as important. */
const NAMED_FEATURES = 10;

interface Work {
  readonly model: Model;
  readonly settings: TrainSettings;
  readonly training: TrainingRows;
  readonly folds: Uint8Array;
  readonly pool: FitPool;
  readonly seconds: Map<string, number>;
  /** Adds what the answers are worth, where that is declared. */
  readonly valued: (sample: Sample) => Promise<Sample>;
  readonly to: string;
}

/** Writes algorithms/<name>.onnx and cross-validation.json. Settings: `train` in params.yaml. */
export function trainAlgorithms({
  model: modelFile,
  contract,
  rows = 'train.csv',
  params = 'params.yaml',
  to = 'algorithms',
  report = 'cross-validation.json',
}: TrainAlgorithmsOptions): Promise<void> {
  return runStep(async () => {
    const folder = dirname(modelFile);
    const root = join(folder, '..', '..');
    const model = (await readModel(root, basename(folder), vocabulary)).value;
    const settings = (await readDocument(params, pipelineSettingsSchema)).value.train;
    const training = await readTrainingRows({ rows, contract, model, features: settings.features });
    const seconds = new Map<string, number>();
    const engine = await openDuckDb();
    const pool = openFitPool({
      threads: Number(process.env.MAINLINE_THREADS ?? 1),
      now: () => performance.now(),
      onFit: fit => {
        if (fit.label === FINAL_FIT) seconds.set(fit.algorithm, fit.seconds);
        process.stdout.write(`${fit.algorithm}: ${fit.label}\n`);
      },
    });
    try {
      const folds = assignFolds(training.ids, settings.folds);
      const valued = (sample: Sample) => withBusiness(sample, { engine, root, model, file: rows });
      const work: Work = { model, settings, training, folds, pool, seconds, valued, to };
      const among = model.spec.algorithms?.among ?? [];
      const candidates = await Promise.all(among.map(algorithm => trainOne(algorithm, work)));
      await writeWhole(report, formatJson(await summarize(candidates, work)));
      await writeSeconds(candidates, seconds);
    } finally {
      await pool.close();
      engine.close();
    }
  });
}

const FINAL_FIT = 'all training rows';

async function trainOne(algorithm: string, work: Work): Promise<Candidate> {
  const { model, settings, training, folds, pool, to } = work;
  const trainer = findTrainer(algorithm);
  const parameters = checkParameters(trainer, settings.algorithms[algorithm]) as Readonly<
    Record<string, unknown>
  >;
  const { set } = training;
  const { seed, folds: foldCount } = settings;
  const [predictions, final] = await Promise.all([
    crossValidate({ set, algorithm, parameters, folds, foldCount, seed, fit: pool.fit }),
    pool.fit({ algorithm, parameters, seed, set, label: FINAL_FIT, exportAs: model.metadata.name }),
  ]);
  if (!final.model) throw new Error('a fit for export gave no model');
  const bytes = encodeModel(final.model);
  const path = `${to}/${algorithm}.onnx`;
  await writeWhole(path, bytes);
  return {
    algorithm,
    version: trainer.version,
    parameters: { ...parameters },
    artifact: { path, sha256: digestBytes(bytes), bytes: bytes.length },
    scores: await scoresOf(predictions, work),
    importance: final.importance
      .slice(0, NAMED_FEATURES)
      .map(({ feature, gain }) => ({ feature, share: roundSignificant(gain, 4) })),
  };
}

async function scoresOf(
  prediction: Float64Array,
  { model, training, valued }: Pick<Work, 'model' | 'training' | 'valued'>,
): Promise<Candidate['scores']> {
  const { task, evaluation } = model.spec;
  const sample = await valued({ truth: training.set.target, prediction, ...measuredWith(model.spec) });
  const metrics = metricsOf(task, evaluation.business).filter(metric => metric.applies?.(sample) ?? true);
  return [...measureAll(metrics, sample, { unit: declaredUnit(evaluation), resamples: 500 })];
}

async function summarize(candidates: readonly Candidate[], work: Work): Promise<CrossValidation> {
  const { set } = work.training;
  const trivial = new Float64Array(set.features.rows).fill(trivialPrediction(set.target));
  return {
    rows: set.features.rows,
    folds: work.settings.folds,
    seed: work.settings.seed,
    features: set.features.columns.map(column => column.name),
    trivial: await scoresOf(trivial, work),
    candidates,
  };
}

async function writeSeconds(
  candidates: readonly Candidate[],
  seconds: ReadonlyMap<string, number>,
): Promise<void> {
  const file = process.env.MAINLINE_MEASUREMENTS;
  if (!file) return;
  const times = candidates.map(({ algorithm, artifact }) => [
    artifact.sha256,
    roundSignificant(seconds.get(algorithm) ?? 0, 3),
  ]);
  await writeWhole(file, formatJson(Object.fromEntries(times)));
}
