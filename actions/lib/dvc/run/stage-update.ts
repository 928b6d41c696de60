// One stage: decides whether it is stale, then restores, runs or records it. Nothing enters the cache, and no new lock
// entry is returned, before every declared output exists.
import type { LockedPath, LockedStage } from '#lib/dvc/lock/entry.ts';
import type { Fingerprint } from '#lib/dvc/objects/object.ts';
import type { Stage } from '#lib/dvc/pipeline/stage.ts';
import { checkContracts } from '#lib/dvc/run/contract-check.ts';
import type { StageResult } from '#lib/dvc/run/progress.ts';
import type { StageInputs } from '#lib/dvc/run/run-cache.ts';
import { shellLines } from '#lib/dvc/run/stage-commands.ts';
import { abortedFailure, declinedFailure, explainFailure, StageFailure } from '#lib/dvc/run/stage-failure.ts';
import { findReasons, type ObservedInputs, observeInputs, toStageInputs } from '#lib/dvc/run/stage-inputs.ts';
import { keepOutputs, restoreOutputs, storeLostOutputs, withRemotes } from '#lib/dvc/run/stage-outputs.ts';
import { tryCommands } from '#lib/dvc/run/stage-try.ts';
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
  const { reasons, inputs, outs } = await findReasons(stage, locked, workshop);
  if (reasons.length === 0) {
    if (!workshop.dry && locked) await storeLostOutputs(stage, { outs, locked }, workshop);
    await checkFound(stage, new Map(outs.map(({ output, print }) => [output.path, print])), workshop);
    workshop.onEvent({ kind: 'skipped', stage: stage.name });
    return { stage: stage.name, status: 'skipped', reasons, entry: locked ?? EMPTY };
  }
  if (locked && (await pullOutputs(stage, { locked, reasons }, workshop))) {
    workshop.onEvent({ kind: 'pulled', stage: stage.name, reasons });
    await checkFound(stage, byPath(locked.outs), workshop);
    return { stage: stage.name, status: 'skipped', reasons: [], entry: locked };
  }
  if (workshop.dry) {
    workshop.onEvent({ kind: stage.frozen ? 'recorded' : 'started', stage: stage.name, reasons });
    for (const command of stage.frozen ? [] : shellLines(stage.cmd)) {
      workshop.onEvent({ kind: 'command', stage: stage.name, command });
    }
    return { stage: stage.name, status: stage.frozen ? 'recorded' : 'ran', reasons, entry: locked ?? EMPTY };
  }
  const answer = await workshop.confirm?.(stage);
  if (answer === 'nobody' && workshop.signal?.aborted) throw abortedFailure(stage);
  if (answer === 'no' || answer === 'nobody') throw declinedFailure(stage, answer);
  if (stage.frozen) return record(stage, { locked, reasons }, workshop);
  return restoreOrRun(stage, { locked, reasons, inputs }, workshop);
}

/** Nothing ran, and yet a contract may be new or another than before. What would run is all that a dry run tells. */
async function checkFound(
  stage: Stage,
  prints: ReadonlyMap<string, Fingerprint | undefined>,
  workshop: Workshop,
): Promise<void> {
  if (workshop.dry) return;
  try {
    await checkContracts(stage, prints, workshop);
  } catch (thrown) {
    throw explainFailure(thrown, { owner: workshop.rules?.owner, log: undefined });
  }
}

function byPath(outs: readonly LockedPath[]): ReadonlyMap<string, Fingerprint> {
  return new Map(outs.map(out => [out.path, out]));
}

const EMPTY: LockedStage = { cmd: '', deps: [], params: new Map(), outs: [] };

interface Found {
  readonly locked: LockedStage | undefined;
  readonly reasons: readonly StaleReason[];
}

/** When nothing but missing content makes the stage stale, content is all it needs. */
async function pullOutputs(
  stage: Stage,
  { locked, reasons }: { readonly locked: LockedStage; readonly reasons: readonly StaleReason[] },
  workshop: Workshop,
): Promise<boolean> {
  const { pull, content, dry } = workshop;
  if (!pull || workshop.force || dry) return false;
  if (!reasons.every(one => 'change' in one && one.change === 'missing')) return false;
  const { reasons: others } = await findReasons(stage, locked, { ...workshop, allowMissing: true });
  if (others.length > 0) return false;
  // What git holds stands in the work tree and need not be on any remote.
  const lacks = (path: string) => reasons.some(one => one.kind === 'output' && one.name === path);
  const wanted = stage.outs.filter(output => output.cache || lacks(output.path));
  const paths = new Map(wanted.map(output => [output.path, output]));
  const outs = locked.outs.filter(out => paths.has(out.path));
  const missing = outs.filter(out => !content.has(out));
  if (missing.length > 0 && !(await pull.fetch(withRemotes(stage, missing)))) return false;
  for (const out of outs) {
    const output = paths.get(out.path);
    if (!output || !(await content.restore(out, output.absolute))) return false;
    if (!output.cache) await content.unprotect(output.absolute);
  }
  return true;
}

/** A frozen stage's outputs are taken as they are. */
async function record(stage: Stage, { locked, reasons }: Found, workshop: Workshop): Promise<StageResult> {
  const inputs = await toStageInputs(stage, await observeInputs(stage, locked, workshop));
  const entry = await keepOutputs(stage, { inputs, locked }, workshop);
  workshop.onEvent({ kind: 'recorded', stage: stage.name, reasons });
  return { stage: stage.name, status: 'recorded', reasons, entry };
}

async function restoreOrRun(
  stage: Stage,
  { locked, reasons, inputs: seen }: Found & { readonly inputs: ObservedInputs | undefined },
  workshop: Workshop,
): Promise<StageResult> {
  const startedAt = workshop.now();
  const observed = seen ?? (await observeInputs(stage, locked, workshop));
  const inputs = await pullInputs(stage, { locked, observed }, workshop);
  const restored = await restoreOutputs(stage, { inputs, locked }, workshop);
  if (!restored) return runStage(stage, { locked, reasons }, workshop);
  const seconds = (workshop.now() - startedAt) / 1000;
  workshop.onEvent({ kind: 'restored', stage: stage.name, reasons, seconds });
  await checkFound(stage, byPath(restored.outs), workshop);
  return { stage: stage.name, status: 'restored', reasons, entry: restored };
}

/** A dependency that is not there is brought first, if it may be. */
async function pullInputs(
  stage: Stage,
  { locked, observed }: { readonly locked: LockedStage | undefined; readonly observed: ObservedInputs },
  workshop: Workshop,
): Promise<StageInputs> {
  const missing = stage.deps.filter(dep => !observed.deps.get(dep.path));
  if (missing.length === 0 || !workshop.pull) return toStageInputs(stage, observed);
  for (const dep of missing) await workshop.pull.fetchPath(dep.absolute);
  return toStageInputs(stage, await observeInputs(stage, locked, workshop));
}

/**
 * As with DVC, dvc.lock gets the inputs as they are when the stage ends: a folder of sources in which a run leaves files
 * of its own would otherwise make the stage run a second time.
 */
async function runStage(stage: Stage, { locked, reasons }: Found, workshop: Workshop): Promise<StageResult> {
  const startedAt = workshop.now();
  const seconds = () => (workshop.now() - startedAt) / 1000;
  const log = workshop.openLog?.(stage);
  const onEvent: Workshop['onEvent'] = event => {
    if (event.kind === 'line') log?.add(event.line);
    workshop.onEvent(event);
  };
  workshop.onEvent({ kind: 'started', stage: stage.name, reasons });
  try {
    const entry = await tryCommands(stage, { ...workshop, onEvent }, async exit => {
      const inputs = await toStageInputs(stage, await observeInputs(stage, locked, workshop));
      return keepOutputs(stage, { inputs, locked, exit }, workshop);
    });
    workshop.onEvent({ kind: 'finished', stage: stage.name, seconds: seconds() });
    return { stage: stage.name, status: 'ran', reasons, entry };
  } catch (thrown) {
    const isStopped = thrown instanceof StageFailure && thrown.reason === 'aborted';
    if (!isStopped) workshop.onEvent({ kind: 'failed', stage: stage.name, seconds: seconds() });
    throw explainFailure(thrown, { owner: workshop.rules?.owner, log: log?.path });
  } finally {
    log?.close();
  }
}
