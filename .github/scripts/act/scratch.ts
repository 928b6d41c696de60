// A scratch repository as a team has it after a release of Mainline: this tree with its bundles committed, a small model,
// and a pull request merged as GitHub merges it for a run. Third-party actions are stood in for, each by a few lines.
import { execFileSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const root = join(import.meta.dirname, '../../..');

export interface Scratch {
  readonly folder: string;
  git(...args: readonly string[]): string;
  edit(file: string, from: string, to: string): Promise<void>;
  remove(): Promise<void>;
}

const who = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.org', '-c', 'commit.gpgsign=false'];

/** The tree as git knows it here, what is not committed yet included, with bundles; main is checked out. */
export async function createScratch(): Promise<Scratch> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'mainline-act-')));
  const names = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64_000_000,
  });
  for (const name of names.split('\0').filter(Boolean)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await cp(join(root, name), join(folder, name)).catch(() => undefined);
  }
  execFileSync(process.execPath, ['.github/scripts/build.ts'], { cwd: root, stdio: 'pipe' });
  await cp(join(root, 'actions/dist'), join(folder, 'actions/dist'), { recursive: true });
  const git = (...args: readonly string[]): string =>
    execFileSync('git', [...who, ...args], { cwd: folder, encoding: 'utf8', stdio: 'pipe' }).trim();
  git('init', '--quiet', '--initial-branch=main');
  git('add', '--all', '--force');
  git('commit', '--quiet', '--message', 'as released');
  return {
    folder,
    git,
    edit: async (file, from, to) => {
      const text = await readFile(join(folder, file), 'utf8');
      if (!text.includes(from)) throw new Error(`${file} does not hold ${from}`);
      await writeFile(
        join(folder, file),
        text.replace(from, () => to),
      );
    },
    remove: () => rm(folder, { recursive: true, force: true, maxRetries: 5 }),
  };
}

const variables: Readonly<Record<string, string>> = {
  ...{ name: 'NAME', path: 'FROM', ref: 'REF', pattern: 'PATTERN' },
};

const composite = (inputs: readonly string[], run: string, outputs = ''): string =>
  `name: stand-in
description: stands in where GitHub cannot be reached
inputs: {${inputs.map(name => `${name}: {description: x}`).join(', ')}}
outputs: {${outputs}}
runs: {using: composite, steps: [{shell: bash, env: {${['name', 'path', 'ref', 'pattern'].map(name => `${variables[name]}: '\${{ inputs.${name} }}'`).join(', ')}}, run: '${run}'}]}
`;

/** Where the stand-ins take a checkout from, if not from the folder act runs in, and where they keep what is uploaded. */
interface Places {
  readonly uploads: string;
  readonly origin?: string | undefined;
}

/** One folder per action. */
const standIns = ({
  uploads,
  origin,
}: Places): Readonly<Record<string, Readonly<Record<string, string>>>> => ({
  // A checkout without a ref act does itself.
  ...(origin === undefined
    ? {}
    : {
        'actions/checkout': {
          'action.yml': composite(
            ['ref', 'fetch-depth', 'persist-credentials'],
            `find . -mindepth 1 -delete && git clone --quiet ${origin} . && git checkout --quiet --detach "origin/$REF"`,
          ),
        },
      }),
  'actions/download-artifact': {
    'action.yml': composite(
      ['run-id', 'github-token', 'pattern', 'path'],
      `mkdir -p "$FROM" && for each in "${uploads}"/$PATTERN; do test ! -e "$each" || cp -r "$each" "$FROM/"; done`,
    ),
  },
  // Fetched also where its step is skipped.
  'actions/create-github-app-token': { 'action.yml': composite([], 'false') },
  'actions/setup-node': {
    'action.yml': composite(['node-version', 'package-manager-cache'], 'node --version'),
  },
  'actions/setup-python': { 'action.yml': composite(['python-version'], 'python3 --version') },
  'actions/cache': {
    'restore/action.yml': composite(
      ['path', 'key', 'restore-keys'],
      'true',
      'cache-primary-key: {description: x, value: key}',
    ),
    'save/action.yml': composite(['path', 'key'], 'true'),
  },
  'actions/upload-artifact': {
    'action.yml': composite(
      ['name', 'path', 'if-no-files-found', 'overwrite', 'retention-days'],
      `mkdir -p "${uploads}/$NAME" && cp -r "$FROM/." "${uploads}/$NAME/"`,
    ),
  },
});

/** Arguments that make act take the stand-ins for the very pins that a workflow names. */
export async function writeStandIns(
  folder: string,
  workflow: string,
  origin?: string,
): Promise<readonly string[]> {
  const uploads = join(folder, 'uploads');
  const args: string[] = [];
  for (const [name, files] of Object.entries(standIns({ uploads, origin }))) {
    const place = join(folder, name);
    for (const [file, text] of Object.entries(files)) {
      await mkdir(dirname(join(place, file)), { recursive: true });
      await writeFile(join(place, file), text);
    }
    const pins = workflow.matchAll(new RegExp(`${name}(?:/[\\w-]+)?@([0-9a-f]{40})`, 'gu'));
    for (const pin of new Set([...pins].map(([, sha]) => sha))) {
      args.push('--local-repository', `${name}@${pin}=${place}`);
    }
  }
  return args;
}
