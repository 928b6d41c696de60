import { existsSync } from 'node:fs';
import { mkdtemp, realpath } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeEach, expect, it } from 'vitest';
import { createRunner } from '#lib/processes/run.ts';

const run = createRunner({ shell: '/bin/sh', graceMs: 300 });
let cwd: string;
beforeEach(async () => {
  cwd = await realpath(await mkdtemp(join(tmpdir(), 'run-')));
});

it('a command runs in its folder with its environment, and its lines arrive whole', async () => {
  const lines: string[] = [];
  const exit = await run({
    command: 'pwd; printf "$GREETING "; printf "é\\nlast"; echo oops >&2; exit 3',
    cwd,
    env: { GREETING: 'hello' },
    onLine: (line, stream) => lines.push(`${stream} ${line}`),
  });
  expect(exit).toMatchObject({ code: 3, signal: null });
  expect(lines.filter(line => line.startsWith('stdout'))).toEqual([
    `stdout ${cwd}`,
    'stdout hello é',
    'stdout last',
  ]);
  expect(lines).toContain('stderr oops');
});

it('the last forty lines are kept, a progress bar as its last state', async () => {
  const { tail } = await run({ command: 'seq 1 100; printf "10%%\\r50%%\\r100%%\\n"', cwd });
  expect(tail).toHaveLength(40);
  expect(tail.slice(-2)).toEqual(['100', '100%']);
});

it('a line without an end is cut, not kept growing', async () => {
  const { tail } = await run({ command: 'head -c 200000 /dev/zero | tr "\\0" x', cwd });
  expect(tail.map(line => line.length)).toEqual([65536, 65536, 65536, 3392]);
});

it('a command killed from outside tells the signal', async () => {
  expect(await run({ command: 'kill -KILL $$', cwd })).toMatchObject({ code: null, signal: 'SIGKILL' });
});

it('stopping reaches everything the command started, also what ignores SIGTERM', async () => {
  const controller = new AbortController();
  const command = '(trap "" TERM; touch started; sleep 1; touch survived) & wait';
  const exit = run({ command, cwd, signal: controller.signal });
  while (!existsSync(join(cwd, 'started'))) await sleep(10);
  controller.abort();
  expect(await exit).toMatchObject({ code: null, signal: 'SIGTERM' });
  await sleep(1200);
  expect(existsSync(join(cwd, 'survived'))).toBe(false);
});

it('nothing starts when the signal was there before', async () => {
  await run({ command: 'touch started', cwd, signal: AbortSignal.abort() });
  expect(existsSync(join(cwd, 'started'))).toBe(false);
});

it('a process left in the background goes on, and does not keep the command from ending', async () => {
  const { code, tail } = await run({ command: 'sleep 60 & echo $!', cwd });
  const isAlive = process.kill(Number(tail[0]), 0);
  process.kill(Number(tail[0]), 'SIGKILL');
  expect([code, isAlive]).toEqual([0, true]);
});

it('bash starts without reading start-up files', async () => {
  const bash = createRunner({ shell: '/bin/bash' });
  const { tail } = await bash({
    command: 'type -t shopt; shopt -q login_shell || echo plain',
    cwd,
  });
  expect(tail).toEqual(['builtin', 'plain']);
});

it('a folder or a shell that does not exist is an error to mend', async () => {
  await expect(run({ command: 'true', cwd: join(cwd, 'none') })).rejects.toThrow('could not be started');
  await expect(createRunner({ shell: '/bin/none' })({ command: 'true', cwd })).rejects.toThrow('/bin/none');
});
