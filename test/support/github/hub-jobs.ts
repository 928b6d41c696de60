// The workflows of a pull request as GitHub runs them, job by job: a fresh checkout from the server, the bundles, the event,
// a token with the rights that the workflow declares, and artifacts carried from one to the next by copying.
import { cp, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { propose as proposeHere } from '#lib/flows/propose.ts';
import { createRunner, type Ran, type Runner, type Step } from '../run-action.ts';
import { createTeam, run, type Team } from '../team.ts';
import {
  mergeGroupEvent,
  pullRequestEvent,
  pushEvent,
  type RunnerEvent,
  type Scene,
  workflowRunEvent,
} from './events.ts';
import { type Hub, openHub } from './hub.ts';
import { openGit } from './hub-pulls.ts';
import { rightsOf } from './hub-rights.ts';

/** What a run of propose.yml left behind. */
export interface Proposed {
  readonly number: number;
  readonly head: string;
  /** What download-artifact gives: one folder per model. */
  readonly uploads: string;
  /** That this run is over. */
  readonly completed: RunnerEvent;
  /** Of the jobs: what a pull request of a fork would have to write with. */
  readonly token: string;
  /** By the action's name. */
  readonly steps: Readonly<Record<string, Ran>>;
}

export interface Judged {
  readonly verify: Ran;
  readonly report: Ran;
  /** The folder that went from one to the other. */
  readonly verified: string;
}

/** How an author works; a change is trained before it is pushed, unless the runner shall do that. */
export interface Authoring {
  /** Whose fork the branch is pushed to. */
  readonly owner?: string;
  /** Where the branch begins; main as it stands without it. */
  readonly from?: string;
  readonly isTrained?: boolean;
}

export interface Shop {
  readonly team: Team;
  readonly hub: Hub;
  readonly runner: Runner;
  author(branch: string, edit: () => Promise<void>, options?: Authoring): Promise<void>;
  /** Pushes the branch as it stands. */
  push(branch: string, owner?: string): void;
  /** propose.yml for a pull request: affected, then the jobs of its models. */
  propose(number: number, options?: { readonly attempt?: number }): Promise<Proposed>;
  /** verify.yml: one job verifies, the next one reports. */
  judge(proposed: Proposed, changed?: Partial<Pick<Proposed, 'uploads' | 'completed'>>): Promise<Judged>;
  report(verified: string, completed: RunnerEvent): Promise<Ran>;
  gate(number: number): Promise<Ran>;
  release(): Promise<Ran>;
  /** propose.yml for the group of a merge queue. */
  proposeGroup(group: {
    readonly number: number;
    readonly branch: string;
    readonly commit: string;
  }): Promise<Readonly<Record<string, Ran>>>;
  close(): Promise<void>;
}

/** One algorithm is enough to be trained, judged and told. */
const ALGORITHMS = '[linear, gradient-boosting]';
/** Without released bytes of a champion nobody can say that a model is not worse. */
const AGAINST_CHAMPION = '    - {metric: rmse, notWorseThan: champion, margin: {relative: 0.05}}\n';

/** A team whose model was trained and is on main; `hasChampion` = each proposal has to be as good as the one before. */
export async function openShop({ hasChampion = false } = {}): Promise<Shop> {
  const runner = await createRunner();
  const team = await createTeam(async ({ edit }) => {
    await edit('models/parcels/model.yaml', ALGORITHMS, '[linear]');
    await edit(
      'pipelines/parcels/params.yaml',
      '    gradient-boosting: {trees: 10, leaves: 7}\n',
      '    linear: {lambda: 5}\n',
    );
    if (!hasChampion) await edit('models/parcels/model.yaml', AGAINST_CHAMPION, '');
  });
  await team.propose('main-first', async () => undefined);
  team.work.git('push', '--quiet', 'origin', 'main-first:main');
  team.work.git('push', '--quiet', 'origin', ':main-first');
  const hub = await openHub(team.origin);
  const { env } = await runner.run('setup', { workspace: runner.actions });
  const caches = new Map<string, string>();
  const forks = new Map<string, string>();
  const { work } = team;

  const checkout = async (ref?: string): Promise<string> => {
    const folder = await mkdtemp(join(tmpdir(), 'a job '));
    const git = openGit(folder);
    await git('clone', '--quiet', `${hub.server}/acme/shop.git`, '.');
    if (ref === undefined) return folder;
    await git('fetch', '--quiet', 'origin', ref);
    await git('checkout', '--quiet', '--detach', 'FETCH_HEAD');
    return folder;
  };
  const github = (event: RunnerEvent, attempt = 1): Readonly<Record<string, string>> => ({
    ...{ GITHUB_REPOSITORY: 'acme/shop', GITHUB_SERVER_URL: hub.server, GITHUB_API_URL: hub.api },
    ...{ GITHUB_SHA: event.sha, GITHUB_REF: event.ref, GITHUB_RUN_ATTEMPT: String(attempt) },
  });
  const step = (workspace: string, event: RunnerEvent, more: Partial<Step> = {}): Step => ({
    ...{ workspace, env, event, github: github(event) },
    ...more,
  });
  const followMain = (): void => {
    work.git('fetch', '--quiet');
    work.git('update-ref', 'refs/heads/main', 'refs/remotes/origin/main');
  };
  const sceneOf = async (number: number): Promise<Scene> => {
    followMain();
    const pull = await hub.get(number);
    if (!pull) throw new Error(`there is no #${number}`);
    const { branch, author, owner } = pull;
    return { fixture: work, branch, number, author, fork: `${owner}/shop` };
  };
  const runModels = async (
    workspace: string,
    event: RunnerEvent,
    { token, key, attempt = 1 }: { readonly token: string; readonly key: string; readonly attempt?: number },
  ) => {
    const uploads = await mkdtemp(join(tmpdir(), 'uploads '));
    const outputs = await mkdtemp(join(tmpdir(), 'proposals '));
    const common = { token, github: github(event, attempt) };
    const steps: Record<string, Ran> = {};
    steps.affected = await runner.run('affected', step(workspace, event, common));
    for (const model of JSON.parse(steps.affected.outputs.models ?? '[]') as readonly string[]) {
      const cache = caches.get(key);
      if (cache !== undefined) await cp(cache, join(workspace, '.dvc', 'cache'), { recursive: true });
      for (const name of ['validate-data', 'train', 'evaluate']) {
        const inputs = { model, ...(name === 'evaluate' ? { output: outputs } : {}) };
        steps[name] = await runner.run(name, step(workspace, event, { ...common, inputs }));
      }
      caches.set(key, join(workspace, '.dvc', 'cache'));
      const { path } = steps.evaluate?.outputs ?? {};
      if (path) await cp(path, join(uploads, `mainline-proposal-${model}`), { recursive: true });
    }
    return { uploads, steps };
  };
  const report: Shop['report'] = async (verified, completed) => {
    const token = hub.grant('verify/report', rightsOf('verify/report'));
    return runner.run('report', step(await checkout(), completed, { token, inputs: { verified } }));
  };
  const push: Shop['push'] = (branch, owner) => {
    work.git('push', '--quiet', '--force', owner === undefined ? 'origin' : (forks.get(owner) ?? ''), branch);
  };
  return {
    ...{ team, runner, push, report },
    hub: {
      ...hub,
      fork: async owner => {
        const path = await hub.fork(owner);
        forks.set(owner, path);
        return path;
      },
    },
    author: async (branch, edit, { owner, from = 'origin/main', isTrained = true } = {}) => {
      followMain();
      work.git('switch', '--quiet', '--force-create', branch, from, '--no-track');
      await edit();
      if (isTrained) await proposeHere({ directory: work.root, now: team.clock, ...run, models: [] });
      work.git('add', '--all');
      work.git('commit', '--quiet', '-m', branch);
      push(branch, owner);
    },
    propose: async (number, { attempt = 1 } = {}) => {
      const scene = await sceneOf(number);
      const isFork = scene.fork !== 'acme/shop';
      const token = hub.grant('propose/model', rightsOf('propose/model', { isFork }));
      const event = pullRequestEvent(scene, attempt === 1 ? 'opened' : 'synchronize');
      const workspace = await checkout(`refs/pull/${number}/merge`);
      const { uploads, steps } = await runModels(workspace, event, { token, key: `#${number}`, attempt });
      const conclusion = Object.values(steps).every(({ code }) => code === 0) ? 'success' : 'failure';
      const head = work.git('rev-parse', scene.branch);
      return {
        ...{ number, head, uploads, token, steps },
        completed: workflowRunEvent(scene, { conclusion }),
      };
    },
    judge: async (proposed, changed = {}) => {
      const { uploads, completed } = { ...proposed, ...changed };
      const verified = await mkdtemp(join(tmpdir(), 'verified '));
      const token = hub.grant('verify/verify', rightsOf('verify/verify'));
      const inputs = { proposals: uploads, output: verified };
      const verify = await runner.run('verify', step(await checkout(), completed, { token, inputs }));
      return { verify, verified, report: await report(verified, completed) };
    },
    gate: async number => {
      const event = pullRequestEvent(await sceneOf(number), 'synchronize', { isTarget: true });
      const token = hub.grant('promote-gate/gate', rightsOf('promote-gate/gate'));
      return runner.run('promote-gate', step(await checkout(), event, { token }));
    },
    release: async () => {
      followMain();
      const event = pushEvent(work);
      const token = hub.grant('release/release', rightsOf('release/release'));
      return runner.run('release', step(await checkout(), event, { token }));
    },
    proposeGroup: async ({ number, branch, commit }) => {
      const made = mergeGroupEvent(await sceneOf(number));
      const event = { ...made, sha: commit };
      const token = hub.grant('propose/model', rightsOf('propose/model'));
      const workspace = await checkout(`refs/heads/${branch}`);
      return (await runModels(workspace, event, { token, key: `#${number}` })).steps;
    },
    close: hub.shut,
  };
}
