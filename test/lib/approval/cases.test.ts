import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { decideApproval } from '#lib/approval/decide.ts';
import { approvalDecisionSchema } from '#lib/approval/decision.ts';
import type { ApprovalRequest } from '#lib/approval/request.ts';

interface ApprovalCase {
  readonly name: string;
  readonly expect: { readonly approved: boolean };
  readonly input: {
    readonly codeowners_base: string | null;
    readonly teams: Readonly<Record<string, readonly string[] | null>>;
    readonly pending?: Readonly<Record<string, readonly string[]>>;
    readonly writers: readonly string[];
    readonly author: string;
    readonly author_type: string;
    readonly head_sha: string;
    readonly last_pusher: string;
    readonly files: readonly (
      | string
      | { readonly filename: string; readonly previous_filename?: string; readonly status: string }
    )[];
    readonly reviews: readonly {
      readonly user: string | null;
      readonly type: string | null;
      readonly state: string;
      readonly commit_id: string;
      readonly submitted_at: string;
    }[];
  };
}

const fixture = join(import.meta.dirname, '../../fixtures/approval/approval.json');
const cases = JSON.parse(readFileSync(fixture, 'utf8')) as readonly ApprovalCase[];

function toRequest({ input }: ApprovalCase): ApprovalRequest {
  const teams = Object.entries(input.teams).map(([name, members]) => [
    name,
    members === null ? { unreadable: '404' } : { members, pending: input.pending?.[name] ?? [] },
  ]);
  return {
    codeowners: input.codeowners_base ?? undefined,
    teams: Object.fromEntries(teams),
    writers: input.writers,
    author: { login: input.author, type: input.author_type },
    contributors: [],
    lastPusher: input.last_pusher,
    head: input.head_sha,
    files: input.files.map(file =>
      typeof file === 'string'
        ? { path: file, status: 'modified' }
        : {
            path: file.filename,
            status: file.status,
            ...(file.previous_filename && { previousPath: file.previous_filename }),
          },
    ),
    filesComplete: true,
    reviews: input.reviews.map(({ user, type, state, commit_id, submitted_at }) => ({
      user,
      type,
      state,
      commit: commit_id,
      submittedAt: submitted_at,
    })),
    reviewsComplete: true,
    requireOwner: 'every path',
  };
}

test.each(cases)('$name: approved $expect.approved', one => {
  const decision = decideApproval(toRequest(one));
  expect(decision.approved).toBe(one.expect.approved);
  expect(decision.reasons.length > 0).toBe(!one.expect.approved);
  expect(approvalDecisionSchema.parse(decision)).toEqual(decision);
});
