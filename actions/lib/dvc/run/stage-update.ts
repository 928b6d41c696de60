// One stage: decides whether it is stale, then restores, runs or records it. Nothing enters the cache, and no new lock
// entry is returned, before every declared output exists.
import type { LockedStage } from '#lib/dvc/lock/entry.ts';
import type { Stage } from '#lib/dvc/pipeline/stage.ts';
import type { StageResult } from '#lib/dvc/run/progress.ts';
import type { StageInputs } from '#lib/dvc/run/run-cache.ts';
import { runCommands } from '#lib/dvc/run/stage-commands.ts';
import { findReasons, readInputs } from '#lib/dvc/run/stage-inputs.ts';
import { keepOutputs, removeOutputs, restoreOutputs, storeOutputs } from '#lib/dvc/run/stage-outputs.ts';
import type { StaleReason } from '#lib/dvc/run/status.ts';
import type { Workshop } from '#lib/dvc/run/workshop.ts';

/**
 * Brings one stage up to date; the stages that make its inputs have to be up to date already. Outputs that the cache
 * lost, or never had after a clone, are stored again.
 */
export async function updateStage(
  stage: Stage,
  locked: LockedStage | undefined,
  workshop: Workshop,
): Promise<StageResult> {
  const inputs = stage.frozen ? undefined : await readInputs(stage, workshop);
  const { reasons, outs } = await findReasons(stage, { locked, ...(inputs && { inputs }) }, workshop);
  if (reasons.length === 0 && locked) {
    await storeOutputs(outs, { all: false, cacheDir: workshop.cacheDir });
    workshop.onEvent({ kind: 'skipped', stage: stage.name });
    return { stage: stage.name, status: 'skipped', reasons, entry: locked };
  }
  if (!inputs) return record(stage, reasons, workshop);
  const startedAt = workshop.now();
  const restored = await restoreOutputs(stage, { inputs, locked }, workshop);
  if (!restored) return runStage(stage, { inputs, reasons }, workshop);
  const seconds = (workshop.now() - startedAt) / 1000;
  workshop.onEvent({ kind: 'restored', stage: stage.name, reasons, seconds });
  return { stage: stage.name, status: 'restored', reasons, entry: restored };
}

/** A frozen stage's outputs are taken as they are. */
async function record(
  stage: Stage,
  reasons: readonly StaleReason[],
  workshop: Workshop,
): Promise<StageResult> {
  const inputs = await readInputs(stage, workshop);
  const entry = await keepOutputs(stage, { inputs }, workshop);
  workshop.onEvent({ kind: 'recorded', stage: stage.name, reasons });
  return { stage: stage.name, status: 'recorded', reasons, entry };
}

async function runStage(
  stage: Stage,
  { inputs, reasons }: { readonly inputs: StageInputs; readonly reasons: readonly StaleReason[] },
  workshop: Workshop,
): Promise<StageResult> {
  const startedAt = workshop.now();
  const seconds = () => (workshop.now() - startedAt) / 1000;
  workshop.onEvent({ kind: 'started', stage: stage.name, reasons });
  try {
    await removeOutputs(stage, workshop);
    const exit = await runCommands(stage, workshop);
    const entry = await keepOutputs(stage, { inputs, exit }, workshop);
    workshop.onEvent({ kind: 'finished', stage: stage.name, seconds: seconds() });
    return { stage: stage.name, status: 'ran', reasons, entry };
  } catch (thrown) {
    workshop.onEvent({ kind: 'failed', stage: stage.name, seconds: seconds() });
    throw thrown;
  }
}
