import { describe, expect, test } from 'vitest';
import { decideApproval } from '#lib/approval/decide.ts';
import type { ApprovalRequest } from '#lib/approval/request.ts';
import { fraud, request, review } from './request.ts';

describe('it fails closed', () => {
  const good = { reviews: [review('alice')] };

  test.each<[string, Partial<ApprovalRequest>, string]>([
    ['without CODEOWNERS', { codeowners: undefined }, 'has no CODEOWNERS file'],
    ['when CODEOWNERS cannot be read', { codeowners: { unreadable: 'HTTP 500' } }, 'HTTP 500'],
    ['when CODEOWNERS is too large', { codeowners: `* @alice\n#${'x'.repeat(3_000_000)}` }, '3 MB'],
    ['when no line matches', { codeowners: '/docs/ @alice' }, 'no line of CODEOWNERS names an owner'],
    ['when a line has no owner', { codeowners: '* @alice\n/models/' }, 'line 2 of CODEOWNERS (/models/)'],
    ['when the files are cut short', { filesComplete: false }, 'changed files is incomplete'],
    ['when the reviews are cut short', { reviewsComplete: false }, 'reviews is incomplete'],
    ['when no file changed', { files: [] }, 'No changed file'],
    ['when a rename lacks its old name', { files: [{ ...fraud, status: 'renamed' }] }, 'old name'],
    ['when the author is gone', { author: { login: null, type: null } }, 'Who opened it'],
    ['when the last pusher is not known', { lastPusher: null }, 'Who pushed last'],
    ['when the contributors cannot be read', { contributors: { unreadable: 'shallow clone' } }, 'shallow'],
    ['when the writers cannot be read', { writers: { unreadable: 'HTTP 403' } }, 'HTTP 403'],
    ['when the head is not known', { head: '', reviews: [review('alice', { commit: '' })] }, 'head commit'],
    ['when no approval is asked for', { approvalsNeeded: 0 }, 'at least 1'],
    ['when half an approval is asked for', { approvalsNeeded: 0.5 }, 'at least 1'],
    ['when the number of approvals is none', { approvalsNeeded: Number.NaN }, 'at least 1'],
  ])('%s', (_, changes, reason) => {
    expect(decideApproval(request(good)).approved).toBe(true);
    const decision = decideApproval(request({ ...good, ...changes }));
    expect(decision).toMatchObject({ approved: false, selfApproved: false });
    expect(decision.reasons).toEqual([expect.stringContaining(reason)]);
  });

  test('beyond 3000 files, not at 3000', () => {
    const files = Array.from({ length: 3000 }, (_, index) => ({ path: `models/fraud/${index}` }));
    expect(decideApproval(request({ ...good, files })).approved).toBe(true);
    const decision = decideApproval(request({ ...good, files: [...files, fraud] }));
    expect(decision.reasons).toEqual([expect.stringContaining('3001 files')]);
  });

  test('when the only owner is an e-mail address', () => {
    const decision = decideApproval(request({ ...good, codeowners: '* alice@example.com' }));
    expect(decision.reasons[0]).toContain('alice@example.com is an address');
  });
});
