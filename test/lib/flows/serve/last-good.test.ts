import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, test } from 'vitest';
import { rolloutPath } from '#lib/rollout/intent.ts';
import {
  complete,
  createEstate,
  type Estate,
  environment,
  goLive,
  INTENT,
  LIVE,
  PROGRESS,
  plan,
  record,
} from './estate.ts';
import { startServing, statusOf, untilServes } from './served.ts';

describe('a bad file keeps the last good state, and is told once with its place:', () => {
  const good = (estate: Estate) => estate.intent('1.0.1.0', '1.0.0.0', plan);
  test.each<[string, (estate: Estate) => string, RegExp]>([
    ['no YAML', () => 'kind: [', /not valid YAML/u],
    [
      'an unknown version',
      e => good(e).replace('version: 1.0.1.0', 'version: 7.0.0.0'),
      /7\.0\.0\.0 is not among the revisions/u,
    ],
    ['a digest that is none', e => good(e).replace(/sha256:[0-9a-f]{64}/u, 'sha256:abc'), /64 hex digits/u],
    ['a weight beyond 100', e => good(e).replace('setWeight: 50', 'setWeight: 101'), /100/u],
    [
      'a plan that goes backwards',
      e => good(e).replace('- pause: {}', '- setWeight: 20'),
      /weights must rise/u,
    ],
    ['another model', e => good(e).replace('model: sum', 'model: product'), /metadata\.model is "product"/u],
    ['an unknown key', e => good(e).replace('plan:', 'plans:'), /plans/u],
    ['a conflict somebody committed', e => `<<<<<<< HEAD\n${good(e)}=======\n>>>>>>> x\n`, /not valid YAML/u],
  ])('%s', async (_, write, words) => {
    const estate = await createEstate();
    const first = await goLive(estate);
    const served = await startServing(estate);
    await served.next('serving');
    await estate.commit('main', { [INTENT]: write(estate) });
    const { problem } = await served.next('problem');
    expect(problem.message).toMatch(words);
    expect(problem).toMatchObject({ file: INTENT, line: expect.any(Number), remedy: expect.any(String) });
    expect(await served.ask()).toEqual(LIVE);
    expect((await statusOf(served.url)).problem).toEqual(problem);
    await estate.commit('main', { 'README.md': 'another commit' });
    for (let i = 0; i < 20; i++) expect(await served.ask()).toEqual(LIVE);
    await estate.commit('main', { [INTENT]: first });
    await served.next('mended');
    expect(served.events.filter(({ kind }) => kind === 'problem')).toHaveLength(1);
    expect(await served.ask()).toEqual(LIVE);
  });
});

describe('a version that cannot be had keeps the last good state:', () => {
  /** A complete rollout to 1.0.1.0, once `spoil` has been at it. */
  async function spoiled(spoil: (estate: Estate) => Promise<unknown>) {
    const estate = await createEstate();
    await goLive(estate);
    const served = await startServing(estate);
    await served.next('serving');
    await spoil(estate);
    await complete(estate, '1.0.1.0', '1.0.0.0');
    const { problem } = await served.next('problem');
    expect(await served.ask()).toEqual(LIVE);
    return { estate, served, problem };
  }
  const fileOf = ({ store, digests }: Estate) => {
    const hex = digests['1.0.1.0']?.slice('sha256:'.length) ?? '';
    return join(store, 'sha256', hex.slice(0, 2), hex);
  };

  test('bytes that are missing, until they come', async () => {
    const { estate, served, problem } = await spoiled(one => rename(fileOf(one), join(one.root, 'away')));
    expect(problem.message).toContain('are not in the store');
    await rename(join(estate.root, 'away'), fileOf(estate));
    await untilServes(served, '1.0.1.0');
    expect(await served.ask()).toEqual([200, '1.0.1.0', 4]);
  });

  test('bytes that are others', async () => {
    const { problem } = await spoiled(one => writeFile(fileOf(one), 'damaged'));
    expect(problem.message).toContain('other bytes');
  });

  test('a record that is missing', async () => {
    const path = 'models/sum/versions/1.0.1.0.yaml';
    const { problem } = await spoiled(one => one.commit('mainline/state', { [path]: null }));
    expect(problem).toMatchObject({ file: INTENT, line: expect.any(Number) });
    expect(problem.message).toContain('was never released');
  });

  test('a record with another digest than the rollout', async () => {
    const path = 'models/sum/versions/1.0.1.0.yaml';
    const other = (one: Estate) =>
      record('sum', { version: '1.0.1.0', digest: one.digests['1.0.2.0'] ?? '', bytes: new Uint8Array(9) });
    const { problem } = await spoiled(one => one.commit('mainline/state', { [path]: other(one) }));
    expect(problem.message).toContain('was released with other bytes');
  });

  test('a damaged progress', async () => {
    const estate = await createEstate();
    await goLive(estate);
    const served = await startServing(estate);
    await served.next('serving');
    await estate.commit('mainline/state', { [PROGRESS]: 'kind: RolloutProgress\n' });
    const { problem } = await served.next('problem');
    expect(problem.file).toBe(PROGRESS);
    expect(await served.ask()).toEqual(LIVE);
  });

  test('one that has no traffic yet is told, and what has traffic goes on to move', async () => {
    const estate = await createEstate();
    await goLive(estate);
    await rm(fileOf(estate));
    const served = await startServing(estate);
    await served.next('serving');
    await estate.commit('main', { [INTENT]: estate.intent('1.0.1.0', '1.0.0.0', plan) });
    expect((await served.next('problem')).problem.message).toContain('are not in the store');
    expect(await statusOf(served.url)).toMatchObject({
      traffic: { '1.0.0.0': 100 },
      why: expect.stringContaining('1.0.1.0'),
    });
  });
});

it('a server that begins after the file went bad serves what the one before it served', async () => {
  const estate = await createEstate();
  const intent = await goLive(estate);
  const next = estate.intent('1.0.1.0', '1.0.0.0', plan);
  await estate.commit('main', { [INTENT]: next });
  const traffic = { '1.0.0.0': 0, '1.0.1.0': 100 };
  await estate.commit('mainline/state', { [PROGRESS]: estate.progress(next, { traffic, step: 1 }) });
  await estate.commit('main', { [INTENT]: 'kind: [' });
  await estate.commit('main', { [INTENT]: 'kind: {' });
  const served = await startServing(estate);
  await served.next('serving');
  expect((await served.next('problem')).problem.message).toContain('not valid YAML');
  expect(await served.ask()).toEqual([200, '1.0.1.0', 4]);
  await estate.commit('main', { [INTENT]: intent });
  await served.next('mended');
  expect(await served.ask()).toEqual(LIVE);
});

it('a model that cannot follow holds up no other', async () => {
  const estate = await createEstate();
  await goLive(estate);
  await estate.commit('main', { [rolloutPath('broken', environment)]: 'kind: [' });
  const served = await startServing(estate);
  expect(await served.next('problem')).toMatchObject({ model: 'broken' });
  await complete(estate, '1.0.1.0', '1.0.0.0');
  await untilServes(served, '1.0.1.0');
  expect((await fetch(`${served.url}/v2/models/broken/ready`)).status).toBe(503);
  expect((await fetch(`${served.url}/v2/health/ready`)).status).toBe(200);
});
