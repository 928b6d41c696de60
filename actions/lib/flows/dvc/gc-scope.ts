// Which revisions gc keeps the data of, by DVC's options. The work tree always counts.
import type { DvcRepository } from '#lib/dvc/repository/repository.ts';
import { ConfigurationError } from '#lib/errors.ts';

export interface GcScope {
  readonly workspace: boolean;
  readonly allBranches: boolean;
  readonly allTags: boolean;
  readonly allCommits: boolean;
  readonly allExperiments: boolean;
  readonly revision?: string | undefined;
  /** How many commits from each branch or the revision; 1 unless given. */
  readonly count?: number | undefined;
  /** `yyyy-mm-dd`: commits of that day and later. */
  readonly date?: string | undefined;
}

/** @throws ConfigurationError unless it says what to keep */
export function checkScope(scope: GcScope): void {
  const { workspace, allBranches, allTags, allCommits, allExperiments, revision, count, date } = scope;
  if (count !== undefined && revision === undefined && !allBranches) {
    throw new ConfigurationError('--num says how many commits of what to keep', {
      remedy: 'Name a commit with --rev, or --all-branches.',
    });
  }
  const flags = [workspace, allBranches, allTags, allCommits, allExperiments, revision, date, count];
  if (flags.some(Boolean)) return;
  throw new ConfigurationError('What should be kept has to be said', {
    remedy:
      'Choose one or more of --workspace, --all-branches, --all-tags, --all-commits, --all-experiments, --rev, --date.',
  });
}

/** Commit ids, each once. Without git there are none. */
export async function chosenCommits({ gitRoot }: DvcRepository, scope: GcScope): Promise<readonly string[]> {
  const since = scope.date === undefined ? undefined : startOf(scope.date);
  if (gitRoot === undefined) {
    if (scope.revision !== undefined) throw noGit(scope.revision);
    return [];
  }
  const { revision, count = 1 } = scope;
  const { openHistory } = await import('#lib/git/reachable.ts');
  const history = openHistory(gitRoot);
  const found: string[] = revision === undefined ? [] : [...(await history.last(revision, count))];
  if (scope.allCommits) {
    found.push(...(await history.all()).map(({ commit }) => commit));
  } else {
    const tips = scope.allBranches ? await history.branchTips() : [];
    for (const tip of tips) found.push(...(count === 1 ? [tip] : await history.last(tip, count)));
    if (scope.allTags) found.push(...(await history.tags()));
    if (since !== undefined) {
      found.push(
        ...(await history.all()).filter(({ seconds }) => seconds >= since).map(({ commit }) => commit),
      );
    }
  }
  if (scope.allExperiments) found.push(...(await history.experiments()));
  return [...new Set(found)];
}

/** Midnight where the user is, in seconds since 1970. */
function startOf(date: string): number {
  const [, year = '', month = '', day = ''] = /^(\d{4})-(\d{1,2})-(\d{1,2})$/u.exec(date) ?? [];
  const start = new Date(Number(year), Number(month) - 1, Number(day));
  if (year !== '' && start.getMonth() === Number(month) - 1) return start.getTime() / 1000;
  throw new ConfigurationError(`${date} is no date`, {
    remedy: 'Write it as yyyy-mm-dd, such as 2026-01-31.',
  });
}

function noGit(revision: string): ConfigurationError {
  return new ConfigurationError(`There is no git history here to look up ${revision} in`, {
    remedy: 'Keep what the work tree needs with --workspace.',
  });
}
