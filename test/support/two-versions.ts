// A bare repository in which parcels 1.0.0.0 serves production and 1.0.1.0 stands at 10 %, made once by the real commands;
// each test works on a copy of it, as that costs a hundredth.
import { execFileSync } from 'node:child_process';
import { cp, mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { advance } from '#lib/flows/move-rollout.ts';
import { promote } from '#lib/flows/promote.ts';
import { type RolledOut, rollout } from '#lib/flows/rollout.ts';
import { openRepository } from '#lib/git/open-repository.ts';
import { createTeam, type Team } from './team.ts';
import { openWorkspace, type Workspace } from './workspace.ts';

export const OLD = '1.0.0.0';
export const NEW = '1.0.1.0';
export const ROLLOUT = 'models/parcels/rollout/production.yaml';
export const PROGRESS = 'rollout/parcels/production.yaml';
export const STATE = 'mainline/state';

const PLAN = `  plan:
    steps:
      - setWeight: 10
      - pause: {}
      - setWeight: 50
      - pause: {}
  sticky: {key: "header:x-user"}
`;

/** Files to set (text, bytes) or remove (null). */
export type Files = Readonly<Record<string, string | Uint8Array | null>>;

/** A copy of the repository, and what people and machines do to it. */
export interface Stage {
  /** The bare repository. */
  readonly origin: string;
  /** A clone of it. */
  readonly work: Workspace;
  /** A file's text at main or at another branch. */
  read(path: string, branch?: string): Promise<string>;
  /** Commits straight to main, as a push past every review would. */
  push(files: Files): Promise<string>;
  /** Commits straight to the state branch, as only the machines do. */
  pushState(files: Files): Promise<string>;
  /** `git revert` of the newest commit that changed parcels' rollout, merge or not, pushed. @returns the new commit */
  revert(): string;
  advance(): Promise<void>;
  rollout(): Promise<readonly RolledOut[]>;
}

/** Makes the repository; some seconds, since two models are trained. @returns the path of the bare repository */
export async function createTwoVersions(): Promise<string> {
  const team = await createTeam();
  await team.propose('first', async () => undefined);
  await team.land('first');
  await team.release();
  await team.land(`promote/parcels-${OLD}-staging`);
  await team.rollout();
  await team.serve(OLD, 'production');
  await team.propose('better', () => strengthen(team));
  await team.land('better');
  await team.release();
  await team.land(`promote/parcels-${NEW}-staging`);
  await team.rollout();
  await promoteWithPlan(team);
  await addLetters(team);
  return team.origin;
}

/** A second model, letters, as far as parcels is: its files with another name, of the same bytes. */
async function addLetters({ read, push, repository }: Team): Promise<void> {
  const copyOf = async (path: string, branch: string): Promise<readonly [string, string]> => [
    path.replace('parcels', 'letters'),
    `${await read(path, branch)}`.replace('model: parcels', 'model: letters'),
  ];
  const records = [OLD, NEW].map(version => `models/parcels/versions/${version}.yaml`);
  const files = new Map(await Promise.all([PROGRESS, ...records].map(path => copyOf(path, STATE))));
  const parent = await repository.resolve(STATE);
  const author = { name: 'Ada', email: 'ada@example.org', at: new Date().toISOString() };
  const commit = await repository.commitFiles(parent, files, { message: 'letters', author });
  await repository.updateRef(`refs/heads/${STATE}`, commit, parent);
  await push(Object.fromEntries([await copyOf(ROLLOUT, 'main')]), 'letters');
}

/** Another strength of regularisation: another model, as good as the one before. */
async function strengthen({ work }: Team): Promise<void> {
  const file = 'pipelines/parcels/params.yaml';
  await work.write(file, `${await work.read(file)}    linear: {lambda: 2}\n`);
}

async function promoteWithPlan(team: Team): Promise<void> {
  const { work, clock } = team;
  const { pull } = await promote({
    ...{ directory: work.root, now: clock, by: 'ada' },
    ...{ model: 'parcels', version: NEW, to: 'production' },
  });
  work.git('fetch', '--quiet');
  work.git('switch', '--quiet', '--force-create', pull.branch, `origin/${pull.branch}`);
  await work.write(ROLLOUT, `${await work.read(ROLLOUT)}${PLAN}`);
  work.git('commit', '--quiet', '-am', 'with a plan');
  work.git('push', '--quiet', 'origin', pull.branch);
  await team.land(pull.branch);
  await team.rollout();
}

const opened: string[] = [];

/** A copy of its own for one test. */
export async function openStage(template: string): Promise<Stage> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'a stage ')));
  opened.push(folder);
  const [origin, root] = [join(folder, 'shop.git'), join(folder, 'shop')];
  await cp(template, origin, { recursive: true });
  execFileSync('git', ['clone', '--quiet', origin, root]);
  const work = openWorkspace(root);
  const repository = await openRepository(origin);
  const at = { directory: root, now: () => Date.now(), by: 'bob' };
  const commit = async (ref: string, files: Files): Promise<string> => {
    const parent = await repository.resolve(ref);
    const author = { name: 'Mallory', email: 'mallory@example.org', at: new Date().toISOString() };
    const next = await repository.commitFiles(parent, new Map(Object.entries(files)), {
      message: 'straight in',
      author,
    });
    if (!(await repository.updateRef(ref, next, parent))) throw new Error(`${ref} moved under the test`);
    return next;
  };
  return {
    ...{ origin, work },
    read: async (path, branch = 'main') => {
      const bytes = await repository.readFile(branch, path);
      if (!bytes) throw new Error(`${branch} has no ${path}`);
      return Buffer.from(bytes).toString();
    },
    push: files => commit('refs/heads/main', files),
    pushState: files => commit('refs/heads/mainline/state', files),
    revert: () => {
      work.git('fetch', '--quiet');
      work.git('switch', '--quiet', '--force-create', 'oncall', '--no-track', 'origin/main');
      const last = work.git('rev-list', '-1', '--first-parent', 'HEAD', '--', ROLLOUT);
      const parents = work.git('rev-list', '--parents', '-1', last).split(' ').length - 1;
      work.git('revert', '--no-edit', ...(parents > 1 ? ['-m', '1'] : []), last);
      work.git('push', '--quiet', 'origin', 'HEAD:main');
      return work.git('rev-parse', 'HEAD');
    },
    advance: async () => {
      const moved = await advance({ ...at, model: 'parcels', environment: 'production', servers: [] });
      if (moved.outcome !== 'advanced') throw new Error(`the rollout did not move: ${moved.outcome}`);
    },
    rollout: () => rollout(at),
  };
}

/** Removes every copy. */
export async function closeStages(): Promise<void> {
  for (const folder of opened.splice(0)) {
    await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
  }
}
