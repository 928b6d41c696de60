// Brings a pipeline up to date: each stage in order is skipped, restored from the cache, or run. dvc.lock is written
// after every stage, so a run that is stopped anywhere goes on from there.
import { mkdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { compareText } from '#lib/documents/canonical.ts';
import { unwritable, writeWhole } from '#lib/documents/write.ts';
import { checkoutObject, storeObject, verifyObject } from '#lib/dvc/cache.ts';
import { executionOrder } from '#lib/dvc/graph.ts';
import { createHasher, type Fingerprint, type Hashed, type Hasher } from '#lib/dvc/hash.ts';
import { formatLock, type Lock, readLock, setLockedStage } from '#lib/dvc/lock.ts';
import type { LockedPath, LockedStage } from '#lib/dvc/lock-entry.ts';
import { createParamsReader, type ReadParamsFile, readParams } from '#lib/dvc/params.ts';
import { findRuns, hasSameInputs, type StageInputs, saveRun } from '#lib/dvc/run-cache.ts';
import type { DeclaredPath, Pipeline, Stage } from '#lib/dvc/stage.ts';
import { abortedFailure, failureOf, missingOutputFailure } from '#lib/dvc/stage-failure.ts';
import { formatReason, type StaleReason, staleReasons } from '#lib/dvc/status.ts';
import { ConfigurationError } from '#lib/errors.ts';
import type { RunCommand } from '#lib/processes/process.ts';

export type ReproduceEvent =
  | { readonly kind: 'skipped' | 'restored'; readonly stage: string; readonly reasons: readonly string[] }
  | { readonly kind: 'started'; readonly stage: string; readonly reasons: readonly string[] }
  | { readonly kind: 'line'; readonly stage: string; readonly line: string }
  | { readonly kind: 'finished'; readonly stage: string; readonly seconds: number };

export interface ReproduceOptions {
  readonly pipeline: Pipeline;
  /** DVC's cache folder; made when needed. */
  readonly cacheDir: string;
  readonly run: RunCommand;
  /** Milliseconds since 1970; tells settled files from fresh ones and measures stages. */
  readonly now: () => number;
  readonly signal?: AbortSignal | undefined;
  /** Runs every stage, whatever dvc.lock and the cache say. */
  readonly force?: boolean;
  /** Added to the environment of every stage. */
  readonly env?: Readonly<Record<string, string>>;
  readonly onEvent?: (event: ReproduceEvent) => void;
}

export interface StageResult {
  readonly name: string;
  readonly status: 'unchanged' | 'restored' | 'ran';
  /** Why it was stale; empty when unchanged. */
  readonly reasons: readonly string[];
  /** Null unless it ran. */
  readonly seconds: number | null;
}

export interface ReproduceResult {
  readonly stages: readonly StageResult[];
  readonly lock: Lock;
}

/** What one call works with. */
interface Session extends ReproduceOptions {
  readonly hash: Hasher;
  readonly readParamsFile: ReadParamsFile;
}

/**
 * Brings all stages up to date.
 * @throws StageFailure when a stage fails or the run is stopped; ConfigurationError when an input is missing.
 */
export async function reproduce(options: ReproduceOptions): Promise<ReproduceResult> {
  const session = { ...options, hash: createHasher(options.now), readParamsFile: createParamsReader() };
  const lockFile = join(options.pipeline.directory, 'dvc.lock');
  let lock = await readLock(lockFile);
  const stages: StageResult[] = [];
  for (const stage of executionOrder(options.pipeline.stages)) {
    if (options.signal?.aborted) throw abortedFailure(stage);
    const { entry, ...result } = await updateStage(stage, lock.stages.get(stage.name)?.entry, session);
    stages.push({ name: stage.name, ...result });
    if (!entry) continue;
    lock = setLockedStage(lock, stage.name, entry);
    await writeWhole(lockFile, formatLock(lock));
  }
  return { stages, lock };
}

/** The result, and the new entry of dvc.lock when there is one. */
type Updated = Omit<StageResult, 'name'> & { readonly entry?: LockedStage };

async function updateStage(
  stage: Stage,
  locked: LockedStage | undefined,
  session: Session,
): Promise<Updated> {
  const { onEvent, force = false } = session;
  if (stage.frozen && locked) return { status: 'unchanged', reasons: [], seconds: null };
  const inputs = await readInputs(stage, session);
  const reasons = (await findReasons(stage, inputs, { locked, session })).map(formatReason);
  if (reasons.length === 0) {
    onEvent?.({ kind: 'skipped', stage: stage.name, reasons });
    return { status: 'unchanged', reasons, seconds: null };
  }
  const isReusable = !force && !stage.alwaysChanged && !stage.outs.some(out => out.persist);
  const restored = isReusable ? await restore(stage, inputs, { locked, session }) : undefined;
  if (restored) {
    onEvent?.({ kind: 'restored', stage: stage.name, reasons });
    return { status: 'restored', reasons, seconds: null, entry: restored };
  }
  onEvent?.({ kind: 'started', stage: stage.name, reasons });
  const start = session.now();
  const entry = await runStage(stage, inputs, session);
  const seconds = (session.now() - start) / 1000;
  onEvent?.({ kind: 'finished', stage: stage.name, seconds });
  return { status: 'ran', reasons, seconds, entry };
}

async function readInputs(stage: Stage, { hash, readParamsFile }: Session): Promise<StageInputs> {
  const deps: LockedPath[] = [];
  for (const dep of stage.deps.toSorted(byPath)) {
    const hashed = await hash(dep.absolute);
    if (!hashed) {
      throw new ConfigurationError(`The stage "${stage.name}" needs ${dep.path}, which does not exist`, {
        at: dep.at,
        remedy: 'Put it there, or correct the path.',
      });
    }
    deps.push({ path: dep.path, ...hashed.fingerprint });
  }
  return { cmd: stage.cmd, deps, params: await readParams(stage.params, readParamsFile), outs: stage.outs };
}

interface Known {
  readonly locked: LockedStage | undefined;
  readonly session: Session;
}

async function findReasons(
  stage: Stage,
  inputs: StageInputs,
  { locked, session }: Known,
): Promise<readonly StaleReason[]> {
  if (session.force) return [{ kind: 'forced' }];
  if (stage.alwaysChanged) return [{ kind: 'always-changed' }];
  const outs = new Map<string, Fingerprint | undefined>();
  for (const out of stage.outs) outs.set(out.path, (await session.hash(out.absolute))?.fingerprint);
  const deps = new Map(inputs.deps.map(dep => [dep.path, dep] as const));
  return staleReasons({ cmd: inputs.cmd, deps, params: inputs.params, outs }, locked);
}

/** Takes the outputs of an earlier run of the same command on the same inputs, if every byte of them is in the cache. */
async function restore(
  stage: Stage,
  inputs: StageInputs,
  { locked, session: { cacheDir } }: Known,
): Promise<LockedStage | undefined> {
  const ownRun = locked && hasSameInputs(locked, inputs) ? [locked] : [];
  for (const run of [...ownRun, ...(await findRuns(cacheDir, inputs))]) {
    const objects = await Promise.all(run.outs.map(out => verifyObject(cacheDir, out)));
    if (objects.some(object => object === undefined)) continue;
    for (const [index, out] of run.outs.entries()) {
      const declared = stage.outs.find(candidate => candidate.path === out.path);
      if (declared) await checkoutObject(cacheDir, { ...out, ...objects[index] }, declared.absolute);
    }
    return { ...inputs, outs: run.outs };
  }
  return undefined;
}

async function runStage(stage: Stage, inputs: StageInputs, session: Session): Promise<LockedStage> {
  await clearOutputs(stage);
  await runCommands(stage, session);
  const made: { readonly path: string; readonly absolute: string; readonly hashed: Hashed | undefined }[] =
    [];
  for (const { path, absolute } of stage.outs.toSorted(byPath)) {
    made.push({ path, absolute, hashed: await session.hash(absolute) });
  }
  const missing = made.filter(({ hashed }) => !hashed).map(({ path }) => path);
  if (missing.length > 0) throw missingOutputFailure(stage, missing, undefined);
  const outs = made.flatMap(({ path, hashed }) => (hashed ? [{ path, ...hashed.fingerprint }] : []));
  const entry: LockedStage = { ...inputs, outs };
  const isReusable = inputs.deps.length > 0 && !stage.alwaysChanged && !stage.outs.some(out => out.persist);
  for (const { path, absolute, hashed } of made) {
    const isCached = stage.outs.find(out => out.path === path)?.cache === true;
    if (hashed && (isCached || isReusable)) await storeObject(session.cacheDir, absolute, hashed);
  }
  if (isReusable && outs.length > 0) await saveRun(session.cacheDir, entry);
  return entry;
}

async function clearOutputs(stage: Stage): Promise<void> {
  for (const { absolute, persist } of stage.outs) {
    try {
      if (!persist) await rm(absolute, { recursive: true, force: true });
      await mkdir(dirname(absolute), { recursive: true });
    } catch (cause) {
      throw unwritable(absolute, cause);
    }
  }
}

async function runCommands(stage: Stage, { run, signal, env, onEvent, pipeline }: Session): Promise<void> {
  for (const command of commandLines(stage.cmd)) {
    if (signal?.aborted) throw abortedFailure(stage);
    const exit = await run({
      command,
      cwd: stage.workingDirectory,
      env: { ...env, DVC_ROOT: pipeline.root, DVC_STAGE: stage.name },
      onLine: line => onEvent?.({ kind: 'line', stage: stage.name, line }),
      signal,
    });
    if (signal?.aborted) throw abortedFailure(stage, exit);
    const failure = failureOf(stage, command, exit);
    if (failure) throw failure;
  }
}

/** A list, and the lines of a text, run one after the other. */
function commandLines(cmd: Stage['cmd']): readonly string[] {
  const texts = typeof cmd === 'string' ? [cmd] : cmd;
  return texts.flatMap(text => text.split('\n')).filter(line => line.trim() !== '');
}

function byPath(a: DeclaredPath, b: DeclaredPath): number {
  return compareText(a.path, b.path);
}
