// What a stage takes in, and whether that differs from what dvc.lock holds.

import { compareText } from '#lib/documents/canonical.ts';
import type { LockedPath, LockedStage } from '#lib/dvc/lock/entry.ts';
import type { Fingerprint } from '#lib/dvc/objects/object.ts';
import { type ParamValues, readParams } from '#lib/dvc/pipeline/params.ts';
import { missingInput } from '#lib/dvc/pipeline/sources.ts';
import type { DeclaredPath, Output, Stage } from '#lib/dvc/pipeline/stage.ts';
import type { StageInputs } from '#lib/dvc/run/run-cache.ts';
import { type StaleReason, staleReasons } from '#lib/dvc/run/status.ts';
import type { Workshop } from '#lib/dvc/run/workshop.ts';
import { hasCode } from '#lib/errors.ts';

/** Inputs as they stand in the work tree; a dependency that does not exist is undefined. */
export interface ObservedInputs {
  readonly deps: ReadonlyMap<string, Fingerprint | undefined>;
  readonly params: ParamValues;
}

/**
 * Looks at everything a stage takes in.
 * @throws ConfigurationError for a parameter that is not there, at its place in dvc.yaml.
 */
export async function observeInputs(
  stage: Stage,
  locked: LockedStage | undefined,
  workshop: Workshop,
): Promise<ObservedInputs> {
  const before = new Map(locked?.deps.map(dep => [dep.path, dep]));
  const deps = await Promise.all(
    stage.deps.map(async dep => [dep.path, await fingerprint(dep, before.get(dep.path), workshop)] as const),
  );
  return { deps: new Map(deps), params: await observeParams(stage, locked, workshop) };
}

/** A params file that is missing counts as locked when that is allowed. */
async function observeParams(
  stage: Stage,
  locked: LockedStage | undefined,
  { readParamsFile, allowMissing }: Workshop,
): Promise<ParamValues> {
  if (!allowMissing) return readParams(stage.params, readParamsFile);
  const found = await Promise.all(
    stage.params.map(async file => {
      const known = locked?.params.get(file.path);
      return known && (await isMissing(() => readParamsFile(file))) ? [[file.path, known] as const] : [];
    }),
  );
  const missing = new Map(found.flat());
  const there = stage.params.filter(file => !missing.has(file.path));
  return new Map([...(await readParams(there, readParamsFile)), ...missing]);
}

async function isMissing(read: () => Promise<unknown>): Promise<boolean> {
  try {
    await read();
    return false;
  } catch (thrown) {
    return thrown instanceof Error && hasCode(thrown.cause, 'ENOENT');
  }
}

/** What DVC 2 hashed keeps that hash for as long as it is the same. */
async function fingerprint(
  { absolute }: DeclaredPath,
  locked: LockedPath | undefined,
  { content }: Workshop,
): Promise<Fingerprint | undefined> {
  if (locked?.hash !== undefined) {
    const legacy = await content.hash(absolute, locked.hash);
    if (legacy?.fingerprint.md5 === locked.md5) return { ...legacy.fingerprint, hash: locked.hash };
  }
  return (await content.hash(absolute))?.fingerprint;
}

/**
 * What goes into dvc.lock, in its order.
 * @throws ConfigurationError when a dependency does not exist, at its place in dvc.yaml.
 */
export async function toStageInputs(stage: Stage, { deps, params }: ObservedInputs): Promise<StageInputs> {
  const locked = await Promise.all(
    stage.deps.map(async (dep): Promise<LockedPath> => {
      const print = deps.get(dep.path);
      if (!print) throw await missingInput(dep);
      return { path: dep.path, ...print };
    }),
  );
  return {
    cmd: stage.cmd,
    deps: locked.toSorted((a, b) => compareText(a.path, b.path)),
    params,
    outs: stage.outs,
  };
}

/** An output as it stands in the work tree. */
export interface ObservedOutput {
  readonly output: Output;
  readonly print: Fingerprint | undefined;
}

export async function observeOutputs(
  stage: Stage,
  locked: LockedStage | undefined,
  workshop: Workshop,
): Promise<readonly ObservedOutput[]> {
  const before = new Map(locked?.outs.map(out => [out.path, out]));
  return Promise.all(
    stage.outs.map(async output => ({
      output,
      print: await fingerprint(output, before.get(output.path), workshop),
    })),
  );
}

/** What was found; the outputs only when they were looked at. */
export interface Findings {
  readonly reasons: readonly StaleReason[];
  /** Undefined for a frozen stage, which does not look at them. */
  readonly inputs: ObservedInputs | undefined;
  readonly outs: readonly ObservedOutput[];
}

/** Why the stage has to run. Outputs are only hashed when the inputs give no reason: they would be replaced anyway. */
export async function findReasons(
  stage: Stage,
  locked: LockedStage | undefined,
  workshop: Workshop,
): Promise<Findings> {
  const isCallback = stage.deps.length + stage.params.length + stage.outs.length === 0;
  if (!stage.frozen && workshop.force) return { ...NOTHING_SEEN, reasons: [{ kind: 'forced' }] };
  if (!stage.frozen && (stage.alwaysChanged || isCallback))
    return { ...NOTHING_SEEN, reasons: [{ kind: 'always-changed' }] };
  // Frozen and without outputs: nothing of it could ever differ, recorded or not.
  if (stage.frozen && !locked && stage.outs.length === 0) return { ...NOTHING_SEEN, reasons: [] };
  const inputs = stage.frozen ? undefined : await observeInputs(stage, locked, workshop);
  const deps = inputs && acceptMissing(stage, { deps: inputs.deps, locked }, workshop);
  const wholeFiles = new Set(stage.params.filter(({ keys }) => keys.length === 0).map(({ path }) => path));
  const current = { cmd: stage.cmd, deps, params: inputs?.params, wholeFiles };
  const reasons = staleReasons(current, locked);
  if (reasons.length > 0) return { reasons, inputs, outs: [] };
  const outs = await observeOutputs(stage, locked, workshop);
  const prints = acceptMissingOutputs(outs, locked, workshop);
  return { reasons: staleReasons({ ...current, outs: prints }, locked), inputs, outs };
}

const NOTHING_SEEN = { inputs: undefined, outs: [] } as const;

/** A missing dependency is as locked, unless the stage that makes it now has another. */
function acceptMissing(
  stage: Stage,
  { deps, locked }: { readonly deps: ObservedInputs['deps']; readonly locked: LockedStage | undefined },
  { allowMissing, lockedOutput }: Workshop,
): ObservedInputs['deps'] {
  if (!allowMissing) return deps;
  const before = new Map(locked?.deps.map(dep => [dep.path, dep]));
  const accepted = stage.deps.map(({ path, absolute }) => {
    const known = before.get(path);
    const print = deps.get(path);
    if (print || !known) return [path, print] as const;
    const made = lockedOutput?.(absolute);
    return [path, made && made.md5 !== known.md5 ? made : known] as const;
  });
  return new Map(accepted);
}

/** With missing content allowed, an output that the cache lacks is not looked at either. */
function acceptMissingOutputs(
  outs: readonly ObservedOutput[],
  locked: LockedStage | undefined,
  { allowMissing, content }: Workshop,
): ReadonlyMap<string, Fingerprint | undefined> {
  const before = new Map(locked?.outs.map(out => [out.path, out]));
  return new Map(
    outs.map(({ output, print }) => {
      const known = before.get(output.path);
      const isAccepted = allowMissing && known && (!print || (output.cache && !content.has(known)));
      return [output.path, isAccepted ? known : print];
    }),
  );
}
