import { describe, expect, test } from 'vitest';
import { decideApproval } from '#lib/approval/decide.ts';
import { churn, fraud, notes, request, review } from './request.ts';

describe('paths', () => {
  const alice = { reviews: [review('alice')] };

  test('without an owner are let through only when that is said', () => {
    const files = [fraud, notes];
    expect(decideApproval(request({ ...alice, files })).reasons[0]).toContain('notes.txt: no line');
    const decision = decideApproval(request({ ...alice, files, requireOwner: 'owned paths' }));
    expect(decision).toMatchObject({ approved: true, selfApproved: false });
    expect(decision.paths).toContainEqual({
      path: 'notes.txt',
      line: null,
      pattern: null,
      owners: [],
      approvers: [],
    });
  });

  test.each([
    ['rollout files', { path: 'models/x/rollout/production.yaml' }],
    ['files that promote', { ...notes, promotes: true }],
    [
      'the old name of a rollout file',
      { path: 'a', previousPath: 'models/x/rollout/p.yaml', status: 'renamed' },
    ],
    ['CODEOWNERS', { path: 'docs/CODEOWNERS' }],
  ])('of %s need an owner always', (_, file) => {
    const base = { ...alice, codeowners: '/models/fraud/ @alice\n', requireOwner: 'owned paths' } as const;
    expect(decideApproval(request({ ...base, files: [fraud, notes] })).approved).toBe(true);
    expect(decideApproval(request({ ...base, files: [fraud, file] })).approved).toBe(false);
  });

  test('of a copy are its own, of a rename both', () => {
    const moved = { path: 'models/fraud/b.yaml', previousPath: churn.path };
    expect(decideApproval(request({ ...alice, files: [{ ...moved, status: 'copied' }] })).approved).toBe(
      true,
    );
    const renamed = decideApproval(request({ ...alice, files: [{ ...moved, status: 'renamed' }] }));
    expect(renamed.reasons).toEqual([expect.stringContaining('models/churn/model.yaml: needs an approval')]);
  });

  test('that lack the same share a sentence', () => {
    const files = ['d', 'b', 'a', 'c', 'b'].map(name => ({ path: `models/churn/${name}` }));
    expect(decideApproval(request({ ...alice, files })).reasons).toEqual([
      'models/churn/a, models/churn/b, models/churn/c and 1 more: needs an approval of @org/ml-leads (CODEOWNERS line 1).',
    ]);
  });
});

describe('where two approvals are needed', () => {
  const two = { approvalsNeeded: 2, files: [churn] };

  test('two owners give them, one does not, however often or under whatever spelling', () => {
    expect(decideApproval(request({ ...two, reviews: [review('bob'), review('carol')] })).approved).toBe(
      true,
    );
    const later = review('BOB', { submittedAt: '2026-01-03T00:00:00Z' });
    expect(decideApproval(request({ ...two, reviews: [review('bob'), later] })).reasons).toEqual([
      'models/churn/model.yaml: needs 2 approvals of @org/ml-leads (CODEOWNERS line 1) and has 1.',
    ]);
  });

  test('each path needs its own two', () => {
    const reviews = [review('bob'), review('carol'), review('alice')];
    const decision = decideApproval(request({ ...two, files: [fraud, churn], reviews }));
    expect(decision.reasons).toEqual([expect.stringContaining('models/fraud/model.yaml: needs 2 approvals')]);
  });
});
