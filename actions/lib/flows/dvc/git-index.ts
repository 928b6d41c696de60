// The two things that tracking asks of git's index: whether git holds a path itself, and, with core.autostage, to take in
// the files that a verb wrote.
import { join, relative } from 'node:path';
import { readAnswer, writeAnswer } from '#lib/dvc/answer/answer-file.ts';
import { takeRows } from '#lib/dvc/answer/stamps.ts';
import { gitFiles, gitIndexFile } from '#lib/dvc/repository/git-ignore.ts';
import type { DvcRepository } from '#lib/dvc/repository/repository.ts';
import { ConfigurationError } from '#lib/errors.ts';
import { GitNotFound, readGit, runGit } from '#lib/git/command.ts';

type InGit = Pick<DvcRepository, 'gitRoot' | 'directory' | 'config'>;

/**
 * Git is not asked again while its index is the same file as when it held none of the same paths.
 * @param now milliseconds since 1970
 * @throws ConfigurationError for the first path that git tracks: DVC and git cannot both own a file.
 */
export async function refuseTrackedByGit(
  { root, gitRoot, directory }: InGit & Pick<DvcRepository, 'root'>,
  paths: readonly string[],
  now: () => number,
): Promise<void> {
  if (gitRoot === undefined || paths.length === 0) return;
  const memory = join(root, '.dvc', 'tmp', 'mainline', 'not-in-git');
  const key = [gitRoot, ...paths].join('\0');
  if (readAnswer(memory, key)) return;
  const beganAt = now();
  const { code, stdout } = await runGit(gitRoot, ['ls-files', '-z', '--cached', '--', ...paths]);
  if (code !== 0) return;
  const [first] = stdout.toString().split('\0').filter(Boolean);
  if (first === undefined) {
    const rows = takeRows({ whole: [...gitFiles(gitRoot), gitIndexFile(gitRoot)], kinds: [] }, beganAt);
    if (rows) writeAnswer(memory, { key, stages: [], rows });
    return;
  }
  const path = paths.find(one => `${gitRoot}/${first}/`.startsWith(`${one}/`)) ?? `${gitRoot}/${first}`;
  const name = relative(directory, path);
  throw new ConfigurationError(`git tracks ${name} already`, {
    at: { file: path },
    remedy: `Take it out of git first: git rm -r --cached '${name}'`,
  });
}

/** What a verb wrote and git should know of. */
export interface Written {
  /** Those that git does not have as they are now, relative to where the user stands, sorted. */
  readonly files: readonly string[];
  /** True when they are in git's index now. */
  readonly staged: boolean;
}

/** With `core.autostage` the files enter git's index; without, the user is told. */
export async function stageWritten(repository: InGit, files: ReadonlySet<string>): Promise<Written> {
  const { gitRoot, directory, config } = repository;
  if (gitRoot === undefined || files.size === 0) return { files: [], staged: false };
  const news = await listNews(gitRoot, files);
  const staged = config.autostage && news.length > 0;
  if (staged) await readGit(gitRoot, ['add', '--all', '--', ...news]);
  return { files: news.map(file => relative(directory, file)).sort(), staged };
}

/** What the user has to tell git of, where nothing is staged whatever the configuration says. */
export async function listWritten(
  { gitRoot, directory }: InGit,
  files: ReadonlySet<string>,
): Promise<Written> {
  const news = gitRoot === undefined || files.size === 0 ? [] : await listNews(gitRoot, files);
  return { files: news.map(file => relative(directory, file)).sort(), staged: false };
}

/** Git lists a file that is new to it, differs from its index or is gone from the work tree; all where git cannot be asked. */
async function listNews(gitRoot: string, files: ReadonlySet<string>): Promise<readonly string[]> {
  const ask = ['ls-files', '-z', '--modified', '--others', '--exclude-standard', '--', ...files];
  try {
    const { code, stdout } = await runGit(gitRoot, ask);
    if (code !== 0) return [...files];
    return [...new Set(stdout.toString().split('\0').filter(Boolean))].map(name => join(gitRoot, name));
  } catch (error) {
    if (error instanceof GitNotFound) return [...files];
    throw error;
  }
}
