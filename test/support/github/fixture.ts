// A work tree and its bare origin with real git, as every world of forges begins.
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

export interface Fixture {
  /** Of the work tree. */
  readonly folder: string;
  /** Of the folder with the bare repository acme/shop.git. */
  readonly root: string;
  readonly bare: string;
  git(...args: string[]): string;
  /** Writes files (null removes) on a branch, commits as somebody, and stays there. */
  commit(
    branch: string,
    files: Readonly<Record<string, string | null>>,
    options?: CommitOptions,
  ): Promise<string>;
}

interface CommitOptions {
  readonly message?: string;
  /** `Ada` has the address ada@example.org. */
  readonly who?: string;
  readonly at?: string;
}

/** Dates rise by a minute a commit, so that orders are certain. */
const START = Date.parse('2026-03-01T08:00:00Z');

export async function makeFixture(): Promise<Fixture> {
  const root = await realpath(await mkdtemp(join(tmpdir(), 'a forge ')));
  const folder = join(root, 'clone');
  const bare = join(root, 'acme', 'shop.git');
  await mkdir(folder);
  let commits = 0;
  const run = (args: readonly string[], env: NodeJS.ProcessEnv = {}): string =>
    execFileSync('git', args, {
      cwd: folder,
      encoding: 'utf8',
      stdio: 'pipe',
      env: { ...process.env, ...env },
    }).trim();
  const git = (...args: string[]): string => run(args);
  const commit: Fixture['commit'] = async (branch, files, { message = 'work', who = 'Ada', at } = {}) => {
    const isNew = git('branch', '--list', branch) === '';
    if (git('branch', '--show-current') !== branch)
      git('switch', '--quiet', ...(isNew ? ['-c'] : []), branch);
    for (const [path, text] of Object.entries(files)) {
      const file = join(folder, path);
      await mkdir(dirname(file), { recursive: true });
      await (text === null ? rm(file) : writeFile(file, text));
    }
    git('add', '--all');
    const date = at ?? new Date(START + commits++ * 60_000).toISOString();
    const email = `${who.toLowerCase()}@example.org`;
    run(['commit', '--quiet', '--allow-empty', '-m', message], {
      ...{ GIT_AUTHOR_NAME: who, GIT_AUTHOR_EMAIL: email, GIT_AUTHOR_DATE: date },
      ...{ GIT_COMMITTER_NAME: who, GIT_COMMITTER_EMAIL: email, GIT_COMMITTER_DATE: date },
    });
    return git('rev-parse', 'HEAD');
  };
  git('init', '--quiet', '--initial-branch=main');
  await commit(
    'main',
    { 'a.txt': 'a\n', 'old.txt': 'the same few lines\nwith a name\nthat will change\n' },
    { message: 'first' },
  );
  git('clone', '--quiet', '--bare', '.', bare);
  git('remote', 'add', 'origin', bare);
  return { folder, root, bare, git, commit };
}
