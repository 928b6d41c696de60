// status and repro when nothing changed: answered from memory, which holds everything that the answer depends on.
import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve, sep } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { launcher } from '../../support/workspace.ts';

const PROGRAM = resolve(dirname(launcher), '../..');
const TRACE = join(PROGRAM, 'test/support/trace-files.cjs');

let root: string;
const path = (name: string) => join(root, name);
const git = (...words: readonly string[]) => execFileSync('git', words, { cwd: root, encoding: 'utf8' });
function write(name: string, text: string): void {
  mkdirSync(dirname(path(name)), { recursive: true });
  writeFileSync(path(name), text);
}

interface Told {
  readonly out: string;
  /** What the program asked the file system about, itself left out. */
  readonly asked: readonly string[];
  /** True when all that follows was not even loaded. */
  readonly isQuick: boolean;
}

function ask(...words: readonly string[]): Told {
  const trace = path('.dvc/tmp/trace');
  mkdirSync(dirname(trace), { recursive: true });
  rmSync(trace, { force: true });
  const env = { PATH: process.env.PATH, HOME: path('home'), NO_COLOR: '1', TRACE_FILE: trace };
  const out = execFileSync(process.execPath, ['--require', TRACE, launcher, 'dvc', ...words], {
    cwd: root,
    env,
    encoding: 'utf8',
  });
  const all = readFileSync(trace, 'utf8').split('\n').filter(Boolean);
  return {
    out,
    asked: all.filter(one => !one.startsWith(PROGRAM + sep)),
    isQuick: !all.includes(path('.dvc/tmp/mainline/state')),
  };
}

/** What changed a moment ago could change again under the same time stamp. */
const settle = () => new Promise(resolve => setTimeout(resolve, 250));

async function makeRepository(): Promise<void> {
  git('init', '--quiet');
  write('.dvc/config', '');
  write('.dvc/.gitignore', '/config.local\n/tmp\n/cache\n');
  write('.gitignore', '/ignored\n/tmp-*\n');
  write('.dvcignore', '*.log\n');
  write('params.yaml', 'seed: 1\n');
  write('names.yaml', 'name: word\n');
  write('raw/a/1.txt', '1');
  write('raw/2.log', '2');
  write('elsewhere.txt', 'linked');
  symlinkSync('elsewhere.txt', path('linked.txt'));
  write('ignored/dvc.yaml', 'stages: 1\n');
  write('inner/.dvc/config', '');
  write('inner/dvc.yaml', 'stages: 1\n');
  write(
    'dvc.yaml',
    `vars: [names.yaml]
stages:
  a: {cmd: 'mkdir -p out && echo \${name} > out/a.txt', deps: [raw, linked.txt], params: [seed], outs: [out]}
  b: {cmd: 'cat out/a.txt > b.json', deps: [out], outs: [b.json: {cache: false}]}
`,
  );
  write(
    'deep/er/dvc.yaml',
    'stages: {c: {cmd: cp ../../b.json c.txt, deps: [../../b.json], outs: [c.txt]}}\n',
  );
  write('data/one.txt', 'one');
  ask('add', 'data');
  ask('repro', '--all-pipelines', '--quiet');
  await settle();
  // What was hashed just now is remembered from the second time on.
  for (const words of ASKED) for (let time = 0; time < 2; time++) ask(...words);
}

const ASKED = [['status'], ['repro', '--all-pipelines', '--quiet'], ['repro']];

beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'quick-answer-')));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const answerOf = (words: readonly string[]) => path(`.dvc/tmp/mainline/answer-${words.join('')}`);

/** Memory, which only makes answers quicker, and who holds the lock. */
const isAside = (one: string) =>
  one === path('.dvc') ||
  one === path('.dvc/tmp') ||
  (one.startsWith(path('.dvc/tmp') + sep) && !one.endsWith('journal')) ||
  one.startsWith('/proc/');

it.each(ASKED)('the answer of %s rests on everything that is looked at to find it', async (...words) => {
  await makeRepository();
  const { rows } = JSON.parse(readFileSync(answerOf(words), 'utf8'));
  const known = new Set<string>(rows.map(([one]: readonly [string]) => one));
  rmSync(answerOf(words));
  // A folder's own row tells when something comes into it.
  const isKnown = (one: string) => known.has(one) || (!existsSync(one) && known.has(dirname(one)));
  // Where there is no file, the folder above is asked whether one has just gone.
  const above = (one: string) => [...known].some(lower => lower.startsWith(one + sep) && !existsSync(lower));
  const unknown = ask(...words).asked.filter(one => !isKnown(one) && !isAside(one) && !above(one));
  expect(unknown).toEqual([]);
  expect(known).toContain(path('raw/a/1.txt'));
});

it('what did not change is answered without loading what would look', async () => {
  await makeRepository();
  const told = ASKED.map(words => ask(...words));
  expect(told.map(({ isQuick }) => isQuick)).toEqual([true, true, true]);
  expect(told.map(({ out }) => out)).toEqual([
    'Data and pipelines are up to date.\n',
    '',
    "Stage 'a' did not change, skipping\nStage 'b' did not change, skipping\nData and pipelines are up to date.\n",
  ]);
  write('params.yaml', 'seed: 2\n');
  const changed = ask('status');
  expect(changed.isQuick).toBe(false);
  expect(changed.out).toContain('changed deps');
  expect(ask('repro').out).toContain("Running stage 'a'");
});

it('options that change what is done are not answered from memory', async () => {
  await makeRepository();
  for (const words of [
    ['status', 'data.dvc'],
    ['status', '-d'],
    ['repro', '--dry'],
    ['repro', '-j', '2'],
  ]) {
    ask(...words);
    expect(ask(...words).isQuick, words.join(' ')).toBe(false);
  }
  expect(ask('repro', '--force').out).toContain("Running stage 'a'");
});
