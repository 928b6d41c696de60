// Merging without a work tree, by the three methods people know. Main moves by compare-and-swap at the very end.
import { ConfigurationError } from '#lib/errors.ts';
import type { MergeMethod, Pull } from '#lib/forge/forge.ts';
import type { Commit, NewCommit, Repository, Signature } from '#lib/git/repository.ts';

export interface MergeInput {
  readonly pull: Pull;
  /** Where main stands. */
  readonly main: string;
  /** The commits of the pull request, newest first. */
  readonly commits: readonly Commit[];
  readonly method: MergeMethod;
  readonly by: Signature;
}

/**
 * Writes the commits of a merge; no branch moves yet.
 * @returns the commit that main should stand at.
 * @throws ConfigurationError naming the paths that conflict.
 */
export async function writeMerge(repository: Repository, input: MergeInput): Promise<string> {
  const { pull, main, commits, method, by } = input;
  const title = `${pull.title} (#${pull.number})`;
  if (method === 'rebase') return rebase(repository, input);
  const base = await repository.mergeBase(main, pull.head);
  if (base === undefined) throw unrelated(pull);
  const tree = await mergeTrees(repository, pull, { base, ours: main, theirs: pull.head });
  if (method === 'merge') {
    const message = `Merge pull request #${pull.number} from ${pull.branch}\n\n${pull.title}`;
    return repository.commitTree(tree, [main, pull.head], { message, author: by });
  }
  const author = commits.at(-1)?.author ?? by;
  const trailers = coAuthors(commits, author).map(trailer => `${trailer}\n`);
  const body = [title, pull.body.trim(), trailers.join('').trim()].filter(Boolean).join('\n\n');
  return repository.commitTree(tree, [main], {
    message: body,
    author: { ...author, at: by.at },
    committer: by,
  });
}

/** @throws ConfigurationError when the commits one by one give other files than the whole that was approved. */
async function rebase(repository: Repository, { pull, main, commits, by }: MergeInput): Promise<string> {
  let onto = main;
  for (const commit of commits.toReversed()) {
    const [parent, second] = commit.parents;
    // A merge of main into the branch brings nothing that is not on main already.
    if (second !== undefined) continue;
    if (parent === undefined) throw unrelated(pull);
    const tree = await mergeTrees(repository, pull, { base: parent, ours: onto, theirs: commit.id });
    const written: NewCommit = { message: commit.message, author: commit.author, committer: by };
    onto = await repository.commitTree(tree, [onto], written);
  }
  const base = await repository.mergeBase(main, pull.head);
  if (base === undefined) throw unrelated(pull);
  const whole = await mergeTrees(repository, pull, { base, ours: main, theirs: pull.head });
  if ((await repository.changes(whole, onto)).length === 0) return onto;
  throw new ConfigurationError(
    `A rebase of ${pull.branch} would not bring what was approved: its merge commits changed something themselves`,
    { remedy: 'Merge it by --method merge or --method squash.' },
  );
}

async function mergeTrees(
  repository: Repository,
  pull: Pull,
  sides: { readonly base: string; readonly ours: string; readonly theirs: string },
): Promise<string> {
  const merged = await repository.mergeTrees(sides);
  if ('tree' in merged) return merged.tree;
  throw new ConfigurationError(
    `Pull request #${pull.number} conflicts with main in ${merged.conflicts.join(', ')}`,
    { remedy: `Merge main into ${pull.branch}, or rebase it, and push it again.` },
  );
}

/** Everybody else who wrote a part, as trailers that keep them known after a squash. */
function coAuthors(commits: readonly Commit[], author: Signature): readonly string[] {
  const people = commits.flatMap(commit => [
    `${commit.author.name} <${commit.author.email}>`,
    ...coAuthorsOf(commit.message).map(({ name, email }) => `${name} <${email}>`),
  ]);
  return [...new Set(people)]
    .filter(person => !person.endsWith(`<${author.email}>`))
    .map(person => `Co-authored-by: ${person}`);
}

/** The people that a commit's message names as co-authors. */
export function coAuthorsOf(message: string): readonly { readonly name: string; readonly email: string }[] {
  return [...message.matchAll(/^co-authored-by:[ \t]*([^<\n]*?)[ \t]*<([^>\n]+)>[ \t]*$/gimu)].map(
    ([, name = '', email = '']) => ({ name, email }),
  );
}

function unrelated(pull: Pull): ConfigurationError {
  return new ConfigurationError(`${pull.branch} shares no history with main`, {
    remedy: 'Begin the branch at main.',
  });
}
