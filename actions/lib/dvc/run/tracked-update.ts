// A .dvc file in a run: data that was changed by hand is hashed, cached and recorded, so that the stages after it see it.
import type { Fingerprint } from '#lib/dvc/objects/object.ts';
import type { IndexedStage } from '#lib/dvc/repository/indexed-stage.ts';
import type { StageStatus } from '#lib/dvc/run/progress.ts';
import type { Change, StaleReason } from '#lib/dvc/run/status.ts';
import type { Workshop } from '#lib/dvc/run/workshop.ts';
import type { TrackedFile, TrackedOutput } from '#lib/dvc/tracked/tracked.ts';
import { ConfigurationError } from '#lib/errors.ts';

export interface TrackedResult {
  readonly status: StageStatus;
  readonly reasons: readonly StaleReason[];
  /** What is recorded now, by path as the .dvc file writes it. */
  readonly outs: ReadonlyMap<string, Fingerprint>;
}

/** Writes a .dvc file anew with other fingerprints of its outputs. */
export type SaveTracked = (tracked: TrackedFile, outs: ReadonlyMap<string, Fingerprint>) => Promise<void>;

/** @throws ConfigurationError when data is missing that the file records, or an import would have to be fetched anew. */
export async function updateTracked(
  work: IndexedStage & { readonly tracked: TrackedFile },
  workshop: Workshop,
  save: SaveTracked,
): Promise<TrackedResult> {
  const { name, tracked } = work;
  if (tracked.cmd !== undefined) throw refuseCommand(tracked);
  const seen = await Promise.all(
    tracked.outs.map(async one => ({ ...one, print: await look(one, workshop) })),
  );
  const changes = seen.flatMap(one => reasonOf(one, workshop));
  const reasons = workshop.force ? [{ kind: 'forced' as const }] : changes;
  const recorded = new Map(
    tracked.outs.flatMap(({ output, locked }) => (locked ? [[output.path, locked]] : [])),
  );
  if (reasons.length === 0) {
    if (!workshop.dry) await storeLost(seen, workshop);
    workshop.onEvent({ kind: 'skipped', stage: name });
    return { status: 'skipped', reasons, outs: recorded };
  }
  if (await pullMissing(seen, reasons, workshop)) {
    workshop.onEvent({ kind: 'pulled', stage: name, reasons });
    return { status: 'skipped', reasons: [], outs: recorded };
  }
  if (tracked.deps.length > 0 && !tracked.frozen) throw refuseImport(tracked);
  const missing = seen.find(one => one.print === undefined);
  if (missing && !workshop.dry) throw missingData(tracked, missing);
  workshop.onEvent({ kind: 'recorded', stage: name, reasons: changes });
  if (workshop.dry) return { status: 'recorded', reasons, outs: recorded };
  const outs = new Map<string, Fingerprint>();
  for (const one of seen) outs.set(one.output.path, await record(one, workshop));
  await save(tracked, outs);
  return { status: 'recorded', reasons, outs };
}

interface Seen extends TrackedOutput {
  readonly print: Fingerprint | undefined;
}

/** What DVC 2 hashed keeps that hash for as long as it is the same. */
async function look(
  { output, locked }: TrackedOutput,
  { content }: Workshop,
): Promise<Fingerprint | undefined> {
  if (locked?.hash !== undefined) {
    const legacy = await content.hash(output.absolute, locked.hash);
    if (legacy?.fingerprint.md5 === locked.md5) return { ...legacy.fingerprint, hash: locked.hash };
  }
  return (await content.hash(output.absolute))?.fingerprint;
}

function reasonOf(
  { output, locked, print }: Seen,
  { allowMissing, content }: Workshop,
): readonly StaleReason[] {
  if (locked && print?.md5 === locked.md5) return [];
  if (allowMissing && locked && (!print || !content.has(locked))) return [];
  const change: Change = print === undefined ? 'missing' : locked === undefined ? 'added' : 'modified';
  return [{ kind: 'output', name: output.path, change }];
}

async function storeLost(seen: readonly Seen[], { content, commit = true }: Workshop): Promise<void> {
  for (const { output, print } of seen) {
    if (commit && output.cache && print && !content.has(print)) await content.keep(output.absolute);
  }
}

async function pullMissing(
  seen: readonly Seen[],
  reasons: readonly StaleReason[],
  { pull, content, dry }: Workshop,
): Promise<boolean> {
  if (!pull || dry || !reasons.every(one => 'change' in one && one.change === 'missing')) return false;
  const wanted = seen.flatMap(({ print, locked, output }) =>
    print || !locked ? [] : [{ ...locked, remote: output.remote }],
  );
  const lacking = wanted.filter(one => !content.has(one));
  if (lacking.length > 0 && !(await pull.fetch(lacking))) return false;
  for (const { output, print, locked } of seen) {
    if (!print && (!locked || !(await content.restore(locked, output.absolute)))) return false;
  }
  return true;
}

async function record(
  { output, print }: Seen,
  { content, commit = true, ignoreOutputs }: Workshop,
): Promise<Fingerprint> {
  if (output.cache) await ignoreOutputs?.([output]);
  if (print?.hash !== undefined && content.has(print)) return print;
  const kept =
    commit && output.cache ? await content.keep(output.absolute) : await content.hash(output.absolute);
  if (!kept) throw new Error(`${output.path} vanished while it was being stored`);
  return kept.fingerprint;
}

function missingData({ address, at }: TrackedFile, { output }: Seen): ConfigurationError {
  return new ConfigurationError(`${output.path} does not exist, though ${address} tracks it`, {
    at,
    remedy: `Bring it back: mainline dvc pull ${address}; or take the missing as it is recorded: --allow-missing.`,
  });
}

function refuseImport({ address, at }: TrackedFile): ConfigurationError {
  return new ConfigurationError(
    `${address} is an import that is not frozen, and its data is not as recorded`,
    {
      at,
      remedy: `Fetch it with DVC (dvc update ${address}), or freeze it: mainline dvc freeze ${address}.`,
    },
  );
}

function refuseCommand({ address, at }: TrackedFile): ConfigurationError {
  return new ConfigurationError(`${address} holds a command, as DVC before 1.0 wrote them`, {
    at,
    remedy: 'Write it as a stage of dvc.yaml, and remove this file.',
  });
}
