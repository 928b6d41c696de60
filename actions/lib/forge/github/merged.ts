// How a pull request came to main. GitHub names the last commit and the time; method and main before it are git's to
// tell. Taking a commit of the pull request itself for main before it would let it bring its own CODEOWNERS, so the
// commits of a rebase are recognised by what GitHub keeps (the author's date) and by what it sets itself (the
// committer's date is that of the merge).
import { ConfigurationError } from '#lib/errors.ts';
import type { Merged, Pull } from '#lib/forge/forge.ts';
import type { PullAnswer } from '#lib/forge/github/answers.ts';
import type { Commit, Repository } from '#lib/git/repository.ts';

interface Merging {
  readonly repository: Repository;
  bring(pull: Pull, commits?: readonly string[]): Promise<void>;
}

/** GitHub writes all commits of one merge within seconds. */
const SAME_MERGE_MS = 60_000;

/** @throws ConfigurationError when the merge is not in the history that is here. */
export async function findMerged(
  { repository, bring }: Merging,
  { pull, answer }: { readonly pull: Pull; readonly answer: PullAnswer },
): Promise<Merged> {
  const { merge_commit_sha: id, merged_at: at, merged_by: by } = answer;
  const commit =
    id && (await repository.resolve(id)) ? (await repository.history(id, { limit: 1 }))[0] : undefined;
  const [first, second] = commit?.parents ?? [];
  if (!commit || !at || first === undefined) {
    throw new ConfigurationError(
      `The merge of pull request #${pull.number} is not in the history that is here`,
      {
        remedy: 'Fetch all of main: fetch-depth: 0 for actions/checkout.',
      },
    );
  }
  const facts = { commit: commit.id, by: by?.login ?? null, at, bypassed: null };
  if (second !== undefined) return { ...facts, base: first, method: 'merge' };
  await bring(pull);
  const own = await repository.history(pull.head, { from: first });
  const rebased = await findRebased(repository, { commit, own, at });
  const [last] = rebased.slice(-1);
  return last
    ? { ...facts, base: last.parents[0] ?? first, method: 'rebase' }
    : { ...facts, base: first, method: 'squash' };
}

/** The commits that a rebase wrote, newest first; none for a squash, whose author's date is that of the merge. */
async function findRebased(
  repository: Repository,
  { commit, own, at }: { readonly commit: Commit; readonly own: readonly Commit[]; readonly at: string },
): Promise<readonly Commit[]> {
  const dates = new Set(own.map(({ author }) => Date.parse(author.at)));
  const line = await repository.history(commit.id, { firstParent: true, limit: Math.max(1, own.length) });
  const isOther = ({ author, committer, parents }: Commit): boolean =>
    parents.length !== 1 ||
    !dates.has(Date.parse(author.at)) ||
    Math.abs(Date.parse(committer.at) - Date.parse(at)) > SAME_MERGE_MS;
  const end = line.findIndex(isOther);
  return end < 0 ? line : line.slice(0, end);
}
