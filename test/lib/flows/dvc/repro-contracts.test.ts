import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { CHECKER } from '#lib/contracts/checker.ts';
import { commitData } from '#lib/flows/dvc/commit.ts';
import { type ReproEvent, type ReproOptions, reproduceRepository } from '#lib/flows/dvc/repro.ts';

let root: string;
let events: ReproEvent[];
const write = (name: string, text: string) => writeFileSync(join(root, name), text);
const read = (name: string) => readFileSync(join(root, name), 'utf8');
const kept = () => events.filter(({ kind }) => kind === 'contract-kept');

const MEMORY = '.dvc/tmp/mainline/contracts.json';

beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'contracts-')));
  execFileSync('git', ['init', '--quiet', root]);
  execFileSync('mkdir', [join(root, '.dvc')]);
  write('.dvc/config', '');
  write('dvc.yaml', yaml());
  write('made.odcs.yaml', contract(500));
});

const STAGE = `stages:
  make:
    cmd: printf 'n\\n400\\n450\\n' > made.csv && echo ran >> log
    deps: [dep]
    outs: [made.csv]
`;

function yaml(contracts = '{made.csv: made.odcs.yaml}'): string {
  write('dep', '1\n');
  return `${STAGE}    meta:\n      mainline:\n        owner: '@makers'\n        contracts: ${contracts}\n`;
}

function contract(maximum: number): string {
  return `apiVersion: v3.1.0
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
        logicalTypeOptions: {maximum: ${maximum}}
`;
}

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

function commit(force: boolean, onBrokenContract: (problem: Error) => void = () => {}) {
  return commitData({
    ...{ directory: root, env: {}, now: Date.now, targets: [], command: 'mainline dvc commit' },
    ...{ force, onBrokenContract, onWait: () => {}, confirm: async () => true },
  });
}

const BROKEN = {
  reason: 'contract',
  message: expect.stringMatching(
    /made\.odcs\.yaml:12:30 n is at most 420: 1 row breaks it\n {2}owner: @makers/,
  ),
};

it('a contract that is kept is told once, and then remembered', async () => {
  expect((await repro()).statuses).toEqual(['make ran']);
  expect(kept()).toEqual([{ kind: 'contract-kept', stage: 'make', contract: 'made.odcs.yaml', checks: 5 }]);
  expect((await repro()).statuses).toEqual(['make skipped']);
  expect(kept()).toEqual([]);
  // By md5sum; no path of this machine, so that the folder may be moved.
  expect(Object.values(JSON.parse(read(MEMORY)).kept)).toEqual([['49a0db92291d7b75cb14529fc6cd2ca4']]);
  expect(read(MEMORY)).not.toContain(root);
});

it('what is remembered is only a cache: damaged, it is found again', async () => {
  await repro();
  const whole = read(MEMORY);
  for (const damaged of [
    '',
    'null',
    `{"checker":"${CHECKER}","kept":[3]}`,
    whole.replace(`"checker":"${CHECKER}"`, '"checker":"0"'),
  ]) {
    write(MEMORY, damaged);
    expect((await repro()).errors).toEqual([]);
    expect(kept()).toHaveLength(1);
    expect(read(MEMORY)).toBe(whole);
  }
});

it('a latency is measured at the time of the run, and that it was kept is not remembered', async () => {
  const columns = '      - {name: n, logicalType: date}\n';
  write(
    'made.odcs.yaml',
    contract(500).replace(
      / {6}- name: n[\s\S]*$/,
      `${columns}slaProperties:\n  - {property: latency, value: 4, unit: d, element: made.n}\n`,
    ),
  );
  write('dvc.yaml', yaml().replace('n\\n400\\n450\\n', 'n\\n2026-03-01\\n'));
  const on = (day: string) => repro({ now: () => Date.parse(`${day}T00:00:00Z`) });
  expect((await on('2026-03-05')).statuses).toEqual(['make ran']);
  expect(await on('2026-03-06')).toMatchObject({
    statuses: ['make failed'],
    errors: [
      { message: expect.stringContaining('the newest n is at most 4 days old (found 5, asked for <= 4 d)') },
    ],
  });
});

it('rules that read other files are asked each time', async () => {
  const query = '{type: sql, query: SELECT max(n) FROM made, mustBeLessThan: 460}';
  write('made.odcs.yaml', `${contract(500)}    quality: [${query}]\n`);
  await repro();
  await repro();
  expect(kept()).toHaveLength(1);
});

it('a contract that a finished stage gets is checked though nothing runs', async () => {
  write('made.odcs.yaml', contract(420));
  write('dvc.yaml', STAGE);
  await repro();
  write('dvc.yaml', yaml());
  for (const _ of [1, 2]) {
    expect(await repro()).toEqual({ statuses: ['make failed'], errors: [expect.objectContaining(BROKEN)] });
  }
  expect(read('log')).toBe('ran\n');
});

it('a contract that becomes tighter is checked again', async () => {
  await repro();
  write('made.odcs.yaml', contract(420));
  expect((await repro()).errors).toMatchObject([BROKEN]);
  write('made.odcs.yaml', contract(500));
  expect((await repro()).statuses).toEqual(['make skipped']);
  expect(kept()).toEqual([]);
});

it('after a failure whose outputs are as locked, the next run fails as well', async () => {
  await repro();
  write('made.odcs.yaml', contract(420));
  expect((await repro({ force: true })).errors).toMatchObject([BROKEN]);
  expect((await repro()).errors).toMatchObject([BROKEN]);
});

it('outputs that are restored or pulled are checked', async () => {
  write('.dvc/config', '[core]\n    remote = store\n[\'remote "store"\']\n    url = ../store\n');
  await repro();
  write('made.odcs.yaml', contract(420));
  rmSync(join(root, 'made.csv'));
  const lock = read('dvc.lock');
  rmSync(join(root, 'dvc.lock'));
  expect((await repro()).errors).toMatchObject([BROKEN]);
  expect([events.map(({ kind }) => kind), existsSync(join(root, 'dvc.lock'))]).toEqual([['restored'], false]);
  write('dvc.lock', lock);
  rmSync(join(root, 'made.csv'));
  renameSync(join(root, '.dvc/cache'), join(root, 'store'));
  expect((await repro({ pull: true })).errors).toMatchObject([BROKEN]);
  expect(events.map(({ kind }) => kind)).toEqual(['pulled']);
  expect(read('log')).toBe('ran\n');
});

it('a commit refuses what breaks its contract, and with force records it and says so', async () => {
  write('made.odcs.yaml', contract(420));
  expect((await repro()).errors).toMatchObject([BROKEN]);
  await expect(commit(false)).rejects.toThrow(/n is at most 420: 1 row breaks it/);
  expect(existsSync(join(root, 'dvc.lock'))).toBe(false);
  const warnings: string[] = [];
  expect((await commit(true, ({ message }) => warnings.push(message))).committed).toEqual(['make']);
  expect(warnings).toEqual([expect.stringContaining('n is at most 420: 1 row breaks it')]);
  await expect(commit(false)).rejects.toThrow(/n is at most 420/);
  expect((await repro()).errors).toMatchObject([BROKEN]);
});

it('contracts that cannot be used are told before anything runs, all at once', async () => {
  write(
    'dvc.yaml',
    `stages:
  first: {cmd: touch first, outs: [first]}
  a:
    cmd: touch a.csv
    outs: [a.csv]
    meta: {mainline: {contracts: {a.csv: lost.yaml}}}
  b:
    cmd: touch b.csv
    outs: [b.csv]
    meta: {mainline: {contracts: {b.csv: made.odcs.yaml}}}
`,
  );
  write('made.odcs.yaml', contract(1).replace('id: made', 'id: [made'));
  for (const dry of [true, false]) {
    await expect(repro({ dry })).rejects.toMatchObject({
      problems: [
        { message: 'The contract lost.yaml of a.csv does not exist', at: { line: 6, column: 35 } },
        { message: 'The contract made.odcs.yaml of b.csv cannot be used', at: { line: 10, column: 35 } },
        { at: { file: join(root, 'made.odcs.yaml') } },
      ],
    });
  }
  expect(existsSync(join(root, 'first'))).toBe(false);
  expect(existsSync(join(root, '.dvc/tmp/rwlock')) ? read('.dvc/tmp/rwlock') : '').not.toContain('pid');
});

it('a contract that was fine when its output was made is told when it is damaged or gone', async () => {
  await repro();
  write('made.odcs.yaml', 'schema: 7\n');
  await expect(repro()).rejects.toThrow(/cannot be used/);
  rmSync(join(root, 'made.odcs.yaml'));
  await expect(repro()).rejects.toThrow(/does not exist/);
});

it('a contract that a stage of the same run makes is read when it is there', async () => {
  write(
    'dvc.yaml',
    `${yaml('{made.csv: out.yaml}')}  rules: {cmd: cp made.odcs.yaml out.yaml, outs: [out.yaml]}\n`,
  );
  write('dvc.yaml', read('dvc.yaml').replace('deps: [dep]', 'deps: [dep, out.yaml]'));
  expect((await repro()).statuses).toEqual(['rules ran', 'make ran']);
  expect(kept()).toHaveLength(1);
});
