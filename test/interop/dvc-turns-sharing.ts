// Steps with remotes, older commits and the collection of garbage.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  all,
  draw,
  type Edit,
  erase,
  findTracked,
  has,
  lose,
  type Plan,
  type Scene,
} from './dvc-turns-step.ts';

/** The same commit in both repositories, if they are the same. */
export function git(...words: readonly string[]): Edit {
  return folder => {
    const date = '2024-01-01T00:00:00Z';
    const author = ['-c', 'user.name=a', '-c', 'user.email=a@example.com', '-c', 'core.autocrlf=false'];
    execFileSync('git', [...author, ...words], {
      cwd: folder,
      env: {
        ...process.env,
        ...{ GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' },
        ...{ GIT_AUTHOR_DATE: date, GIT_COMMITTER_DATE: date },
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  };
}

/** Here DVC remembers folders whose listing is gone: what it says of them depends on what it was asked before. */
const MEMORY = '../../site';

const commitAll = all(git('add', '-A'), git('commit', '--quiet', '--allow-empty', '-m', 'A step'));

const commit: Plan = () => ({ edit: commitAll, commands: [] });

const push: Plan = scene => ({
  commands: [
    draw(scene, [['push'], ['push', '--run-cache'], ['push', '-R', 'data'], ['push', 'data/table.csv']]) ?? [
      'push',
    ],
  ],
});

/** All that one tool pushed, the other one brings back. */
const pushAndPull: Plan = scene => ({
  commands: [
    ['push', '--run-cache'],
    all(erase(MEMORY, '.dvc/cache'), lose('work', 'data/table.csv', 'data/pictures', 'more/gathered.txt')),
    ...(draw(scene, [
      [
        ['fetch', '--run-cache'],
        ['checkout', '-f'],
      ],
      [['pull', '-f']],
      [['pull', '-f', '--run-cache']],
    ]) ?? []),
  ],
});

/** Of what `data/` holds: with -f DVC empties a folder whose listing it cannot bring back, Mainline leaves its files. */
function areFoldersPushed(scene: Scene): boolean {
  return findTracked(scene).every(({ file }) => {
    const md5 = /md5: (\w+)\.dir/u.exec(readFileSync(join(scene.folder, file), 'utf8'))?.[1] ?? '';
    return md5 === '' || has(scene, `../remote/files/md5/${md5.slice(0, 2)}/${md5.slice(2)}.dir`);
  });
}

const loseCacheAndPull: Plan = scene => {
  if (!has(scene, '../remote') || !areFoldersPushed(scene)) return undefined;
  return {
    edit: all(
      erase(MEMORY, '.dvc/cache'),
      lose('work', 'data/table.csv', 'data/pictures', 'more/gathered.txt'),
    ),
    commands: [
      draw(scene, [
        ['pull'],
        ['pull', '-f'],
        ['pull', '-f', '--run-cache'],
        ['pull', '-f', '--allow-missing'],
        ['fetch', '--run-cache'],
      ]) ?? ['fetch'],
    ],
  };
};

const collect: Plan = scene => {
  const scope = draw(scene, [['-w'], ['-a'], ['-T'], ['-A'], ['-w', '-c'], ['-w', '--dry']]) ?? ['-w'];
  // Without --skip-failed Mainline collects nothing while the listing of a folder in use is missing.
  return { edit: commitAll, commands: [['gc', ...scope, '-f', '--skip-failed'], erase(MEMORY)] };
};

const olderCommit: Plan = scene => ({
  edit: all(commitAll, git('checkout', '--quiet', `HEAD~${1 + scene.random.integer(2)}`)),
  commands: [['checkout', '-f']],
});

const latestCommit: Plan = () => ({
  edit: git('checkout', '--quiet', '-f', 'main'),
  commands: [['checkout', '-f']],
});

const configure: Plan = scene => ({
  commands:
    draw(scene, [
      [['config', 'core.autostage', 'false']],
      [['config', '--local', 'core.checksum_jobs', '2']],
      [
        ['remote', 'add', '-f', 'second', '../second'],
        ['remote', 'default', 'origin'],
      ],
      [
        ['remote', 'add', '-f', 'third', 's3://bucket/path'],
        ['remote', 'modify', 'third', 'endpointurl', 'http://localhost:1'],
      ],
      [['remote', 'rename', 'third', 'fourth']],
      [['remote', 'remove', 'third']],
      [['config', '-u', 'cache.type']],
    ]) ?? [],
});

export const SHARING_STEPS = {
  'commit to Git': commit,
  push,
  'push by one, pull by the other': pushAndPull,
  'lose the cache and pull': loseCacheAndPull,
  'collect garbage': collect,
  'an older commit': olderCommit,
  'the latest commit': latestCommit,
  configure,
} satisfies Readonly<Record<string, Plan>>;
