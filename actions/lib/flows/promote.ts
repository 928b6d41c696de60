// promote: a branch whose one commit edits one environment's rollout file, and the pull request for it. Versions move
// along the environments in order, and always as the very bytes that were recorded.

import { nearestWord } from '#lib/documents/nearest.ts';
import { ConfigurationError, errorMessage } from '#lib/errors.ts';
import type { ForgeAccess } from '#lib/flows/access.ts';
import { type EnvironmentState, liveVersion, readEnvironment } from '#lib/flows/environments.ts';
import { findActor, type Host, openHost, resolveMain } from '#lib/flows/host.ts';
import { readModelAt } from '#lib/flows/model-at.ts';
import { MACHINE, readState, type State, toInstant } from '#lib/flows/state.ts';
import { readVersion } from '#lib/flows/versions.ts';
import { openWorkspace } from '#lib/flows/workspace.ts';
import type { Pull } from '#lib/forge/forge.ts';
import type { Model } from '#lib/registry/model.ts';
import { modelPath } from '#lib/registry/read.ts';
import type { VersionRecord } from '#lib/registry/version-record.ts';
import { readRollout, rolloutPath } from '#lib/rollout/intent.ts';
import { writePromotion } from '#lib/rollout/promotion.ts';

export interface PromoteOptions {
  readonly directory: string;
  readonly model: string;
  readonly version: string;
  readonly to: string;
  readonly by?: string | undefined;
  /** For a repository whose origin is a real forge. */
  readonly access?: ForgeAccess | undefined;
  readonly now: () => number;
}

export interface Promoted {
  readonly pull: Pull;
  /** The one file it edits, and whether that says in which steps. */
  readonly file: string;
  readonly hasPlan: boolean;
}

/** Opened now or before, or why not. */
export type Promotion =
  | { readonly environment: string; readonly pull: Pull }
  | { readonly environment: string; readonly why: string };

/**
 * Opens the promotion of a version to an environment.
 * @throws ConfigurationError when the version, the environment or the order forbid it.
 */
export async function promote(options: PromoteOptions): Promise<Promoted> {
  const workspace = await openWorkspace(options.directory);
  const host = await openHost(workspace, options.access);
  const by = await findActor(host, workspace, options.by);
  const main = await resolveMain(host);
  const state = await readState(host.repository);
  const model = await readModelAt(host, main, options.model);
  const record = await readVersion(state, options.model, options.version);
  const place = { model, record, environment: options.to };
  const pull = await openPromotion(host, { main, state }, { ...place, by, now: options.now });
  const file = rolloutPath(options.model, options.to);
  const text = Buffer.from((await host.repository.readFile(pull.head, file)) ?? []).toString();
  const { rollout } = readRollout(text, { file, model: options.model, environment: options.to });
  return { pull, file, hasPlan: rollout.spec.plan !== undefined };
}

/** After a release: the promotion to the first environment, unless something speaks against it. */
export async function openFirstPromotion(
  host: Host,
  {
    model,
    record,
    now,
  }: { readonly model: Model; readonly record: VersionRecord; readonly now: () => number },
): Promise<Promotion> {
  const environment = model.spec.environments[0] ?? 'staging';
  const branch = branchName(record, environment);
  const [before] = await host.forge.pullsOfBranch(branch);
  if (before) return { environment, pull: before };
  try {
    const at = { main: await resolveMain(host), state: await readState(host.repository) };
    const pull = await openPromotion(host, at, { model, record, environment, by: MACHINE.name, now });
    return { environment, pull };
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    return { environment, why: errorMessage(error) };
  }
}

interface Opening {
  readonly model: Model;
  readonly record: VersionRecord;
  readonly environment: string;
  readonly by: string;
  readonly now: () => number;
}

async function openPromotion(
  host: Host,
  at: { readonly main: string; readonly state: State },
  { model, record, environment, by, now }: Opening,
): Promise<Pull> {
  const { name } = model.metadata;
  const { version } = record.metadata;
  await requireOrder(host, at, { model, record, environment });
  const here = await readEnvironment(host, at, { model: name, environment });
  const from = freeToPromote(here, version);
  const revisions = [...(from === null ? [] : [await readVersion(at.state, name, from)]), record];
  const file = rolloutPath(name, environment);
  const text = writePromotion(here.intent?.text, {
    ...{ model: name, environment, version, from },
    revisions: Object.fromEntries(
      revisions.map(({ metadata, spec }) => [metadata.version, { model: spec.artifact.sha256 }]),
    ),
  });
  const title = `promote ${name} ${version} to ${environment}`;
  const body = describe(record, { environment, from });
  const commit = await host.repository.commitFiles(at.main, new Map([[file, text]]), {
    message: `${title}\n\n${body}`,
    author: { ...MACHINE, at: toInstant(now()) },
  });
  const branch = branchName(record, environment);
  await moveBranch(host, branch, commit);
  return host.forge.openPull({ branch, title, body, author: by });
}

function branchName({ metadata }: VersionRecord, environment: string): string {
  return `promote/${metadata.model}-${metadata.version}-${environment}`;
}

/** The branch is ours: made anew on main, unless a person has gone on working on it and it is not merged. */
async function moveBranch({ repository, forge }: Host, branch: string, commit: string): Promise<void> {
  const ref = `refs/heads/${branch}`;
  const previous = await repository.resolve(ref);
  const [last] = previous === undefined ? [] : await repository.history(previous, { limit: 1 });
  const isSettled = (await forge.pullsOfBranch(branch)).some(
    ({ head, state }) => head === previous && state !== 'open',
  );
  if (last && !isSettled && last.author.email !== MACHINE.email) {
    throw new ConfigurationError(`${branch} holds work of ${last.author.name}`, {
      remedy: 'Merge or delete that branch, then promote again.',
    });
  }
  if (!(await repository.updateRef(ref, commit, previous))) {
    throw new ConfigurationError(`${branch} was moved meanwhile`, { remedy: 'Promote again.' });
  }
}

/** The version to come from, when nothing is under way. */
function freeToPromote(here: EnvironmentState, version: string): string | null {
  const { model, environment, intent, progress } = here;
  const file = rolloutPath(model, environment);
  if (!intent) return null;
  const wanted = intent.rollout.spec.version;
  const isAccepted = progress?.spec.of === intent.digest;
  const live = liveVersion(here);
  if (isAccepted && progress.spec.complete && wanted === version) {
    throw new ConfigurationError(`${model} ${version} serves ${environment} already`, { at: { file } });
  }
  if (isAccepted && !progress.spec.complete && !progress.spec.hold) {
    throw new ConfigurationError(`${model} ${wanted} is on its way in ${environment}`, {
      at: { file },
      remedy: `Let it come to its end (mainline advance ${model} --in ${environment}), abort it, or roll it back first.`,
    });
  }
  if (live === undefined) {
    throw new ConfigurationError(
      `main promotes ${model} ${wanted} to ${environment}, which is not accepted yet`,
      {
        at: { file },
        remedy: `Run mainline rollout ${model} --in ${environment}, or revert that promotion.`,
      },
    );
  }
  return live;
}

/** Each environment is reached through the one before it, where this very version has to serve. */
async function requireOrder(
  host: Host,
  at: { readonly main: string; readonly state: State },
  { model, record, environment }: Pick<Opening, 'model' | 'record' | 'environment'>,
): Promise<void> {
  const { name } = model.metadata;
  const { environments } = model.spec;
  const position = environments.indexOf(environment);
  if (position < 0) {
    const near = nearestWord(environment, environments);
    throw new ConfigurationError(`${name} has no environment ${environment}`, {
      at: { file: modelPath(name) },
      remedy: near ? `Did you mean ${near}?` : `Its environments: ${environments.join(', ')}.`,
    });
  }
  const previous = environments[position - 1];
  if (previous === undefined) return;
  const { decision, intent } = await readEnvironment(host, at, { model: name, environment: previous });
  const { version } = record.metadata;
  const isServing = decision?.traffic[version] === 100;
  if (isServing && intent?.rollout.spec.revisions[version]?.model === record.spec.artifact.sha256) return;
  throw new ConfigurationError(`${name} ${version} does not serve ${previous} yet`, {
    at: { file: rolloutPath(name, previous) },
    remedy: `Promote it to ${previous} first; ${environment} comes after it.`,
  });
}

function describe(
  { spec }: VersionRecord,
  { environment, from }: { readonly environment: string; readonly from: string | null },
): string {
  const { metric, value, unit, ci95, n } = spec.evaluation.primary;
  const interval = ci95 ? ` (95 %: ${ci95[0]} to ${ci95[1]}, n = ${n})` : '';
  const { against } = spec.evaluation;
  return [
    from === null ? `The first version in ${environment}.` : `Takes over from ${from} in ${environment}.`,
    `${metric} ${value ?? 'undefined'}${unit === '' ? '' : ` ${unit}`}${interval}${against ? `; against ${against.champion}: ${against.verdict}` : ''}.`,
    `Model ${spec.artifact.sha256}, evidence ${spec.evaluation.evidence}, made from ${spec.source.commit}.`,
    'Reverting this commit rolls it back.',
  ].join('\n');
}
