// The commands of README for a repository on GitHub, run as they are written. GitHub is a folder here: git finds a bare
// repository where the address says github.com, `gh` makes another one and writes down what it was called with, and
// `npm ci` links the packages that are installed already.
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

const repository = join(import.meta.dirname, '..');
const readme = readFileSync(join(repository, 'README.md'), 'utf8');
const parts = [
  'actions',
  'data',
  'model-cards',
  'models',
  'pipelines',
  '.dvc',
  '.github',
  '.gitattributes',
  '.gitignore',
];
const files = ['.npmrc', 'CHANGELOG.md', 'README.md', 'package-lock.json', 'package.json', 'tsconfig.json'];

/** The shell blocks below a title. */
function blocksOf(title: string): readonly string[] {
  const [, section = ''] = readme.split(`\n### ${title}\n`);
  const [own = ''] = section.split(/^##/mu);
  return [...own.matchAll(/^```sh\n(.*?)^```$/gmsu)].map(([, block = '']) => block);
}

let home: string;
let upstream: string;
beforeAll(async () => {
  home = await realpath(await mkdtemp(join(tmpdir(), 'readme-')));
  upstream = join(home, 'mainline.git');
  const source = join(home, 'source');
  // What git ignores is left out by git; these two would take long to copy.
  const isWanted = (path: string) => !['dist', 'cache'].includes(basename(path));
  for (const name of [...parts, ...files])
    cpSync(join(repository, name), join(source, name), { recursive: true, filter: isWanted });
  git(source, 'init', '--quiet', '--initial-branch=main');
  git(source, 'add', '.');
  git(source, 'commit', '--quiet', '--message', 'Mainline');
  git(home, 'clone', '--quiet', '--bare', source, upstream);
  writeStandIns(join(home, 'bin'));
});
afterAll(() => rm(home, { recursive: true, force: true, maxRetries: 5 }));

function writeStandIns(folder: string): void {
  mkdirSync(folder);
  const standIns = {
    npm: `case "$*" in
  ci) ln -s '${repository}/node_modules' node_modules ;;
  'run build') mkdir -p actions/dist && touch actions/dist/verify.js ;;
  *) exit 1 ;;
esac`,
    gh: `echo "$*" >> '${home}/gh.log'
case "$1 $2" in
  'repo create') git init --quiet --bare --initial-branch=main '${home}/shop.git'
    git remote add origin '${home}/shop.git' && git push --quiet --set-upstream origin main ;;
esac`,
  };
  for (const [name, script] of Object.entries(standIns))
    writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
}

function environment(): NodeJS.ProcessEnv {
  const settings = {
    'user.name': 'Ada',
    'user.email': 'ada@acme.example',
    [`url.${upstream}.insteadOf`]: 'https://github.com/acme/mainline.git',
  };
  const pairs = Object.entries(settings).flatMap(([key, value], i) => [
    [`GIT_CONFIG_KEY_${i}`, key],
    [`GIT_CONFIG_VALUE_${i}`, value],
  ]);
  return {
    ...process.env,
    ...Object.fromEntries(pairs),
    GIT_CONFIG_COUNT: String(Object.keys(settings).length),
    PATH: `${join(home, 'bin')}:${dirname(process.execPath)}:${process.env.PATH}`,
    NO_COLOR: '1',
  };
}

function git(folder: string, ...args: readonly string[]): string {
  mkdirSync(folder, { recursive: true });
  return execFileSync('git', args, {
    cwd: folder,
    encoding: 'utf8',
    env: environment(),
    stdio: 'pipe',
  }).trim();
}

/** Stops at the first command that fails. @returns what was printed. */
function run(folder: string, block: string): string {
  const options = { cwd: folder, encoding: 'utf8', env: environment(), stdio: 'pipe' } as const;
  return execFileSync('bash', ['-euo', 'pipefail', '-c', block], options);
}

test('a new repository is set up and has its first pull request', { timeout: 300_000 }, () => {
  const [setUp = '', firstPull = '', ...rest] = blocksOf('A new repository');
  expect(rest).toEqual([]);
  expect(setUp.split(/\n| && /u).filter(Boolean).length).toBeLessThan(10);

  expect(run(home, setUp)).toContain('ok CODEOWNERS: .github/CODEOWNERS');
  const origin = join(home, 'shop.git');
  const workflows = git(origin, 'ls-tree', '--name-only', 'main', '.github/workflows/');
  expect(workflows).toContain('.github/workflows/propose.yml');
  expect(workflows).not.toMatch(/ci\.yml|publish\.yml/u);
  expect(git(origin, 'show', 'main:.github/CODEOWNERS')).toBe('* @acme/platform');

  expect(run(join(home, 'shop'), firstPull)).toContain('delivery-time: the proposal stands');
  expect(git(origin, 'diff', '--name-only', 'main', 'fewer-leaves').split('\n')).toEqual([
    'model-cards/delivery-time.md',
    'pipelines/delivery-time/cross-validation.json',
    'pipelines/delivery-time/dvc.lock',
    'pipelines/delivery-time/params.yaml',
    'pipelines/delivery-time/selection.json',
  ]);
  expect(readFileSync(join(home, 'gh.log'), 'utf8')).toBe(
    'repo create acme/shop --private --source . --push\nauth token\npr create --fill\n',
  );
});

test('a repository that is there takes the workflows, by the commit of a release', () => {
  const [block = '', beforeRelease = '', ...rest] = blocksOf('A repository you have');
  expect(rest).toEqual([]);
  const [, tag = ''] = /rev-parse '(v[\d.]+)\^\{commit\}'/u.exec(block) ?? [];
  const team = join(home, 'team');
  git(home, 'init', '--quiet', '--bare', '--initial-branch=main', join(home, 'eta.git'));
  git(home, 'clone', '--quiet', join(home, 'eta.git'), join(team, 'eta'));

  // Before there is a release, the team makes one of its own.
  const [clone = '', ...others] = block.split(/^(?=node )/mu);
  run(join(team, 'eta'), clone);
  run(join(team, 'eta'), beforeRelease);
  expect(git(upstream, 'ls-tree', '--name-only', tag, 'actions/dist/')).toBe('actions/dist/verify.js');
  expect(git(upstream, 'ls-tree', '--name-only', 'main', 'actions/dist/')).toBe('');
  const commit = git(upstream, 'rev-parse', `${tag}^{commit}`);

  const said = run(join(team, 'eta'), others.join(''));
  expect(said).toContain('.github/workflows/mainline-propose.yml written');
  expect(said).not.toContain('-> not verified: this copy');
  expect(existsSync(join(team, 'mainline', 'package.json'))).toBe(true);
  expect(git(join(home, 'eta.git'), 'show', 'main:.github/workflows/mainline-verify.yml')).toContain(
    `uses: acme/mainline/actions/verify@${commit} # ${tag}`,
  );
  expect(git(join(team, 'eta'), 'status', '--porcelain')).toBe('');
});
