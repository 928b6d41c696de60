import { describe, expect, test } from 'vitest';
import { decideApproval } from '#lib/approval/decide.ts';
import { changesAsked, request, review } from './request.ts';

describe('it fails closed', () => {
  test.each([null, '', 'yesterday', '2026-02-30T00:00:00Z', '2026-01-02T00:00:00', '1767312000'])(
    'when the time of an opinion is %j',
    submittedAt => {
      const decision = decideApproval(request({ reviews: [review('alice', { submittedAt })] }));
      expect(decision.reasons).toContainEqual(expect.stringContaining('time of a review of @alice'));
    },
  );

  test('when a review has a state nobody knows', () => {
    const reviews = [review('alice'), review('bob', { state: 'VETOED' })];
    expect(decideApproval(request({ reviews })).reasons).toEqual([expect.stringContaining('VETOED')]);
  });

  test('when an account that is gone asked for changes', () => {
    const decision = decideApproval(request({ reviews: [review('alice'), changesAsked(null)] }));
    expect(decision.reasons).toEqual([expect.stringContaining('dismiss it')]);
  });
});

describe('the latest opinion', () => {
  test('is the one that counts, in any order of the list', () => {
    const reviews = [
      changesAsked('alice', { submittedAt: '2026-01-03T01:00:00+02:00' }),
      review('ALICE', { submittedAt: '2026-01-02T22:59:59Z' }),
    ];
    for (const list of [reviews, reviews.toReversed()]) {
      const decision = decideApproval(request({ reviews: list }));
      expect(decision.reasons[0]).toContain('@alice, an owner of models/fraud/model.yaml, asks for changes');
      expect(decision.ignored).toEqual([expect.objectContaining({ login: 'ALICE', why: 'superseded' })]);
    }
  });

  test.each(['CHANGES_REQUESTED', 'DISMISSED'])('of two in the same second is the one that is %s', state => {
    const reviews = [review('alice', { state }), review('alice')];
    expect(decideApproval(request({ reviews })).approved).toBe(false);
    expect(decideApproval(request({ reviews: reviews.toReversed() })).approved).toBe(false);
  });
});
