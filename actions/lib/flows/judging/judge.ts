// Evaluates one model file on the test rows and reaches the verdict. It sees the test rows once, for one model only.
import { join } from 'node:path';
import { type Comparison, compare, correctVerdicts, type Margin } from '#lib/evaluation/comparison.ts';
import { evaluate } from '#lib/evaluation/evaluation.ts';
import { checkLeakage } from '#lib/evaluation/leakage.ts';
import type { Metric, Sample } from '#lib/evaluation/metric.ts';
import { metricsOf } from '#lib/evaluation/metrics.ts';
import type { FoundChampion } from '#lib/flows/champion.ts';
import { digestInputs } from '#lib/flows/judging/digest-inputs.ts';
import { examine } from '#lib/flows/judging/examine.ts';
import type { JudgeInput } from '#lib/flows/judging/input.ts';
import { readRows } from '#lib/flows/judging/rows.ts';
import { optionsOf, type Samples, scoreAll } from '#lib/flows/judging/score-all.ts';
import { readSideFiles } from '#lib/flows/judging/side-files.ts';
import type { Reference } from '#lib/gates/gate.ts';
import { judgeGates, unitOf } from '#lib/gates/gates.ts';
import { applyOverrides } from '#lib/gates/override.ts';
import { gatesOf } from '#lib/gates/profiles.ts';
import { reachVerdict } from '#lib/gates/verdict.ts';
import { inspectModel } from '#lib/onnx/inspect.ts';
import { openScorer } from '#lib/onnx/session.ts';
import type { Evidence } from '#lib/registry/evidence.ts';
import { declaredUnit } from '#lib/registry/model.ts';

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
