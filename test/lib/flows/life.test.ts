// The life of a model with real git, from proposal to rollback: what people do, in their order.
import { expect, it } from 'vitest';
import { abort, advance } from '#lib/flows/move-rollout.ts';
import { promote } from '#lib/flows/promote.ts';
import { mergePull, openPull, reviewPull, showPull } from '#lib/flows/pulls.ts';
import { release } from '#lib/flows/release.ts';
import { rollback } from '#lib/flows/rollback.ts';
import { verifyAudit } from '#lib/flows/verify-audit.ts';
import { at, halfWay, lambda, production, serving, traffic } from '../../support/serving-team.ts';
import { createTeam, run } from '../../support/team.ts';

it('a proposal becomes a version, which serves staging and then production, and the audit knows', async () => {
  const team = await serving();
  expect(await traffic(team)).toEqual({ '1.0.0.0': 100 });
  expect(await verifyAudit({ directory: team.work.root })).toMatchObject({
    problems: [],
    chains: { parcels: 3 },
  });
  expect(team.work.git('ls-remote', '--tags', 'origin')).toMatch(/refs\/tags\/parcels@v1\.0\.0\+0$/mu);
  const [again] = await team.release();
  expect(again).toMatchObject({ outcome: 'already released', record: { metadata: { version: '1.0.0.0' } } });
});

it('the plan is walked by hand, and its end is all traffic', async () => {
  const team = await halfWay();
  expect(await traffic(team)).toEqual({ '1.0.0.0': 90, '1.0.1.0': 10 });
  const step = () => advance({ ...at(team), ...production, servers: [] });
  expect(await step()).toMatchObject({ outcome: 'advanced' });
  expect(await traffic(team)).toEqual({ '1.0.0.0': 50, '1.0.1.0': 50 });
  expect(await step()).toMatchObject({ outcome: 'advanced', progress: { spec: { complete: true } } });
  expect(await traffic(team)).toEqual({ '1.0.1.0': 100 });
  expect(await step()).toMatchObject({ outcome: 'waiting' });
  const reverted = await rollback({ ...at(team), ...production, reason: 'too slow' });
  expect(reverted).toMatchObject({ from: '1.0.1.0', to: '1.0.0.0' });
  expect(await traffic(team)).toEqual({ '1.0.0.0': 100 });
  await expect(rollback({ ...at(team), ...production, reason: 'again' })).rejects.toThrow(
    'a rollback already',
  );
  expect((await verifyAudit({ directory: team.work.root })).problems).toEqual([]);
});

it('an abort holds the live version at once, and the same attempt is not taken up again', async () => {
  const team = await halfWay();
  await abort({ ...at(team), ...production, reason: 'errors' });
  expect(await traffic(team)).toEqual({ '1.0.0.0': 100 });
  expect(await advance({ ...at(team), ...production, servers: [] })).toMatchObject({ outcome: 'waiting' });
  const refused = (await team.rollout()).find(({ environment }) => environment === 'production');
  expect(refused).toMatchObject({ outcome: 'refused', why: expect.stringContaining('raise attempt to 2') });
  const { pull } = await promote({
    ...at(team),
    ...{ model: 'parcels', version: '1.0.1.0', to: 'production', by: 'ada' },
  });
  await team.land(pull.branch);
  await team.rollout();
  expect(await traffic(team)).toEqual({ '1.0.0.0': 90, '1.0.1.0': 10 });
});

it('git revert of the promotion works at every step, and reverting it again never skips the plan', async () => {
  const team = await halfWay();
  const revert = (): void => {
    team.work.git('switch', '--quiet', '--force-create', 'oncall', 'origin/main');
    team.work.git('pull', '--quiet');
    const merge = team.work.git('rev-list', '-1', '--first-parent', 'HEAD');
    const parents = team.work.git('rev-list', '--parents', '-1', merge).split(' ').length - 1;
    team.work.git('revert', '--no-edit', ...(parents > 1 ? ['-m', '1'] : []), merge);
    team.work.git('push', '--quiet', 'origin', 'HEAD:main');
  };
  team.work.git('fetch', '--quiet');
  revert();
  expect(await traffic(team)).toEqual({ '1.0.0.0': 100 });
  await team.rollout();
  expect(await traffic(team)).toEqual({ '1.0.0.0': 100 });
  revert();
  expect(await traffic(team)).toEqual({ '1.0.0.0': 100 });
  const again = (await team.rollout()).find(({ environment }) => environment === 'production');
  expect(again).toMatchObject({ outcome: 'accepted', why: expect.stringContaining('accepted before') });
  expect(await traffic(team)).toEqual({ '1.0.0.0': 90, '1.0.1.0': 10 });
});

it('what came to main past review moves no traffic', async () => {
  const team = await halfWay();
  await advance({ ...at(team), ...production, servers: [] });
  await advance({ ...at(team), ...production, servers: [] });
  await team.propose('third', () => lambda(team, 3));
  await team.land('third');
  await team.release();
  await team.land('promote/parcels-1.0.2.0-staging');
  await team.rollout();
  const { pull } = await promote({
    ...at(team),
    ...{ model: 'parcels', version: '1.0.2.0', to: 'production', by: 'ada' },
  });
  const why = await mergePull({
    ...at(team),
    number: pull.number,
    as: 'ada',
    method: 'squash',
    bypass: false,
  });
  expect(why).toMatchObject({ outcome: 'refused' });
  await mergePull({ ...at(team), number: pull.number, as: 'ada', method: 'squash', bypass: true });
  const refused = (await team.rollout()).find(({ environment }) => environment === 'production');
  expect(refused).toMatchObject({ outcome: 'refused', why: expect.stringContaining('was not approved') });
  expect(await traffic(team)).toEqual({ '1.0.1.0': 100 });
  const file = 'models/parcels/rollout/staging.yaml';
  const staging = await team.read(file);
  await team.push({ [file]: `${staging}  sticky: {key: "header:x-user"}\n` }, 'just a small thing');
  const accepted = (await team.rollout()).find(({ environment }) => environment === 'staging');
  expect(accepted, 'the version was approved there before').toMatchObject({ outcome: 'accepted' });
  expect((await verifyAudit({ directory: team.work.root })).problems).toEqual([]);
});

it('an approval counts for the content it saw, and never that of an author', async () => {
  const team = await createTeam();
  await team.propose('first', async () => undefined);
  const { number } = await openPull({ ...at(team), branch: 'first', as: 'ada' });
  const review = (as: string) => reviewPull({ ...at(team), number, state: 'APPROVED', as });
  expect(await review('ada')).toMatchObject({ ignored: expect.stringContaining('opened it') });
  expect(await review('bob')).toMatchObject({ ignored: undefined, shown: { decision: { approved: true } } });
  await team.work.write('models/parcels/notes.md', 'one more thing\n');
  team.work.git('add', '--all');
  team.work.git('commit', '--quiet', '-m', 'one more thing');
  team.work.git('push', '--quiet', 'origin', 'first');
  const stale = (await showPull({ ...at(team), number })).decision;
  expect(stale).toMatchObject({
    approved: false,
    ignored: expect.arrayContaining([expect.objectContaining({ login: 'bob', why: 'stale' })]),
  });
  expect((await review('carol')).shown.decision.approved).toBe(true);
});

it('a version reaches production only through staging', async () => {
  const team = await createTeam();
  await team.propose('first', async () => undefined);
  await team.land('first');
  await team.release();
  const to = (environment: string) =>
    promote({ ...at(team), model: 'parcels', version: '1.0.0.0', to: environment });
  await expect(to('production')).rejects.toThrow('1.0.0.0 does not serve staging yet');
  await expect(to('prodution')).rejects.toThrow('no environment prodution');
  await expect(promote({ ...at(team), model: 'parcels', version: '1.0.0.1', to: 'staging' })).rejects.toThrow(
    'parcels has no version 1.0.0.1',
  );
});

it('a model whose gates fail on main gets no number, and the refusal is on record once', async () => {
  const team = await createTeam(work => work.edit('models/parcels/model.yaml', 'atMost: 3', 'atMost: 0.1'));
  await team.propose('first', async () => undefined);
  const { number } = await openPull({ ...at(team), branch: 'first', as: 'ada' });
  await mergePull({ ...at(team), number, as: 'ada', method: 'merge', bypass: true });
  const results = [await team.release(), await team.release()].flat();
  expect(results).toMatchObject([{ outcome: 'refused' }, { outcome: 'refused' }]);
  expect(await verifyAudit({ directory: team.work.root })).toMatchObject({
    chains: { parcels: 1 },
    problems: [],
  });
});

it("main's files that give another model than main's lock names are not released", async () => {
  const team = await createTeam();
  await team.propose('first', async () => undefined);
  await team.land('first');
  const params = await team.read('pipelines/parcels/params.yaml');
  await team.push({ 'pipelines/parcels/params.yaml': `${params}    linear: {lambda: 4}\n` }, 'sneaky');
  await expect(release({ ...at(team), ...run, models: [] })).rejects.toThrow(
    'The files on main give another model.onnx',
  );
});

it('a pinned baseline is a version of the registry, whatever serves now', async () => {
  const team = await createTeam();
  await team.propose('first', async () => undefined);
  await team.land('first');
  await team.release();
  const pin = async (version: string): Promise<void> => {
    const file = 'models/parcels/model.yaml';
    await team.work.edit(file, '  gates:\n', `  baseline: ${version}\n  gates:\n`);
    await team.work.edit(
      file,
      '    - {metric: rmse, betterThan: trivial}\n',
      '    - {metric: rmse, betterThan: trivial}\n    - {metric: rmse, notWorseThan: baseline, margin: {relative: 0}}\n',
    );
  };
  await team.propose('pinned', async () => {
    await pin('1.0.0.0');
    await lambda(team, 1);
  });
  await team.land('pinned');
  const gate = { id: 'rmse notWorseThan baseline within 0 %', outcome: 'passed' };
  expect(await team.release()).toMatchObject([
    { record: { spec: { verdict: { gates: expect.arrayContaining([gate]) } } } },
  ]);
  await team.propose('unknown', () =>
    team.work.edit('models/parcels/model.yaml', 'baseline: 1.0.0.0', 'baseline: 7.0.0.0'),
  );
  await expect(team.land('unknown')).rejects.toThrow('The check mainline/model/parcels failed');
});
