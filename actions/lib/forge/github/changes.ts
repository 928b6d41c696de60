// What a pull request changes and who reviewed it, as GitHub lists it: up to 3,000 files, and never a word about the rest.
import type { Listed, Pull, Review } from '#lib/forge/forge.ts';
import { fileAnswerSchema, reviewAnswerSchema } from '#lib/forge/github/answers.ts';
import { askAll } from '#lib/forge/github/ask.ts';
import { here, type Place } from '#lib/forge/github/place.ts';
import { askPull } from '#lib/forge/github/pulls.ts';
import type { Change } from '#lib/git/repository.ts';

const NEEDS = 'pull-requests: read';
const MAX_FILES = 3000;

/** Complete when they are as many as GitHub counts, below its limit, and the head is still the one that was asked for. */
export async function changedFiles(place: Place, pull: Pull): Promise<Listed<Change>> {
  const { items, isComplete } = await askAll(place.client, {
    route: 'GET /repos/{owner}/{repo}/pulls/{pull_number}/files',
    parameters: { ...here(place), pull_number: pull.number },
    answer: fileAnswerSchema,
    ...{ to: `list the files of #${pull.number}`, needs: NEEDS },
  });
  const { changed_files: count, head } = await askPull(place, pull.number);
  const isWhole = isComplete && items.length === count && count < MAX_FILES && head.sha === pull.head;
  return { items: items.map(asChange), isComplete: isWhole };
}

function asChange({ filename: path, previous_filename: previousPath, status }: FileAnswer): Change {
  if (status === 'renamed') return { path, status, ...(previousPath === undefined ? {} : { previousPath }) };
  if (status === 'added' || status === 'copied') return { path, status: 'added' };
  return { path, status: status === 'removed' ? 'removed' : 'modified' };
}

type FileAnswer = ReturnType<typeof fileAnswerSchema.parse>;

/** In the order GitHub has them, pending ones of the token's own account included. */
export async function listReviews(place: Place, number: number): Promise<Listed<Review>> {
  const { items, isComplete } = await askAll(place.client, {
    route: 'GET /repos/{owner}/{repo}/pulls/{pull_number}/reviews',
    parameters: { ...here(place), pull_number: number },
    answer: reviewAnswerSchema,
    ...{ to: `list the reviews of #${number}`, needs: NEEDS },
  });
  const reviews = items.map(({ user, state, commit_id, submitted_at, author_association }) => ({
    ...{ user: user?.login ?? null, type: user?.type ?? null, state },
    ...{ commit: commit_id ?? null, submittedAt: submitted_at ?? null },
    ...(author_association === undefined ? {} : { association: author_association }),
  }));
  return { items: reviews, isComplete };
}
