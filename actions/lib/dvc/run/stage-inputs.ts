// What a stage takes in, and whether that differs from what dvc.lock holds.

import { compareText } from '#lib/documents/canonical.ts';
import type { LockedPath, LockedStage } from '#lib/dvc/lock/entry.ts';
import type { Hashed } from '#lib/dvc/objects/object.ts';
import { readParams } from '#lib/dvc/pipeline/params.ts';
import { missingInput } from '#lib/dvc/pipeline/sources.ts';
import type { Output, Stage } from '#lib/dvc/pipeline/stage.ts';
import type { StageInputs } from '#lib/dvc/run/run-cache.ts';
import { type StaleReason, staleReasons } from '#lib/dvc/run/status.ts';
import type { Workshop } from '#lib/dvc/run/workshop.ts';

/**
 * Command, hashes of the dependencies and values of the parameters, in the order of dvc.lock.
 * @throws ConfigurationError when one is missing, at its place in dvc.yaml.
 */
export async function readInputs(stage: Stage, { hash, readParamsFile }: Workshop): Promise<StageInputs> {
  const deps = await Promise.all(
    stage.deps.map(async (dep): Promise<LockedPath> => {
      const hashed = await hash(dep.absolute);
      if (!hashed) throw await missingInput(dep);
      return { path: dep.path, ...hashed.fingerprint };
    }),
  );
  const params = await readParams(stage.params, readParamsFile);
  return {
    cmd: stage.cmd,
    deps: deps.toSorted((a, b) => compareText(a.path, b.path)),
    params,
    outs: stage.outs,
  };
}

/** An output as it stands in the work tree. */
export interface HashedOutput {
  readonly output: Output;
  readonly hashed: Hashed | undefined;
}

export async function hashOutputs(stage: Stage, { hash }: Workshop): Promise<readonly HashedOutput[]> {
  return Promise.all(stage.outs.map(async output => ({ output, hashed: await hash(output.absolute) })));
}

/** What was found; the outputs only when they were looked at. */
export interface Findings {
  readonly reasons: readonly StaleReason[];
  readonly outs: readonly HashedOutput[];
}

/**
 * Why the stage has to run. Outputs are only hashed when the inputs give no reason: they would be replaced anyway.
 * @param inputs absent for a frozen stage, which does not look at them.
 */
export async function findReasons(
  stage: Stage,
  { inputs, locked }: { readonly inputs?: StageInputs; readonly locked: LockedStage | undefined },
  workshop: Workshop,
): Promise<Findings> {
  const isCallback = stage.deps.length + stage.params.length + stage.outs.length === 0;
  if (inputs && workshop.force) return { reasons: [{ kind: 'forced' }], outs: [] };
  if (inputs && (stage.alwaysChanged || isCallback))
    return { reasons: [{ kind: 'always-changed' }], outs: [] };
  const deps = inputs && new Map(inputs.deps.map(dep => [dep.path, dep]));
  const current = { cmd: stage.cmd, deps, params: inputs?.params };
  const reasons = staleReasons(current, locked);
  if (reasons.length > 0) return { reasons, outs: [] };
  const outs = await hashOutputs(stage, workshop);
  const prints = new Map(outs.map(({ output, hashed }) => [output.path, hashed?.fingerprint]));
  return { reasons: staleReasons({ ...current, outs: prints }, locked), outs };
}
