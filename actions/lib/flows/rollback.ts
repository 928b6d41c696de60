// rollback: the revert of the last promotion, made without a work tree, with a reason. Traffic goes back by the data
// plane's own rule as soon as main says so; nothing else has to run.
import { ConfigurationError } from '#lib/errors.ts';
import { liveVersion, readEnvironment } from '#lib/flows/environments.ts';
import { findActor, type Host, MAIN_REF, openHost, resolveMain } from '#lib/flows/host.ts';
import { readModelAt } from '#lib/flows/model-at.ts';
import { recordEvent } from '#lib/flows/record-event.ts';
import { rolloutMain } from '#lib/flows/rollout.ts';
import { changeState, readState, toInstant } from '#lib/flows/state.ts';
import { openWorkspace } from '#lib/flows/workspace.ts';
import { refuseCheckedOut } from '#lib/forge/local.ts';
import type { Commit, Repository } from '#lib/git/repository.ts';
import { type Intent, readRollout, rolloutPath } from '#lib/rollout/intent.ts';
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
  /** The promotion that was reverted, with every later change of the same file. */
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
  const { intent } = here;
  if (!intent) {
    await readModelAt(host, main, model);
    throw new ConfigurationError(`${model} has no rollout in ${environment}`, {
      at: { file },
      remedy: `Promote a version first: mainline promote ${model} <version> --to ${environment}`,
    });
  }
  const { commits, old } = await findPromotion(host, main, { model, environment, intent });
  const [last] = commits;
  if (!last || !old) {
    throw new ConfigurationError(`${model} has nothing to go back to in ${environment}`, {
      at: { file },
      remedy: 'Its first version is the only one there was; promote another one instead.',
    });
  }
  const to = old.rollout.spec.version;
  if (to !== intent.rollout.spec.from) {
    throw new ConfigurationError(`The last change of ${file} is a rollback already`, {
      at: { file },
      remedy: `To undo it: git revert ${last.id.slice(0, 7)}. To go further back, promote an older version.`,
    });
  }
  if (!here.progress || !wasLive(old, here.progress, to)) {
    throw new ConfigurationError(`${to} was never approved and live in ${environment}`, {
      at: { file },
      remedy: `Promote a version that may serve there: mainline promote ${model} <version> --to ${environment}`,
    });
  }
  const tree = await revertAll(repository, main, commits);
  await refuseCheckedOut(repository);
  const from = intent.rollout.spec.version;
  const promotion = commits.at(-1) ?? last;
  const subject = promotion.message.split('\n')[0] ?? '';
  const reverts = commits.map(({ id }) => `This reverts commit ${id}.`).join('\n');
  const commit = await repository.commitTree(tree, [main], {
    message: `Revert "${subject}"\n\n${reverts}\n\n${reason}`,
    author: { name: by, email: `${by}@localhost`, at: toInstant(now()) },
  });
  if (!(await repository.updateRef(MAIN_REF, commit, main))) {
    throw new ConfigurationError('Main moved meanwhile', { remedy: 'Roll back again.' });
  }
  await changeState(repository, now, async latest => {
    const { path, text } = await recordEvent(latest, {
      ...{ model, environment, event: 'rollback', at: toInstant(now()), by, version: to, commit },
      details: { from: liveVersion(here) ?? from, reverted: promotion.id, version: from, to, reason },
    });
    const message = `roll back ${model} in ${environment} to ${to}\n\n${reason}`;
    return { files: new Map([[path, text]]), message, result: undefined };
  });
  await rolloutMain(host, { model, environment, by, now });
  return { reverted: promotion, commit, from, to };
}

/** All commits since the one that brought the version there is now, newest first, and the rollout before them. */
async function findPromotion(
  { repository }: Host,
  main: string,
  {
    model,
    environment,
    intent,
  }: Readonly<Record<'model' | 'environment', string>> & { readonly intent: Intent },
): Promise<{ readonly commits: readonly Commit[]; readonly old: Intent | undefined }> {
  const file = rolloutPath(model, environment);
  const commits: Commit[] = [];
  for (const commit of await repository.history(main, { paths: [file], firstParent: true })) {
    commits.push(commit);
    const [parent] = commit.parents;
    const before = parent === undefined ? undefined : await repository.readFile(parent, file);
    if (!before) return { commits, old: undefined };
    const old = readBefore(Buffer.from(before).toString(), { file, model, environment });
    if (old && old.rollout.spec.version !== intent.rollout.spec.version) return { commits, old };
  }
  return { commits, old: undefined };
}

/** A file that was broken for a while says nothing of who served. */
function readBefore(text: string, place: Parameters<typeof readRollout>[1]): Intent | undefined {
  try {
    return readRollout(text, place);
  } catch (error) {
    if (error instanceof ConfigurationError) return undefined;
    throw error;
  }
}

/** @returns main's tree without what these commits did, newest first. */
async function revertAll(repository: Repository, main: string, commits: readonly Commit[]): Promise<string> {
  let tree = main;
  for (const { id, parents } of commits) {
    const merged = await repository.mergeTrees({ base: id, ours: tree, theirs: parents[0] ?? id });
    if ('conflicts' in merged) {
      throw new ConfigurationError(
        `Reverting ${id.slice(0, 7)} conflicts in ${merged.conflicts.join(', ')}`,
        { remedy: `Revert it by hand: git revert ${id.slice(0, 7)}` },
      );
    }
    tree = merged.tree;
  }
  return tree;
}
