// A small team whose repository is on the hub: authors with forks and branches, and the jobs that run for them.
import { propose } from '#lib/flows/propose.ts';
import { createRunner } from '../run-action.ts';
import { createTeam, run, type Team } from '../team.ts';
import type { Workspace } from '../workspace.ts';
import { type Hub, openHub } from './hub.ts';
import { followMain, type Jobs, openJobs } from './hub-jobs.ts';

/** How an author works; a change is trained before it is pushed, unless the runner shall do that. */
export interface Authoring {
  /** Whose fork the branch is pushed to. */
  readonly owner?: string;
  /** Where the branch begins; main as it stands without it. */
  readonly from?: string;
  readonly isTrained?: boolean;
}

export interface Shop extends Jobs {
  readonly team: Team;
  readonly hub: Hub;
  /** One commit on a branch that begins anew, pushed by force. */
  author(branch: string, edit: () => Promise<void>, options?: Authoring): Promise<void>;
  /** Pushes the branch as it stands, by force. */
  push(branch: string, owner?: string): Promise<void>;
  close(): Promise<void>;
}

/** Without released bytes of a champion nobody can say that a model is not worse. */
const AGAINST_CHAMPION = '    - {metric: rmse, notWorseThan: champion, margin: {relative: 0.05}}\n';

/** One algorithm is enough to be trained, judged and told. */
async function simplify({ edit }: Workspace): Promise<void> {
  await edit('models/parcels/model.yaml', '[linear, gradient-boosting]', '[linear]');
  const params = 'pipelines/parcels/params.yaml';
  await edit(params, 'gradient-boosting: {trees: 10, leaves: 7}', 'linear: {lambda: 5}');
}

/** A team whose model was trained and is on main; `hasChampion` = each proposal has to be as good as the one before. */
export async function openShop({ hasChampion = false } = {}): Promise<Shop> {
  const runner = await createRunner();
  const team = await createTeam(async work => {
    await simplify(work);
    if (!hasChampion) await work.edit('models/parcels/model.yaml', AGAINST_CHAMPION, '');
  });
  const { work } = team;
  await team.propose('begin', async () => undefined);
  work.git('push', '--quiet', 'origin', 'begin:main', ':begin');
  const hub = await openHub(team.origin);
  const { env } = await runner.run('setup', { workspace: runner.actions });
  const push: Shop['push'] = async (branch, owner) => {
    const to = owner === undefined ? 'origin' : hub.pathOf(owner);
    work.git('push', '--quiet', '--force', to, branch);
  };
  return {
    ...openJobs({ runner, env, hub, work }),
    ...{ team, hub, push, close: hub.shut },
    author: async (branch, edit, { owner, from = 'origin/main', isTrained = true } = {}) => {
      followMain(work);
      work.git('switch', '--quiet', '--force-create', branch, from, '--no-track');
      await edit();
      if (isTrained) await propose({ directory: work.root, now: team.clock, ...run, models: [] });
      work.git('add', '--all');
      work.git('commit', '--quiet', '-m', branch);
      await push(branch, owner);
    },
  };
}
