import { describe, expect, it } from 'vitest';
import { rolloutPath } from '#lib/rollout/intent.ts';
import { logarithm } from '../../serving/tiny-serving.ts';
import { complete, createEstate, goLive, INTENT, LIVE, PROGRESS, plan, releaseOdd } from './estate.ts';
import { startServing, statusOf, untilServes } from './served.ts';

describe('what main and the state say is served', () => {
  it('from a bare repository, and a change of either branch is taken over', async () => {
    const estate = await createEstate();
    await goLive(estate);
    const served = await startServing(estate);
    expect(await served.next('serving')).toMatchObject({ model: 'sum', traffic: { '1.0.0.0': 100 } });
    expect(await served.ask()).toEqual(LIVE);

    const intent = estate.intent('1.0.1.0', '1.0.0.0', plan);
    const main = await estate.commit('main', { [INTENT]: intent });
    expect(await served.next('serving')).toMatchObject({ traffic: { '1.0.0.0': 100 }, commits: { main } });
    const state = await estate.commit('mainline/state', {
      [PROGRESS]: estate.progress(intent, { traffic: { '1.0.0.0': 50, '1.0.1.0': 50 }, step: 1, mirror: {} }),
    });
    expect(await served.next('serving')).toMatchObject({
      traffic: { '1.0.0.0': 50, '1.0.1.0': 50 },
      commits: { main, state },
    });
    expect(await statusOf(served.url)).toMatchObject({ step: 1, problem: null, commits: { main, state } });
  });

  it('a revert of the promotion is obeyed before any machine has written anything', async () => {
    const estate = await createEstate();
    const first = await goLive(estate);
    await complete(estate, '1.0.1.0', '1.0.0.0');
    const served = await startServing(estate);
    expect(await served.next('serving')).toMatchObject({ traffic: { '1.0.1.0': 100 } });
    await estate.commit('main', { [INTENT]: first });
    expect(await served.next('serving')).toMatchObject({ traffic: { '1.0.0.0': 100 } });
    expect(await served.ask()).toEqual(LIVE);
  });

  it('to a version that no rollout has accepted, nothing is sent', async () => {
    const estate = await createEstate();
    await estate.commit('main', { [INTENT]: estate.intent('1.0.0.0', null) });
    const served = await startServing(estate);
    const { problem } = await served.next('problem');
    expect(problem).toMatchObject({ file: INTENT, remedy: 'Run: mainline rollout sum --in production' });
    expect((await served.ask())[0]).toBe(503);
    await goLive(estate);
    await served.next('mended');
    expect(await served.ask()).toEqual(LIVE);
  });

  it('only of the environment asked for; and a rollout that is deleted is no longer served', async () => {
    const estate = await createEstate();
    await goLive(estate);
    await estate.commit('main', { [rolloutPath('other', 'staging')]: 'not: read' });
    const served = await startServing(estate);
    await served.next('serving');
    await estate.commit('main', { [INTENT]: null });
    expect(await served.next('gone')).toEqual({ kind: 'gone', model: 'sum' });
    expect((await served.ask())[0]).toBe(404);
    expect(served.events.filter(({ kind }) => kind === 'problem')).toEqual([]);
  });

  it('when git has packed its refs', async () => {
    const estate = await createEstate();
    await goLive(estate);
    const served = await startServing(estate);
    await served.next('serving');
    estate.git('pack-refs', '--all');
    await complete(estate, '1.0.1.0', '1.0.0.0');
    estate.git('pack-refs', '--all');
    await untilServes(served, '1.0.1.0');
    expect(await served.ask()).toEqual([200, '1.0.1.0', 4]);
  });
});

it('counts begin anew with a step, and go on through commits that change nothing', async () => {
  const estate = await createEstate();
  await goLive(estate);
  const served = await startServing(estate);
  await served.next('serving');
  await served.ask();
  const commit = await estate.commit('main', { 'README.md': 'nothing to serve' });
  while ((await statusOf(served.url)).commits.main !== commit) await served.ask();
  expect((await statusOf(served.url)).counts['1.0.0.0']?.requests).toBeGreaterThan(0);
  await complete(estate, '1.0.1.0', '1.0.0.0');
  await untilServes(served, '1.0.1.0');
  expect((await statusOf(served.url)).counts).toEqual({});
});

it('a model that fails is told once a minute, not once a request', async () => {
  const estate = await createEstate();
  const digest = await releaseOdd(estate, '2.0.0.0', logarithm);
  const intent = estate.intent('2.0.0.0', null, { revisions: { '2.0.0.0': { model: digest } } });
  await estate.commit('main', { [INTENT]: intent });
  const live = [{ version: '2.0.0.0', model: digest }];
  await estate.commit('mainline/state', {
    [PROGRESS]: estate.progress(intent, { traffic: { '2.0.0.0': 100 }, complete: true, live }),
  });
  const served = await startServing(estate);
  await served.next('serving');
  const body = JSON.stringify({ inputs: [{ name: 'a', datatype: 'FP32', shape: [1], data: [-1] }] });
  for (let i = 0; i < 5; i++) {
    const { status } = await fetch(`${served.url}/v2/models/sum/infer`, { method: 'POST', body });
    expect(status).toBe(500);
  }
  expect(served.events.filter(({ kind }) => kind === 'failure')).toEqual([
    { kind: 'failure', text: 'sum 2.0.0.0: the answer for row 0 is NaN, not a finite number' },
  ]);
});
