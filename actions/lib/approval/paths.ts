// Each changed path needs approval from its own line of CODEOWNERS; a rename is judged under both of its names.
import { CODEOWNERS_PATHS, type Codeowners, type OwnerRule, ownersOf } from '#lib/approval/codeowners.ts';
import type { Approver, PathApproval } from '#lib/approval/decision.ts';
import { addressesAmong, type Directory, findOwnership, unreadableTeams } from '#lib/approval/ownership.ts';
import type { ApprovalRequest, ChangedFile } from '#lib/approval/request.ts';
import { compareText } from '#lib/documents/canonical.ts';

interface PathFacts {
  readonly codeowners: Codeowners;
  readonly directory: Directory;
  readonly approvers: readonly Approver[];
}

/** One answer per path, in the order of their names. */
export function judgePaths(request: ApprovalRequest, facts: PathFacts): readonly PathApproval[] {
  const { requireOwner, approvalsNeeded = 1 } = request;
  const promoting = new Set(request.files.filter(({ promotes }) => promotes).flatMap(namesOf));
  const paths = [...new Set(request.files.flatMap(namesOf))].toSorted(compareText);
  return paths.map(path => {
    const rule = ownersOf(facts.codeowners, path);
    const mustHaveOwner = requireOwner === 'every path' || promoting.has(path) || isGuarded(path);
    if (rule && rule.owners.length > 0) return judgeOwned(path, rule, { ...facts, approvalsNeeded });
    const unowned = {
      path,
      line: rule?.line ?? null,
      pattern: rule?.pattern.text ?? null,
      owners: [],
      approvers: [],
    };
    return mustHaveOwner ? { ...unowned, missing: describeUnowned(rule) } : unowned;
  });
}

function namesOf({ path, previousPath, status }: ChangedFile): readonly string[] {
  return previousPath && status !== 'copied' ? [path, previousPath] : [path];
}

/** What decides over traffic, and over approval itself, is never free for all. */
function isGuarded(path: string): boolean {
  return /^models\/[^/]+\/rollout\//u.test(path) || CODEOWNERS_PATHS.some(guarded => guarded === path);
}

function describeUnowned(rule: OwnerRule | undefined): string {
  if (!rule) return 'no line of CODEOWNERS names an owner, so nobody can approve it';
  return `line ${rule.line} of CODEOWNERS (${rule.pattern.text}) leaves it without an owner, so nobody can approve it`;
}

function judgeOwned(
  path: string,
  { line, pattern, owners }: OwnerRule,
  { approvers, directory, approvalsNeeded }: PathFacts & { readonly approvalsNeeded: number },
): PathApproval {
  const own = approvers.flatMap(approver => {
    const ownership = findOwnership(owners, approver.login, directory);
    return ownership ? [{ ...approver, ...ownership }] : [];
  });
  const answer = { path, line, pattern: pattern.text, owners, approvers: own };
  if (own.length >= approvalsNeeded) return answer;
  const asked = approvalsNeeded === 1 ? 'an approval' : `${approvalsNeeded} approvals`;
  const given = approvalsNeeded === 1 ? '' : ` and has ${own.length}`;
  const unknown = [
    ...unreadableTeams(owners, directory),
    ...addressesAmong(owners).map(address => `${address} is an address, and no account is known by it`),
  ];
  const missing = `needs ${asked} of ${owners.join(' or ')} (CODEOWNERS line ${line})${given}`;
  return { ...answer, missing: [missing, ...unknown].join('; ') };
}
