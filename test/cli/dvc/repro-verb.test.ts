// repro as people run it: with nobody to answer, interrupted, after a failure, in a fresh clone.
import { execFileSync, spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import type { Answer } from '../../support/launch-dvc.ts';
import { launcher } from '../../support/workspace.ts';
import { launch } from './launch.ts';

let root: string;
const write = (name: string, text: string) => writeFileSync(join(root, name), text);
const read = (name: string) => readFileSync(join(root, name), 'utf8');
const git = (...words: readonly string[]) => execFileSync('git', words, { cwd: root, encoding: 'utf8' });

beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'repro-verb-')));
  git('init', '--quiet');
  mkdirSync(join(root, '.dvc'));
  write('.dvc/config', '');
  write('.dvc/.gitignore', '/config.local\n/tmp\n/cache\n');
});

const TWO = `stages:
  a: {cmd: echo 1 > a.txt, outs: [a.txt]}
  b: {cmd: cp a.txt b.txt, deps: [a.txt], outs: [b.txt]}
`;

/** `repro -i`, with this on standard input and then its end; undefined for one that is closed from the start. */
function reproInteractively(input: string | undefined): Promise<Answer> {
  const close = input === undefined ? ' <&-' : '';
  const child = spawn('sh', ['-c', `exec "${process.execPath}" "${launcher}" dvc repro -i${close}`], {
    cwd: root,
    env: { PATH: process.env.PATH, HOME: root, NO_COLOR: '1' },
  });
  let [out, err] = ['', ''];
  child.stdout.on('data', text => (out += text));
  child.stderr.on('data', text => (err += text));
  child.stdin.on('error', () => {});
  child.stdin.end(input ?? '');
  return new Promise(resolve => child.on('close', code => resolve({ code: code ?? -1, out, err })));
}

// DVC 3.67.1: "reproduction aborted by the user", 255.
it.each([
  ['ended', ''],
  ['closed', undefined],
])('asked to ask on %s standard input, nothing runs and nothing stays locked', async (_, input) => {
  write('dvc.yaml', TWO);
  const { code, err } = await reproInteractively(input);
  expect([code, existsSync(join(root, 'a.txt'))]).toEqual([255, false]);
  expect(err).toContain('The stage "a" was not run: nobody answered');
  expect(err).not.toContain('unsettled');
  expect(JSON.parse(read('.dvc/tmp/rwlock'))).toEqual({ read: {}, write: {} });
});

it('each question takes its line of the answers', async () => {
  write('dvc.yaml', TWO);
  const declined = await reproInteractively('y\nn\n');
  expect(declined.err).toContain('The stage "b" was not run: aborted by the user');
  expect([declined.code, existsSync(join(root, 'b.txt'))]).toEqual([255, false]);
  expect((await reproInteractively('yes\n')).code).toBe(0);
  expect(read('b.txt')).toBe('1\n');
});

it('after a failed run the next one keeps what was finished out of git', async () => {
  write('dvc.yaml', TWO.replace('cp a.txt b.txt', 'exit 1'));
  expect((await launch(['repro'], root)).code).toBe(255);
  expect(existsSync(join(root, '.gitignore'))).toBe(false);
  write('dvc.yaml', TWO);
  const { code, out } = await launch(['repro'], root);
  expect([code, out]).toEqual([0, expect.stringContaining("Stage 'a' did not change, skipping")]);
  expect(read('.gitignore').split('\n').toSorted()).toEqual(['', '/a.txt', '/b.txt']);
  expect(out).toContain('for git: git add .gitignore dvc.lock');
});

it('entries that are there in another form stay as they are', async () => {
  write('dvc.yaml', TWO);
  await launch(['repro'], root);
  write('.gitignore', '*.txt\n');
  expect((await launch(['repro'], root)).out).toBe(
    "Stage 'a' did not change, skipping\nStage 'b' did not change, skipping\nData and pipelines are up to date.\n",
  );
  expect(read('.gitignore')).toBe('*.txt\n');
});

it('the hint for git leaves out what git has already', async () => {
  write('dvc.yaml', TWO);
  await launch(['repro'], root);
  git('add', '.gitignore', 'dvc.lock');
  expect((await launch(['repro', '--force'], root)).out).not.toContain('git add');
  write('dvc.yaml', TWO.replace('echo 1', 'echo 2'));
  expect((await launch(['repro'], root)).out).toContain('-> for git: git add dvc.lock\n');
  write('dvc.yaml', TWO);
  const back = await launch(['repro'], root);
  expect([back.code, back.out]).toEqual([0, expect.not.stringContaining('git add')]);
  write('-x.csv', '1\n');
  expect((await launch(['add', '--', '-x.csv'], root)).out).toContain('git add -- -x.csv.dvc .gitignore\n');
});

it('without a dvc.yaml the advice leads on', async () => {
  for (const words of [['repro'], ['stage', 'list']]) {
    const { code, err } = await launch(words, root);
    expect([code, err]).toEqual([255, expect.stringContaining('There is no dvc.yaml in this folder')]);
    expect(err).toContain('mainline dvc stage add');
  }
  mkdirSync(join(root, 'team'));
  write('team/dvc.yaml', TWO);
  expect((await launch(['repro'], root)).err).toContain('team/dvc.yaml');
});

// DVC 3.67.1 pulls and says "Data and pipelines are up to date."
it('in a fresh clone --pull brings what is cached; what git holds stands there already', async () => {
  write('.dvc/config', '[core]\n    remote = store\n[\'remote "store"\']\n    url = ../store\n');
  write(
    'dvc.yaml',
    'stages:\n  a: {cmd: echo 1 > model && echo 2 > m.json && echo ran >> log, outs: [model], metrics: [m.json: {cache: false}]}\n',
  );
  for (const verb of ['repro', 'push']) expect((await launch([verb], root)).code).toBe(0);
  rmSync(join(root, '.dvc/cache'), { recursive: true });
  rmSync(join(root, 'model'));
  const { code, out } = await launch(['repro', '--pull'], root);
  expect([code, out]).toEqual([0, expect.stringContaining('Data and pipelines are up to date.')]);
  expect([read('model'), read('m.json'), read('log')]).toEqual(['1\n', '2\n', 'ran\n']);
});

/** Starts repro with a stage that waits, and gives what it said when it is over. */
async function stopRepro(shell: string, signal: NodeJS.Signals): Promise<string> {
  write('dvc.yaml', `stages:\n  a: {cmd: touch started && sleep 28.${process.pid}, outs: [a.txt]}\n`);
  const child = spawn('sh', ['-c', shell], { cwd: root, env: { ...process.env, NO_COLOR: '1' } });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', text => (said += text));
  const ended = new Promise(resolve => child.on('close', resolve));
  while (!existsSync(join(root, 'started'))) await new Promise(resolve => setTimeout(resolve, 20));
  child.kill(signal);
  await ended;
  return said;
}

it('an interrupted stage was stopped: it did not fail', async () => {
  const said = await stopRepro(`exec "${process.execPath}" "${launcher}" dvc repro`, 'SIGINT');
  expect(said).toContain('The stage "a" was stopped while it ran');
  expect(said).not.toContain('failed');
});

it('a worker whose launcher is killed stops its stages and leaves no lock', async () => {
  // What a launcher on another Node does: it names itself, and waits.
  const shell = `MAINLINE_LAUNCHER=$$ "${process.execPath}" "${launcher}" dvc repro; true`;
  const said = await stopRepro(shell, 'SIGKILL');
  expect(said).toContain('The stage "a" was stopped while it ran');
  expect(() => execFileSync('pgrep', ['-f', `sleep 28.${process.pid}`])).toThrow();
  expect(JSON.parse(read('.dvc/tmp/rwlock'))).toEqual({ read: {}, write: {} });
});
