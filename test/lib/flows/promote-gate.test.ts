// The gate of a promotion on the forge of this machine; what decides is the same on every forge.
import { expect, it } from 'vitest';
import { promote } from '#lib/flows/promote.ts';
import { promoteGate } from '#lib/flows/promote-gate.ts';
import { reviewPull } from '#lib/flows/pulls.ts';
import { openLocalForge } from '#lib/forge/local.ts';
import { openFolderStore } from '#lib/storage/folder.ts';
import { at, lambda, serving } from '../../support/serving-team.ts';

it('is red with every reason, green when an owner has approved, and green where nothing is promoted', async () => {
  const team = await serving();
  const { repository, work } = team;
  const forge = openLocalForge(repository);
  const host = { repository, forge, store: openFolderStore(work.path('.mainline/store')) };
  await team.propose('better', () => lambda(team, 2));
  const { pull: proposal } = await team.land('better');
  expect(await promoteGate(host, { number: proposal.number })).toMatchObject({
    ...{ conclusion: 'success', title: 'It promotes nothing' },
  });
  await team.release();
  const staging = (await forge.listPulls())[0]?.branch ?? '';
  const version = /parcels-(.*)-staging/u.exec(staging)?.[1] ?? '';
  await team.land(staging);
  await team.rollout();
  const { pull } = await promote({ ...at(team), model: 'parcels', version, to: 'production', by: 'ada' });
  const { number } = pull;
  const held = await promoteGate(host, { number });
  expect(held).toMatchObject({ conclusion: 'failure' });
  expect(held.summary).toContain('models/parcels/rollout/production.yaml');
  await reviewPull({ ...at(team), number, state: 'APPROVED', as: 'ada' });
  expect((await promoteGate(host, { number })).summary).toMatch(/1\sreview without effect.*ada/su);
  await reviewPull({ ...at(team), number, state: 'APPROVED', as: 'bob' });
  expect(await promoteGate(host, { number })).toMatchObject({ conclusion: 'success' });
  const checks = await forge.listChecks(pull.head);
  expect(checks.find(({ name }) => name === 'mainline/approval')).toMatchObject({ conclusion: 'success' });
  const queued = 'a'.repeat(40);
  await promoteGate(host, { number, commit: queued });
  expect(await forge.listChecks(queued)).toMatchObject([{ name: 'mainline/approval' }]);
});
