// Pull requests on this machine: opened, checked, reviewed and merged as on a forge, so that a team can live through
// the whole flow before it has one. What is typed here is a rehearsal.

import { ConfigurationError } from '#lib/errors.ts';
import { type Approval, gatherApproval, placesOf } from '#lib/flows/approval.ts';
import { checkPromotions } from '#lib/flows/check-promotions.ts';
import { type RunOptions, withCommit } from '#lib/flows/evaluate-commit.ts';
import { findActor, type Host, openHost, resolveMain } from '#lib/flows/host.ts';
import { affectedBy } from '#lib/flows/propose.ts';
import { tellProposal } from '#lib/flows/report.ts';
import { readState, toInstant } from '#lib/flows/state.ts';
import { openWorkspace, type Workspace } from '#lib/flows/workspace.ts';
import {
  type Check,
  isRehearsal,
  type Merged,
  type MergeMethod,
  type Pull,
  type RehearsalForge,
  type Review,
} from '#lib/forge/forge.ts';
import type { Proposal } from '#lib/registry/proposal.ts';

interface PullsOptions {
  readonly directory: string;
  /** The account that acts; git's own without one. */
  readonly as?: string | undefined;
  readonly now: () => number;
}

interface Opened {
  readonly workspace: Workspace;
  readonly host: Host & { readonly forge: RehearsalForge };
  readonly actor: string;
}

async function open({ directory, as }: Omit<PullsOptions, 'now'>): Promise<Opened> {
  const workspace = await openWorkspace(directory);
  const host = await openRehearsal(workspace);
  return { workspace, host, actor: await findActor(host, workspace, as) };
}

/** @throws ConfigurationError for a forge where only people who logged in review and merge. */
async function openRehearsal(workspace: Workspace): Promise<Opened['host']> {
  const host = await openHost(workspace);
  const { forge } = host;
  if (!isRehearsal(forge)) {
    throw new ConfigurationError(
      'Reviews and merges are given on the forge itself, by people who logged in',
      {
        remedy: 'Open the pull request there.',
      },
    );
  }
  return { ...host, forge };
}

/** Opens a pull request for a branch that was pushed; one that is open already is given back. */
export async function openPull(
  options: PullsOptions & { readonly branch?: string | undefined; readonly title?: string | undefined },
): Promise<Pull> {
  const { workspace, host, actor } = await open(options);
  const branch = options.branch ?? (await workspace.git?.branch());
  if (branch === undefined || branch === 'main') {
    throw new ConfigurationError('A pull request needs a branch other than main', {
      remedy: 'Commit on a branch, push it, then name it: mainline pull open <branch>',
    });
  }
  const head = await host.repository.resolve(`refs/heads/${branch}`);
  const [last] = head === undefined ? [] : await host.repository.history(head, { limit: 1 });
  const [subject = branch, ...rest] = (last?.message ?? '').split('\n');
  const title = options.title ?? subject;
  return host.forge.openPull({ branch, title, body: rest.join('\n').trim(), author: actor });
}

export async function listPulls(options: Omit<PullsOptions, 'now'>): Promise<readonly Pull[]> {
  return (await openRehearsal(await openWorkspace(options.directory))).forge.listPulls();
}

/** Everything a person wants to see of one pull request. */
export interface ShownPull extends Approval {
  readonly pull: Pull;
  readonly paths: readonly string[];
  readonly reviews: readonly Review[];
  readonly checks: readonly Check[];
}

export async function showPull(options: PullsOptions & { readonly number: number }): Promise<ShownPull> {
  const host = await openHost(await openWorkspace(options.directory));
  const pull = await host.forge.getPull(options.number);
  return {
    pull,
    paths: (await host.forge.changedFiles(pull)).items.map(({ path }) => path),
    reviews: (await host.forge.listReviews(pull.number)).items,
    checks: await host.forge.listChecks(pull.head),
    ...(await gatherApproval(host, pull)),
  };
}

export interface ReviewOptions extends PullsOptions {
  readonly number: number;
  readonly state: Review['state'];
}

export interface Reviewed {
  readonly shown: ShownPull;
  /** Why the review does not count; undefined where it does. */
  readonly ignored: string | undefined;
}

/** Writes a review of the head, and says whether the pull request is approved now. */
export async function reviewPull(options: ReviewOptions): Promise<Reviewed> {
  const { host, actor } = await open(options);
  const pull = await host.forge.getPull(options.number);
  if (pull.state !== 'open') {
    throw new ConfigurationError(`Pull request #${pull.number} is ${pull.state} already`, {});
  }
  await host.forge.addReview(pull.number, {
    ...{ user: actor, type: 'User', state: options.state, commit: pull.head },
    submittedAt: new Date(options.now()).toISOString(),
  });
  const shown = await showPull(options);
  const isOwn = (login: string | null): boolean => login?.toLowerCase() === actor.toLowerCase();
  const ignored = shown.decision.ignored.findLast(({ login, why }) => isOwn(login) && why !== 'superseded');
  return { shown, ignored: ignored?.reason };
}

/** Closes without a merge; one that is not open stays as it is. */
export async function closePull({
  directory,
  number,
}: Pick<PullsOptions, 'directory'> & { readonly number: number }): Promise<Pull> {
  const { forge } = await openHost(await openWorkspace(directory));
  await forge.closePull(number);
  return forge.getPull(number);
}

/** One check of a pull request: a proposal per model, or what a promotion may not do. */
export interface CheckedPull {
  readonly pull: Pull;
  readonly proposals: readonly Proposal[];
  readonly problems: readonly string[];
}

/** Evaluates what the pull request would bring to main, and keeps report and outcome on the forge. */
export async function checkPull(
  options: PullsOptions & RunOptions & { readonly number: number },
): Promise<CheckedPull> {
  const workspace = await openWorkspace(options.directory);
  const host = await openHost(workspace);
  const pull = await host.forge.getPull(options.number);
  const paths = (await host.forge.changedFiles(pull)).items.flatMap(({ path, previousPath }) => [
    path,
    ...(previousPath === undefined ? [] : [previousPath]),
  ]);
  const problems = await checkPromotions(host, pull, paths);
  const base = { name: 'main', commit: await host.forge.baseOf(pull) };
  const command = `mainline pull check ${pull.number}`;
  const main = await resolveMain(host);
  const others = paths.filter(path => placesOf([path]).length === 0);
  const proposals =
    others.length === 0
      ? []
      : await withCommit({ host, workspace, command }, { commit: pull.head, base }, options, async opened => {
          const names = await affectedBy(opened.workspace, others);
          const state = await readState(host.repository);
          const found: Proposal[] = [];
          for (const [index, name] of names.entries()) {
            options.tell({ kind: 'model-started', model: name, index, count: names.length });
            found.push((await opened.evaluate(name, { state, main })).proposal);
          }
          return found;
        });
  for (const proposal of proposals) {
    await tellProposal(host, pull, {
      ...{ proposal, verification: null, head: pull.head, history: [] },
      links: {},
    });
  }
  await host.forge.upsertCheck({
    name: 'mainline/rollouts',
    commit: pull.head,
    conclusion: problems.length === 0 ? 'success' : 'failure',
    summary: problems.join('\n'),
  });
  return { pull, proposals, problems };
}

export type MergedPull =
  | { readonly outcome: 'merged'; readonly pull: Pull; readonly merged: Merged }
  | { readonly outcome: 'refused'; readonly pull: Pull; readonly why: readonly string[] };

/** Merges what is approved and checked; a bypass is possible, as for an administrator anywhere, and stays known. */
export async function mergePull(
  options: PullsOptions & {
    readonly number: number;
    readonly method: MergeMethod;
    readonly bypass: boolean;
  },
): Promise<MergedPull> {
  const { host, actor } = await open(options);
  const pull = await host.forge.getPull(options.number);
  const why = [...(await missingChecks(host, pull)), ...(await gatherApproval(host, pull)).decision.reasons];
  if (pull.state === 'open' && why.length > 0 && !options.bypass) return { outcome: 'refused', pull, why };
  const merged = await host.forge.merge(pull.number, {
    ...{ by: actor, method: options.method, expectedHead: pull.head, at: toInstant(options.now()) },
    bypassed: why.length > 0,
  });
  return { outcome: 'merged', pull, merged };
}

async function missingChecks({ forge }: Host, pull: Pull): Promise<readonly string[]> {
  const checks = await forge.listChecks(pull.head);
  if (checks.length === 0) {
    return [`${pull.head.slice(0, 7)} was not checked yet: run mainline pull check ${pull.number}.`];
  }
  return checks
    .filter(({ conclusion }) => conclusion === 'failure')
    .map(({ name }) => `The check ${name} failed on ${pull.head.slice(0, 7)}.`);
}
