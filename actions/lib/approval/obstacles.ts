// What forbids any decision: a list cut short, a fact nobody could read. Nothing is approved on what is not known.
import type { Codeowners } from '#lib/approval/codeowners.ts';
import { type ApprovalRequest, type ChangedFile, isUnreadable } from '#lib/approval/request.ts';
import { compareText } from '#lib/documents/canonical.ts';

/** GitHub lists no more files of one change than this. */
export const MAX_FILES = 3000;

/** One sentence for each; none when a decision can be made. */
export function findObstacles(
  request: ApprovalRequest,
  codeowners: Codeowners | undefined,
): readonly string[] {
  return [
    ...ownersObstacles(request, codeowners),
    ...fileObstacles(request),
    ...peopleObstacles(request),
    ...(request.reviewsComplete ? [] : ['The list of reviews is incomplete.']),
    ...(request.head === '' ? ['The head commit is not known.'] : []),
    ...approvalsObstacle(request.approvalsNeeded),
  ];
}

function ownersObstacles({ codeowners: text }: ApprovalRequest, parsed: Codeowners | undefined): string[] {
  if (isUnreadable(text)) return [`CODEOWNERS of the base branch could not be read: ${text.unreadable}.`];
  if (!parsed) return ['The base branch has no CODEOWNERS file, so nobody can approve.'];
  return parsed.isTooLarge
    ? ['CODEOWNERS of the base branch is larger than 3 MB, so it does not count.']
    : [];
}

function fileObstacles({ files, filesComplete }: ApprovalRequest): string[] {
  if (files.length > MAX_FILES) {
    return [`It changes ${files.length} files; beyond ${MAX_FILES} their list cannot be trusted. Split it.`];
  }
  return [
    ...(filesComplete ? [] : ['The list of changed files is incomplete.']),
    ...(files.length > 0 ? [] : ['No changed file is known, so there is nothing to approve.']),
    ...files
      .filter(isHalfRename)
      .map(({ path }) => `${path} was renamed, and its old name is not known.`)
      .toSorted(compareText),
  ];
}

function isHalfRename({ status, previousPath }: ChangedFile): boolean {
  return status === 'renamed' && !previousPath;
}

function peopleObstacles({ author, contributors, lastPusher, writers }: ApprovalRequest): string[] {
  return [
    ...(author.login ? [] : ['Who opened it is not known, so nobody can be told apart from its author.']),
    ...(lastPusher ? [] : ['Who pushed last is not known.']),
    ...(isUnreadable(contributors)
      ? [`The authors of what changed could not be read: ${contributors.unreadable}.`]
      : []),
    ...(isUnreadable(writers) ? [`Who may write could not be read: ${writers.unreadable}.`] : []),
  ];
}

function approvalsObstacle(needed = 1): string[] {
  if (Number.isInteger(needed) && needed >= 1) return [];
  return [`The number of approvals asked for is ${needed}; it must be a whole number of at least 1.`];
}
