import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { beforeEach, expect, it } from 'vitest';
import { type ReproEvent, type ReproOptions, reproduceRepository } from '#lib/flows/dvc/repro.ts';

let root: string;
let events: ReproEvent[];
beforeEach(() => {
  makeRepository();
});

function makeRepository(): void {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'repro-all-')));
  execFileSync('git', ['init', '--quiet', root]);
  write('.dvc/config', '');
  write('.dvc/.gitignore', '/config.local\n/tmp\n/cache\n');
}

const write = (name: string, text: string) => {
  mkdirSync(dirname(join(root, name)), { recursive: true });
  writeFileSync(join(root, name), text);
};
const read = (name: string) => readFileSync(join(root, name), 'utf8');
const words = (name: string) => (existsSync(join(root, name)) ? read(name).trim().split(/\s+/) : []);

async function repro(options: Partial<ReproOptions> = {}) {
  events = [];
  const { stages, errors } = await reproduceRepository({
    ...{ directory: root, env: {}, now: Date.now, targets: [], command: 'mainline dvc repro' },
    signal: new AbortController().signal,
    onEvent: event => events.push(event),
    ...{ onWait: () => {}, onNote: () => {}, onRecovered: () => {} },
    ...options,
  });
  return { statuses: stages.map(({ stage, status }) => `${stage} ${status}`), errors };
}

const CHAIN = `stages:
  b:
    cmd: cat a.txt > b.txt && echo b >> log
    deps: [a.txt]
    outs: [b.txt]
  a:
    cmd: cat raw.txt > a.txt && echo a >> log
    deps: [raw.txt]
    outs: [a.txt]
`;

it('stages run after what they need and enter the lock in that order; a second run does nothing', async () => {
  write('dvc.yaml', CHAIN);
  write('raw.txt', '1\n');
  expect((await repro()).statuses).toEqual(['a ran', 'b ran']);
  expect(read('dvc.lock').match(/^ {2}\w+:/gm)).toEqual(['  a:', '  b:']);
  expect(read('.gitignore')).toBe('/a.txt\n/b.txt\n');
  expect((await repro()).statuses).toEqual(['a skipped', 'b skipped']);
  expect(words('log')).toEqual(['a', 'b']);
});

it('data that a .dvc file tracks is recorded anew when it changed, and what reads it runs', async () => {
  write('raw.txt', '1\n');
  write(
    'raw.txt.dvc',
    '# kept\nouts:\n- md5: b026324c6904b2a9cb4b88d6d61c81d1\n  size: 2\n  hash: md5\n  path: raw.txt\n',
  );
  write('dvc.yaml', CHAIN);
  expect((await repro()).statuses).toEqual(['raw.txt.dvc skipped', 'a ran', 'b ran']);
  write('raw.txt', '22\n');
  expect((await repro({ targets: ['a'] })).statuses).toEqual(['raw.txt.dvc recorded', 'a ran']);
  // md5sum of "22\n".
  expect(read('raw.txt.dvc')).toBe(
    '# kept\nouts:\n- md5: 2fc57d6f63a9ee7e2f21a26fa522e3b6\n  size: 3\n  hash: md5\n  path: raw.txt\n',
  );
  rmSync(join(root, 'raw.txt'));
  expect((await repro({ allowMissing: true })).errors).toEqual([]);
  expect((await repro()).errors).toMatchObject([
    { message: 'raw.txt does not exist, though raw.txt.dvc tracks it' },
  ]);
});

it('of several pipelines one is brought up with what it builds on in others', async () => {
  write('dvc.yaml', CHAIN);
  write('raw.txt', '1\n');
  write(
    'team/dvc.yaml',
    'stages:\n  c:\n    cmd: cat ../b.txt > c.txt\n    deps: [../b.txt]\n    outs: [c.txt]\n',
  );
  expect((await repro({ directory: join(root, 'team') })).statuses).toEqual([
    ...['../dvc.yaml:a ran', '../dvc.yaml:b ran', 'c ran'],
  ]);
  expect((await repro({ targets: ['a'], downstream: true })).statuses).toEqual([
    ...['a skipped', 'b skipped', 'team/dvc.yaml:c skipped'],
  ]);
  expect((await repro({ targets: ['b'], single: true, force: true })).statuses).toEqual(['b ran']);
  expect(
    (await repro({ forceDownstream: true, targets: ['a'], downstream: true, force: true })).statuses,
  ).toEqual([...['a ran', 'b ran', 'team/dvc.yaml:c ran']]);
});

it('the whole pipeline of a target is what hangs together with it in either direction', async () => {
  write('dvc.yaml', `${CHAIN}  c:\n    cmd: cat raw2.txt > c.txt\n    deps: [raw2.txt]\n    outs: [c.txt]\n`);
  write('raw.txt', '1\n');
  write('raw2.txt', '1\n');
  expect((await repro({ targets: ['a'], pipeline: true })).statuses).toEqual(['a ran', 'b ran']);
  expect((await repro({ targets: ['b'], allPipelines: true })).statuses).toEqual([
    ...['a skipped', 'b skipped', 'c ran'],
  ]);
});

it('an output that git tracks is refused, and what was written enters the index if asked to', async () => {
  write('.dvc/config', '[core]\n    autostage = true\n');
  write('dvc.yaml', CHAIN);
  write('raw.txt', '1\n');
  write('b.txt', 'by hand\n');
  execFileSync('git', ['add', 'b.txt'], { cwd: root });
  expect((await repro()).errors).toMatchObject([
    { message: 'git tracks b.txt, which the cache is to hold', at: { line: 5, column: 12 } },
  ]);
  execFileSync('git', ['rm', '--quiet', '--force', '--cached', 'b.txt'], { cwd: root });
  expect((await repro()).errors).toEqual([]);
  const staged = execFileSync('git', ['diff', '--cached', '--name-only'], { cwd: root, encoding: 'utf8' });
  expect(staged.split('\n').filter(Boolean)).toEqual(['.gitignore', 'dvc.lock']);
});

it('outputs that only the cache lost are stored again, with the run, and nothing runs', async () => {
  write('dvc.yaml', CHAIN.replace('cat a.txt', 'cat a.txt a.txt'));
  write('raw.txt', '1\n');
  await repro({ commit: false });
  expect(existsSync(join(root, '.dvc/cache/files'))).toBe(false);
  expect((await repro()).statuses).toEqual(['a skipped', 'b skipped']);
  for (const name of ['a.txt', 'b.txt', 'dvc.lock']) rmSync(join(root, name));
  expect((await repro()).statuses).toEqual(['a restored', 'b restored']);
  expect(words('log')).toEqual(['a', 'b']);
});

it('what is missing comes from the remote: outputs as locked, and runs by their key alone', async () => {
  write('.dvc/config', '[core]\n    remote = store\n[\'remote "store"\']\n    url = ../store\n');
  write('dvc.yaml', CHAIN);
  write('raw.txt', '1\n');
  await repro();
  renameSync(join(root, '.dvc/cache'), join(root, 'store'));
  for (const name of ['a.txt', 'b.txt']) rmSync(join(root, name));
  expect((await repro({ allowMissing: true })).statuses).toEqual(['a skipped', 'b skipped']);
  expect((await repro({ pull: true })).statuses).toEqual(['a skipped', 'b skipped']);
  expect([read('b.txt'), events.map(({ kind }) => kind)]).toEqual(['1\n', ['pulled', 'pulled']]);
  for (const name of ['a.txt', 'b.txt', 'dvc.lock', '.dvc/cache'])
    rmSync(join(root, name), { recursive: true });
  expect((await repro({ pull: true })).statuses).toEqual(['a restored', 'b restored']);
  expect(words('log')).toEqual(['a', 'b']);
  for (const name of ['a.txt', 'b.txt', '.dvc/cache']) rmSync(join(root, name), { recursive: true });
  write('dvc.yaml', CHAIN.replace('cat a.txt >', 'cat a.txt a.txt >'));
  expect((await repro({ pull: true, allowMissing: true })).statuses).toEqual(['a skipped', 'b ran']);
  expect([read('b.txt'), existsSync(join(root, 'a.txt'))]).toEqual(['1\n1\n', true]);
});

it('after a failure the others go on if asked to, and the failed one is named', async () => {
  write('raw.txt', '1\n');
  write(
    'dvc.yaml',
    `${CHAIN.replace('cat raw.txt', 'false && cat raw.txt')}  c:\n    cmd: echo c > c.txt\n    outs: [c.txt]\n`,
  );
  expect((await repro()).statuses).toEqual(['a failed']);
  expect((await repro({ onError: 'keep-going' })).statuses).toEqual(['a failed', 'b left-out', 'c ran']);
  expect(read('dvc.lock').match(/^ {2}\w+:/gm)).toEqual(['  c:']);
});

it('a stage is tried again, within its time, and its owner and log are named when it fails for good', async () => {
  write(
    'dvc.yaml',
    `stages:
  flaky:
    cmd: echo try >> log; test $(wc -l < log) -ge 3 && echo ok > flaky.txt
    outs: [flaky.txt]
    meta: {mainline: {retries: 2, backoff: 1ms}}
  slow:
    cmd: echo begun; sleep 29.${process.pid} & sleep 29.${process.pid}
    meta: {mainline: {timeout: 200ms, owner: '@data-team'}}
`,
  );
  const { statuses, errors } = await repro({ onError: 'keep-going' });
  expect(statuses).toEqual(['flaky ran', 'slow failed']);
  expect(words('log')).toEqual(['try', 'try', 'try']);
  expect(events.filter(({ kind }) => kind === 'retrying')).toHaveLength(2);
  expect(errors).toMatchObject([
    {
      reason: 'timeout',
      message: expect.stringContaining('owner: @data-team'),
      remedy: expect.stringContaining('.dvc/tmp/mainline/logs/slow.log'),
    },
  ]);
  expect(read('.dvc/tmp/mainline/logs/slow.log')).toBe('begun\n');
  expect(() => execFileSync('pgrep', ['-f', `sleep 29.${process.pid}`])).toThrow();
});

it('an output that breaks its contract is neither cached nor locked', async () => {
  write(
    'made.odcs.yaml',
    `apiVersion: v3.1.0
kind: DataContract
id: made
version: 1.0.0
status: active
schema:
  - name: made
    physicalName: made.csv
    properties:
      - name: n
        logicalType: integer
        required: true
      - name: m
        logicalType: integer
`,
  );
  const yaml = (text: string) =>
    `stages:\n  make:\n    cmd: printf '${text}' > made.csv\n    outs: [made.csv]\n    meta: {mainline: {contracts: {made.csv: made.odcs.yaml}, owner: '@makers'}}\n`;
  write('dvc.yaml', yaml('n,m\\n,1\\n'));
  const { errors } = await repro();
  expect(errors).toMatchObject([
    { reason: 'contract', message: expect.stringMatching(/made\.odcs\.yaml:\d+:\d+ .*\n.*owner: @makers/) },
  ]);
  expect([existsSync(join(root, 'dvc.lock')), existsSync(join(root, '.dvc/cache/files'))]).toEqual([
    false,
    false,
  ]);
  write('dvc.yaml', yaml('n,m\\n1,1\\n'));
  expect(await repro()).toEqual({ statuses: ['make ran'], errors: [] });
});

it('rules that are written wrongly are told at their place, with the nearest word', async () => {
  write(
    'dvc.yaml',
    'stages:\n  a:\n    cmd: x\n    meta:\n      mainline:\n        retires: 2\n        timeout: 5\n',
  );
  await expect(repro()).rejects.toMatchObject({
    problems: [
      {
        message: 'Unknown key "retires" in mainline',
        at: { line: 6, column: 9 },
        remedy: 'Did you mean "retries"?',
      },
      { at: { line: 7, column: 18 } },
    ],
  });
});

it('two stages with one mutex never run together, others do', async () => {
  const stage = (name: string, mutex: string, work: string) =>
    `  ${name}:\n    cmd: echo ${mutex}+ >> log; ${work}; echo ${mutex}- >> log\n    meta: {mainline: {mutex: [${mutex}]}}\n`;
  // Each of the two waits for the other to have begun.
  const meet = (own: string, other: string) => `touch ${own}; while test ! -e ${other}; do sleep 0.02; done`;
  const gpu = [stage('a', 'gpu', meet('a', 'd')), stage('b', 'gpu', 'sleep 0.05'), stage('c', 'gpu', 'true')];
  write('dvc.yaml', `stages:\n${gpu.join('')}${stage('d', 'db', meet('d', 'a'))}`);
  expect((await repro({ jobs: 4 })).errors).toEqual([]);
  expect(words('log').filter(word => word.startsWith('gpu'))).toEqual([
    ...['gpu+', 'gpu-', 'gpu+', 'gpu-', 'gpu+', 'gpu-'],
  ]);
});

it('any graph gives the same lock, cache and .gitignore in parallel as one by one', async () => {
  const graph = fc.array(fc.array(fc.nat(9), { maxLength: 3 }), { minLength: 2, maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(graph, fc.integer({ min: 2, max: 6 }), async (rows, jobs) => {
      const stages = rows.map((row, index) => {
        const needs = [...new Set(row.filter(other => other < index))].map(other => `o${other}`);
        const cat = needs.length > 0 ? `cat ${needs.join(' ')} > o${index} && ` : '';
        const deps = needs.length > 0 ? `\n    deps: [${needs.join(', ')}]` : '';
        return `  s${index}:\n    cmd: ${cat}echo ${index} >> o${index}${deps}\n    outs: [o${index}]\n`;
      });
      const yaml = `stages:\n${stages.toReversed().join('')}`;
      const results = [];
      for (const atATime of [1, jobs]) {
        makeRepository();
        write('dvc.yaml', yaml);
        await repro({ jobs: atATime });
        results.push([read('dvc.lock'), words('.gitignore').toSorted()]);
      }
      expect(results[1]).toEqual(results[0]);
    }),
    { numRuns: 8 },
  );
}, 60_000);

it('an output that became a link to a folder stops the stage; force takes away the link alone', async () => {
  write('dvc.yaml', 'stages: {a: {cmd: mkdir -p od && cp i od/f, deps: [i], outs: [od]}}\n');
  write('i', '1\n');
  await repro();
  write('elsewhere/precious', 'nowhere else');
  rmSync(join(root, 'od'), { recursive: true });
  symlinkSync('elsewhere', join(root, 'od'));
  const { statuses, errors } = await repro();
  expect(statuses).toEqual(['a failed']);
  expect(String(errors[0])).toContain('od is a link to a folder');
  expect(readdirSync(join(root, 'elsewhere'))).toEqual(['precious']);
  expect((await repro({ force: true })).statuses).toEqual(['a ran']);
  expect(read('od/f')).toBe('1\n');
  expect(read('elsewhere/precious')).toBe('nowhere else');
  expect(existsSync(join(root, 'elsewhere/f'))).toBe(false);
});

it('the path of an output is no target, as with DVC: the stage is named instead', async () => {
  write('dvc.yaml', CHAIN);
  write('raw.txt', '1\n');
  await repro();
  await expect(repro({ targets: ['b.txt'] })).rejects.toMatchObject({
    message: 'b.txt is no stage: b makes it',
    remedy: 'Name what is to be reproduced: mainline dvc repro b',
  });
});
