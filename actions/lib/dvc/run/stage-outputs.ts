// What a stage makes: removed before it runs, taken into the cache after, put back from it when the inputs were seen
// before. An output is only removed when no link leads it out of the repository.
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { compareText } from '#lib/documents/canonical.ts';
import type { LockedPath, LockedStage } from '#lib/dvc/lock/entry.ts';
import type { Fingerprint } from '#lib/dvc/objects/object.ts';
import { refuseEscape } from '#lib/dvc/pipeline/paths.ts';
import type { Output, Stage } from '#lib/dvc/pipeline/stage.ts';
import { checkContracts } from '#lib/dvc/run/contract-check.ts';
import { findRuns, hasSameInputs, type StageInputs, saveRun } from '#lib/dvc/run/run-cache.ts';
import { missingOutputFailure } from '#lib/dvc/run/stage-failure.ts';
import type { ObservedOutput } from '#lib/dvc/run/stage-inputs.ts';
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
function keepsRuns(stage: Stage, { commit = true }: Workshop): boolean {
  return commit && hasRunCache(stage) && stage.outs.every(output => output.cache || output.kind !== 'out');
}

/**
 * Puts back the outputs of an earlier run on the same inputs, newest first, if every byte of them is to be had.
 * @returns the lock entry, or undefined when the stage has to run.
 */
export async function restoreOutputs(
  stage: Stage,
  { inputs, locked }: { readonly inputs: StageInputs; readonly locked: LockedStage | undefined },
  workshop: Workshop,
): Promise<LockedStage | undefined> {
  if (workshop.force || !hasRunCache(stage)) return undefined;
  const { useRuns = true, cacheDir, pull } = workshop;
  if (locked && hasSameInputs(locked, inputs)) {
    const entry = await restoreRun(stage, { inputs, run: locked }, workshop);
    if (entry) return entry;
  }
  if (!useRuns) return undefined;
  for (const run of await findRuns(cacheDir, inputs)) {
    const entry = await restoreRun(stage, { inputs, run }, workshop);
    if (entry) return entry;
  }
  for (const run of (await pull?.findRuns(inputs)) ?? []) {
    if (!hasSameInputs(run, inputs)) continue;
    const entry = await restoreRun(stage, { inputs, run }, workshop);
    if (entry) return entry;
  }
  return undefined;
}

async function restoreRun(
  stage: Stage,
  { inputs, run }: { readonly inputs: StageInputs; readonly run: LockedStage },
  workshop: Workshop,
): Promise<LockedStage | undefined> {
  const { content, pull, cacheDir } = workshop;
  const missing = run.outs.filter(out => !content.has(out));
  if (missing.length > 0 && !(await pull?.fetch(withRemotes(stage, missing)))) return undefined;
  await refuseEscapes(stage, workshop);
  for (const output of stage.outs) {
    const out = run.outs.find(one => one.path === output.path);
    if (!out || !(await content.restore(out, output.absolute))) return undefined;
    // What git holds must not be a link into the cache.
    if (!output.cache) await content.unprotect(output.absolute);
  }
  await ignoreOutputs(stage, workshop);
  const entry = { ...inputs, outs: run.outs };
  if (keepsRuns(stage, workshop)) await saveRun(cacheDir, entry);
  return entry;
}

/** With the remote that each output names in dvc.yaml. */
export function withRemotes(
  stage: Stage,
  outs: readonly LockedPath[],
): readonly (LockedPath & { readonly remote: string | undefined })[] {
  const remotes = new Map(stage.outs.map(({ path, remote }) => [path, remote]));
  return outs.map(out => ({ ...out, remote: remotes.get(out.path) }));
}

async function refuseEscapes(stage: Stage, { root }: Workshop): Promise<void> {
  await Promise.all(stage.outs.map(output => refuseEscape(output, root)));
}

/** Clears the place for a run; outputs declared `persist` stay, as files that may be written. */
export async function removeOutputs(stage: Stage, workshop: Workshop): Promise<void> {
  await refuseEscapes(stage, workshop);
  await Promise.all(
    stage.outs.map(output =>
      output.persist
        ? workshop.content.unprotect(output.absolute)
        : rm(output.absolute, { recursive: true, force: true }),
    ),
  );
}

/**
 * Takes what the stage made into the cache, and the run into the run-cache.
 * @throws StageFailure when a declared output does not exist or breaks its contract; nothing has been stored then.
 */
export async function keepOutputs(
  stage: Stage,
  {
    inputs,
    locked,
    exit,
  }: { readonly inputs: StageInputs; readonly locked: LockedStage | undefined; readonly exit?: Exit },
  workshop: Workshop,
): Promise<LockedStage> {
  const missing = stage.outs.filter(({ absolute }) => !existsSync(absolute)).map(({ path }) => path);
  if (missing.length > 0) throw missingOutputFailure(stage, missing, exit);
  await checkContracts(stage, await printsFor(stage, workshop), workshop);
  await ignoreOutputs(stage, workshop);
  const keepsRun = keepsRuns(stage, workshop);
  const outs = await Promise.all(
    stage.outs.map(output => keepOutput(output, { locked, keepsRun }, workshop)),
  );
  const entry = { ...inputs, outs: outs.toSorted((a, b) => compareText(a.path, b.path)) };
  if (keepsRun) await saveRun(workshop.cacheDir, entry);
  return entry;
}

/** Outputs that git holds are stored for the run-cache only. What DVC 2 hashed keeps its hash while it is the same. */
async function keepOutput(
  output: Output,
  { locked, keepsRun }: { readonly locked: LockedStage | undefined; readonly keepsRun: boolean },
  { content, commit = true }: Workshop,
): Promise<LockedPath> {
  const { path, absolute } = output;
  const before = locked?.outs.find(out => out.path === path);
  if (before?.hash !== undefined) {
    const legacy = (await content.hash(absolute, before.hash))?.fingerprint;
    const print = legacy?.md5 === before.md5 ? { ...legacy, hash: before.hash } : undefined;
    if (print && (!output.cache || content.has(print))) return { path, ...print };
  }
  const isStored = commit && (output.cache || keepsRun);
  const hashed = isStored ? await content.keep(absolute) : await content.hash(absolute);
  if (!hashed) throw new Error(`${path} vanished while it was being stored`);
  if (!output.cache) await content.unprotect(absolute);
  return { path, ...hashed.fingerprint };
}

/** What the outputs with a contract are now. */
async function printsFor(stage: Stage, { rules, content }: Workshop): Promise<Prints> {
  const prints = new Map<string, Fingerprint | undefined>();
  for (const { path, absolute } of stage.outs) {
    if (rules?.contracts.has(path)) prints.set(path, (await content.hash(absolute))?.fingerprint);
  }
  return prints;
}

type Prints = ReadonlyMap<string, Fingerprint | undefined>;

async function ignoreOutputs(stage: Stage, workshop: Workshop): Promise<void> {
  const cached = stage.outs.filter(output => output.cache);
  if (cached.length > 0) await workshop.ignoreOutputs?.(cached);
}

/**
 * Stores outputs of an unchanged stage that the cache lost, or never had after a clone, and its run with them. DVC runs
 * such a stage again; its results, if it gives the same ones, are these.
 */
export async function storeLostOutputs(
  stage: Stage,
  { outs, locked }: { readonly outs: readonly ObservedOutput[]; readonly locked: LockedStage },
  workshop: Workshop,
): Promise<void> {
  const { content, commit = true, cacheDir } = workshop;
  const lost = outs.filter(({ output, print }) => output.cache && print && !content.has(print));
  if (!commit || lost.length === 0) return;
  const isRun = keepsRuns(stage, workshop);
  for (const { output } of isRun ? outs : lost) await content.keep(output.absolute);
  if (isRun) await saveRun(cacheDir, locked);
}
