// A release, rehearsed: main's sources in a bare origin, a shallow clone as a job has it, real bundles, a real push, by the
// very scripts of publish.yml. Only gh is not run here: what it would be called with is written down instead.
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { appendFile, mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import { buildActions } from '../../.github/scripts/build.ts';
import { listActions } from '../support/run-action.ts';

const repository = join(import.meta.dirname, '..', '..');
const sources = ['.github', '.gitignore', 'actions', 'CHANGELOG.md', 'package.json', 'README.md'];
const person = ['-c', 'user.name=Ann', '-c', 'user.email=ann@acme.example'];

let home: string;
let origin: string;
let bundles: string;
let clones = 0;
beforeAll(async () => {
  home = await realpath(await mkdtemp(join(tmpdir(), 'publish-')));
  [origin, bundles] = [join(home, 'mainline.git'), join(home, 'bundles')];
  await buildActions({ root: repository, outdir: bundles });
  const main = join(home, 'main');
  await mkdir(main);
  const isSource = (path: string) => relative(repository, path) !== join('actions', 'dist');
  for (const name of sources)
    cpSync(join(repository, name), join(main, name), { recursive: true, filter: isSource });
  const log = readFileSync(join(main, 'CHANGELOG.md'), 'utf8');
  const about = JSON.parse(readFileSync(join(main, 'package.json'), 'utf8'));
  await writeFile(join(main, 'package.json'), JSON.stringify({ ...about, version: '7.8.9' }));
  await writeFile(
    join(main, 'CHANGELOG.md'),
    `${log}\n## 7.8.9 - 2026-12-01\n\n### Added\n- Releases.\n\n## 7.8.8\n`,
  );
  git(main, 'init', '--quiet', '--initial-branch=main');
  git(main, 'add', '.');
  git(main, ...person, 'commit', '--quiet', '--message', 'All of it');
  git(home, 'clone', '--quiet', '--bare', main, origin);
});
afterAll(() => rm(home, { recursive: true }));

function git(folder: string, ...args: readonly string[]): string {
  return execFileSync('git', args, { cwd: folder, encoding: 'utf8', stdio: 'pipe' }).trim();
}

/** What the job has before its last step: a shallow checkout, and the bundles from the job before. */
function checkOut(): string {
  const clone = join(home, `clone ${++clones}`);
  git(home, 'clone', '--quiet', '--depth=1', pathToFileURL(origin).href, clone);
  cpSync(bundles, join(clone, 'actions', 'dist'), { recursive: true });
  return clone;
}

interface Ended {
  readonly code: number | null;
  readonly said: string;
  readonly notes: string;
}

function publish(clone: string, version: string): Ended {
  const notes = join(home, 'notes.md');
  writeFileSync(notes, '');
  const script = join(clone, '.github', 'scripts', 'publish.ts');
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, version, notes], {
    cwd: clone,
    encoding: 'utf8',
    env: { ...process.env, GITHUB_REPOSITORY: 'acme/mainline' },
  });
  return { code: status, said: `${stdout}${stderr}`, notes: readFileSync(notes, 'utf8') };
}

/** Runs the last steps of publish.yml as a runner does. @returns what gh was called with, a line each. */
function runLastSteps(clone: string, version: string): readonly string[] {
  const { steps } = parse(readFileSync(join(repository, '.github/workflows/publish.yml'), 'utf8')).jobs
    .publish;
  const scripts = steps.flatMap(({ run }: { readonly run?: string }) => run ?? []);
  const bin = join(home, 'bin');
  mkdirSync(bin);
  writeFileSync(
    join(bin, 'gh'),
    `#!/bin/sh\nprintf '%s|' "$@" >> '${home}/gh.log'; echo >> '${home}/gh.log'\n`,
    {
      mode: 0o755,
    },
  );
  const path = [bin, dirname(process.execPath), process.env.PATH].join(delimiter);
  const env = {
    ...process.env,
    PATH: path,
    GITHUB_REPOSITORY: 'acme/mainline',
    VERSION: version,
    RUNNER_TEMP: home,
  };
  for (const script of scripts)
    execFileSync('bash', ['-e', '-c', script], { cwd: clone, env, stdio: 'pipe' });
  return readFileSync(join(home, 'gh.log'), 'utf8').trimEnd().split('\n');
}

/** Names and ids of everything that origin holds. */
const refs = () => git(origin, 'for-each-ref', '--format=%(refname) %(objectname)');

test.each([
  ['7.9.0', 'package.json says version 7.8.9, not 7.9.0'],
  ['v7.8.9', '"v7.8.9" is no version such as 1.2.3'],
  ['7.8', '"7.8" is no version such as 1.2.3'],
  ['7.8.9; id', '"7.8.9; id" is no version such as 1.2.3'],
  ['', '"" is no version such as 1.2.3'],
])('version "%s" is refused', (version, why) => {
  const before = refs();
  const { code, said, notes } = publish(checkOut(), version);
  expect([code, said, notes]).toEqual([1, `::error::${why}\n`, '']);
  expect(refs()).toBe(before);
});

test.each([
  ['does not know', (log: string) => log.replace('## 7.8.9 -', '## 7.8.90 -')],
  ['says nothing of', (log: string) => log.replace('### Added\n- Releases.\n', '')],
])('a version that CHANGELOG %s is refused', (_, change) => {
  const clone = checkOut();
  const file = join(clone, 'CHANGELOG.md');
  const log = readFileSync(file, 'utf8');
  expect(change(log)).not.toBe(log);
  writeFileSync(file, change(log));
  git(clone, ...person, 'commit', '--quiet', '--all', '--message', 'Other words');
  const { code, said } = publish(clone, '7.8.9');
  expect([code, said]).toEqual([
    1,
    '::error::CHANGELOG.md does not say what is new: it has no text below ## 7.8.9\n',
  ]);
});

test('sources that are not those of main are refused', async () => {
  const clone = checkOut();
  await appendFile(join(clone, 'README.md'), 'One more word\n');
  const { code, said } = publish(clone, '7.8.9');
  expect(code).toBe(1);
  expect(said).toContain('what would be tagged is not what is committed:%0AM README.md');
});

test('a build that lacks a bundle is refused', async () => {
  const clone = checkOut();
  await rm(join(clone, 'actions', 'dist', 'verify.js'));
  const before = refs();
  const { code, said } = publish(clone, '7.8.9');
  expect([code, said]).toEqual([1, '::error::bundles are missing: actions/dist/verify.js\n']);
  expect(refs()).toBe(before);
});

test('two people who build main have the same commit, to the last bit', async () => {
  const { commitRelease } = await import('../../.github/scripts/publish.ts');
  const clone = checkOut();
  const once = commitRelease({ root: clone, version: '7.8.9' });
  // Sources of another folder, built there.
  const far = join(home, 'far', 'down', 'a b');
  git(home, 'clone', '--quiet', origin, far);
  await symlink(join(repository, 'node_modules'), join(far, 'node_modules'));
  await buildActions({ root: far, outdir: join(far, 'actions', 'dist') });
  await rm(join(far, 'node_modules'));
  expect(commitRelease({ root: far, version: '7.8.9' })).toBe(once);
});

test('a published version holds main and the bundles, by one commit, and is never given twice', async () => {
  const clone = checkOut();
  const main = git(origin, 'rev-parse', 'main');
  expect(runLastSteps(clone, '7.8.9')).toEqual([
    'auth|setup-git|',
    `release|create|v7.8.9|bundles.tar.gz|--draft|--verify-tag|--title|Mainline 7.8.9|--notes-file|${home}/notes.md|`,
    'release|edit|v7.8.9|--draft=false|',
  ]);
  const commit = git(origin, 'rev-parse', 'v7.8.9^{commit}');
  const notes = readFileSync(join(home, 'notes.md'), 'utf8');
  const packed = execFileSync('tar', ['-tzf', 'bundles.tar.gz'], { cwd: clone, encoding: 'utf8' });
  expect(packed.split('\n')).toContain('actions/dist/verify.js');
  await rm(join(clone, 'bundles.tar.gz'));

  // Main is what it was, here and there.
  expect(git(origin, 'rev-parse', 'main')).toBe(main);
  expect(git(clone, 'rev-parse', 'HEAD')).toBe(main);
  expect(git(clone, 'status', '--porcelain')).toBe('');
  expect(git(origin, 'ls-tree', 'main', 'actions/dist')).toBe('');

  // The tag is one commit on top of it that only adds bundles.
  expect(git(origin, 'rev-parse', 'v7.8.9~1')).toBe(main);
  const added = git(origin, 'diff', '--name-status', 'main', 'v7.8.9').split('\n');
  expect(added.filter(line => !/^A\tactions\/dist\/[\w.-]+$/u.test(line))).toEqual([]);
  expect(added).toContain('A\tactions/dist/LICENSES.txt');
  expect(notes).toContain(`uses: acme/mainline/actions/verify@${commit} # v7.8.9`);
  expect(notes).toContain('### Added\n- Releases.\n');
  expect(notes).not.toContain('7.8.8');

  // As a runner fetches `uses: acme/mainline/actions/x@<commit>`.
  const runner = join(home, 'runner');
  git(home, 'init', '--quiet', runner);
  git(runner, 'fetch', '--quiet', '--depth=1', origin, commit);
  git(runner, 'checkout', '--quiet', 'FETCH_HEAD');
  const names = await listActions();
  expect(names).toContain('verify');
  for (const name of names) {
    const folder = join(runner, 'actions', name);
    const { main } = parse(readFileSync(join(folder, 'action.yml'), 'utf8')).runs;
    expect([main, existsSync(join(folder, main))]).toEqual([`../dist/${name}.js`, true]);
    const { stdout } = spawnSync(process.execPath, [join(folder, main)], { encoding: 'utf8', env: {} });
    expect(stdout).toContain('::error::This runs as a step of a workflow');
  }

  const before = refs();
  const again = publish(checkOut(), '7.8.9');
  expect([again.code, again.said]).toEqual([
    1,
    '::error::v7.8.9 is published already: a version is never given twice\n',
  ]);
  expect(refs()).toBe(before);
});
