// The first half of a chat command: who asks, about what, and what has to be fetched for an answer. `retry` ends here. What
// people can mend themselves is told where they asked; the log alone would help nobody. Strangers are told nothing: whoever
// could make a machine of ours talk could fill a pull request with its words.
import { ConfigurationError, errorMessage } from '#lib/errors.ts';
import { type ForgeAccess, openRuns } from '#lib/flows/access.ts';
import { type Asked, readCommand } from '#lib/flows/chat/command.ts';
import { type Comment, problemBlocks, sayIn } from '#lib/flows/chat/say.ts';
import { openHost } from '#lib/flows/host.ts';
import { openWorkspace } from '#lib/flows/workspace.ts';
import type { Forge, Pull } from '#lib/forge/forge.ts';
import type { WorkflowRun, WorkflowRuns } from '#lib/forge/runs.ts';
import { MODEL_CHECK } from '#lib/reports/comment/check.ts';

export interface ChatOptions {
  readonly directory: string;
  readonly comment: Comment;
  readonly access: ForgeAccess;
}

/** What is needed before it can be answered; `nothing` = it was answered, or nobody asked us. */
export type Needed =
  | { readonly what: 'nothing' }
  /** What a run of verify has found out. */
  | { readonly what: 'verified'; readonly run: number; readonly head: string }
  /** The proposals that a run of propose uploaded, to be held against a revision. */
  | { readonly what: 'compared'; readonly run: number; readonly head: string; readonly revision: string };

const NOTHING: Needed = { what: 'nothing' };

/** Does what can be done at once; why somebody is not answered is said to the log alone. */
export async function answerChat(
  { directory, comment, access }: ChatOptions,
  say: (text: string) => void,
): Promise<Needed> {
  const { forge } = await openHost(await openWorkspace(directory), access);
  const stranger = await whyNotAnswered(forge, comment.user);
  if (stranger !== undefined) {
    say(`Not answered: ${stranger}`);
    return NOTHING;
  }
  const runs = openRuns(access);
  try {
    const asked = readCommand(comment.body);
    if (!asked) return NOTHING;
    const pull = await forge.getPull(comment.pull);
    if (pull.state !== 'open') throw new ConfigurationError(`This pull request is ${pull.state}`);
    return await begin({ forge, runs, pull, access }, asked, comment);
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    await sayIn(forge, comment, problemBlocks(errorMessage(error), error.remedy));
    return NOTHING;
  }
}

interface Scene {
  readonly forge: Forge;
  readonly runs: WorkflowRuns;
  readonly pull: Pull;
  readonly access: ForgeAccess;
}

async function begin(scene: Scene, { command }: Asked, comment: Comment): Promise<Needed> {
  const { forge, runs } = scene;
  switch (command.verb) {
    case 'retry': {
      const run = await findProposing(scene);
      const jobs = run.conclusion === 'success' ? 'all' : 'failed';
      await runs.retry(run.id, jobs);
      const text = `Runs again: ${jobs === 'all' ? 'all jobs, since none had failed' : 'the jobs that had not succeeded'} (`;
      await sayIn(forge, comment, [
        { kind: 'paragraph', text: [{ text }, { text: 'log', href: run.url }, { text: ').' }] },
      ]);
      return NOTHING;
    }
    case 'explain':
      return { what: 'verified', run: await findVerified(scene), head: scene.pull.head };
    case 'compare': {
      const run = await findProposing(scene);
      return { what: 'compared', run: run.id, head: scene.pull.head, revision: command.revision };
    }
  }
}

/** Whoever may write may start jobs; nobody else makes a machine of ours work. Undefined for those. */
async function whyNotAnswered(forge: Forge, user: string): Promise<string | undefined> {
  const { writers } = await forge.people({ teams: [], users: [user] });
  if ('unreadable' in writers) return writers.unreadable;
  return writers.includes(user) ? undefined : `${user} may not write to this repository`;
}

/** Ours, or as `mainline init` writes it. */
function isWorkflow({ workflow }: WorkflowRun, name: string): boolean {
  return workflow === name || workflow === `mainline-${name}`;
}

/** The run of propose for the head, at its end. */
async function findProposing({ runs, pull }: Scene): Promise<WorkflowRun> {
  const all = await runs.ofCommit(pull.head, 'pull_request');
  const run = all.find(one => isWorkflow(one, 'propose'));
  if (!run) throw new ConfigurationError(`The workflow propose has not run for ${pull.head.slice(0, 7)}`);
  if (run.conclusion === 'action_required') {
    throw new ConfigurationError(`The run waits for a maintainer to allow it: ${run.url}`);
  }
  if (!run.isDone) throw new ConfigurationError(`It is running: ${run.url}`);
  return run;
}

/** The run that verified the head, by the check that it wrote there; only a workflow of the default branch counts. */
async function findVerified({ forge, runs, pull, access }: Scene): Promise<number> {
  const prefix = `${access.serverUrl}/${access.repository}/actions/runs/`;
  for (const { name, detailsUrl } of await forge.listChecks(pull.head)) {
    if (!name.startsWith(MODEL_CHECK) || !detailsUrl?.startsWith(prefix)) continue;
    const id = Number(/^\d{1,15}/u.exec(detailsUrl.slice(prefix.length))?.[0] ?? 0);
    const run = id > 0 ? await runs.get(id) : undefined;
    // This event always runs the default branch's file.
    if (run && run.event === 'workflow_run' && isWorkflow(run, 'verify')) return run.id;
  }
  throw new ConfigurationError(`Nothing is verified yet for ${pull.head.slice(0, 7)}`, {
    remedy: 'Wait for the workflow verify, or write: /mainline retry',
  });
}
