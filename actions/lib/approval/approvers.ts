// Which approvals count at all, before it is asked what their authors own.
import type { Approver, IgnoredReview } from '#lib/approval/decision.ts';
import { ignore, type Opinion } from '#lib/approval/opinions.ts';
import type { Directory } from '#lib/approval/ownership.ts';
import { type ApprovalRequest, foldName, isUnreadable } from '#lib/approval/request.ts';

/** Approvals that count where their author is an owner, and the opinions that count nowhere. */
export interface Approvers {
  readonly approvers: readonly Approver[];
  readonly ignored: readonly IgnoredReview[];
}

/** Judges the standing opinions; requests for changes are judged elsewhere. */
export function findApprovers(
  opinions: readonly Opinion[],
  request: ApprovalRequest,
  directory: Directory,
): Approvers {
  const own = ownNames(request);
  const judged = opinions
    .filter(({ state }) => state !== 'CHANGES_REQUESTED')
    .map(opinion => ({ opinion, ignored: refuse(opinion, { request, directory, own }) }));
  const counted = judged.filter(({ ignored }) => !ignored).map(({ opinion }) => toApprover(opinion, own));
  const author = authorWithoutReview(request, { opinions, counted, directory });
  return {
    approvers: author ? [...counted, author] : counted,
    ignored: judged.flatMap(({ ignored }) => (ignored ? [ignored] : [])),
  };
}

/** Whoever had a hand in the change, with the hand they had. */
function ownNames({ author, contributors, lastPusher }: ApprovalRequest): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  if (lastPusher) names.set(foldName(lastPusher), 'pushed last');
  for (const login of isUnreadable(contributors) ? [] : contributors) {
    names.set(foldName(login), 'is an author of what changed since the live version');
  }
  if (author.login) names.set(foldName(author.login), 'opened it');
  return names;
}

interface Facts {
  readonly request: ApprovalRequest;
  readonly directory: Directory;
  readonly own: ReadonlyMap<string, string>;
}

function refuse(
  { login, type, state, commit }: Opinion,
  { request, directory, own }: Facts,
): IgnoredReview | undefined {
  const hand = own.get(foldName(login));
  if (state === 'DISMISSED') return ignore(login, 'dismissed', 'the review was dismissed');
  if (isBot(login, type)) return ignore(login, 'bot', 'only people approve');
  if (hand && !request.allowAuthor) return ignore(login, 'self', `@${login} ${hand}`);
  if (!directory.writers.has(foldName(login))) {
    return ignore(login, 'no write access', `@${login} may not write to the repository`);
  }
  if (!isCurrent(commit, request)) {
    return ignore(
      login,
      'stale',
      `what it approved has changed since ${commit?.slice(0, 12) || 'a lost commit'}`,
    );
  }
  return undefined;
}

function isBot(login: string, type: string | null): boolean {
  return type !== 'User' || login.endsWith('[bot]');
}

function isCurrent(commit: string | null, { head, subject, subjectAt = {} }: ApprovalRequest): boolean {
  if (!commit) return false;
  if (commit === head) return true;
  return Boolean(subject) && Object.hasOwn(subjectAt, commit) && subjectAt[commit] === subject;
}

function toApprover({ login, commit, submittedAt }: Opinion, own: ReadonlyMap<string, string>): Approver {
  const approver = { login, commit: commit ?? '', submittedAt };
  return own.has(foldName(login)) ? { ...approver, self: true } : approver;
}

interface Standing {
  readonly opinions: readonly Opinion[];
  readonly counted: readonly Approver[];
  readonly directory: Directory;
}

/** GitHub lets no author review: where authors count, opening it and having pushed the head says yes. */
function authorWithoutReview(
  { author, allowAuthor, lastPusher, head }: ApprovalRequest,
  { opinions, counted, directory }: Standing,
): Approver | undefined {
  const { login, type } = author;
  if (!allowAuthor || !login || isBot(login, type) || !directory.writers.has(foldName(login)))
    return undefined;
  const isAuthor = (other: string | null) => other !== null && foldName(other) === foldName(login);
  const hasDoubts = opinions.some(({ login: who, state }) => isAuthor(who) && state !== 'APPROVED');
  if (!isAuthor(lastPusher) || hasDoubts || counted.some(approver => isAuthor(approver.login)))
    return undefined;
  return { login, commit: head, submittedAt: null, self: true };
}
