import { type ChildProcess, spawn } from 'node:child_process';
import { connect } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { rolloutPath } from '#lib/rollout/intent.ts';
import { progressPath } from '#lib/rollout/progress.ts';
import { createEstate, type Estate, environment, goLive } from '../lib/flows/serve/estate.ts';
import { ask, PATIENT, post } from '../lib/serving/tiny-serving.ts';
import { launcher } from '../support/workspace.ts';

interface Started {
  readonly child: ChildProcess;
  readonly output: () => string;
  readonly ended: Promise<readonly [code: number | null, signal: string | null]>;
  /** The address it printed. */
  url(): Promise<string>;
}

function start({ root, store }: Pick<Estate, 'root' | 'store'>, ...more: readonly string[]): Started {
  const args = [
    '-C',
    root,
    'serve',
    '--environment',
    environment,
    '--store',
    store,
    '--poll',
    '100ms',
    ...more,
  ];
  const child = spawn(process.execPath, [launcher, ...args], {
    env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: undefined },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', chunk => {
      output += chunk;
    });
  }
  const ended = new Promise<readonly [number | null, string | null]>(resolve =>
    child.on('close', (code, signal) => resolve([code, signal])),
  );
  const url = async (): Promise<string> => {
    await expect.poll(() => output, PATIENT).toMatch(/http:\/\/[^/]+/u);
    return /http:\/\/[^/]+/u.exec(output)?.[0] ?? '';
  };
  return { child, output: () => output, ended, url };
}

it('says what it serves, one line a change, and ends with 0 when told to', async () => {
  const estate = await createEstate();
  const first = await goLive(estate);
  const { child, output, ended, url } = start(estate, '--port', '0');
  const address = await url();
  await expect
    .poll(output)
    .toMatch(/^ok sum: 1\.0\.0\.0 100 % \(main [0-9a-f]{7}: the rollout is complete\)$/mu);
  expect((await post(`${address}/v2/models/sum/infer`, ask(1, 2))).version).toBe('1.0.0.0');
  const next = estate.intent('1.0.1.0', '1.0.0.0', { plan: { steps: [{ setWeight: 10 }, { pause: {} }] } });
  await estate.commit('main', { [rolloutPath('sum', environment)]: next });
  const traffic = { '1.0.0.0': 90, '1.0.1.0': 10 };
  await estate.commit('mainline/state', {
    [progressPath('sum', environment)]: estate.progress(next, { traffic, step: 1 }),
  });
  await expect
    .poll(output)
    .toMatch(/^ok sum: 1\.0\.0\.0 90 %, 1\.0\.1\.0 10 % \(main .*after step 1 of 2\)$/mu);
  await estate.commit('main', { [rolloutPath('sum', environment)]: first.replace('1.0.0.0', '1.0.x') });
  await expect
    .poll(output, PATIENT)
    .toMatch(/^-- sum: models\/sum\/rollout\/production\.yaml:\d+: .*\n {3}-> /mu);
  child.kill('SIGTERM');
  expect(await ended).toEqual([0, null]);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: no colours were wanted
  expect(output()).not.toMatch(/\u001b/u);
});

it('answers the request under way before it ends, though Ctrl-C arrives twice at once', async () => {
  const estate = await createEstate();
  await goLive(estate);
  const { child, output, ended, url } = start(estate, '--port', '0');
  const port = Number(new URL(await url()).port);
  await expect.poll(output, PATIENT).toContain('ok sum');
  const body = ask(1, 2);
  const socket = connect(port, '127.0.0.1');
  let received = '';
  socket.on('data', chunk => {
    received += chunk;
  });
  socket.write(
    `POST /v2/models/sum/infer HTTP/1.1\r\nhost: x\r\ncontent-length: ${body.length}\r\n\r\n${body.slice(0, 5)}`,
  );
  expect((await post(`http://127.0.0.1:${port}/v2/models/sum/infer`, body)).status).toBe(200);
  child.kill('SIGINT');
  child.kill('SIGINT');
  await expect.poll(output, PATIENT).toContain('no new requests');
  socket.write(body.slice(5));
  expect(await ended).toEqual([0, null]);
  expect(received).toMatch(/^HTTP\/1\.1 200 OK.*"data":\[3\]/su);
});

it('prints events as JSON, one a line', async () => {
  const estate = await createEstate();
  await goLive(estate);
  const { child, output, ended } = start(estate, '--port', '0', '--json');
  await expect.poll(output, PATIENT).toContain('"serving"');
  child.kill('SIGTERM');
  await ended;
  const events = output()
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line));
  expect(events.map(({ kind }) => kind)).toEqual(['listening', 'serving', 'ending']);
  expect(events[1]).toMatchObject({ model: 'sum', traffic: { '1.0.0.0': 100 } });
});

it('killed at any moment, the next one serves the same', async () => {
  const estate = await createEstate();
  await goLive(estate);
  for (const afterMs of [0, 150, 300, 450]) {
    const killed = start(estate, '--port', '0');
    await new Promise(resolve => setTimeout(resolve, afterMs));
    killed.child.kill('SIGKILL');
    await killed.ended;
  }
  const { output, url } = start(estate, '--port', '0');
  const address = await url();
  await expect.poll(output, PATIENT).toContain('ok sum');
  expect((await post(`${address}/v2/models/sum/infer`, ask(1, 2))).body.outputs[0].data).toEqual([3]);
});

it('says what to mend when it cannot begin', async () => {
  const estate = await createEstate();
  const first = start(estate, '--port', '0');
  const port = new URL(await first.url()).port;
  const taken = start(estate, '--port', port);
  expect(await taken.ended).toEqual([2, null]);
  expect(taken.output()).toMatch(/error 127\.0\.0\.1:\d+ is in use\n {2}-> /u);
  const nowhere = start({ ...estate, root: '/nowhere/at/all' });
  expect(await nowhere.ended).toEqual([2, null]);
  expect(nowhere.output()).toContain('There is no repository here');
  const odd = start(estate, '--poll', 'soon');
  expect(await odd.ended).toEqual([2, null]);
  expect(odd.output()).toContain('such as 1s or 250ms');
});
