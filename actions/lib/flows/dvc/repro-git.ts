// What a run writes that git should know of: .gitignore entries for outputs, lock files, .dvc files. Git itself is asked
// once, and only by a run that has something to ignore.
import { dirname, join } from 'node:path';
import type { Output } from '#lib/dvc/pipeline/stage.ts';
import type { DvcRepository } from '#lib/dvc/repository/repository.ts';
import { openGitignore } from '#lib/dvc/tracked/gitignore.ts';
import { ConfigurationError } from '#lib/errors.ts';
import { GitNotFound, isGitInstalled, runGit } from '#lib/git/command.ts';

export interface RunFiles {
  /** Asked before a stage runs, so that no result is lost for it. @throws GitNotFound where its outputs are to be ignored by a git that is not there. */
  prepare(outputs: readonly Output[]): Promise<void>;
  /** @throws ConfigurationError for an output that git tracks: DVC and git cannot both own a file. */
  ignore(outputs: readonly Output[]): Promise<void>;
  /**
   * Entries that are still lacking, such as those a failed run took out again. What git tracks is passed over: nothing
   * was made here.
   */
  complete(outputs: readonly Output[]): Promise<void>;
  note(file: string): void;
  /** Takes the entries of this run out again and forgets what was written: DVC leaves that to a run that succeeds. */
  giveUp(): void;
  /** Absolute. */
  readonly written: ReadonlySet<string>;
}

export function openRunFiles({ gitRoot }: Pick<DvcRepository, 'gitRoot'>): RunFiles {
  const gitignore = openGitignore(gitRoot);
  const written = new Set<string>();
  const ignored: string[] = [];
  let inGit: Promise<ReadonlySet<string>> | undefined;
  let isThere: Promise<boolean> | undefined;
  const add = (path: string): void => {
    const change = gitignore.add(path);
    if (change === undefined) return;
    written.add(change);
    ignored.push(path);
  };
  return {
    written,
    note: file => written.add(file),
    async prepare(outputs) {
      if (gitRoot === undefined || inGit !== undefined || !outputs.some(({ cache }) => cache)) return;
      isThere ??= isGitInstalled();
      if (!(await isThere)) throw new GitNotFound(gitRoot, undefined);
    },
    async ignore(outputs) {
      if (gitRoot === undefined) return;
      inGit ??= listInGit(gitRoot);
      const known = await inGit;
      for (const { path, absolute, at } of outputs) {
        if (known.has(absolute)) throw trackedByGit(path, at);
        add(absolute);
      }
    },
    async complete(outputs) {
      const lacking = outputs.filter(({ absolute }) => !gitignore.has(absolute));
      if (gitRoot === undefined || lacking.length === 0) return;
      inGit ??= listInGit(gitRoot);
      const known = await inGit;
      for (const { absolute } of lacking) if (!known.has(absolute)) add(absolute);
    },
    giveUp() {
      for (const path of ignored.splice(0)) gitignore.remove(path);
      written.clear();
    },
  };
}

/** Files that git tracks, and the folders they lie in. */
async function listInGit(gitRoot: string): Promise<ReadonlySet<string>> {
  const { stdout } = await runGit(gitRoot, ['ls-files', '-z', '--cached']);
  const known = new Set<string>();
  for (const name of stdout.toString().split('\0')) {
    if (name === '') continue;
    for (let path = join(gitRoot, name); path !== gitRoot && !known.has(path); path = dirname(path)) {
      known.add(path);
    }
  }
  return known;
}

function trackedByGit(path: string, at: Output['at']): ConfigurationError {
  return new ConfigurationError(`git tracks ${path}, which the cache is to hold`, {
    at,
    remedy: `Take it out of git (git rm -r --cached '${path}'), or let git hold it: cache: false.`,
  });
}
