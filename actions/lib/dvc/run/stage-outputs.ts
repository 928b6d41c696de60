// What a stage makes: removed before it runs, taken into the cache after, put back from it when the inputs were seen
// before. An output is only removed when no link leads it out of the repository.
import { rm } from 'node:fs/promises';
import { compareText } from '#lib/documents/canonical.ts';
import type { LockedPath, LockedStage } from '#lib/dvc/lock/entry.ts';
import { checkoutObject, storeObject, type Verified, verifyObject } from '#lib/dvc/objects/cache.ts';
import { refuseEscape } from '#lib/dvc/pipeline/paths.ts';
import type { Stage } from '#lib/dvc/pipeline/stage.ts';
import { findRuns, hasSameInputs, type StageInputs, saveRun } from '#lib/dvc/run/run-cache.ts';
import { missingOutputFailure } from '#lib/dvc/run/stage-failure.ts';
import { type HashedOutput, hashOutputs } from '#lib/dvc/run/stage-inputs.ts';
import type { Workshop } from '#lib/dvc/run/workshop.ts';
import type { Exit } from '#lib/processes/process.ts';

/** DVC looks up runs of stages with inputs and outputs; one that builds on its old output is never the same twice. */
function hasRunCache(stage: Stage): boolean {
  const hasInputs = stage.deps.length + stage.params.length > 0;
  return (
    hasInputs && stage.outs.length > 0 && !stage.alwaysChanged && stage.outs.every(output => !output.persist)
  );
}

/** DVC does not keep runs with a plain output that git holds; metrics and plots held by git are kept. */
function keepsRuns(stage: Stage): boolean {
  return hasRunCache(stage) && stage.outs.every(output => output.cache || output.kind !== 'out');
}

/**
 * Puts back the outputs of an earlier run on the same inputs, newest first, if every byte of them is there.
 * @returns the lock entry, or undefined when the stage has to run.
 */
export async function restoreOutputs(
  stage: Stage,
  { inputs, locked }: { readonly inputs: StageInputs; readonly locked: LockedStage | undefined },
  workshop: Workshop,
): Promise<LockedStage | undefined> {
  if (workshop.force || !hasRunCache(stage)) return undefined;
  const { cacheDir } = workshop;
  const latest = locked && hasSameInputs(locked, inputs) ? [locked] : [];
  for (const run of [...latest, ...(await findRuns(cacheDir, inputs))]) {
    const verified = await verifyAll(cacheDir, run.outs);
    if (!verified) continue;
    await refuseEscapes(stage, workshop);
    for (const output of stage.outs) {
      const out = verified.find(one => one.path === output.path);
      if (out) await checkoutObject(cacheDir, out, output.absolute);
    }
    const entry = { ...inputs, outs: run.outs };
    if (keepsRuns(stage)) await saveRun(cacheDir, entry);
    return entry;
  }
  return undefined;
}

async function verifyAll(
  cacheDir: string,
  outs: readonly LockedPath[],
): Promise<readonly (LockedPath & Verified)[] | undefined> {
  const verified = await Promise.all(outs.map(out => verifyObject(cacheDir, out)));
  return verified.includes(undefined)
    ? undefined
    : outs.map((out, index) => ({ ...out, ...verified[index] }));
}

async function refuseEscapes(stage: Stage, { root }: Workshop): Promise<void> {
  await Promise.all(stage.outs.map(output => refuseEscape(output, root)));
}

/** Clears the place for a run; outputs declared `persist` stay. */
export async function removeOutputs(stage: Stage, workshop: Workshop): Promise<void> {
  await refuseEscapes(stage, workshop);
  const removable = stage.outs.filter(output => !output.persist);
  await Promise.all(removable.map(output => rm(output.absolute, { recursive: true, force: true })));
}

/**
 * Hashes what the stage made and takes it into the cache, and the run into the run-cache.
 * @throws StageFailure when a declared output does not exist; nothing has been stored then.
 */
export async function keepOutputs(
  stage: Stage,
  { inputs, exit }: { readonly inputs: StageInputs; readonly exit?: Exit },
  workshop: Workshop,
): Promise<LockedStage> {
  const outs = await hashOutputs(stage, workshop);
  const missing = outs.filter(({ hashed }) => !hashed).map(({ output }) => output.path);
  if (missing.length > 0) throw missingOutputFailure(stage, missing, exit);
  await storeOutputs(outs, { all: keepsRuns(stage), cacheDir: workshop.cacheDir });
  const entry = {
    ...inputs,
    outs: outs.flatMap(toLockedPath).toSorted((a, b) => compareText(a.path, b.path)),
  };
  if (keepsRuns(stage)) await saveRun(workshop.cacheDir, entry);
  return entry;
}

/** Takes outputs into the cache; those declared `cache: false` only when `all` is set. */
export async function storeOutputs(
  outs: readonly HashedOutput[],
  { all, cacheDir }: { readonly all: boolean; readonly cacheDir: string },
): Promise<void> {
  for (const { output, hashed } of outs) {
    if (hashed && (all || output.cache)) await storeObject(cacheDir, output.absolute, hashed);
  }
}

function toLockedPath({ output, hashed }: HashedOutput): readonly LockedPath[] {
  return hashed ? [{ path: output.path, ...hashed.fingerprint }] : [];
}
