// An answer is given again only while nothing that it depends on has changed, whatever that is.
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { addData } from '#lib/flows/dvc/add.ts';
import { answerFile, recallAnswer } from '#lib/flows/dvc/answer.ts';
import { reproduceRepository } from '#lib/flows/dvc/repro.ts';
import { statusOfRepository } from '#lib/flows/dvc/status.ts';

let root: string;
const path = (name: string) => join(root, name);
function write(name: string, text: string): void {
  mkdirSync(dirname(path(name)), { recursive: true });
  writeFileSync(path(name), text);
}
const erase = (name: string) => rmSync(path(name), { recursive: true });

const STATUS = { words: 'status', version: 'test' };
const REPRO = { words: 'repro --all-pipelines', version: 'test' };
/** What changed a moment ago counts as settled: a test waits until time stamps differ instead. */
const later = () => Date.now() + 60_000;
const untilStampsDiffer = () => new Promise(resolve => setTimeout(resolve, 12));
const around = () => ({ directory: root, env: { HOME: path('home') }, now: later });
const quietly = { onWait: () => {}, onEvent: () => {}, onNote: () => {}, onRecovered: () => {} };

const askStatus = () => statusOfRepository({ ...around(), targets: [], question: STATUS });
const askRepro = () =>
  reproduceRepository({
    ...{ ...around(), ...quietly, targets: [], allPipelines: true, question: REPRO },
    ...{ command: 'mainline dvc repro', signal: new AbortController().signal },
  });
const isKnown = () => ({
  status: recallAnswer({ ...around(), ...STATUS }) !== undefined,
  repro: recallAnswer({ ...around(), ...REPRO }) !== undefined,
});
const BOTH = { status: true, repro: true };
const NEITHER = { status: false, repro: false };

const PIPELINE = `vars: [names.yaml]
stages:
  a: {cmd: 'mkdir -p out && echo \${name} > out/a.txt', deps: [raw, linked.txt], params: [seed], outs: [out]}
  b: {cmd: 'cat out/a.txt > b.json', deps: [out], outs: [b.json: {cache: false}]}
`;

/** All up to date, and remembered. */
beforeEach(async () => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'answer-')));
  execFileSync('git', ['init', '--quiet'], { cwd: root });
  write('.dvc/config', '');
  write('.dvc/.gitignore', '/config.local\n/tmp\n/cache\n');
  write('.gitignore', '/ignored\n');
  write('.dvcignore', '*.log\n');
  write('params.yaml', 'seed: 1\n');
  write('names.yaml', 'name: word\n');
  write('raw/a/1.txt', '1');
  write('elsewhere.txt', 'linked');
  symlinkSync('elsewhere.txt', path('linked.txt'));
  write('ignored/dvc.yaml', 'stages: 1\n');
  write('inner/.dvc/config', '');
  write('inner/dvc.yaml', 'stages: 1\n');
  write('dvc.yaml', PIPELINE);
  write(
    'deep/er/dvc.yaml',
    'stages: {c: {cmd: cp ../../b.json c.txt, deps: [../../b.json], outs: [c.txt]}}\n',
  );
  write('data/one.txt', 'one');
  await addData({ ...around(), ...quietly, targets: [path('data')], command: 'mainline dvc add' });
  await askRepro();
  await askRepro();
  await askStatus();
  await untilStampsDiffer();
  expect(isKnown()).toEqual(BOTH);
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const CHANGES: Readonly<Record<string, () => void>> = {
  'a dependency was edited': () => write('raw/a/1.txt', '2'),
  'a file came into a dependency': () => write('raw/a/3.txt', '3'),
  'a file of a dependency went': () => erase('raw/a/1.txt'),
  'what a link leads to was edited': () => write('elsewhere.txt', 'other!'),
  'what a link leads to went': () => erase('elsewhere.txt'),
  'a link leads elsewhere': () => {
    write('third.txt', 'linked');
    erase('linked.txt');
    symlinkSync('third.txt', path('linked.txt'));
  },
  'an output went': () => erase('out/a.txt'),
  'an output of git was edited': () => write('b.json', 'other'),
  'tracked data was edited': () => write('data/one.txt', 'two'),
  'tracked data is tracked no longer': () => erase('data.dvc'),
  'a parameter changed': () => write('params.yaml', 'seed: 2\n'),
  'a value for templates changed': () => write('names.yaml', 'name: more\n'),
  'a command changed': () => write('dvc.yaml', PIPELINE.replace('cat ', 'cat  ')),
  'a lock file went': () => erase('deep/er/dvc.lock'),
  'a pipeline came': () => write('deep/dvc.yaml', 'stages: {d: {cmd: echo > d.txt, outs: [d.txt]}}\n'),
  'tracked data came': () =>
    write('deep/new.dvc', 'outs: [{path: new, md5: 0cc175b9c0f1b6a831c399e269772661}]\n'),
  'the cache went': () => erase('.dvc/cache'),
  'an object went': () => erase('.dvc/cache/files/md5/f9/7c5d29941bfb1b2fdab0874906ab82'),
  'another cache is configured': () => write('.dvc/config.local', '[cache]\n    dir = other\n'),
  'the configuration changed': () => write('.dvc/config', '[cache]\n    dir = other\n'),
  'the user has a configuration': () => write('home/.config/dvc/config', '[cache]\n    dir = other\n'),
  'patterns changed': () => write('.dvcignore', '*.txt\n'),
  'patterns came': () => write('raw/.dvcignore', '*.txt\n'),
  'git ignores nothing': () => erase('.gitignore'),
  'git ignores more': () => write('.git/info/exclude', 'deep\n'),
  'git takes letters for equal': () => write('.git/config', '[core]\n\tignorecase = true\n'),
  'there is no git': () => renameSync(path('.git'), path('git')),
  'a repository inside went': () => erase('inner/.dvc'),
  'a repository begins inside': () => mkdirSync(path('deep/.dvc')),
  'a killed run left a journal': () => write('.dvc/tmp/mainline/journal', '{}\n'),
  'a file may no longer be read': () => chmodSync(path('raw/a/1.txt'), 0o000),
  'a file has the size and time of before': () => {
    execFileSync('cp', ['-p', path('raw/a/1.txt'), `${root}-before`]);
    write('raw/a/1.txt', '7');
    execFileSync('touch', ['-r', `${root}-before`, path('raw/a/1.txt')]);
    rmSync(`${root}-before`);
  },
  'the answer is cut short': () => {
    for (const question of [STATUS, REPRO]) truncateSync(answerFile(root, question), 900);
  },
  'the answer rests on nothing': () => {
    for (const question of [STATUS, REPRO]) {
      const file = answerFile(root, question);
      const written: object = JSON.parse(readFileSync(file, 'utf8'));
      writeFileSync(file, JSON.stringify({ ...written, rows: [] }));
    }
  },
};

it.each(Object.keys(CHANGES))('it is looked up anew when %s', name => {
  CHANGES[name]?.();
  expect(isKnown()).toEqual(NEITHER);
});

it('it is given again when something changed that it does not depend on', () => {
  write('ignored/more.txt', 'more');
  write('.dvc/tmp/rwlock', '{}');
  write('.git/index.lock', '');
  expect(isKnown()).toEqual(BOTH);
});

it('it is given to the same question alone', () => {
  const asker = { ...around(), ...STATUS };
  expect(recallAnswer({ ...asker, version: 'next' })).toBeUndefined();
  expect(recallAnswer({ ...asker, directory: path('deep') })).toBeUndefined();
  expect(recallAnswer({ ...asker, env: { HOME: path('deep') } })).toBeUndefined();
  expect(recallAnswer({ ...asker, env: { ...asker.env, DVC_SITE_CACHE_DIR: root } })).toBeUndefined();
  expect(recallAnswer({ ...asker, env: { ...asker.env, EDITOR: 'ed' } })).toBeDefined();
  renameSync(answerFile(root, STATUS), answerFile(root, { ...STATUS, words: 'status --json' }));
  expect(recallAnswer({ ...asker, words: 'status --json' })).toBeUndefined();
});

it('a copy of the repository does not bring its answer', () => {
  const copy = `${root}-copy`;
  execFileSync('cp', ['-a', root, copy]);
  expect(recallAnswer({ ...around(), ...STATUS, directory: copy })).toBeUndefined();
  rmSync(copy, { recursive: true });
});

it('what changed a moment ago is not relied on', async () => {
  erase('.dvc/tmp/mainline/answer-status');
  const time = Math.max(statSync(path('b.json')).ctimeMs, statSync(path('raw')).ctimeMs);
  for (const [age, isRemembered] of [
    [-5, false],
    [50, false],
    [90_000, true],
  ] as const) {
    await statusOfRepository({ ...around(), targets: [], now: () => time + age, question: STATUS });
    expect(existsSync(answerFile(root, STATUS)), `${age} ms`).toBe(isRemembered);
  }
});

it('what is not up to date, frozen or checked by others is not remembered', async () => {
  const pipelines = {
    changed: PIPELINE.replace('seed', 'other'),
    frozen: PIPELINE.replace('{cmd', '{frozen: true, cmd'),
    'always changed': PIPELINE.replace('{cmd', '{always_changed: true, cmd'),
  };
  for (const [name, text] of Object.entries(pipelines)) {
    write('params.yaml', 'seed: 1\nother: 1\n');
    write('dvc.yaml', text);
    await askStatus();
    await untilStampsDiffer();
    expect(isKnown().status, name).toBe(false);
  }
});

it('a stage with a contract is checked each time', async () => {
  write('dvc.yaml', PIPELINE.replace('outs: [b.json', 'meta: {mainline: {contracts: {}}}, outs: [b.json'));
  await askRepro();
  await askRepro();
  expect(isKnown().repro).toBe(false);
});

it('outputs that git does not ignore are asked about each time', async () => {
  write('.gitignore', '/ignored\n');
  execFileSync('git', ['add', '--force', 'out'], { cwd: root });
  await askRepro();
  await askRepro();
  expect(isKnown().repro).toBe(false);
});
