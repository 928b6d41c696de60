import { chmodSync, existsSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { objectPath } from '#lib/dvc/objects/object-path.ts';
import { readPipeline } from '#lib/dvc/pipeline/pipeline.ts';
import type { ReproduceEvent } from '#lib/dvc/run/progress.ts';
import { reproduce } from '#lib/dvc/run/reproduce.ts';
import { StageFailure } from '#lib/dvc/run/stage-failure.ts';
import { formatReason } from '#lib/dvc/run/status.ts';
import { createRunner } from '#lib/processes/run.ts';

const DVC_YAML = `stages:
  prepare:
    cmd: sort raw.csv > sorted.csv && echo prepare >> ../../log
    deps: [raw.csv]
    outs: [sorted.csv]
  train:
    cmd: mkdir parts && head -n 1 sorted.csv > parts/a && cp params.yaml parts/b && wc -l < sorted.csv > rows.txt && echo train >> ../../log
    deps: [sorted.csv]
    params: [lr]
    outs: [parts]
    metrics: [{rows.txt: {cache: false}}]
`;

let root: string;
let folder: string;
let events: ReproduceEvent[];
beforeEach(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'repro-')));
  folder = join(root, 'pipelines/eta');
  await mkdir(folder, { recursive: true });
  write('dvc.yaml', DVC_YAML);
  write('raw.csv', 'b\na\n');
  write('params.yaml', 'lr: 0.1\nother: 1\n');
});

const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
const read = (name: string) => readFileSync(join(folder, name), 'utf8');
const cacheDir = () => join(root, 'cache');
/** The stages that really ran since the last look, by what they wrote. */
function takeLog(): string {
  const file = join(root, 'log');
  const text = existsSync(file) ? readFileSync(file, 'utf8').trim().replaceAll('\n', ' ') : '';
  rmSync(file, { force: true });
  return text;
}

interface Options {
  readonly force?: boolean;
  readonly signal?: AbortSignal;
  readonly onEvent?: (event: ReproduceEvent) => void;
}

async function bringUpToDate(options: Options = {}) {
  events = [];
  return reproduce({
    pipeline: await readPipeline(join(folder, 'dvc.yaml'), root),
    cacheDir: cacheDir(),
    run: createRunner({ shell: '/bin/sh', graceMs: 300 }),
    now: Date.now,
    ...options,
    onEvent: event => {
      events.push(event);
      options.onEvent?.(event);
    },
  });
}

const statuses = async (options?: Options) =>
  (await bringUpToDate(options)).stages.map(one =>
    [one.stage, one.status, ...one.reasons.map(formatReason)].join(', '),
  );

it('what has never run runs, and a second time there is nothing to do', async () => {
  expect(await statuses()).toEqual(['prepare, ran, not in dvc.lock yet', 'train, ran, not in dvc.lock yet']);
  const lock = read('dvc.lock');
  expect(await statuses()).toEqual(['prepare, skipped', 'train, skipped']);
  expect(read('dvc.lock')).toBe(lock);
  expect(takeLog()).toBe('prepare train');
  expect(events.map(({ kind, stage }) => `${kind} ${stage}`)).toEqual(['skipped prepare', 'skipped train']);
});

// md5sum of "a\nb\n", "b\na\n" and "2\n".
it('the result names every input and output by its path from the root', async () => {
  const { files, stages } = await bringUpToDate();
  expect(files.get('pipelines/eta/sorted.csv')).toEqual({ md5: 'dd8c6a395b5dd36c56d23275028f526c', size: 4 });
  expect(files.get('pipelines/eta/raw.csv')).toEqual({ md5: 'd6b441411dbef1d4999fdc4fbdbc7828', size: 4 });
  expect(files.get('pipelines/eta/rows.txt')).toEqual({ md5: '26ab0db90d72e28ad0ba1e22ee510510', size: 2 });
  expect(files.get('pipelines/eta/parts')).toMatchObject({ nfiles: 2 });
  expect(stages[1]?.entry.params.get('params.yaml')?.get('lr')).toBe(0.1);
});

it('only a declared parameter makes a stage run again', async () => {
  await bringUpToDate();
  write('params.yaml', 'lr: 0.1\nother: 2\n');
  expect(await statuses()).toEqual(['prepare, skipped', 'train, skipped']);
  write('params.yaml', 'lr: 0.2\nother: 2\n');
  expect(await statuses()).toEqual(['prepare, skipped', 'train, ran, parameter lr modified']);
});

it('an input that changes without changing what is made of it stops there', async () => {
  await bringUpToDate();
  write('raw.csv', 'a\nb\n');
  expect(await statuses()).toEqual(['prepare, ran, dependency raw.csv modified', 'train, skipped']);
});

it('going back to inputs seen before restores their outputs instead of running', async () => {
  await bringUpToDate();
  const parts = read('parts/b');
  write('raw.csv', 'b\na\nc\n');
  write('params.yaml', 'lr: 0.5\n');
  await bringUpToDate();
  takeLog();
  write('raw.csv', 'b\na\n');
  write('params.yaml', 'lr: 0.1\n');
  expect(await statuses()).toEqual([
    'prepare, restored, dependency raw.csv modified',
    'train, restored, dependency sorted.csv modified, parameter lr modified',
  ]);
  expect([takeLog(), read('parts/b'), read('rows.txt').trim()]).toEqual(['', parts, '2']);
});

it('outputs that were deleted or damaged come back from the cache', async () => {
  await bringUpToDate();
  takeLog();
  rmSync(join(folder, 'parts'), { recursive: true });
  write('sorted.csv', 'damaged');
  expect(await statuses()).toEqual([
    'prepare, restored, output sorted.csv modified',
    'train, restored, output parts missing',
  ]);
  expect([takeLog(), read('parts/a'), read('sorted.csv')]).toEqual(['', 'a\n', 'a\nb\n']);
});

it('a damaged object in the cache is thrown away and the stage runs', async () => {
  const { files } = await bringUpToDate();
  takeLog();
  const object = objectPath(cacheDir(), files.get('pipelines/eta/sorted.csv')?.md5 ?? '');
  chmodSync(object, 0o644);
  writeFileSync(object, 'evil');
  rmSync(join(folder, 'sorted.csv'));
  expect(await statuses()).toEqual(['prepare, ran, output sorted.csv missing', 'train, skipped']);
  expect([takeLog(), read('sorted.csv'), readFileSync(object, 'utf8')]).toEqual([
    'prepare',
    'a\nb\n',
    'a\nb\n',
  ]);
});

it('an empty cache is filled again from outputs that are as locked', async () => {
  const { files } = await bringUpToDate();
  await rm(cacheDir(), { recursive: true, force: true });
  expect(await statuses()).toEqual(['prepare, skipped', 'train, skipped']);
  const object = objectPath(cacheDir(), files.get('pipelines/eta/parts')?.md5 ?? '');
  expect(statSync(object).mode & 0o777).toBe(0o444);
});

it('outputs held by git are in the cache only so that a run can be restored', async () => {
  const { files } = await bringUpToDate();
  expect(existsSync(objectPath(cacheDir(), files.get('pipelines/eta/rows.txt')?.md5 ?? ''))).toBe(true);
  write(
    'dvc.yaml',
    DVC_YAML.replace('metrics:', 'outs2:')
      .replace('outs: [parts]', 'outs: [parts, rows.txt: {cache: false}]')
      .replace(/ {4}outs2.*\n/, ''),
  );
  await rm(cacheDir(), { recursive: true, force: true });
  await bringUpToDate({ force: true });
  expect(existsSync(objectPath(cacheDir(), files.get('pipelines/eta/rows.txt')?.md5 ?? ''))).toBe(false);
});

it('asked to, every stage runs whatever is locked', async () => {
  await bringUpToDate();
  takeLog();
  expect((await statuses({ force: true }))[0]).toBe('prepare, ran, asked to run anyway');
  expect(takeLog()).toBe('prepare train');
});

it('a command that fails tells where, what and its last lines, and leaves lock and cache as they were', async () => {
  await bringUpToDate();
  const lock = read('dvc.lock');
  const objects = await readdir(cacheDir(), { recursive: true });
  write('dvc.yaml', DVC_YAML.replace(/mkdir parts.*/, 'echo almost && echo no >&2 && exit 3'));
  const failure = await bringUpToDate().catch((thrown: unknown) => thrown);
  expect(failure).toBeInstanceOf(StageFailure);
  expect(failure).toMatchObject({
    stage: 'train',
    reason: 'exit',
    at: { line: 6, column: 3 },
    exit: { code: 3, tail: ['almost', 'no'] },
  });
  expect((failure as StageFailure).message).toContain('exit code 3');
  expect((failure as StageFailure).message).toContain('  | no');
  expect([read('dvc.lock'), await readdir(cacheDir(), { recursive: true })]).toEqual([lock, objects]);
  expect(events.at(-1)).toMatchObject({ kind: 'failed', stage: 'train' });
  write('dvc.yaml', DVC_YAML);
  expect(await statuses()).toEqual([
    'prepare, skipped',
    'train, restored, output parts missing, output rows.txt missing',
  ]);
});

it.each([
  [
    'kill -KILL $$',
    {
      reason: 'signal',
      message: expect.stringContaining('killed by SIGKILL'),
      remedy: expect.stringContaining('memory'),
    },
  ],
  ['no-such-program', { reason: 'exit', remedy: expect.stringContaining('install it') }],
  [
    'echo done',
    { reason: 'missing-output', message: expect.stringContaining('did not make sorted.csv\n  | done') },
  ],
])('%s is told apart', async (command, expected) => {
  write(
    'dvc.yaml',
    `stages:\n  prepare:\n    cmd: ${command}\n    deps: [raw.csv]\n    outs: [sorted.csv]\n`,
  );
  await expect(bringUpToDate()).rejects.toMatchObject({
    stage: 'prepare',
    at: { line: 2, column: 3 },
    ...expected,
  });
  expect(existsSync(join(folder, 'dvc.lock'))).toBe(false);
});

it('stopped in the middle of a stage, the next run goes on from the one before', async () => {
  const controller = new AbortController();
  write(
    'dvc.yaml',
    DVC_YAML.replace('mkdir parts', 'echo going; mkdir parts && while test ! -e go; do sleep 0.05; done'),
  );
  const onEvent = (event: ReproduceEvent) =>
    event.kind === 'line' && event.line === 'going' && controller.abort();
  await expect(bringUpToDate({ signal: controller.signal, onEvent })).rejects.toMatchObject({
    stage: 'train',
    reason: 'aborted',
  });
  expect(read('dvc.lock')).not.toContain('train:');
  write('go', '');
  expect(await statuses()).toEqual(['prepare, skipped', 'train, ran, not in dvc.lock yet']);
});

it('stopped before it began, nothing is even looked at', async () => {
  await expect(bringUpToDate({ signal: AbortSignal.abort() })).rejects.toMatchObject({ reason: 'aborted' });
  expect([takeLog(), events]).toEqual(['', []]);
});

it('an input that is not there is told before anything runs, with its place', async () => {
  rmSync(join(folder, 'raw.csv'));
  rmSync(join(folder, 'params.yaml'));
  await expect(bringUpToDate()).rejects.toMatchObject({
    problems: [
      { message: 'raw.csv does not exist, and no stage makes it', at: { line: 4, column: 12 } },
      { message: 'params.yaml does not exist, and no stage makes it', at: { line: 9, column: 14 } },
    ],
  });
  expect(takeLog()).toBe('');
});

it('a frozen stage never runs: its outputs are taken as they are', async () => {
  await bringUpToDate();
  takeLog();
  write('dvc.yaml', DVC_YAML.replace('outs: [sorted.csv]', 'outs: [sorted.csv]\n    frozen: true'));
  write('raw.csv', 'z\n');
  expect(await statuses()).toEqual(['prepare, skipped', 'train, skipped']);
  write('sorted.csv', 'by hand\n');
  expect((await statuses())[0]).toBe('prepare, recorded, output sorted.csv modified');
  expect(takeLog()).toBe('train');
});

it('a stage that keeps its old output builds on it, and is never restored', async () => {
  write(
    'dvc.yaml',
    'stages:\n  grow:\n    cmd: cat raw.csv >> all.csv\n    deps: [raw.csv]\n    outs: [all.csv: {persist: true}]\n',
  );
  await bringUpToDate();
  write('raw.csv', 'c\n');
  expect(await statuses()).toEqual(['grow, ran, dependency raw.csv modified']);
  expect(read('all.csv')).toBe('b\na\nc\n');
});

it('the lines of a command run one by one in shells of their own, with the names DVC gives', async () => {
  write(
    'dvc.yaml',
    'stages:\n  show:\n    cmd: |\n      cd / && x=1\n      echo "$x$DVC_STAGE $DVC_ROOT" > out\n    outs: [out]\n',
  );
  await bringUpToDate();
  expect(read('out')).toBe(`pipelines/eta/dvc.yaml:show ${root}\n`);
});

it('an output is never removed through a link that leads out of the repository', async () => {
  const outside = await mkdtemp(join(tmpdir(), 'outside-'));
  writeFileSync(join(outside, 'sorted.csv'), 'precious');
  symlinkSync(outside, join(folder, 'link'));
  write('dvc.yaml', DVC_YAML.replaceAll('sorted.csv', 'link/sorted.csv'));
  await expect(bringUpToDate()).rejects.toThrow('leads out of the repository through a link');
  expect(readFileSync(join(outside, 'sorted.csv'), 'utf8')).toBe('precious');
});

it('a working directory that does not exist is told at the stage', async () => {
  write('dvc.yaml', 'stages:\n  a:\n    cmd: x\n    wdir: none\n    outs: [o]\n');
  await expect(bringUpToDate()).rejects.toMatchObject({
    message: expect.stringContaining('is not a folder'),
    at: { line: 2 },
  });
});

it('what .dvcignore leaves out of a folder makes no stage run again', async () => {
  writeFileSync(join(root, '.dvcignore'), '# temporary files\n*.tmp\n');
  await bringUpToDate();
  write('parts/x.tmp', 'left out');
  expect(await statuses()).toEqual(['prepare, skipped', 'train, skipped']);
  write('parts/x.csv', 'counted');
  expect((await statuses())[1]).toBe('train, restored, output parts modified');
});
