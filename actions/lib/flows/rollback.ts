// rollback: the revert of the last promotion, made without a work tree, with a reason. Traffic goes back by the data
// plane's own rule as soon as main says so; nothing else has to run.

import { readAuditRecord } from '#lib/audit/record.ts';
import { ConfigurationError } from '#lib/errors.ts';
import type { ForgeAccess } from '#lib/flows/access.ts';
import { type EnvironmentState, readEnvironment } from '#lib/flows/environments.ts';
import { findPromotion, revertAll } from '#lib/flows/find-promotion.ts';
import { findActor, type Host, MAIN_REF, openHost, resolveMain } from '#lib/flows/host.ts';
import { readModelAt } from '#lib/flows/model-at.ts';
import { recordEvent } from '#lib/flows/record-event.ts';
import { rolloutMain } from '#lib/flows/rollout.ts';
import { changeState, readState, type State, toInstant } from '#lib/flows/state.ts';
import { openWorkspace } from '#lib/flows/workspace.ts';
import { refuseCheckedOut } from '#lib/forge/local.ts';
import type { Commit } from '#lib/git/repository.ts';
import { type Intent, rolloutPath } from '#lib/rollout/intent.ts';
import { wasLive } from '#lib/rollout/traffic.ts';

export interface RollbackOptions {
  readonly directory: string;
  readonly model: string;
  readonly environment: string;
  readonly reason: string;
  readonly by?: string | undefined;
  /** For a repository whose origin is a real forge. */
  readonly access?: ForgeAccess | undefined;
  readonly now: () => number;
}

export interface RolledBack {
  /** The promotion that was reverted, with every later change of the same file. */
  readonly reverted: Commit;
  /** The commit that reverts it, now main. */
  readonly commit: string;
  readonly from: string;
  readonly to: string;
}

interface Place {
  readonly model: string;
  readonly environment: string;
}

/**
 * Reverts the last promotion of a model in an environment.
 * @throws ConfigurationError when there is nothing to go back to that was approved and can be served.
 */
export async function rollback(options: RollbackOptions): Promise<RolledBack> {
  const { reason, now } = options;
  const place = { model: options.model, environment: options.environment };
  const workspace = await openWorkspace(options.directory);
  const host = await openHost(workspace, options.access);
  const by = await findActor(host, workspace, options.by);
  const main = await resolveMain(host);
  const state = await readState(host.repository);
  const here = await readEnvironment(host, { main, state }, place);
  const intent = here.intent ?? (await refuseWithoutRollout(host, main, place));
  const { version, from } = intent.rollout.spec;
  const { commits, old } = await findPromotion(host, main, { ...place, intent });
  const [last] = commits;
  if (!last || !old) throw nothingBefore(host, place);
  const to = old.rollout.spec.version;
  if (to !== from) return finish(host, last, { ...place, state, version, from: to, by, now });
  await requireServable(host, here, old);
  await refuseCheckedOut(host.repository);
  const reverted = commits.at(-1) ?? last;
  const reverts = commits.map(({ id }) => `This reverts commit ${id}.`).join('\n');
  const tree = await revertAll(host.repository, main, commits);
  const commit = await host.repository.commitTree(tree, [main], {
    message: `Revert "${reverted.message.split('\n')[0] ?? ''}"\n\n${reverts}\n\n${reason}`,
    author: { name: by, email: `${by}@localhost`, at: toInstant(now()) },
  });
  if (!(await host.repository.updateRef(MAIN_REF, commit, main))) {
    throw new ConfigurationError('Main moved meanwhile', { remedy: 'Roll back again.' });
  }
  const done = { reverted, commit, from: version, to };
  await record(host, { ...place, ...done, reason, by, now });
  return done;
}

/** On record with its reason, and taken over: the version was approved here before. */
async function record(
  host: Host,
  entry: Place & RolledBack & { readonly reason: string; readonly by: string; readonly now: () => number },
): Promise<void> {
  const { model, environment, reverted, commit, from, to, reason, by, now } = entry;
  await changeState(host.repository, now, async latest => {
    const { path, text } = await recordEvent(latest, {
      ...{ model, environment, event: 'rollback', at: toInstant(now()), by, version: to, commit },
      details: { reverted: reverted.id, from, to, reason },
    });
    const message = `roll back ${model} in ${environment} to ${to}\n\n${reason}`;
    return { files: new Map([[path, text]]), message, result: undefined };
  });
  await rolloutMain(host, { model, environment, by, now });
}

interface Finishing extends Place {
  readonly state: State;
  /** What main says now, and said before the revert. */
  readonly version: string;
  readonly from: string;
  readonly by: string;
  readonly now: () => number;
}

/** Main is back already. A rollback that was killed before it was on record is finished; any other is told. */
async function finish(host: Host, last: Commit, finishing: Finishing): Promise<RolledBack> {
  const { model, environment, state, version, from } = finishing;
  const [, first, reason] =
    /^This reverts commit ([0-9a-f]{40,64})\.\n(?:.*\n)*?\n([\s\S]+)$/mu.exec(last.message) ?? [];
  const events = await state.readAll(`audit/${model}/`);
  const isRecorded = events.some(({ path, text }) => {
    const { event, commit } = readAuditRecord(text, path);
    return event === 'rollback' && commit === last.id;
  });
  const [reverted] = first === undefined ? [] : await host.repository.history(first, { limit: 1 });
  const ours = last.author.email === `${last.author.name}@localhost`;
  if (isRecorded || !ours || !reverted || reason === undefined) {
    const file = rolloutPath(model, environment);
    throw new ConfigurationError(`The last change of ${file} is a rollback already`, {
      at: { file },
      remedy: `To undo it: git revert ${last.id.slice(0, 7)}. To go further back, promote an older version.`,
    });
  }
  const done = { reverted, commit: last.id, from, to: version };
  await record(host, { ...finishing, ...done, reason: reason.trim() });
  return done;
}

/** @throws ConfigurationError unless the version was live here before and its bytes are kept. */
async function requireServable(
  { store }: Host,
  { model, environment, progress }: EnvironmentState,
  old: Intent,
): Promise<void> {
  const file = rolloutPath(model, environment);
  const { version, revisions } = old.rollout.spec;
  if (!progress || !wasLive(old, progress, version)) {
    throw new ConfigurationError(`${version} was never approved and live in ${environment}`, {
      at: { file },
      remedy: `Promote a version that may serve there: mainline promote ${model} <version> --to ${environment}`,
    });
  }
  const digest = revisions[version]?.model;
  if (digest !== undefined && (await store.read(digest)) !== undefined) return;
  throw new ConfigurationError(
    `The bytes of ${model} ${version} are not in the store: nothing could serve them`,
    {
      at: { file },
      remedy: `Copy ${digest ?? 'them'} from another store, or promote another version.`,
    },
  );
}

async function refuseWithoutRollout(host: Host, main: string, { model, environment }: Place): Promise<never> {
  await readModelAt(host, main, model);
  throw new ConfigurationError(`${model} has no rollout in ${environment}`, {
    at: { file: rolloutPath(model, environment) },
    remedy: `Promote a version first: mainline promote ${model} <version> --to ${environment}`,
  });
}

function nothingBefore({ repository }: Host, { model, environment }: Place): ConfigurationError {
  return new ConfigurationError(`${model} has nothing to go back to in ${environment}`, {
    at: { file: rolloutPath(model, environment) },
    remedy: repository.isShallow
      ? 'The history is cut off here: run git fetch --unshallow first.'
      : 'Its first version is the only one there was; promote another one instead.',
  });
}
