// Everything a gate can bound besides metrics and costs, measured once for one model.
import type { JudgeInput } from '#lib/flows/judge.ts';
import { measureAge, measureCard, measureInterface, readTimes } from '#lib/flows/judging/readiness.ts';
import type { SideFiles } from '#lib/flows/judging/side-files.ts';
import type { GateContext } from '#lib/gates/gate.ts';
import type { Measured } from '#lib/gates/measure.ts';
import type { Interface } from '#lib/onnx/scorer.ts';

/** By name, and by group where a measure has groups. */
export async function measureAll(
  { root, model, engine, found, today }: JudgeInput,
  { card }: SideFiles,
  { face }: { readonly face: Interface },
): Promise<GateContext['measured']> {
  const times = await readTimes(engine, root, model);
  const all = new Map<string, Measured>([
    ['card_completeness', measureCard(card)],
    ['interface_changes', measureInterface(face, found)],
    ['data_age_days', measureAge(times, today)],
  ]);
  return name => all.get(name);
}
