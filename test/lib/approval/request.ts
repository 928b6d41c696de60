// Builders of requests for approval: Zoe proposes, Alice and the risk team own fraud, the leads own the other models.
import type { ApprovalRequest, ChangedFile, Review } from '#lib/approval/request.ts';

export const head = 'h'.repeat(40);
export const older = 'o'.repeat(40);

export const codeowners =
  '/models/ @org/ml-leads\n/models/fraud/ @org/risk @alice\n/.github/ @org/platform\n';

export const fraud: ChangedFile = { path: 'models/fraud/model.yaml', status: 'modified' };
export const churn: ChangedFile = { path: 'models/churn/model.yaml', status: 'modified' };
export const notes: ChangedFile = { path: 'notes.txt', status: 'modified' };

/** A request that lacks nothing but reviews. */
export function request(changes: Partial<ApprovalRequest> = {}): ApprovalRequest {
  return {
    codeowners,
    teams: {
      'org/ml-leads': { members: ['bob', 'carol'] },
      'org/risk': { members: ['dave'] },
      'org/platform': { members: ['erin'] },
    },
    writers: ['alice', 'bob', 'carol', 'dave', 'erin', 'zoe'],
    author: { login: 'zoe', type: 'User' },
    contributors: ['zoe'],
    lastPusher: 'zoe',
    head,
    files: [fraud],
    filesComplete: true,
    reviews: [],
    reviewsComplete: true,
    requireOwner: 'every path',
    ...changes,
  };
}

/** An approval of the head, unless said otherwise. */
export function review(user: string | null, changes: Partial<Review> = {}): Review {
  return {
    user,
    type: 'User',
    state: 'APPROVED',
    commit: head,
    submittedAt: '2026-01-02T00:00:00Z',
    ...changes,
  };
}

/** A request for changes, of the head unless said otherwise. */
export function changesAsked(user: string | null, changes: Partial<Review> = {}): Review {
  return review(user, { state: 'CHANGES_REQUESTED', ...changes });
}
