// Git through the git binary: what the user has is what we use, and worktrees, partial clones and filters just work.
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { compareText } from '#lib/documents/canonical.ts';
import { ConfigurationError } from '#lib/errors.ts';
import { GitNotFound, type Output, readGitBytes, runGit } from '#lib/git/command.ts';
import type { Git } from '#lib/git/git.ts';
import { parseBatch, parseTree } from '#lib/git/parse.ts';

/**
 * Opens the repository a folder lies in.
 * @returns undefined when the folder is in no repository, or git is not installed: both are legitimate (a ZIP).
 */
export async function openGit(folder: string): Promise<Git | undefined> {
  let top: Output;
  try {
    top = await runGit(folder, ['rev-parse', '--show-toplevel']);
  } catch (error) {
    if (!(error instanceof GitNotFound)) throw error;
    return noGit(folder, 'git is not installed');
  }
  if (top.stderr.includes('dubious ownership')) {
    throw new ConfigurationError('git refuses to read this repository: it belongs to another user', {
      at: { file: folder },
      remedy: `Run: git config --global --add safe.directory "${folder}"`,
    });
  }
  if (top.code !== 0) return noGit(folder, top.stderr.trim());
  const root = top.stdout.toString().trimEnd();
  const firstLine = async (args: readonly string[]): Promise<string | undefined> => {
    const output = await runGit(root, args);
    return output.code === 0 ? output.stdout.toString().trim().split('\n')[0] || undefined : undefined;
  };
  return {
    root,
    resolve: async revision => {
      const found = await firstLine([
        'rev-parse',
        '--verify',
        '--quiet',
        '--end-of-options',
        `${revision}^{commit}`,
      ]);
      // A name such as ^main is understood by git, but is no commit.
      return found !== undefined && /^[0-9a-f]{40,64}$/.test(found) ? found : undefined;
    },
    branch: () => firstLine(['symbolic-ref', '--quiet', '--short', 'HEAD']),
    mergeBase: (a, b) => firstLine(['merge-base', a, b]),
    readFile: async (commit, path) => {
      const output = await runGit(root, ['cat-file', 'blob', `${commit}:${path}`]);
      return output.code === 0 ? output.stdout : undefined;
    },
    listFiles: async (commit, folder) => {
      const path = folder === '' ? [] : ['--', folder];
      return parseTree(await readGitBytes(root, ['ls-tree', '-r', '-z', '--full-tree', commit, ...path]));
    },
    readBlobs: async ids => {
      if (ids.length === 0) return new Map();
      const { stdout } = await runGit(root, ['cat-file', '--batch'], { input: `${ids.join('\n')}\n` });
      return parseBatch(stdout);
    },
    writeTree: (commit, folder) => writeTree(root, commit, folder),
    changedPaths: async commit => {
      const changed = await runGit(root, [
        'diff',
        '--name-only',
        '--no-renames',
        '--no-ext-diff',
        '-z',
        commit,
        '--',
      ]);
      const paths = changed.stdout.toString().split('\0').filter(Boolean);
      return [...new Set([...paths, ...(await untrackedPaths(root))])].sort(compareText);
    },
    untrackedPaths: () => untrackedPaths(root),
  };
}

async function untrackedPaths(root: string): Promise<readonly string[]> {
  const { stdout } = await runGit(root, ['ls-files', '--others', '--exclude-standard', '-z']);
  return stdout.toString().split('\0').filter(Boolean).sort(compareText);
}

/** Legitimate without a repository (a ZIP); with one that cannot be read, nothing could be compared: better to stop. */
function noGit(folder: string, complaint: string): undefined {
  if (!hasRepository(folder)) return undefined;
  throw new ConfigurationError(`git cannot read this repository: ${complaint}`, {
    at: { file: folder },
    remedy: 'Mend the repository or install git; without history nothing can be compared with main.',
  });
}

function hasRepository(folder: string): boolean {
  if (existsSync(join(folder, '.git'))) return true;
  return dirname(folder) !== folder && hasRepository(dirname(folder));
}

/** With an index of its own, so that neither the user's index nor their work tree takes part. */
async function writeTree(root: string, commit: string, folder: string): Promise<void> {
  const env = { GIT_INDEX_FILE: `${folder}.index` };
  try {
    for (const args of [
      ['read-tree', commit],
      ['checkout-index', '--all', `--prefix=${folder}/`],
    ]) {
      const { code, stderr } = await runGit(root, args, { env });
      if (code !== 0) throw new ConfigurationError(`git could not write out ${commit}: ${stderr.trim()}`);
    }
  } finally {
    await rm(env.GIT_INDEX_FILE, { force: true });
  }
}
