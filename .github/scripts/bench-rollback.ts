// From the commit that reverts a promotion to the last request the reverted version answers, under load: with a watched
// repository on this machine, and with one that can only be polled (git daemon).
import { spawn } from 'node:child_process';
import { Agent, request } from 'node:http';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { createTeam, type Team } from '../../test/support/team.ts';
import { launcher } from '../../test/support/workspace.ts';

const RUNS = 10;
const CONNECTIONS = 8;
/** What taking over may cost on top of the poll. */
const ALLOWED_MS = 150;
const FILE = 'models/parcels/rollout/production.yaml';
const BODY = JSON.stringify({
  inputs: [
    { name: 'distance', shape: [1, 1], datatype: 'FP32', data: [4.2] },
    { name: 'day', shape: [1, 1], datatype: 'BYTES', data: ['Tue'] },
  ],
});

export interface RollbackRow {
  readonly source: string;
  readonly pollMs: number;
  /** Milliseconds from the commit on main to the start of the last request that the reverted version answered. */
  readonly measured: readonly number[];
  readonly requests: number;
  readonly failed: number;
  /** Requests that began after the first answer of the old version and yet got the reverted one. */
  readonly wrong: number;
  readonly passed: boolean;
}

interface Answer {
  readonly started: number;
  readonly ended: number;
  readonly version: string;
}

/** Two versions, the second fully live: what a revert finds. */
async function prepare(): Promise<{ team: Team; texts: readonly [string, string] }> {
  const team = await createTeam();
  await team.propose('first', async () => undefined);
  await team.land('first');
  await team.release();
  await team.land('promote/parcels-1.0.0.0-staging');
  await team.rollout();
  await team.serve('1.0.0.0', 'production');
  const before = await team.read(FILE);
  await team.propose('second', async () => {
    const params = 'pipelines/parcels/params.yaml';
    await team.work.write(params, `${await team.work.read(params)}    linear: {lambda: 2}\n`);
  });
  await team.land('second');
  await team.release();
  await team.land('promote/parcels-1.0.1.0-staging');
  await team.rollout();
  await team.serve('1.0.1.0', 'production');
  return { team, texts: [before ?? '', (await team.read(FILE)) ?? ''] };
}

/** Keeps asking until told to end; every answer is kept. */
function load(port: number): { readonly answers: Answer[]; readonly stop: () => Promise<void> } {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const answers: Answer[] = [];
  let isOver = false;
  const ask = (): Promise<string> =>
    new Promise(resolve => {
      const path = '/v2/models/parcels/infer';
      const call = request({ port, path, method: 'POST', agent }, response => {
        response.resume();
        response.on('end', () =>
          resolve(response.statusCode === 200 ? String(response.headers['mainline-version']) : 'failed'),
        );
      });
      call.on('error', () => resolve('failed'));
      call.end(BODY);
    });
  const users = Array.from({ length: CONNECTIONS }, async () => {
    while (!isOver) {
      const started = performance.now();
      const version = await ask();
      answers.push({ started, ended: performance.now(), version });
    }
  });
  return {
    answers,
    stop: async () => {
      isOver = true;
      await Promise.all(users);
      agent.destroy();
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise(resolve => server.once('listening', resolve));
  const address = server.address();
  await new Promise(resolve => server.close(resolve));
  if (typeof address === 'string' || address === null) throw new Error('no port is free');
  return address.port;
}

async function startServe(
  team: Team,
  repository: string,
  pollMs: number,
): Promise<{ readonly port: number; readonly stop: () => Promise<void> }> {
  const port = await freePort();
  const store = join(team.origin, 'mainline', 'store');
  const args = ['serve', '--environment', 'production', '--port', String(port), '--poll', `${pollMs}ms`];
  const child = spawn(process.execPath, [launcher, ...args, '--repository', repository, '--store', store], {
    ...{ cwd: team.work.root, stdio: 'ignore' },
  });
  const ended = new Promise<void>(resolve => child.on('close', () => resolve()));
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    const late = setTimeout(() => child.kill('SIGKILL'), 15_000);
    await ended;
    clearTimeout(late);
  };
  for (let i = 0; i < 200; i++) {
    const url = `http://127.0.0.1:${port}/v2/models/parcels/ready`;
    const isReady = await fetch(url).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isReady) return { port, stop };
    await wait(50);
  }
  await stop();
  throw new Error('mainline serve did not become ready');
}

async function measure(
  { team, texts }: Awaited<ReturnType<typeof prepare>>,
  { source, repository, pollMs }: { source: string; repository: string; pollMs: number },
): Promise<RollbackRow> {
  const server = await startServe(team, repository, pollMs);
  const { answers, stop } = load(server.port);
  const measured: number[] = [];
  let wrong = 0;
  const settle = pollMs + 400;
  for (let run = 0; run < RUNS; run++) {
    // Not in step with the poll: reverts come when they come.
    await wait(settle + ((run * 37) % 100) * (pollMs / 100));
    const begin = answers.length;
    await team.push({ [FILE]: texts[0] }, 'Revert "promote parcels 1.0.1.0 to production"');
    const committed = performance.now();
    await wait(settle);
    const since = answers.slice(begin);
    const reverted = since.filter(({ version }) => version === '1.0.1.0');
    const last = Math.max(committed, ...reverted.map(({ started }) => started));
    measured.push(last - committed);
    const first = Math.min(...since.filter(({ version }) => version === '1.0.0.0').map(({ ended }) => ended));
    wrong += reverted.filter(({ started }) => started > first).length;
    await team.push({ [FILE]: texts[1] }, 'Revert "Revert"');
    await wait(settle);
  }
  await stop();
  await server.stop();
  const failed = answers.filter(({ version }) => version === 'failed').length;
  const passed = failed === 0 && wrong === 0 && Math.max(...measured) <= pollMs + ALLOWED_MS;
  return { source, pollMs, measured, requests: answers.length, failed, wrong, passed };
}

/** Measures both kinds of repository at both polls, ten reverts each. */
export async function benchRollback(): Promise<readonly RollbackRow[]> {
  const prepared = await prepare();
  const { origin } = prepared.team;
  const port = await freePort();
  const args = ['daemon', '--reuseaddr', '--export-all', `--base-path=${dirname(origin)}`];
  const daemon = spawn('git', [...args, '--listen=127.0.0.1', `--port=${port}`, dirname(origin)], {
    stdio: 'ignore',
  });
  const remote = `git://127.0.0.1:${port}/${encodeURI(origin.slice(dirname(origin).length + 1))}`;
  await wait(300);
  try {
    const rows: RollbackRow[] = [];
    for (const pollMs of [1000, 250]) {
      rows.push(await measure(prepared, { source: 'polled (git daemon)', repository: remote, pollMs }));
      rows.push(await measure(prepared, { source: 'watched folder', repository: origin, pollMs }));
    }
    return rows;
  } finally {
    daemon.kill();
  }
}

/** The table, with the bound each row is held to. */
export function formatRollback(rows: readonly RollbackRow[]): string {
  const head = '| repository | poll | median | largest of 10 | allowed | requests | failed | wrong version |';
  const lines = rows.map(({ source, pollMs, measured, requests, failed, wrong, passed }) => {
    const sorted = measured.toSorted((a, b) => a - b);
    const median = ((sorted[4] ?? 0) + (sorted[5] ?? 0)) / 2;
    const cells = [
      source,
      `${pollMs} ms`,
      `${median.toFixed(0)} ms`,
      `${(sorted.at(-1) ?? 0).toFixed(0)} ms`,
    ];
    const bound = `${pollMs + ALLOWED_MS} ms${passed ? '' : ' MISSED'}`;
    return `| ${[...cells, bound, requests, failed, wrong].join(' | ')} |`;
  });
  return `${[head, '|---|---|---|---|---|---|---|---|', ...lines].join('\n')}\n`;
}
