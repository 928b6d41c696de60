// The answers of the model and of all it is held against, to the same rows.
import { join } from 'node:path';
import { ConfigurationError } from '#lib/errors.ts';
import type { Sample } from '#lib/evaluation/metric.ts';
import type { Answering, FoundChampion } from '#lib/flows/champion.ts';
import { withBusiness } from '#lib/flows/judging/business.ts';
import type { JudgeInput } from '#lib/flows/judging/input.ts';
import { inputColumns, type JudgedRows, refuseAnswers } from '#lib/flows/judging/rows.ts';
import { scoreSample, trivialSample } from '#lib/flows/judging/sample.ts';
import { inspectModel } from '#lib/onnx/inspect.ts';
import type { Scorer } from '#lib/onnx/scorer.ts';
import { openScorer } from '#lib/onnx/session.ts';
import type { Table } from '#lib/tables/table.ts';

export interface Samples {
  readonly model: Sample;
  readonly trivial: Sample;
  /** Absent without a champion, or when it cannot score these rows. */
  readonly champion?: Sample | undefined;
  readonly baseline?: Sample | undefined;
}

/** Scores the test rows with every model. */
export async function scoreAll(input: JudgeInput, rows: JudgedRows, scorer: Scorer): Promise<Samples> {
  const { spec } = input.model;
  const asked = { spec, truth: rows.testTarget };
  const file = join(input.root, spec.pipeline, spec.evaluation.rows.path);
  const valued = (sample: Sample): Promise<Sample> => withBusiness(sample, { ...input, file });
  const champion = await scoreReference(input, input.found, rows);
  const baseline = input.baseline && (await scoreReference(input, input.baseline, rows));
  return {
    model: await valued(await scoreSample(scorer, rows.test, asked)),
    trivial: await valued(trivialSample(rows.trainingTarget, asked)),
    champion: champion && (await valued(champion)),
    baseline: baseline && (await valued(baseline)),
  };
}

async function scoreReference(
  input: JudgeInput,
  found: FoundChampion,
  { testTarget: truth }: JudgedRows,
): Promise<Sample | undefined> {
  const { spec } = input.model;
  return withReference(input, found, (scorer, table, answering) =>
    scoreSample(scorer, table, { spec, answering, truth }),
  );
}

/**
 * Asks another model about the test rows, with its own columns and threshold. One that needs columns these rows lack, or
 * tells other classes apart, cannot be asked, which is an answer: undefined.
 */
export async function withReference<Result>(
  { root, model, engine, open = openScorer }: JudgeInput,
  { champion, bytes, answering }: FoundChampion,
  ask: (scorer: Scorer, table: Table, answering: Answering) => Promise<Result>,
): Promise<Result | undefined> {
  if (champion.state !== 'known' || !bytes || !answering) return undefined;
  try {
    inspectModel(bytes, { file: champion.name });
    const scorer = await open(bytes, optionsOf(answering));
    try {
      const file = join(root, model.spec.pipeline, model.spec.evaluation.rows.path);
      const columns = inputColumns(scorer.interface.inputs, answering.features, champion.name);
      const table = await engine.readTable(file, refuseAnswers(columns, model.spec.evaluation));
      return await ask(scorer, table, answering);
    } finally {
      await scorer.close();
    }
  } catch (error) {
    if (error instanceof ConfigurationError) return undefined;
    throw error;
  }
}

/** How a model's file is opened. */
export function optionsOf({ features }: Answering): { readonly features?: readonly string[] } {
  return features ? { features } : {};
}
