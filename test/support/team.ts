// A small team on one machine: a bare origin, a clone, CODEOWNERS and people.
import { execFileSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promote } from '#lib/flows/promote.ts';
import { propose } from '#lib/flows/propose.ts';
import { checkPull, type MergedPull, mergePull, openPull, reviewPull } from '#lib/flows/pulls.ts';
import { type Released, release } from '#lib/flows/release.ts';
import { type RolledOut, rollout } from '#lib/flows/rollout.ts';
import type { MergeMethod } from '#lib/forge/forge.ts';
import { openRepository } from '#lib/git/open-repository.ts';
import type { Repository } from '#lib/git/repository.ts';
import { createWorkspace, openWorkspace, type Workspace } from './workspace.ts';

export interface Team {
  readonly work: Workspace;
  /** Path of the bare repository. */
  readonly origin: string;
  readonly repository: Repository;
  /** The real one: git's own commands in a test read no other. */
  readonly clock: () => number;
  /** Another clone of the same origin. */
  clone(name: string): Promise<Workspace>;
  /** A branch from main with a trained model, pushed. */
  propose(branch: string, edit: () => Promise<void>): Promise<void>;
  /** Opens, checks, approves by bob (or erin), and merges. */
  land(branch: string, options?: { readonly method?: MergeMethod }): Promise<MergedPull>;
  release(): Promise<readonly Released[]>;
  rollout(): Promise<readonly RolledOut[]>;
  /** Promotes, lands the pull request and rolls it out. */
  serve(version: string, environment: string): Promise<RolledOut | undefined>;
  /** What the origin's main has. */
  read(path: string, revision?: string): Promise<string | undefined>;
  /** Commits files straight to the origin's main, past all review. */
  push(files: Readonly<Record<string, string>>, message: string): Promise<string>;
}

export const run = { threads: 1, tell: () => undefined, signal: new AbortController().signal } as const;

const CODEOWNERS = `* @acme/platform
/models/ @acme/post
/pipelines/ @acme/post
/data/ @acme/post
/model-cards/ @acme/post
`;

/** Makes the team; nothing is trained yet. */
export async function createTeam(prepare?: (work: Workspace) => Promise<void>): Promise<Team> {
  const work = await createWorkspace();
  await work.write('.github/CODEOWNERS', CODEOWNERS);
  await prepare?.(work);
  work.git('add', '--all');
  work.git('commit', '--quiet', '--allow-empty', '-m', 'owners');
  const origin = `${work.root}.git`;
  execFileSync('git', ['clone', '--quiet', '--bare', work.root, origin]);
  work.git('remote', 'add', 'origin', origin);
  work.git('fetch', '--quiet');
  await mkdir(join(origin, 'mainline'), { recursive: true });
  const people = 'teams: {acme/post: [bob, carol], acme/platform: [erin]}\n';
  await writeFile(join(origin, 'mainline', 'people.yaml'), people);
  const repository = await openRepository(origin);
  const clock = (): number => Date.now();
  const at = { directory: work.root, now: clock };
  const read = async (path: string, revision = 'main'): Promise<string | undefined> => {
    const bytes = await repository.readFile(revision, path);
    return bytes && Buffer.from(bytes).toString();
  };
  const land: Team['land'] = async (branch, { method = 'merge' } = {}) => {
    const pull = await openPull({ ...at, branch, as: 'ada' });
    await checkPull({ ...at, ...run, number: pull.number });
    await reviewPull({ ...at, number: pull.number, state: 'APPROVED', as: 'bob' });
    const merged = await mergePull({ ...at, number: pull.number, as: 'bob', method, bypass: false });
    if (merged.outcome === 'refused') throw new Error(merged.why.join('\n'));
    return merged;
  };
  return {
    work,
    origin,
    repository,
    clock,
    land,
    read,
    clone: async name => {
      const root = `${work.root}-${name}`;
      execFileSync('git', ['clone', '--quiet', origin, root]);
      return openWorkspace(root);
    },
    propose: async (branch, edit) => {
      work.git('fetch', '--quiet');
      work.git('switch', '--quiet', '--force-create', branch, 'origin/main', '--no-track');
      await edit();
      await propose({ ...at, ...run, models: [] });
      work.git('add', '--all');
      work.git('commit', '--quiet', '-m', branch);
      work.git('push', '--quiet', '--force', 'origin', branch);
    },
    release: () => release({ ...at, ...run, models: [], by: 'bob' }),
    rollout: () => rollout({ ...at, by: 'bob' }),
    serve: async (version, environment) => {
      const { pull } = await promote({ ...at, model: 'parcels', version, to: environment, by: 'ada' });
      await land(pull.branch);
      return (await rollout({ ...at, by: 'bob' })).find(one => one.environment === environment);
    },
    push: async (files, message) => {
      const main = await repository.resolve('main');
      const author = { name: 'Mallory', email: 'mallory@example.org', at: new Date(clock()).toISOString() };
      const commit = await repository.commitFiles(main, new Map(Object.entries(files)), { message, author });
      await repository.updateRef('refs/heads/main', commit, main);
      return commit;
    },
  };
}
