// May this change be merged, or rolled out? Decided from base's CODEOWNERS and what the forge knows, the same on a laptop,
// in a check and at release. It fails closed: "not approved" is an answer with reasons, never an error.
import { findApprovers } from '#lib/approval/approvers.ts';
import { parseCodeowners } from '#lib/approval/codeowners.ts';
import type { ApprovalDecision, Approver, IgnoredReview, PathApproval } from '#lib/approval/decision.ts';
import { findObstacles } from '#lib/approval/obstacles.ts';
import { ignore, type Opinion, readOpinions } from '#lib/approval/opinions.ts';
import { type Directory, findOwnership, openDirectory, unreadableTeams } from '#lib/approval/ownership.ts';
import { judgePaths } from '#lib/approval/paths.ts';
import { type ApprovalRequest, foldName } from '#lib/approval/request.ts';
import { compareText } from '#lib/documents/canonical.ts';

/** Decides; the same request gives the same bytes, whatever the order of its lists. */
export function decideApproval(request: ApprovalRequest): ApprovalDecision {
  const codeowners = typeof request.codeowners === 'string' ? parseCodeowners(request.codeowners) : undefined;
  const obstacles = findObstacles(request, codeowners);
  const opinions = readOpinions(request.reviews);
  if (!codeowners || obstacles.length > 0) {
    const reasons = [...obstacles, ...opinions.obstacles];
    return { approved: false, reasons, paths: [], ignored: inOrder(opinions.ignored), selfApproved: false };
  }
  const directory = openDirectory(request);
  const { approvers, ignored } = findApprovers(opinions.standing, request, directory);
  const paths = judgePaths(request, { codeowners, directory, approvers });
  const objections = judgeObjections(opinions.standing, paths, directory);
  const reasons = [...opinions.obstacles, ...objections.reasons, ...describeMissing(paths)];
  const approved = reasons.length === 0;
  const isIdle = (login: string) => !paths.some(path => path.approvers.some(one => one.login === login));
  return {
    approved,
    reasons,
    paths,
    ignored: inOrder([
      ...opinions.ignored,
      ...ignored,
      ...objections.ignored,
      ...approvers.filter(one => one.submittedAt !== null && isIdle(one.login)).map(notAnOwner),
    ]),
    selfApproved: approved && paths.some(path => needsSelf(path, request.approvalsNeeded)),
  };
}

interface Objections {
  readonly reasons: readonly string[];
  readonly ignored: readonly IgnoredReview[];
}

/** An owner's open request for changes stops everything; so does one of somebody who may be an owner. */
function judgeObjections(
  opinions: readonly Opinion[],
  paths: readonly PathApproval[],
  directory: Directory,
): Objections {
  const objecting = opinions
    .filter(({ state }) => state === 'CHANGES_REQUESTED')
    .map(({ login }) => ({ login, reason: describeObjection(login, paths, directory) }));
  return {
    reasons: objecting.flatMap(({ reason }) => (reason === undefined ? [] : [reason])),
    ignored: objecting
      .filter(({ reason }) => reason === undefined)
      .map(({ login }) =>
        directory.writers.has(foldName(login))
          ? notAnOwner({ login })
          : ignore(login, 'no write access', `@${login} may not write to the repository`),
      ),
  };
}

function describeObjection(
  login: string,
  paths: readonly PathApproval[],
  directory: Directory,
): string | undefined {
  if (!directory.writers.has(foldName(login))) return undefined;
  const owned = paths.find(({ owners }) => findOwnership(owners, login, directory));
  if (owned) return `@${login}, an owner of ${owned.path}, asks for changes.`;
  const [unknown] = paths.flatMap(({ owners }) => unreadableTeams(owners, directory));
  return unknown === undefined ? undefined : `@${login} asks for changes and may be an owner: ${unknown}.`;
}

function notAnOwner({ login }: Pick<Approver, 'login'>): IgnoredReview {
  return ignore(login, 'not an owner', `@${login} owns none of the changed paths`);
}

function needsSelf({ approvers, owners }: PathApproval, approvalsNeeded = 1): boolean {
  return owners.length > 0 && approvers.filter(({ self }) => !self).length < approvalsNeeded;
}

/** Paths that lack the same thing share a sentence. */
function describeMissing(paths: readonly PathApproval[]): readonly string[] {
  const lacking = Map.groupBy(
    paths.filter(({ missing }) => missing !== undefined),
    ({ missing }) => missing,
  );
  return [...lacking].map(([missing, some]) => {
    const names = some.slice(0, 3).map(({ path }) => path);
    const more = some.length > 3 ? ` and ${some.length - 3} more` : '';
    return `${names.join(', ')}${more}: ${missing}.`;
  });
}

function inOrder(ignored: readonly IgnoredReview[]): readonly IgnoredReview[] {
  const key = ({ login, why, reason }: IgnoredReview) => `${foldName(login ?? '')}\n${why}\n${reason}`;
  return ignored.toSorted((a, b) => compareText(key(a), key(b)));
}
