// The small team with versions that serve: where most of what happens later begins.
import { promote } from '#lib/flows/promote.ts';
import { whoServed } from '#lib/flows/who-served.ts';
import { createTeam, type Team } from './team.ts';

const PLAN = `  plan:
    steps:
      - setWeight: 10
      - pause: {}
      - setWeight: 50
      - pause: {}
`;

/** A team whose first model serves both environments. */
export async function serving(): Promise<Team> {
  const team = await createTeam();
  await team.propose('first', async () => undefined);
  await team.land('first');
  await team.release();
  await team.land('promote/parcels-1.0.0.0-staging');
  await team.rollout();
  await team.serve('1.0.0.0', 'production');
  return team;
}

/** A second version, promoted to production with a plan and accepted: it stands at 10 %. */
export async function halfWay(plan = PLAN): Promise<Team> {
  const team = await serving();
  await team.propose('better', () => lambda(team, 2));
  await team.land('better');
  await team.release();
  await team.land('promote/parcels-1.0.1.0-staging');
  await team.rollout();
  const { pull } = await promote({
    ...at(team),
    ...{ model: 'parcels', version: '1.0.1.0', to: 'production', by: 'ada' },
  });
  team.work.git('fetch', '--quiet');
  team.work.git('switch', '--quiet', '--force-create', pull.branch, `origin/${pull.branch}`);
  const file = 'models/parcels/rollout/production.yaml';
  await team.work.write(file, `${await team.work.read(file)}${plan}`);
  team.work.git('commit', '--quiet', '-am', 'with a plan');
  team.work.git('push', '--quiet', 'origin', pull.branch);
  await team.land(pull.branch);
  await team.rollout();
  return team;
}

/** Another strength of regularisation: another model, as good as the one before. */
export async function lambda({ work }: Team, value: number): Promise<void> {
  const file = 'pipelines/parcels/params.yaml';
  const text = (await work.read(file)).replace(/ *linear: .*\n/u, '');
  await work.write(file, `${text}    linear: {lambda: ${value}}\n`);
}

/** Who acts where. */
export const at = ({ work, clock }: Team) => ({ directory: work.root, now: clock, by: 'bob' });
export const production = { model: 'parcels', environment: 'production' } as const;

/** Who serves production now, in percent. */
export async function traffic(team: Team): Promise<unknown> {
  const now = team.clock();
  const answer = await whoServed({
    directory: team.work.root,
    model: 'parcels',
    at: new Date(now).toISOString(),
    now: () => now,
  });
  return Object.fromEntries(
    (answer.served[0]?.versions ?? []).map(({ version, percent }) => [version, percent]),
  );
}
