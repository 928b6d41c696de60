// Evaluates one model file on the test rows and reaches the verdict. It sees the test rows once, for one model only.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ContractResult } from '#lib/contracts/result.ts';
import { digestBytes } from '#lib/documents/canonical.ts';
import { ConfigurationError } from '#lib/errors.ts';
import { type Comparison, compare, correctVerdicts, type Margin } from '#lib/evaluation/comparison.ts';
import type { Cost } from '#lib/evaluation/cost.ts';
import { evaluate } from '#lib/evaluation/evaluation.ts';
import { checkLeakage } from '#lib/evaluation/leakage.ts';
import type { Metric, Sample } from '#lib/evaluation/metric.ts';
import { metricsOf } from '#lib/evaluation/metrics.ts';
import { withBusiness } from '#lib/flows/business.ts';
import type { Answering, FoundChampion } from '#lib/flows/champion.ts';
import { fileWithin } from '#lib/flows/file-within.ts';
import { examine } from '#lib/flows/judging/examine.ts';
import { readSideFiles, type SideFiles } from '#lib/flows/judging/side-files.ts';
import { inputColumns, type JudgedRows, readRows, refuseAnswers } from '#lib/flows/rows.ts';
import { scoreSample, trivialSample } from '#lib/flows/sample.ts';
import type { Reference } from '#lib/gates/gate.ts';
import { judgeGates, unitOf } from '#lib/gates/gates.ts';
import { applyOverrides } from '#lib/gates/override.ts';
import { gatesOf } from '#lib/gates/profiles.ts';
import { reachVerdict } from '#lib/gates/verdict.ts';
import { inspectModel } from '#lib/onnx/inspect.ts';
import type { Scorer } from '#lib/onnx/scorer.ts';
import { openScorer } from '#lib/onnx/session.ts';
import {
  digestJudgedParts,
  EVALUATOR_VERSION,
  type Evidence,
  type EvidenceInputs,
} from '#lib/registry/evidence.ts';
import { declaredUnit, type Model } from '#lib/registry/model.ts';
import type { SqlEngine } from '#lib/sql/engine.ts';
import type { Selection } from '#lib/training/selection.ts';

export interface JudgeInput {
  readonly root: string;
  readonly model: Model;
  readonly artifact: Uint8Array;
  readonly found: FoundChampion;
  /** The pinned version; undefined where none is pinned. */
  readonly baseline: FoundChampion | undefined;
  readonly selection: Selection | null;
  readonly contracts: readonly ContractResult[];
  readonly uncovered: readonly string[];
  readonly cost: Cost;
  readonly engine: SqlEngine;
  /** Such as 2026-11-21: overrides end, and data grows old. */
  readonly today: string;
  /** How models are opened: in a limited process where a stranger built them, in ours where our own stages just did. */
  readonly open?: typeof openScorer;
}

/** Everything the evidence depends on, digested. */
export async function digestInputs(
  { root, model, artifact, found, baseline, contracts }: JudgeInput,
  { digests }: Pick<SideFiles, 'digests'>,
): Promise<EvidenceInputs> {
  const { pipeline, evaluation } = model.spec;
  const digest = async (path: string): Promise<string> => digestBytes(await readFile(join(root, path)));
  return {
    evaluator: EVALUATOR_VERSION,
    model: digestJudgedParts(model),
    artifact: digestBytes(artifact),
    testRows: await digest(join(pipeline, evaluation.rows.path)),
    trainingRows: await digest(join(pipeline, evaluation.trainingRows)),
    contracts: (
      await Promise.all(contracts.map(({ contract: { path } }) => digestContract(root, path)))
    ).flat(),
    data: contracts.map(({ data: { path, digest: sha256 } }) => ({ path, sha256 })),
    champion: found.champion.sha256,
    ...(baseline ? { baseline: baseline.champion.sha256 } : {}),
    others: digests,
  };
}

/** A proposal names its contracts; one that these files do not have has nothing to be digested. */
async function digestContract(
  root: string,
  path: string,
): Promise<readonly { readonly path: string; readonly sha256: string }[]> {
  const file = await fileWithin(root, path);
  return file === undefined ? [] : [{ path, sha256: digestBytes(await readFile(file)) }];
}

/** Scores the test rows and judges every gate. */
export async function judge(input: JudgeInput): Promise<Evidence> {
  const { model, artifact, found } = input;
  const { spec } = model;
  inspectModel(artifact, { file: join(spec.pipeline, spec.artifact.path) });
  const side = await readSideFiles(input.root, model, input.today);
  const scorer = await (input.open ?? openScorer)(artifact, optionsOf(model.spec));
  try {
    const rows = await readRows(input.engine, model, { root: input.root, inputs: scorer.interface.inputs });
    const samples = await scoreAll(input, rows, scorer);
    const evaluation = evaluate(samples.model, samples.trivial, {
      task: spec.task,
      unit: declaredUnit(spec.evaluation),
      primary: spec.evaluation.primary,
      positive: spec.positive,
      business: spec.evaluation.business,
      slices: rows.slices,
      reference: samples.champion,
    });
    const leakage = checkLeakage({ ...rows, task: spec.task });
    const metrics = metricsOf(spec.task, spec.evaluation.business);
    const compareWith = compareFunction(metrics, samples);
    const { findings, measured } = await examine(input, side, {
      ...{ scorer, rows, sample: samples.model, reference: samples.champion },
    });
    const gates = judgeGates(gatesOf(spec), {
      evaluation,
      measured,
      cost: input.cost,
      contracts: input.contracts,
      uncovered: input.uncovered,
      leakage,
      references: {
        champion: toReference(found, samples.champion),
        baseline: input.baseline
          ? toReference(input.baseline, samples.baseline)
          : { state: 'none', why: 'no baseline is pinned in model.yaml' },
      },
      compareWith,
      unitOf: metric => unitOf(metrics, metric, declaredUnit(spec.evaluation)),
    });
    return {
      apiVersion: 'mainline.dev/v1alpha1',
      kind: 'Evidence',
      model: model.metadata.name,
      inputs: await digestInputs(input, side),
      selection: input.selection,
      evaluation,
      comparisons: compareAll(
        evaluation.metrics.flatMap(({ metric }) => compareWith('champion', metric) ?? []),
        spec.evaluation.primary,
      ),
      ...findings,
      leakage,
      verdict: reachVerdict(applyOverrides(gates, side.overrides, input.today)),
    };
  } finally {
    await scorer.close();
  }
}

/** The metric that decides was chosen before anybody looked; the others are corrected for their number. */
function compareAll(all: readonly Comparison[], primary: string): readonly Comparison[] {
  const others = correctVerdicts(all.filter(({ metric }) => metric !== primary));
  return all.map(one => others.find(({ metric }) => metric === one.metric) ?? one);
}

interface Samples {
  readonly model: Sample;
  readonly trivial: Sample;
  /** Absent without a champion, or when it cannot score these rows. */
  readonly champion?: Sample | undefined;
  readonly baseline?: Sample | undefined;
}

async function scoreAll(input: JudgeInput, rows: JudgedRows, scorer: Scorer): Promise<Samples> {
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

/**
 * Another model on the same rows, with its own columns and threshold. One that needs columns these rows lack, or tells
 * other classes apart, cannot be compared, which is an answer.
 */
async function scoreReference(
  { root, model, engine, open = openScorer }: JudgeInput,
  found: FoundChampion,
  { testTarget: truth }: JudgedRows,
): Promise<Sample | undefined> {
  const { champion, bytes, answering } = found;
  if (champion.state !== 'known' || !bytes || !answering) return undefined;
  try {
    inspectModel(bytes, { file: champion.name });
    const scorer = await open(bytes, optionsOf(answering));
    try {
      const file = join(root, model.spec.pipeline, model.spec.evaluation.rows.path);
      const columns = inputColumns(scorer.interface.inputs, answering.features, champion.name);
      const table = await engine.readTable(file, refuseAnswers(columns, model.spec.evaluation));
      return await scoreSample(scorer, table, { spec: model.spec, answering, truth });
    } finally {
      await scorer.close();
    }
  } catch (error) {
    if (error instanceof ConfigurationError) return undefined;
    throw error;
  }
}

function optionsOf({ features }: Answering): { readonly features?: readonly string[] } {
  return features ? { features } : {};
}

function compareFunction(metrics: readonly Metric[], samples: Samples) {
  return (
    name: 'champion' | 'baseline' | 'trivial',
    metricName: string,
    margin?: Margin,
  ): Comparison | undefined => {
    const metric = metrics.find(({ name }) => name === metricName);
    const reference = samples[name];
    if (!metric || !reference) return undefined;
    return compare(metric, { sample: samples.model, reference }, margin ? { margin } : {});
  };
}

function toReference({ champion }: FoundChampion, sample: Sample | undefined): Reference {
  if (champion.state === 'known' && !sample) {
    return { state: 'unknown', why: `the model of ${champion.name} cannot score these rows` };
  }
  const { state, name, why } = champion;
  return state === 'none' || state === 'unknown' ? { state, why } : { state, name };
}
