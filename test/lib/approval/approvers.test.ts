import { describe, expect, test } from 'vitest';
import { decideApproval } from '#lib/approval/decide.ts';
import type { ApprovalRequest, Review } from '#lib/approval/request.ts';
import { changesAsked, churn, head, older, request, review } from './request.ts';

describe('a review does not count', () => {
  test.each<[string, Partial<Review> & { readonly user?: string | null }, Partial<ApprovalRequest>, string]>([
    ['that is a comment', { state: 'COMMENTED' }, {}, 'comment'],
    ['that is not submitted', { state: 'PENDING', submittedAt: null }, {}, 'pending'],
    ['that was dismissed', { state: 'DISMISSED' }, {}, 'dismissed'],
    ['of an account that is gone', { user: null, type: null }, {}, 'unknown author'],
    ['of a bot', { type: 'Bot' }, {}, 'bot'],
    ['of an account of no type', { type: null }, {}, 'bot'],
    ['of a bot that calls itself a user', { user: 'ci[bot]' }, { writers: ['ci[bot]'] }, 'bot'],
    ['of who opened it', {}, { author: { login: 'Alice', type: 'User' } }, 'self'],
    ['of a contributor', {}, { contributors: ['ALICE'] }, 'self'],
    ['of the last pusher', {}, { lastPusher: 'Alice' }, 'self'],
    ['of who may not write', {}, { writers: ['zoe'] }, 'no write access'],
    ['of an older commit', { commit: older }, {}, 'stale'],
    ['of a lost commit', { commit: null }, {}, 'stale'],
    ['of somebody who owns nothing here', { user: 'erin' }, {}, 'not an owner'],
  ])('%s', (_, changes, rest, why) => {
    const decision = decideApproval(request({ reviews: [{ ...review('alice'), ...changes }], ...rest }));
    expect(decision.approved).toBe(false);
    expect(decision.ignored).toEqual([
      { login: changes.user === undefined ? 'alice' : changes.user, why, reason: expect.any(String) },
    ]);
  });
});

describe('an approval of an older commit', () => {
  const old = { reviews: [review('alice', { commit: older })] };

  test('counts while what it approved is the same', () => {
    expect(decideApproval(request({ ...old, subject: 's', subjectAt: { [older]: 's' } })).approved).toBe(
      true,
    );
  });

  test.each<[string, Partial<ApprovalRequest>]>([
    ['has changed', { subject: 's', subjectAt: { [older]: 't' } }],
    ['is not known there', { subject: 's', subjectAt: {} }],
    ['is not known at the head', { subjectAt: { [older]: 's' } }],
    ['is empty', { subject: '', subjectAt: { [older]: '' } }],
  ])('is stale when it %s', (_, changes) => {
    expect(decideApproval(request({ ...old, ...changes })).approved).toBe(false);
  });

  test('is stale for a commit that is named like a member of every object', () => {
    const reviews = [review('alice', { commit: 'constructor' })];
    const subject = Object as unknown as string;
    expect(decideApproval(request({ reviews, subject, subjectAt: {} })).approved).toBe(false);
  });
});

describe('where authors count', () => {
  const solo = {
    allowAuthor: true,
    author: { login: 'alice', type: 'User' },
    contributors: ['alice'],
    lastPusher: 'Alice',
  };

  test('having opened and pushed it stands for the review that GitHub refuses them', () => {
    const decision = decideApproval(request(solo));
    expect(decision).toMatchObject({ approved: true, selfApproved: true });
    expect(decision.paths[0]?.approvers).toEqual([
      { login: 'alice', commit: head, submittedAt: null, self: true },
    ]);
  });

  test('their review is marked, and whether it was needed', () => {
    const own = review('alice');
    expect(decideApproval(request({ ...solo, reviews: [own] }))).toMatchObject({
      approved: true,
      selfApproved: true,
    });
    const both = decideApproval(request({ ...solo, reviews: [own, review('dave')] }));
    expect(both).toMatchObject({ approved: true, selfApproved: false });
    expect(both.paths[0]?.approvers.map(({ self }) => self)).toEqual([true, undefined]);
  });

  test('a review of a contributor or the last pusher counts as theirs', () => {
    const reviews = [review('alice')];
    for (const changes of [{ contributors: ['alice'] }, { lastPusher: 'alice' }]) {
      const decision = decideApproval(request({ allowAuthor: true, reviews, ...changes }));
      expect(decision).toMatchObject({ approved: true, selfApproved: true });
    }
  });

  test.each<[string, Partial<ApprovalRequest>]>([
    ['somebody else pushed last', { lastPusher: 'zoe' }],
    ['they own nothing here', { files: [churn] }],
    ['they may not write', { writers: ['dave'] }],
    ['a bot opened it', { author: { login: 'alice', type: 'Bot' } }],
    ['they asked for changes themselves', { reviews: [changesAsked('alice')] }],
    ['their review was dismissed', { reviews: [review('alice', { state: 'DISMISSED' })] }],
    ['an owner asks for changes', { reviews: [changesAsked('dave')] }],
    ['two are needed', { approvalsNeeded: 2 }],
    ['it is not allowed', { allowAuthor: false }],
  ])('it is not approved when %s', (_, changes) => {
    expect(decideApproval(request({ ...solo, ...changes }))).toMatchObject({
      approved: false,
      selfApproved: false,
    });
  });
});
