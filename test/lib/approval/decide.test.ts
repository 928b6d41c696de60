import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { decideApproval } from '#lib/approval/decide.ts';
import { approvalDecisionSchema } from '#lib/approval/decision.ts';
import type { ApprovalRequest, Review } from '#lib/approval/request.ts';
import { churn, codeowners, fraud, head, notes, older, request, review } from './request.ts';

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

const changesAsked = (user: string | null, changes: Partial<Review> = {}) =>
  review(user, { state: 'CHANGES_REQUESTED', ...changes });

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

describe('a team that could not be read', () => {
  const teams = { 'org/risk': { unreadable: 'HTTP 404' } };

  test('approves nothing, and the reason names it', () => {
    const decision = decideApproval(request({ teams, reviews: [review('dave')] }));
    expect(decision.reasons[0]).toContain('the members of @org/risk could not be read (HTTP 404)');
  });

  test('that nobody asked for is not readable either', () => {
    const decision = decideApproval(request({ teams: {}, reviews: [review('dave')] }));
    expect(decision.reasons[0]).toContain('nobody asked for them');
  });

  test('does not take from an owner who is named beside it', () => {
    expect(decideApproval(request({ teams, reviews: [review('alice')] })).approved).toBe(true);
  });

  test('may hold whoever asks for changes', () => {
    const decision = decideApproval(request({ teams, reviews: [review('alice'), changesAsked('dave')] }));
    expect(decision.reasons).toEqual([expect.stringContaining('@dave asks for changes and may be an owner')]);
  });
});

test('teams compare without regard to case, and names of object members are no teams', () => {
  const teams = { 'Org/Risk': { members: ['DAVE'] } };
  expect(decideApproval(request({ teams, reviews: [review('dave')] })).approved).toBe(true);
  const odd = request({ codeowners: '* @constructor/name @toString', reviews: [review('dave')] });
  expect(decideApproval(odd).approved).toBe(false);
});

test('letters that only look like a login are another login', () => {
  const reviews = [review('\u212Aate')];
  const writers = ['kate'];
  expect(decideApproval(request({ codeowners: '* @kate', writers, reviews })).approved).toBe(false);
});

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

  test('that its author took back, in any order of the list', () => {
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

  test.each(['CHANGES_REQUESTED', 'DISMISSED'])('beside one of the same second that is %s', state => {
    const reviews = [review('alice', { state }), review('alice')];
    expect(decideApproval(request({ reviews })).approved).toBe(false);
    expect(decideApproval(request({ reviews: reviews.toReversed() })).approved).toBe(false);
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

  test.each([
    ['who owns nothing here', 'bob', 'not an owner'],
    ['who may not write', 'mallory', 'no write access'],
  ])('of somebody %s is on record and stops nothing', (_, user, why) => {
    const decision = decideApproval(request({ reviews: [...approvals, changesAsked(user)] }));
    expect(decision.approved).toBe(true);
    expect(decision.ignored).toEqual([{ login: user, why, reason: expect.any(String) }]);
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
