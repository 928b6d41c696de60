// The schedule: the clock is the only thing that moves here.
import { expect, it } from 'vitest';
import { advanceAll } from '#lib/flows/advance-all.ts';
import { abort } from '#lib/flows/move-rollout.ts';
import { at, halfWay, production, traffic } from '../../support/serving-team.ts';

const HOUR = 3_600_000;
const PLAN = `  plan:
    steps:
      - setWeight: 10
      - pause: {duration: 1h}
      - setWeight: 50
      - pause: {}
`;

it('a pause ends when its time is over, and one that waits for a person never does', async () => {
  const team = await halfWay(PLAN);
  const tick = (hours: number) =>
    advanceAll({ directory: team.work.root, by: 'schedule', now: () => team.clock() + hours * HOUR });
  expect(await tick(0.5)).toMatchObject([{ ...production, outcome: 'waiting' }]);
  expect(await traffic(team)).toEqual({ '1.0.0.0': 90, '1.0.1.0': 10 });
  expect(await tick(2)).toMatchObject([{ ...production, outcome: 'advanced' }]);
  expect(await tick(200)).toMatchObject([{ outcome: 'waiting', why: expect.stringContaining('person') }]);
});

it('what is held or broken is left alone, and holds up nothing', async () => {
  const team = await halfWay(PLAN);
  await team.push({ 'models/parcels/rollout/staging.yaml': 'kind: Rollout\n' }, 'broken');
  await abort({ ...at(team), ...production, reason: 'errors' });
  const moved = await advanceAll({ directory: team.work.root, by: 'schedule', now: team.clock });
  expect(moved).toMatchObject([{ environment: 'staging', outcome: 'refused' }]);
});
