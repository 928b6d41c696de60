// The Repository over the git binary. Trees are written through a temporary index of our own, merges by git's own
// merge-tree, refs by update-ref with the expected value: two writers never lose each other's work.
import { realpath } from 'node:fs/promises';
import { isAbsolute, join, resolve } from 'node:path';
import { isGitInstalled, readGit, readGitBytes, runGit } from '#lib/git/command.ts';
import { COMMIT_FORMAT, parseBatch, parseChanges, parseCommits, parseTree } from '#lib/git/parse.ts';
import type { Repository } from '#lib/git/repository.ts';
import { openWithoutGit } from '#lib/git/without-git.ts';
import { repositoryWriters } from '#lib/git/write-repository.ts';

type Readers = Pick<
  Repository,
  | 'resolve'
  | 'bring'
  | 'refs'
  | 'mergeBase'
  | 'listFiles'
  | 'readBlobs'
  | 'readFile'
  | 'changes'
  | 'history'
  | 'checkedOutAt'
>;

/**
 * Opens the repository at a path, a work tree or bare.
 * @throws ConfigurationError when there is none, or git refuses to read it.
 */
export async function openRepository(path: string): Promise<Repository> {
  const folder = resolve(path);
  if (!(await isGitInstalled())) return openWithoutGit(folder);
  const words = await readGit(folder, [
    ...['rev-parse', '--git-common-dir', '--is-bare-repository', '--is-shallow-repository'],
  ]);
  const [common = '', bare, shallow] = words.split('\n');
  const directory = await realpath(isAbsolute(common) ? common : join(folder, common));
  const top = bare === 'true' ? undefined : await runGit(folder, ['rev-parse', '--show-toplevel']);
  const workTree = top?.code === 0 ? top.stdout.toString().trimEnd() : undefined;
  const isShallow = shallow === 'true';
  return {
    ...{ directory, workTree, isShallow },
    ...repositoryReaders(directory),
    ...repositoryWriters(directory),
  };
}

function repositoryReaders(directory: string): Readers {
  const run = (args: readonly string[], input?: string) =>
    runGit(directory, [`--git-dir=${directory}`, ...args], input === undefined ? {} : { input });
  const read = (args: readonly string[]) => readGit(directory, [`--git-dir=${directory}`, ...args]);
  const firstLine = async (args: readonly string[]): Promise<string | undefined> => {
    const { code, stdout } = await run(args);
    const line = code === 0 ? stdout.toString().split('\n')[0] : undefined;
    return line !== undefined && /^[0-9a-f]{40,64}$/u.test(line) ? line : undefined;
  };
  return {
    resolve: revision =>
      firstLine(['rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`]),
    bring: async () => undefined,
    refs: async prefix => {
      const lines = await read(['for-each-ref', '--format=%(refname) %(objectname)', prefix]);
      return lines
        .split('\n')
        .filter(Boolean)
        .map(line => ({ name: line.slice(0, line.indexOf(' ')), commit: line.slice(line.indexOf(' ') + 1) }));
    },
    mergeBase: (a, b) => firstLine(['merge-base', a, b]),
    listFiles: async (commit, folder) => {
      const path = folder === '' ? [] : ['--', folder];
      const args = ['ls-tree', '-r', '-z', '--full-tree', commit, ...path];
      return parseTree(await readGitBytes(directory, [`--git-dir=${directory}`, ...args]));
    },
    readBlobs: async ids => {
      if (ids.length === 0) return new Map();
      const { stdout } = await run(['cat-file', '--batch'], `${ids.join('\n')}\n`);
      return parseBatch(stdout);
    },
    readFile: async (commit, path) => {
      const { code, stdout } = await run(['cat-file', 'blob', `${commit}:${path}`]);
      return code === 0 ? stdout : undefined;
    },
    changes: async (from, to) => {
      const args = ['diff-tree', '-r', '-z', '-M', '--name-status', '--no-ext-diff', from, to];
      const { stdout } = await run(args);
      return parseChanges(stdout.toString());
    },
    history: async (to, { from, paths = [], firstParent = false, limit } = {}) => {
      const range = from === undefined ? [to] : [to, `^${from}`];
      const order = [
        firstParent ? '--first-parent' : '--topo-order',
        ...(limit === undefined ? [] : [`--max-count=${limit}`]),
      ];
      const plain = ['--no-show-signature', '--no-color', '--no-follow', '--no-mailmap', '--no-patch'];
      const args = ['log', '-z', COMMIT_FORMAT, ...plain, ...order, ...range, '--', ...paths];
      return parseCommits(await read(args));
    },
    checkedOutAt: async branch => {
      const blocks = (await read(['worktree', 'list', '--porcelain'])).split('\n\n');
      const found = blocks.find(block => block.split('\n').includes(`branch refs/heads/${branch}`));
      return found?.split('\n')[0]?.replace(/^worktree /u, '');
    },
  };
}
