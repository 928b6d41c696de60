// What people read where something is missing, wrong or not ours: the next command is named as it has to be typed.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, test } from 'vitest';
import packageJson from '../../../package.json' with { type: 'json' };
import { launch } from './launch.ts';

let root: string;

beforeEach(async () => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'words-')));
  execFileSync('git', ['init', '-q', '-b', 'main'], { cwd: root });
  await launch(['init', '-q'], root);
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

const write = (name: string, text: string) => writeFileSync(join(root, name), text);

it.each(['exp run', 'experiments', 'plots show', 'import-url', 'get', 'update', 'install', 'queue', 'du'])(
  'dvc %s is said to be DVC’s own, not unknown',
  async words => {
    const { code, err } = await launch(words.split(' '), root);
    expect(code).toBe(254);
    expect(err).toContain(`${words.split(' ')[0]} is not in Mainline`);
    expect(err).toContain('COMING-FROM-DVC.md');
  },
);

test('root prints what DVC prints: the way up, or a dot at the top; outside it ends with 253', async () => {
  mkdirSync(join(root, 'a/b'), { recursive: true });
  expect(await launch(['root'], root)).toMatchObject({ code: 0, out: '.\n' });
  expect(await launch(['root'], join(root, 'a/b'))).toMatchObject({ code: 0, out: '../..\n' });
  expect((await launch(['root'], join(root, '..'))).code).toBe(253);
});

test('version prints ours', async () => {
  expect((await launch(['version'], root)).out).toContain(`mainline ${packageJson.version}`);
});

test('without any remote push and pull say how to add one', async () => {
  write('a', 'a');
  await launch(['add', 'a'], root);
  for (const verb of ['push', 'pull']) {
    const { code, err } = await launch([verb], root);
    expect(code).toBe(1);
    expect(err).toContain('mainline dvc remote add --default <name> <url>');
  }
});

test('gc names the fetch that brings the listings it needs', async () => {
  mkdirSync(join(root, 'd'));
  write('d/a', 'a');
  await launch(['add', 'd'], root);
  rmSync(join(root, '.dvc/cache'), { recursive: true });
  const advice = async (...flags: readonly string[]) => (await launch(['gc', '--dry', ...flags], root)).err;
  expect(await advice('-w')).toContain('mainline dvc fetch;');
  expect(await advice('-a', '-T')).toContain('mainline dvc fetch --all-branches --all-tags;');
  expect(await advice('-A')).toContain('mainline dvc fetch --all-commits;');
});

test('what was added before a target that is missing is told, and the path of that one once', async () => {
  write('x', 'xy');
  const { code, out, err } = await launch(['add', 'x', 'y'], root);
  expect(code).toBe(1);
  expect(out).toContain('ok x.dvc: 2 bytes');
  expect(out).toContain('git add .gitignore x.dvc');
  expect(err).toContain('error y does not exist\n');
});

test('verbs that change a record say so in one line, and nothing with --quiet', async () => {
  write('a', 'a');
  await launch(['add', 'a'], root);
  expect((await launch(['freeze', 'a.dvc'], root)).out).toBe('ok a.dvc is frozen\n');
  expect((await launch(['unfreeze', 'a.dvc'], root)).out).toBe('ok a.dvc is no longer frozen\n');
  expect(await launch(['freeze', '-q', 'a.dvc'], root)).toEqual({ code: 0, out: '', err: '' });
  const told = async (words: string) => (await launch(words.split(' '), root)).err;
  expect(await told('config core.autostage false')).toBe('ok core.autostage is set in .dvc/config\n');
  expect(await told('config -u core.autostage')).toBe('ok core.autostage is taken out of .dvc/config\n');
  expect(await told('remote add --local s /tmp/x')).toBe('ok s is a remote now, in .dvc/config.local\n');
  expect(await told('remote modify -q --local s jobs 3')).toBe('');
});

test('a secret is not repeated when it is set', async () => {
  await launch(['remote', 'add', 's', 's3://b'], root);
  const { out, err } = await launch(
    ['remote', 'modify', '--local', 's', 'secret_access_key', 'hush-hush'],
    root,
  );
  expect(out + err).not.toContain('hush');
});

test('remove says what git has to be told', async () => {
  write('a', 'a');
  await launch(['add', 'a'], root);
  execFileSync('git', ['add', '.'], { cwd: root });
  expect((await launch(['remove', 'a.dvc'], root)).out).toBe(
    'ok a.dvc is no longer tracked\n-> for git: git add .gitignore a.dvc\n',
  );
});

test('a kind of remote that only DVC can use is written as DVC does, with a warning', async () => {
  const { code, err } = await launch(['remote', 'add', 'g', 'gdrive://x'], root);
  expect(code).toBe(0);
  expect(err).toContain('remotes at gdrive:// work only with dvc itself');
  expect(readFileSync(join(root, '.dvc/config'), 'utf8')).toBe(`['remote "g"']\n    url = gdrive://x\n`);
});

test('metrics that cannot be read are named with line and reason, and the exit code is DVC’s 0', async () => {
  write('dvc.yaml', 'metrics: [m.json, n.yaml, gone.json]\n');
  write('m.json', '{"a": 1,\n "b" 2}\n');
  write('n.yaml', 'a: 1\na: 2\n');
  const { code, err } = await launch(['metrics', 'show'], root);
  expect(code).toBe(0);
  expect(err).toContain('error m.json:2:6 This is not valid JSON\n  2 |  "b" 2}\n    |      ^\n');
  expect(err).toContain('error n.yaml:2:1 This is not valid YAML: the key a is there twice\n');
  expect(err).toContain('gone.json: is nowhere');
});
