// The two things that tracking asks of git's index: whether git holds a path itself, and, with core.autostage, to take in
// the files that a verb wrote.
import { relative } from 'node:path';
import type { DvcRepository } from '#lib/dvc/repository/repository.ts';
import { ConfigurationError } from '#lib/errors.ts';
import { readGit, runGit } from '#lib/git/command.ts';

type InGit = Pick<DvcRepository, 'gitRoot' | 'directory' | 'config'>;

/** @throws ConfigurationError for the first path that git tracks: DVC and git cannot both own a file. */
export async function refuseTrackedByGit(
  { gitRoot, directory }: InGit,
  paths: readonly string[],
): Promise<void> {
  if (gitRoot === undefined || paths.length === 0) return;
  const { code, stdout } = await runGit(gitRoot, ['ls-files', '-z', '--cached', '--', ...paths]);
  const [first] = stdout.toString().split('\0').filter(Boolean);
  if (code !== 0 || first === undefined) return;
  const path = paths.find(one => `${gitRoot}/${first}/`.startsWith(`${one}/`)) ?? `${gitRoot}/${first}`;
  const name = relative(directory, path);
  throw new ConfigurationError(`git tracks ${name} already`, {
    at: { file: path },
    remedy: `Take it out of git first: git rm -r --cached '${name}'`,
  });
}

/** What a verb wrote and git should know of. */
export interface Written {
  /** Relative to where the user stands, sorted. */
  readonly files: readonly string[];
  /** True when they are in git's index now. */
  readonly staged: boolean;
}

/** With `core.autostage` the files enter git's index; without, the user is told. */
export async function stageWritten(repository: InGit, files: ReadonlySet<string>): Promise<Written> {
  const { gitRoot, directory, config } = repository;
  const names = [...files].map(file => relative(directory, file)).sort();
  const staged = gitRoot !== undefined && config.autostage && names.length > 0;
  if (staged) await readGit(gitRoot, ['add', '--all', '--', ...files]);
  return { files: gitRoot === undefined ? [] : names, staged };
}
