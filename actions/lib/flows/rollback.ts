// rollback: the revert of the last promotion, made without a work tree, with a reason. Traffic goes back by the data
// plane's own rule as soon as main says so; nothing else has to run.
import { ConfigurationError } from '#lib/errors.ts';
import { liveVersion, readEnvironment } from '#lib/flows/environments.ts';
import { findActor, MAIN_REF, openHost, resolveMain } from '#lib/flows/host.ts';
import { recordEvent } from '#lib/flows/record-event.ts';
import { rolloutMain } from '#lib/flows/rollout.ts';
import { changeState, readState, toInstant } from '#lib/flows/state.ts';
import { openWorkspace } from '#lib/flows/workspace.ts';
import { refuseCheckedOut } from '#lib/forge/local.ts';
import type { Commit } from '#lib/git/repository.ts';
import { readRollout, rolloutPath } from '#lib/rollout/intent.ts';
import { wasLive } from '#lib/rollout/traffic.ts';

export interface RollbackOptions {
  readonly directory: string;
  readonly model: string;
  readonly environment: string;
  readonly reason: string;
  readonly by?: string | undefined;
  readonly now: () => number;
}

export interface RolledBack {
  /** The promotion that was reverted. */
  readonly reverted: Commit;
  /** The commit that reverts it, now main. */
  readonly commit: string;
  readonly from: string;
  readonly to: string;
}

/**
 * Reverts the last promotion of a model in an environment.
 * @throws ConfigurationError when there is nothing to go back to that was approved.
 */
export async function rollback(options: RollbackOptions): Promise<RolledBack> {
  const { model, environment, reason, now } = options;
  const workspace = await openWorkspace(options.directory);
  const host = await openHost(workspace);
  const by = await findActor(host, workspace, options.by);
  const { repository } = host;
  const main = await resolveMain(host);
  const file = rolloutPath(model, environment);
  const state = await readState(repository);
  const here = await readEnvironment(host, { main, state }, { model, environment });
  const [last] = await repository.history(main, { paths: [file], firstParent: true, limit: 1 });
  const parent = last?.parents[0];
  const before = parent === undefined ? undefined : await repository.readFile(parent, file);
  if (!here.intent || !last || parent === undefined || !before) {
    throw new ConfigurationError(`${model} has nothing to go back to in ${environment}`, {
      at: { file },
      remedy: 'Its first version is the only one there was; promote another one instead.',
    });
  }
  if (/^This reverts commit/mu.test(last.message)) {
    throw new ConfigurationError(`The last change of ${file} is a rollback already`, {
      at: { file },
      remedy: `To undo it: git revert ${last.id.slice(0, 7)}`,
    });
  }
  const old = readRollout(Buffer.from(before).toString(), { file, model, environment });
  const to = old.rollout.spec.version;
  if (!here.progress || !wasLive(old, here.progress, to)) {
    throw new ConfigurationError(`${to} was never approved and live in ${environment}`, {
      at: { file },
      remedy: `Promote a version that may serve there: mainline promote ${model} <version> --to ${environment}`,
    });
  }
  const merged = await repository.mergeTrees({ base: last.id, ours: main, theirs: parent });
  if ('conflicts' in merged) {
    throw new ConfigurationError(
      `Reverting ${last.id.slice(0, 7)} conflicts in ${merged.conflicts.join(', ')}`,
      {
        remedy: `Revert it by hand: git revert ${last.id.slice(0, 7)}`,
      },
    );
  }
  await refuseCheckedOut(repository);
  const from = here.intent.rollout.spec.version;
  const subject = last.message.split('\n')[0] ?? '';
  const commit = await repository.commitTree(merged.tree, [main], {
    message: `Revert "${subject}"\n\nThis reverts commit ${last.id}.\n\n${reason}`,
    author: { name: by, email: `${by}@localhost`, at: toInstant(now()) },
  });
  if (!(await repository.updateRef(MAIN_REF, commit, main))) {
    throw new ConfigurationError('Main moved meanwhile', { remedy: 'Roll back again.' });
  }
  await changeState(repository, now, async latest => {
    const { path, text } = await recordEvent(latest, {
      ...{ model, environment, event: 'rollback', at: toInstant(now()), by, version: to, commit },
      details: { from: liveVersion(here) ?? from, reverted: last.id, version: from, to, reason },
    });
    const message = `roll back ${model} in ${environment} to ${to}\n\n${reason}`;
    return { files: new Map([[path, text]]), message, result: undefined };
  });
  await rolloutMain(host, { model, environment, by, now });
  return { reverted: last, commit, from, to };
}
