import { execFileSync, spawn } from 'node:child_process';
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, test } from 'vitest';
import { rolloutPath } from '#lib/rollout/intent.ts';
import { progressPath } from '#lib/rollout/progress.ts';
import type { RolloutStatus } from '#lib/serving/status.ts';
import { logarithm } from '../../serving/tiny-serving.ts';
import {
  createEstate,
  type Estate,
  environment,
  goLive,
  record,
  releaseOdd,
  type Served,
  startServing,
} from './estate.ts';

const INTENT = rolloutPath('sum', environment);
const PROGRESS = progressPath('sum', environment);
const LIVE = [200, '1.0.0.0', 3];
const plan = { plan: { steps: [{ setWeight: 50 }, { pause: {} }] } };

async function statusOf(url: string): Promise<RolloutStatus> {
  return (await (await fetch(`${url}/v2/models/sum/rollout`)).json()) as RolloutStatus;
}

/** Moves all traffic of a complete rollout. */
async function complete(estate: Estate, version: string, from: string): Promise<string> {
  const intent = estate.intent(version, from);
  await estate.commit('main', { [INTENT]: intent });
  const live = [version, from].map(name => ({ version: name, model: estate.digests[name] }));
  await estate.commit('mainline/state', {
    [PROGRESS]: estate.progress(intent, { traffic: { [version]: 100 }, complete: true, live }),
  });
  return intent;
}

/** Waits until a version has all traffic. */
async function untilServes(served: Served, version: string): Promise<void> {
  while ((await served.next('serving')).traffic[version] !== 100);
}

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

  it('from a clone of a folder, of the folder it was cloned from', async () => {
    const estate = await createEstate();
    await goLive(estate);
    const clone = join(estate.root, '..', 'a clone');
    execFileSync('git', ['clone', '--quiet', estate.root, clone]);
    const served = await startServing({ ...estate, root: clone });
    await served.next('serving');
    await complete(estate, '1.0.1.0', '1.0.0.0');
    await untilServes(served, '1.0.1.0');
    expect(await served.ask()).toEqual([200, '1.0.1.0', 4]);
  });

  it('of a work tree without origin, of its own branches, committed ones only', async () => {
    const estate = await createEstate();
    await goLive(estate);
    const clone = join(estate.root, '..', 'alone');
    execFileSync('git', ['clone', '--quiet', estate.root, clone]);
    execFileSync('git', ['branch', '--quiet', 'mainline/state', 'origin/mainline/state'], { cwd: clone });
    execFileSync('git', ['remote', 'remove', 'origin'], { cwd: clone });
    await writeFile(join(clone, INTENT), 'not committed: yet\n');
    const served = await startServing({ ...estate, root: clone });
    await served.next('serving');
    expect(await served.ask()).toEqual(LIVE);
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

describe('a repository that is away', () => {
  it('changes nothing, is told once, and followed again when it is back', async () => {
    const estate = await createEstate();
    await goLive(estate);
    const served = await startServing(estate);
    await served.next('serving');
    await rename(estate.root, `${estate.root}.away`);
    await served.next('unreachable');
    for (let i = 0; i < 20; i++) expect(await served.ask()).toEqual(LIVE);
    await rename(`${estate.root}.away`, estate.root);
    await served.next('reachable');
    await complete(estate, '1.0.1.0', '1.0.0.0');
    await untilServes(served, '1.0.1.0');
    expect(served.events.filter(({ kind }) => kind === 'unreachable')).toHaveLength(1);
  });

  it('is refused at the start when there never was one', async () => {
    await expect(startServing({ root: '/nowhere/at/all', store: '/nowhere' })).rejects.toThrow(
      'There is no repository here',
    );
  });

  it('without main is waited for', async () => {
    const estate = await createEstate();
    const served = await startServing(estate);
    expect((await served.next('unreachable')).problem.message).toBe('The repository has no branch main');
    await goLive(estate);
    await served.next('serving');
  });
});

describe('a repository elsewhere', () => {
  /** git's own server, over the git protocol. */
  async function daemon(estate: Estate) {
    const probe = createServer().listen(0, '127.0.0.1');
    await new Promise(resolve => probe.once('listening', resolve));
    const { port } = probe.address() as { port: number };
    await new Promise(resolve => probe.close(resolve));
    const base = join(estate.root, '..');
    const args = [
      'daemon',
      '--reuseaddr',
      '--export-all',
      `--base-path=${base}`,
      '--listen=127.0.0.1',
      `--port=${port}`,
      base,
    ];
    const child = spawn('git', args, { stdio: 'ignore', detached: true });
    const stop = () => {
      try {
        if (child.pid) process.kill(-child.pid);
      } catch {
        // It has ended already.
      }
    };
    return { address: `git://127.0.0.1:${port}/shop.git`, stop };
  }

  it('is mirrored and polled; a start without it serves what was known last', async () => {
    const estate = await createEstate();
    await goLive(estate);
    const directory = join(estate.root, '..', 'edge');
    await mkdir(directory);
    const { address, stop } = await daemon(estate);
    onTestFinished(stop);
    const served = await startServing(estate, { directory, repository: address });
    await served.next('serving');
    expect(await served.ask()).toEqual(LIVE);
    await complete(estate, '1.0.1.0', '1.0.0.0');
    await untilServes(served, '1.0.1.0');
    stop();
    await served.next('unreachable');
    expect(await served.ask()).toEqual([200, '1.0.1.0', 4]);
    await served.stop();

    const again = await startServing(estate, { directory, repository: address });
    await again.next('unreachable');
    await again.next('serving');
    expect(await again.ask()).toEqual([200, '1.0.1.0', 4]);
    expect(await readdir(join(directory, '.mainline', 'mirrors'))).toHaveLength(1);
  });

  it('is fetched again when a killed fetch has left its locks', async () => {
    const estate = await createEstate();
    await goLive(estate);
    const directory = join(estate.root, '..', 'edge');
    await mkdir(directory);
    const { address, stop } = await daemon(estate);
    onTestFinished(stop);
    const served = await startServing(estate, { directory, repository: address });
    await served.next('serving');
    const [mirror = ''] = await readdir(join(directory, '.mainline', 'mirrors'));
    await writeFile(join(directory, '.mainline', 'mirrors', mirror, 'refs/heads/main.lock'), '');
    await complete(estate, '1.0.1.0', '1.0.0.0');
    await untilServes(served, '1.0.1.0');
    expect(await served.ask()).toEqual([200, '1.0.1.0', 4]);
  });

  it('is named without its password', async () => {
    const estate = await createEstate();
    const address = 'http://ada:secret@127.0.0.1:9/shop.git';
    const served = await startServing(estate, { directory: estate.root, repository: address });
    const told = JSON.stringify([await served.next('unreachable'), served.events]);
    expect(told).toContain('http://127.0.0.1:9/shop.git');
    expect(told).not.toContain('secret');
  });
});
