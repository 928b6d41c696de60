// release: what was merged becomes a numbered version. The evidence is derived again, the bytes are kept by digest, the
// record is written by compare-and-swap: however releases race, no number is given twice, and a killed one goes on.

import { join } from 'node:path';
import { digestBytes, formatJson } from '#lib/documents/canonical.ts';
import { readLock } from '#lib/dvc/lock/lock.ts';
import type { ForgeAccess } from '#lib/flows/access.ts';
import { findOutput } from '#lib/flows/champion.ts';
import {
  type Evaluated,
  type OpenedCommit,
  type RunOptions,
  withCommit,
} from '#lib/flows/evaluate-commit.ts';
import { findActor, type Host, openHost, resolveMain } from '#lib/flows/host.ts';
import { keepBytes, readLocked } from '#lib/flows/keep-bytes.ts';
import { openFirstPromotion, type Promotion } from '#lib/flows/promote.ts';
import { isRecorded, recordEvent } from '#lib/flows/record-event.ts';
import { describeVersion, numberVersion } from '#lib/flows/register.ts';
import { type Change, changeState, readState, type State, toInstant } from '#lib/flows/state.ts';
import { requireNoneLost, tagVersions } from '#lib/flows/tag-versions.ts';
import { findRegisteredChampion, listVersions } from '#lib/flows/versions.ts';
import { vocabulary } from '#lib/flows/vocabulary.ts';
import { openWorkspace } from '#lib/flows/workspace.ts';
import { runtimeVersion } from '#lib/onnx/runtime-version.ts';
import type { Model } from '#lib/registry/model.ts';
import type { Proposal } from '#lib/registry/proposal.ts';
import { listModels, readModel } from '#lib/registry/read.ts';
import { formatVersionRecord, type VersionRecord, versionRecordPath } from '#lib/registry/version-record.ts';

export interface ReleaseOptions extends RunOptions {
  readonly directory: string;
  /** Empty = all. */
  readonly models: readonly string[];
  /** The account that releases; git's own without one. */
  readonly by?: string | undefined;
  /** For a repository whose origin is a real forge. */
  readonly access?: ForgeAccess | undefined;
}

export type Released =
  | {
      readonly outcome: 'released' | 'already released';
      readonly model: string;
      readonly record: VersionRecord;
      readonly promotion: Promotion;
    }
  | { readonly outcome: 'refused'; readonly model: string; readonly proposal: Proposal }
  | { readonly outcome: 'not trained'; readonly model: string; readonly why: string };

interface Releasing extends RunOptions {
  readonly host: Host;
  readonly by: string;
  readonly main: string;
}

/**
 * Releases what main has, model by model.
 * @throws ConfigurationError for what the user must mend.
 */
export async function release(options: ReleaseOptions): Promise<readonly Released[]> {
  const workspace = await openWorkspace(options.directory);
  const host = await openHost(workspace, options.access);
  const by = await findActor(host, workspace, options.by);
  const main = await resolveMain(host);
  const command = ['mainline release', ...options.models].join(' ');
  return withCommit({ host, workspace, command }, { commit: main, base: null }, options, async opened => {
    const { root } = opened.workspace;
    const names = options.models.length > 0 ? [...new Set(options.models)] : await listModels(root);
    const results: Released[] = [];
    for (const [index, name] of names.entries()) {
      options.tell({ kind: 'model-started', model: name, index, count: names.length });
      const model = (await readModel(root, name, vocabulary)).value;
      results.push(await releaseModel(model, opened, { ...options, host, by, main }));
    }
    return results;
  });
}

async function releaseModel(model: Model, opened: OpenedCommit, releasing: Releasing): Promise<Released> {
  const { host } = releasing;
  const { name } = model.metadata;
  const { root } = opened.workspace;
  const lock = await readLock(join(root, model.spec.pipeline, 'dvc.lock'));
  const locked = findOutput(lock, model.spec.artifact.path);
  if (!locked) {
    const why = `${model.spec.pipeline}/dvc.lock on main names no ${model.spec.artifact.path}`;
    return { outcome: 'not trained', model: name, why };
  }
  const state = await readState(host.repository);
  await requireNoneLost(host, state, name);
  const known = await findVersion(state, model, locked.md5);
  if (known) await keepBytes(known, model, opened, { ...releasing, state });
  const result = known
    ? ({ outcome: 'already released', record: known } as const)
    : await evaluateAndRegister(model, opened, { ...releasing, md5: locked.md5 });
  if ('proposal' in result) return { outcome: 'refused', model: name, proposal: result.proposal };
  await tagVersions(host, await listVersions(await readState(host.repository), name));
  const { outcome, record } = result;
  const promotion = await openFirstPromotion(host, { model, record, now: releasing.now });
  return { outcome, model: name, record, promotion };
}

/** The version that answers as this model does, if it was released before. */
async function findVersion(state: State, model: Model, md5: string): Promise<VersionRecord | undefined> {
  const { task, positive, classes, threshold, features } = model.spec;
  const parts = (spec: Pick<Model['spec'], 'task' | 'positive' | 'classes' | 'threshold' | 'features'>) =>
    JSON.stringify([spec.task, spec.positive, spec.classes, spec.threshold, spec.features]);
  const wanted = parts({ task, positive, classes, threshold, features });
  return (await listVersions(state, model.metadata.name)).findLast(
    ({ spec }) => spec.artifact.md5 === md5 && parts(spec) === wanted,
  );
}

interface Registering extends Releasing {
  /** What main's lock names. */
  readonly md5: string;
}

/** Evaluates again for as long as the champion moves meanwhile; nothing is trained again for that. */
async function evaluateAndRegister(
  model: Model,
  opened: OpenedCommit,
  registering: Registering,
): Promise<Exclude<Written, string>> {
  const { host, main, now } = registering;
  for (;;) {
    const state = await readState(host.repository);
    const evaluated = await opened.evaluate(model.metadata.name, { state, main });
    const write = evaluated.proposal.verdict.slo_compliant
      ? await prepareRecord(model, opened, { evaluated, registering })
      : async (latest: State) => refuse(latest, evaluated.proposal, registering);
    const written = await changeState(host.repository, now, write);
    if (written !== 'the champion moved') return written;
    registering.tell({ kind: 'phase', text: 'compare again: the champion moved meanwhile' });
  }
}

/** Numbered by us, numbered by somebody faster, refused, or to be compared again. */
type Written =
  | { readonly outcome: 'released' | 'already released'; readonly record: VersionRecord }
  | { readonly proposal: Proposal }
  | 'the champion moved';

async function prepareRecord(
  model: Model,
  { workspace, commit }: OpenedCommit,
  { evaluated, registering }: { readonly evaluated: Evaluated; readonly registering: Registering },
): Promise<(state: State) => Promise<Change<Written>>> {
  const { host, by, md5, now } = registering;
  const { proposal, against } = evaluated;
  const { evidence, evidenceKey } = proposal;
  if (!evidence) throw new Error('a proposal that stands has evidence');
  const directory = join(workspace.root, model.spec.pipeline);
  const artifact = await readLocked(model, workspace.root, md5);
  await host.store.write(artifact);
  const [source] = await host.repository.history(commit, { limit: 1 });
  const described = describeVersion({
    ...{ proposal, evidence, artifact, against, directory },
    root: workspace.root,
    lock: await readLock(join(directory, 'dvc.lock')),
    commit: { id: commit, at: source?.committer.at ?? toInstant(now()) },
    environment: { node: process.versions.node, onnxruntime: await runtimeVersion() },
  });
  const { name } = model.metadata;
  return async state => {
    const nothing = (result: Written): Change<Written> => ({ files: new Map(), message: '', result });
    await requireNoneLost(host, state, model.metadata.name);
    const known = await findVersion(state, model, md5);
    if (known) return nothing({ outcome: 'already released', record: known });
    if ((await championNow(host, model, state, registering.main)) !== against) {
      return nothing('the champion moved');
    }
    const record = numberVersion(name, described, await listVersions(state, name));
    const { version } = record.metadata;
    const event = await recordEvent(state, {
      ...{ model: name, event: 'release', at: toInstant(now()), by, version, commit },
      details: {
        because: record.spec.because,
        model: record.spec.artifact.sha256,
        evidence: record.spec.evaluation.evidence,
        evidenceFile: digestBytes(formatJson(evidence)),
        against: against ?? 'nothing',
      },
    });
    return {
      files: new Map([
        [versionRecordPath(name, version), formatVersionRecord(record)],
        [`evidence/${evidenceKey}.json`, formatJson(evidence)],
        [event.path, event.text],
      ]),
      message: `release ${name} ${version}: ${record.spec.because}`,
      result: { outcome: 'released', record },
    };
  };
}

async function championNow(host: Host, model: Model, state: State, main: string): Promise<string | null> {
  const environment = model.spec.environments.at(-1) ?? 'production';
  const found = await findRegisteredChampion(host, model.metadata.name, { environment, state, main });
  return found?.record.metadata.version ?? null;
}

async function refuse(
  state: State,
  proposal: Proposal,
  { by, main, now }: Registering,
): Promise<Change<Written>> {
  const model = proposal.model.metadata.name;
  const entry = {
    ...{ model, event: 'refuse' as const, at: toInstant(now()), by, commit: main },
    details: { step: 'release', reasons: [...proposal.verdict.reasons] },
  };
  if (await isRecorded(state, entry)) return { files: new Map(), message: '', result: { proposal } };
  const { path, text } = await recordEvent(state, entry);
  const message = `refuse to release ${model}: its gates do not pass`;
  return { files: new Map([[path, text]]), message, result: { proposal } };
}
