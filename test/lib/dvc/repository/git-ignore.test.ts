import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { createGitIgnore, findGitRoot } from '#lib/dvc/repository/git-ignore.ts';

const FILES: Readonly<Record<string, string>> = {
  '.gitignore': '*.log\n/data\nbuild/\n!keep.log\n# a comment\n\\#odd\nsp\\ \n**/deep/x\n',
  'sub/.gitignore': '!a.log\n/own\nb*\n',
  'sub/inner/.gitignore': '*\n!y\n',
  'outs/.gitignore': '/model.bin\n/images\n/a.b-c_d\n*.tmp\n',
  '.git/info/exclude': 'private\n',
};
const PATHS = [
  ...[
    'a.log',
    'keep.log',
    'data/x',
    'sub/data',
    'build/x',
    'sub/build/x',
    '#odd',
    'sp ',
    'q/deep/x',
    'private',
  ],
  ...['sub/a.log', 'sub/b.log', 'sub/own', 'sub/q/own', 'sub/bee', 'sub/inner/y', 'sub/inner/z', 'plain.txt'],
  ...['outs/model.bin', 'outs/images/1.png', 'outs/in/model.bin', 'outs/in/images/1.png', 'outs/model.bin2'],
  ...['outs/a.b-c_d', 'outs/axb-c_d', 'outs/x.tmp', 'outs/in/y.tmp'],
];

test('says of every path what git itself says', () => {
  const top = realpathSync(mkdtempSync(join(tmpdir(), 'mainline-ignore-')));
  try {
    execFileSync('git', ['init', '-q'], { cwd: top });
    for (const [path, text] of Object.entries({
      ...FILES,
      ...Object.fromEntries(PATHS.map(path => [path, ''])),
    })) {
      mkdirSync(dirname(join(top, path)), { recursive: true });
      writeFileSync(join(top, path), text);
    }
    const ignored = execFileSync('git', ['ls-files', '-z', '--others', '--ignored', '--exclude-standard'], {
      cwd: top,
    });
    const expected = ignored
      .toString()
      .split('\0')
      .filter(path => PATHS.includes(path))
      .sort();
    const isIgnored = createGitIgnore(findGitRoot(join(top, 'sub')));
    expect(PATHS.filter(path => isIgnored(join(top, path), false)).sort()).toEqual(expected);
    expect(expected.length).toBeGreaterThan(8);
  } finally {
    rmSync(top, { recursive: true, force: true });
  }
});

test.each([
  [undefined, ['Data/x', 'a.LOG']],
  ['true', []],
  ['on', []],
  ['false', ['Data/x', 'a.LOG']],
])('a name in other letters is another name unless core.ignorecase is %s', (setting, others) => {
  const top = realpathSync(mkdtempSync(join(tmpdir(), 'mainline-ignore-')));
  try {
    execFileSync('git', ['init', '-q'], { cwd: top });
    if (setting) execFileSync('git', ['config', 'core.ignorecase', setting], { cwd: top });
    writeFileSync(join(top, '.gitignore'), '/data\n*.log\n');
    const paths = ['data/x', 'a.log', 'Data/x', 'a.LOG'];
    const said = paths.filter(
      path => spawnSync('git', ['check-ignore', '-q', '--no-index', path], { cwd: top }).status === 1,
    );
    expect(said).toEqual(others);
    const isIgnored = createGitIgnore(top);
    expect(paths.filter(path => !isIgnored(join(top, path), false))).toEqual(said);
  } finally {
    rmSync(top, { recursive: true, force: true });
  }
});

test('a linked work tree has the core.ignorecase of its repository', () => {
  const top = realpathSync(mkdtempSync(join(tmpdir(), 'mainline-ignore-')));
  try {
    const git = (...words: readonly string[]) =>
      execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.com', ...words], { cwd: top });
    git('init', '-q', 'main');
    git('-C', 'main', 'config', 'core.ignorecase', 'true');
    git('-C', 'main', 'commit', '-q', '--allow-empty', '-m', 'first');
    git('-C', 'main', 'worktree', 'add', '-q', '../linked');
    writeFileSync(join(top, 'linked/.gitignore'), '/data\n');
    expect(createGitIgnore(join(top, 'linked'))(join(top, 'linked/DATA'), false)).toBe(true);
  } finally {
    rmSync(top, { recursive: true, force: true });
  }
});

test('nothing is ignored where there is no git', () => {
  expect(createGitIgnore(undefined)('/anything', false)).toBe(false);
});
