import { describe, expect, test } from 'vitest';
import { decideApproval } from '#lib/approval/decide.ts';
import { changesAsked, churn, codeowners, fraud, head, notes, older, request, review } from './request.ts';

test('an approval says who gave it, for which path, under which line and through which team', () => {
  const reviews = [review('Dave'), review('bob'), review('carol')];
  expect(decideApproval(request({ files: [fraud, churn], reviews }))).toEqual({
    approved: true,
    reasons: [],
    paths: [
      {
        path: 'models/churn/model.yaml',
        line: 1,
        pattern: '/models/',
        owners: ['@org/ml-leads'],
        approvers: [
          { login: 'bob', commit: head, submittedAt: '2026-01-02T00:00:00Z', team: '@org/ml-leads' },
          { login: 'carol', commit: head, submittedAt: '2026-01-02T00:00:00Z', team: '@org/ml-leads' },
        ],
      },
      {
        path: 'models/fraud/model.yaml',
        line: 2,
        pattern: '/models/fraud/',
        owners: ['@org/risk', '@alice'],
        approvers: [{ login: 'Dave', commit: head, submittedAt: '2026-01-02T00:00:00Z', team: '@org/risk' }],
      },
    ],
    ignored: [],
    selfApproved: false,
  });
});

describe('a request for changes', () => {
  const approvals = [review('alice')];

  test('of an owner of one path stops all, also of an older commit', () => {
    const reviews = [...approvals, review('carol'), changesAsked('bob', { commit: older })];
    expect(decideApproval(request({ files: [fraud, churn], reviews })).reasons).toEqual([
      '@bob, an owner of models/churn/model.yaml, asks for changes.',
    ]);
  });

  test('of an owner who contributed stops it too', () => {
    const reviews = [...approvals, changesAsked('dave')];
    expect(decideApproval(request({ contributors: ['dave'], reviews })).approved).toBe(false);
  });

  test('ends with a dismissal or an approval', () => {
    for (const state of ['DISMISSED', 'APPROVED']) {
      const later = review('dave', { state, submittedAt: '2026-01-05T00:00:00Z' });
      expect(decideApproval(request({ reviews: [...approvals, changesAsked('dave'), later] })).approved).toBe(
        true,
      );
    }
  });

  test('of an owner who may no longer write stops nothing', () => {
    const decision = decideApproval(
      request({ writers: ['alice'], reviews: [...approvals, changesAsked('dave')] }),
    );
    expect(decision.approved).toBe(true);
    expect(decision.ignored).toEqual([expect.objectContaining({ login: 'dave', why: 'no write access' })]);
  });

  test.each([
    ['who owns nothing here', 'bob', 'not an owner'],
    ['who may not write', 'mallory', 'no write access'],
  ])('of somebody %s is on record and stops nothing', (_, user, why) => {
    const decision = decideApproval(request({ reviews: [...approvals, changesAsked(user)] }));
    expect(decision.approved).toBe(true);
    expect(decision.ignored).toEqual([{ login: user, why, reason: expect.any(String) }]);
  });
});

test('the order of the lists changes no byte', () => {
  const reviews = [
    review('alice'),
    review('dave'),
    review('bob', { commit: older }),
    changesAsked('erin'),
    review(null),
    review('x', { state: 'COMMENTED' }),
  ];
  const files = [fraud, churn, notes];
  const one = decideApproval(request({ files, reviews, codeowners: `${codeowners}!a @b` }));
  const other = decideApproval(
    request({
      files: files.toReversed(),
      reviews: reviews.toReversed(),
      codeowners: `${codeowners}!a @b`,
      writers: ['zoe', 'erin', 'dave', 'carol', 'bob', 'alice'],
    }),
  );
  expect(JSON.stringify(one)).toBe(JSON.stringify(other));
});
