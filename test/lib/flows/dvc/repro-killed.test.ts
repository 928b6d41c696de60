import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { parseLock } from '#lib/dvc/lock/lock.ts';
import { readLeftOver } from '#lib/dvc/run/journal.ts';

const STAGES = 24;
const START = resolve('actions/cli/dvc/start.ts');

function makeRepository(): string {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'killed-')));
  mkdirSync(join(root, '.dvc'));
  writeFileSync(join(root, '.dvc/config'), '[core]\n    no_scm = true\n');
  writeFileSync(join(root, 'raw'), 'raw\n');
  const stages = Array.from({ length: STAGES }, (_, index) => {
    const dep = index % 3 === 0 ? 'raw' : `o${index - 1}`;
    return `  s${index}:\n    cmd: cat ${dep} > o${index} && echo s${index} >> log\n    deps: [${dep}]\n    outs: [o${index}]\n`;
  });
  writeFileSync(join(root, 'dvc.yaml'), `stages:\n${stages.join('')}`);
  return root;
}

const start = (root: string, jobs: number) =>
  spawn(process.execPath, [START, 'dvc', 'repro', '--quiet', '--jobs', String(jobs)], {
    cwd: root,
    stdio: 'pipe',
  });
const textOf = (file: string) => (existsSync(file) ? readFileSync(file, 'utf8') : '');
const ranIn = (root: string) => textOf(join(root, 'log')).split('\n').filter(Boolean);

async function finishedIn(root: string): Promise<readonly string[]> {
  const file = join(root, 'dvc.lock');
  const lock = await parseLock(textOf(file), file);
  return [...lock.stages.keys(), ...((await readLeftOver(root)).get(file)?.keys() ?? [])];
}

// The moments are drawn by their number: from before the first stage to after the last one.
it.each([1, 2, 3, 4, 5, 6])(
  'killed at moment %i, the next run goes on from there and repeats nothing that was finished',
  async moment => {
    const root = makeRepository();
    const jobs = 1 + (moment % 3);
    const killed = start(root, jobs);
    while (ranIn(root).length < moment * 3 && killed.exitCode === null) await sleep(1);
    await sleep((moment * 7) % 5);
    killed.kill('SIGKILL');
    await new Promise(done =>
      killed.exitCode === null && killed.signalCode === null ? killed.once('exit', done) : done(0),
    );
    // The stages that were at work end by themselves.
    await sleep(200);
    const finished = await finishedIn(root);
    const before = ranIn(root);
    const next = start(root, jobs);
    const code = await new Promise(done => next.once('exit', done));
    expect(code).toBe(0);
    const repeated = ranIn(root).slice(before.length);
    expect(repeated.filter(stage => finished.includes(stage))).toEqual([]);
    expect((await finishedIn(root)).toSorted()).toEqual(
      Array.from({ length: STAGES }, (_, index) => `s${index}`).toSorted(),
    );
    expect(existsSync(join(root, '.dvc/tmp/mainline/journal'))).toBe(false);
  },
  60_000,
);
