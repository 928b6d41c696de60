import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { findAffected } from '#lib/flows/ci/affected.ts';

const ROOT_YAML = `stages:
  prepare:
    cmd: sort raw.csv > sorted.csv
    deps: [raw.csv]
    outs: [sorted.csv]
  train:
    cmd: train
    deps: [sorted.csv]
    params: [lr]
    outs: [model]
    meta: {mainline: {owner: '@trainers'}}
`;
const TEAM_YAML = `stages:
  use:
    cmd: use
    deps: [../model]
    outs: [used]
  alone:
    cmd: alone
    params: [../params.yaml: [other]]
    outs: [alone]
`;

let root: string;
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'affected-')));
  git('init', '--quiet', '--initial-branch=main');
  write('.dvc/config', '');
  write('.github/CODEOWNERS', '*.csv @data\n/team/ @team\n');
  write('dvc.yaml', ROOT_YAML);
  write('team/dvc.yaml', TEAM_YAML);
  write('params.yaml', 'lr: 1\nother: 1\n');
  write('raw.csv', 'a\n');
  commit('first');
  git('checkout', '--quiet', '-b', 'change');
});

const git = (...args: readonly string[]) =>
  execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b', ...args], {
    cwd: root,
    encoding: 'utf8',
  });
const commit = (message: string) => {
  git('add', '--all');
  git('commit', '--quiet', '--allow-empty', `--message=${message}`);
};
const write = (name: string, text: string) => {
  mkdirSync(dirname(join(root, name)), { recursive: true });
  writeFileSync(join(root, name), text);
};
const affected = async (base = 'main') => {
  const { stages } = await findAffected({ directory: root, base });
  return stages.map(({ stage, because }) => `${stage}: ${because.join(', ')}`);
};

it('a changed input touches its stage and all that builds on it, across pipelines', async () => {
  write('raw.csv', 'b\n');
  expect(await affected()).toEqual([
    'prepare: raw.csv changed',
    'train: builds on prepare',
    'team/dvc.yaml:use: builds on train',
  ]);
});

it('of a parameters file only the stages whose own parameters changed are touched', async () => {
  write('params.yaml', 'lr: 1.0\nother: 2\n# 1 and 1.0 are one number to DVC\n');
  expect(await affected()).toEqual(['team/dvc.yaml:alone: parameters in ../params.yaml changed']);
});

it('a comment in dvc.yaml touches nothing, a command its own stage', async () => {
  write('dvc.yaml', `# new\n${ROOT_YAML}`);
  expect(await affected()).toEqual([]);
  write('team/dvc.yaml', TEAM_YAML.replace('cmd: alone', 'cmd: more'));
  expect(await affected()).toEqual(['team/dvc.yaml:alone: its definition changed']);
});

it('a template that is filled in with another value touches the stages that use it', async () => {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: DVC's own templates
  write('team/dvc.yaml', 'stages:\n  t:\n    cmd: t ${v}\n  u:\n    cmd: u\n');
  write('team/params.yaml', 'v: 1\n');
  commit('templates');
  const base = git('rev-parse', 'HEAD').trim();
  write('team/params.yaml', 'v: 2\n');
  expect(await affected(base)).toEqual(['team/dvc.yaml:t: its definition changed']);
});

it('data that a .dvc file records anew touches what reads it', async () => {
  const dvc = (md5: string) => `outs:\n- md5: ${md5}\n  size: 2\n  hash: md5\n  path: big.csv\n`;
  write('big.csv.dvc', dvc('60b725f10c9c85c70d97880dfe8191b3'));
  write('team/dvc.yaml', 'stages:\n  t:\n    cmd: t\n    deps: [../big.csv]\n');
  commit('data');
  const base = git('rev-parse', 'HEAD').trim();
  write('big.csv.dvc', dvc('3b5d5c3712955042212316173ccf37be'));
  expect(await affected(base)).toEqual(['team/dvc.yaml:t: builds on big.csv.dvc']);
});

it('what main did since is not the change', async () => {
  git('checkout', '--quiet', 'main');
  write('raw.csv', 'z\n');
  commit('on main');
  git('checkout', '--quiet', 'change');
  expect(await affected()).toEqual([]);
});

it('owners are those of the base and of the stages', async () => {
  write('params.yaml', 'lr: 2\nother: 1\n');
  write('.github/CODEOWNERS', '* @nobody\n');
  const { stages, owners } = await findAffected({ directory: root, base: 'main' });
  expect(stages.map(one => [one.stage, one.owners])).toEqual([
    ['train', ['@trainers']],
    ['team/dvc.yaml:use', ['@team']],
  ]);
  expect(owners).toEqual(['@team', '@trainers']);
});

it('a base that does not exist is told with the nearest name, one without a common commit as such', async () => {
  git('checkout', '--quiet', '--orphan', 'other');
  commit('unrelated');
  await expect(affected('main')).rejects.toThrow('This branch and main have no commit in common');
  await expect(affected('mian')).rejects.toMatchObject({
    message: 'There is no branch, tag or commit mian here',
    remedy: 'Did you mean main?',
  });
  await expect(affected('0123abc')).rejects.toMatchObject({
    remedy: expect.not.stringContaining('fetch-depth'),
  });
});

it('a clone that does not reach back to the base says how to get more', async () => {
  write('raw.csv', 'b\n');
  commit('second');
  const shallow = join(root, '..', `${basename(root)}-shallow`);
  execFileSync('git', ['clone', '--quiet', '--depth=1', `file://${root}`, shallow]);
  await expect(findAffected({ directory: shallow, base: 'v1' })).rejects.toMatchObject({
    message: 'The base v1 is not in this clone, which is shallow',
    remedy: expect.stringContaining('fetch-depth'),
  });
  rmSync(shallow, { recursive: true });
});
