// A name may hold what a terminal obeys: it could recolour, clear or forge what stands there. No verb passes it on to people.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launch } from './launch.ts';

const EVIL = 'a\u001b[2Jb';
let top: string;
let folder: string;

beforeAll(async () => {
  top = mkdtempSync(join(tmpdir(), 'visible-'));
  folder = join(top, 'repository');
  mkdirSync(join(folder, 'data'), { recursive: true });
  execFileSync('git', ['init', '--quiet', folder]);
  const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
  write(`data/${EVIL}`, 'one');
  write(`${EVIL}.json`, '{"loss": 1}');
  write(EVIL, 'one');
  const name = JSON.stringify(`${EVIL}.json`);
  write('dvc.yaml', `stages:\n  s: {cmd: "true", deps: [${name}]}\nmetrics: [${name}]\nparams: [${name}]\n`);
  for (const words of ['init', 'remote add -d evil ../remote', 'add data', `add ${EVIL}`]) {
    expect((await launch(words.split(' '), folder)).code).toBe(0);
  }
  const author = ['-c', 'user.name=a', '-c', 'user.email=a@example.com'];
  execFileSync('git', ['add', '-A'], { cwd: folder });
  execFileSync('git', [...author, 'commit', '--quiet', '-m', 'data'], { cwd: folder });
  write(`data/${EVIL}`, 'another');
  write(`data/${EVIL}2`, 'new');
  write(`${EVIL}.json`, '{"loss": 2}');
}, 60_000);
afterAll(() => rmSync(top, { recursive: true, force: true }));

const verbs = [
  'data status --granular --untracked-files all',
  'ls . -R',
  'ls . -T',
  'diff',
  'diff --md',
  'status',
  'status --cloud',
  'dag',
  'dag --outs --dot',
  'metrics show',
  'metrics diff --md',
  'params diff',
  'stage list --all --name-only',
  'checkout --force',
  'push',
  'pull',
];

describe('what a terminal obeys in a name is spelled out by', () => {
  it.each(verbs)('%s', async words => {
    const { out, err } = await launch(words.split(' '), folder);
    expect(`${out}${err}`).not.toContain('\u001b');
    expect(err).not.toContain('This is a bug');
  });
});

it('JSON holds the name as it is', async () => {
  const { out } = await launch(['ls', '.', '-R', '--json'], folder);
  expect(JSON.parse(out)).toContainEqual(expect.objectContaining({ path: `data/${EVIL}` }));
});

it('a folder that is not there is named', async () => {
  const { code, err } = await launch(['--cd', 'nowhere', 'status'], folder);
  expect([code, err.split('\n')[0]]).toEqual([255, 'error nowhere is no folder that can be entered']);
});

it('a folder that was deleted under the user is said to be', () => {
  const gone = join(top, 'gone');
  mkdirSync(gone);
  const launcher = join(import.meta.dirname, '../../../actions/cli/mainline.js');
  const script = `rmdir "$PWD"; "$0" "$1" dvc status 2>&1; echo $?`;
  const said = execFileSync('sh', ['-c', script, process.execPath, launcher], {
    cwd: gone,
    encoding: 'utf8',
  });
  expect(said).toBe('error The folder you work in was deleted\n  -> Go to another one: cd\n255\n');
});
