// The step that takes one of the trained algorithms as the model. It reads cross-validation results only.
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { formatJson } from '#lib/documents/canonical.ts';
import { readDocument } from '#lib/documents/read.ts';
import { writeWhole } from '#lib/documents/write.ts';
import { relativeCostMetrics } from '#lib/evaluation/cost.ts';
import { runStep } from '#lib/flows/steps/step.ts';
import type { Gate } from '#lib/gates/declared.ts';
import { findMeasure } from '#lib/gates/measures.ts';
import { gatesOf } from '#lib/gates/profiles.ts';
import { modelSchema } from '#lib/registry/model.ts';
import { type Bound, crossValidationSchema, selectAlgorithm } from '#lib/training/selection.ts';

export interface SelectModelOptions {
  /** The model.yaml with the gates. */
  readonly model: string;
  /** What the training step wrote. */
  readonly from?: string;
  readonly to?: string;
  readonly report?: string;
}

/** Writes model.onnx and selection.json. */
export function selectModel({
  model,
  from = 'cross-validation.json',
  to = 'model.onnx',
  report = 'selection.json',
}: SelectModelOptions): Promise<void> {
  return runStep(async () => {
    const { spec } = (await readDocument(model, modelSchema)).value;
    const validation = (await readDocument(from, crossValidationSchema)).value;
    const selection = selectAlgorithm(validation, {
      primary: spec.evaluation.primary,
      select: spec.algorithms?.select ?? 'best',
      bounds: boundsOf(gatesOf(spec)),
    });
    const candidate = validation.candidates.find(({ algorithm }) => algorithm === selection.selected);
    if (!candidate) throw new RangeError(`${selection.selected} is not among the candidates`);
    await writeWhole(to, await readFile(join(dirname(from), candidate.artifact.path)));
    await writeWhole(report, formatJson(selection));
    process.stdout.write(`${selection.selected}: ${selection.why}\n`);
  });
}

/** The blocking gates that can be judged inside the training rows. */
function boundsOf(gates: readonly Gate[]): readonly Bound[] {
  return gates
    .filter(({ metric, slices }) => slices === undefined && !isOfTheWhole(metric))
    .filter(gate => gate.severity === 'block' && gate.notWorseThan === undefined)
    .filter(gate => gate.betterThan === undefined || gate.betterThan === 'trivial')
    .map(({ metric, atMost, atLeast, betterThan }) => ({
      metric,
      atMost,
      atLeast,
      betterThanTrivial: betterThan === 'trivial',
    }));
}

/** What is only known of the selected model, beside the champion or on the test rows. */
function isOfTheWhole(metric: string): boolean {
  return findMeasure(metric) !== undefined || relativeCostMetrics.some(({ name }) => name === metric);
}
