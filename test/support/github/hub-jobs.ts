// The workflows of a pull request as GitHub runs them, job by job: a fresh checkout from the server, the bundles, the event,
// a token with the rights that the workflow declares, and artifacts carried from one to the next by copying.
import { cp, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Ran, Runner, Step } from '../run-action.ts';
import type { Workspace } from '../workspace.ts';
import {
  mergeGroupEvent,
  pullRequestEvent,
  pushEvent,
  type RunnerEvent,
  type Scene,
  workflowRunEvent,
} from './events.ts';
import type { Hub } from './hub.ts';
import { type Group, openGit } from './hub-pulls.ts';
import { rightsOf } from './hub-rights.ts';
import { overlay } from './sample.ts';

/** What a run of propose.yml left behind. */
export interface Proposed {
  readonly number: number;
  readonly head: string;
  /** What download-artifact gives: one folder per model. */
  readonly uploads: string;
  /** That this run is over. */
  readonly completed: RunnerEvent;
  /** By the action's name. */
  readonly steps: Readonly<Record<string, Ran>>;
}

export interface Judged {
  readonly verify: Ran;
  readonly report: Ran;
  /** The folder that went from one to the other. */
  readonly verified: string;
}

export interface Jobs {
  /** propose.yml for a pull request: affected, then the jobs of its models. */
  propose(number: number, options?: { readonly attempt?: number }): Promise<Proposed>;
  /** The same for the group of a merge queue. */
  proposeGroup(group: Group): Promise<Proposed>;
  /** verify.yml: one job verifies, the next one reports. */
  judge(proposed: Proposed, changed?: Partial<Pick<Proposed, 'uploads' | 'completed'>>): Promise<Judged>;
  report(verified: string, completed: RunnerEvent): Promise<Ran>;
  gate(number: number): Promise<Ran>;
  release(): Promise<Ran>;
}

/** Where jobs run, and whose repository that is. */
export interface Yard {
  readonly runner: Runner;
  /** What `setup` exports. */
  readonly env: Readonly<Record<string, string>>;
  readonly hub: Hub;
  /** The clone that events are made of. */
  readonly work: Workspace;
}

/** The last head that a pull request was proposed with, and the folder of its cache. */
interface Memory {
  readonly heads: Map<number, string>;
  readonly caches: Map<number, string>;
}

export function openJobs(yard: Yard): Jobs {
  const memory: Memory = { heads: new Map(), caches: new Map() };
  const report: Jobs['report'] = (verified, completed) =>
    runJob(yard, completed, { job: 'verify/report', action: 'report', inputs: { verified } });
  return {
    report,
    propose: (number, { attempt = 1 } = {}) => propose(yard, memory, { number, attempt }),
    proposeGroup: group => proposeGroup(yard, memory, group),
    judge: async (proposed, changed = {}) => {
      const { uploads, completed } = { ...proposed, ...changed };
      const verified = await mkdtemp(join(tmpdir(), 'verified '));
      const inputs = { proposals: uploads, output: verified };
      const verify = await runJob(yard, completed, { job: 'verify/verify', action: 'verify', inputs });
      return { verify, verified, report: await report(verified, completed) };
    },
    gate: async number => {
      const event = pullRequestEvent(await sceneOf(yard, number), 'synchronize', { isTarget: true });
      return runJob(yard, event, { job: 'promote-gate/gate', action: 'promote-gate' });
    },
    release: async () => {
      followMain(yard.work);
      return runJob(yard, pushEvent(yard.work), { job: 'release/release', action: 'release' });
    },
  };
}

/** Brings a clone's main to where that of its origin is; whatever is checked out stays. */
export function followMain(work: Workspace): void {
  work.git('fetch', '--quiet');
  work.git('update-ref', 'refs/heads/main', 'refs/remotes/origin/main');
}

/** A job of one action in a checkout of the default branch. */
async function runJob(
  yard: Yard,
  event: RunnerEvent,
  {
    job,
    action,
    inputs = {},
  }: { readonly job: string; readonly action: string; readonly inputs?: Step['inputs'] },
): Promise<Ran> {
  const token = yard.hub.grant(job, rightsOf(job));
  return yard.runner.run(action, stepOf(yard, await checkout(yard), { event, token, inputs }));
}

async function checkout({ hub }: Yard, ref?: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'a job '));
  const git = openGit(folder);
  await git('clone', '--quiet', `${hub.server}/acme/shop.git`, '.');
  if (ref === undefined) return folder;
  await git('fetch', '--quiet', 'origin', ref);
  await git('checkout', '--quiet', '--detach', 'FETCH_HEAD');
  return folder;
}

interface OwnStep extends Pick<Step, 'inputs' | 'token'> {
  readonly event: RunnerEvent;
  readonly attempt?: number;
}

function stepOf({ env, hub }: Yard, workspace: string, { event, attempt = 1, ...step }: OwnStep): Step {
  const github = {
    ...{ GITHUB_REPOSITORY: 'acme/shop', GITHUB_SERVER_URL: hub.server, GITHUB_API_URL: hub.api },
    ...{ GITHUB_SHA: event.sha, GITHUB_REF: event.ref, GITHUB_RUN_ATTEMPT: String(attempt) },
  };
  return { ...{ workspace, env, event, github }, ...step };
}

async function sceneOf({ hub, work }: Yard, number: number): Promise<Scene> {
  followMain(work);
  const pull = await hub.get(number);
  if (!pull) throw new Error(`there is no #${number}`);
  const { branch, author, owner } = pull;
  return { fixture: work, branch, number, author, fork: `${owner}/shop` };
}

async function propose(
  yard: Yard,
  memory: Memory,
  { number, attempt }: { readonly number: number; readonly attempt: number },
): Promise<Proposed> {
  const scene = await sceneOf(yard, number);
  const head = yard.work.git('rev-parse', scene.branch);
  const before = memory.heads.get(number) ?? head;
  memory.heads.set(number, head);
  const event = pullRequestEvent(scene, before === head ? 'opened' : 'synchronize', { before });
  const rights = rightsOf('propose/model', { isFork: scene.fork !== 'acme/shop' });
  const token = yard.hub.grant('propose/model', rights);
  const workspace = await checkout(yard, `refs/pull/${number}/merge`);
  const ran = await runModels(yard, workspace, { event, token, attempt, number, memory });
  const conclusion = hasPassed(ran.steps) ? 'success' : 'failure';
  return { ...ran, number, head, completed: workflowRunEvent(scene, { conclusion }) };
}

async function proposeGroup(
  yard: Yard,
  memory: Memory,
  { number, branch, commit }: Group,
): Promise<Proposed> {
  const scene = await sceneOf(yard, number);
  const made = mergeGroupEvent(scene);
  const group = { head_sha: commit, head_ref: `refs/heads/${branch}` };
  const event = { ...made, sha: commit, payload: overlay(made.payload, { merge_group: group }) };
  const token = yard.hub.grant('propose/model', rightsOf('propose/model'));
  const workspace = await checkout(yard, `refs/heads/${branch}`);
  const ran = await runModels(yard, workspace, { event, token, number, memory });
  const conclusion = hasPassed(ran.steps) ? 'success' : 'failure';
  const over = workflowRunEvent(scene, { conclusion, event: 'merge_group' });
  const run = { workflow_run: { head_sha: commit, head_branch: branch } };
  return { ...ran, number, head: commit, completed: { ...over, payload: overlay(over.payload, run) } };
}

const hasPassed = (steps: Proposed['steps']): boolean => Object.values(steps).every(({ code }) => code === 0);

interface ModelsJob extends OwnStep {
  readonly number: number;
  readonly memory: Memory;
}

/** The cache of a pull request is restored and saved as actions/cache does it. */
async function runModels(
  yard: Yard,
  workspace: string,
  { number, memory: { caches }, ...step }: ModelsJob,
): Promise<Pick<Proposed, 'uploads' | 'steps'>> {
  const { runner } = yard;
  const uploads = await mkdtemp(join(tmpdir(), 'uploads '));
  const output = await mkdtemp(join(tmpdir(), 'proposals '));
  const steps: Record<string, Ran> = {};
  steps.affected = await runner.run('affected', stepOf(yard, workspace, step));
  for (const model of JSON.parse(steps.affected.outputs.models ?? '[]') as readonly string[]) {
    const cache = caches.get(number);
    if (cache !== undefined) await cp(cache, join(workspace, '.dvc', 'cache'), { recursive: true });
    for (const name of ['validate-data', 'train', 'evaluate']) {
      const inputs = name === 'evaluate' ? { model, output } : { model };
      steps[name] = await runner.run(name, stepOf(yard, workspace, { ...step, inputs }));
    }
    caches.set(number, join(workspace, '.dvc', 'cache'));
    const { path } = steps.evaluate?.outputs ?? {};
    if (path) await cp(path, join(uploads, `mainline-proposal-${model}`), { recursive: true });
  }
  return { uploads, steps };
}
