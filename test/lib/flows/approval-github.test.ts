// Approval from facts of GitHub: approved when all is known and right, and with one thing unknown or wrong, not.
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { gatherApproval } from '#lib/flows/approval.ts';
import { openRepository } from '#lib/git/open-repository.ts';
import { openFolderStore } from '#lib/storage/folder.ts';
import {
  activityBody,
  fileBody,
  permissionBody,
  pullBody,
  refusalBody,
  reviewBody,
  userBody,
} from '../../support/github/bodies.ts';
import { makeFixture } from '../../support/github/fixture.ts';
import type { Stub } from '../../support/github/stub.ts';
import { openStubbed, SHOP } from '../../support/github/stubbed.ts';

interface Scene {
  readonly stub: Stub;
  readonly head: string;
  /** What the head was before its last commit. */
  readonly before: string;
}

const TEAM = 'GET /orgs/acme/teams/eta/members';

/** Ada opens, writes and pushes; Bob, of the team that owns it and free to write, approves. */
async function decide(change: (scene: Scene) => void = () => {}) {
  const fixture = await makeFixture();
  await fixture.commit('main', { CODEOWNERS: '/models/ @acme/eta\n' });
  const before = await fixture.commit('work', { 'models/eta/model.yaml': 'a\n' });
  const head = await fixture.commit('work', { 'models/eta/model.yaml': 'b\n' });
  fixture.git('switch', '--quiet', 'main');
  const { stub, forge } = await openStubbed(fixture);
  stub.on(`GET ${SHOP}/pulls/1`, { body: pullBody({ head, over: { changed_files: 1 } }) });
  stub.on(`GET ${SHOP}/pulls/1/files`, { body: [fileBody('models/eta/model.yaml', { status: 'added' })] });
  stub.on(`GET ${SHOP}/pulls/1/reviews`, { body: [reviewBody('bob', { commit_id: head })] });
  stub.on(TEAM, { body: [userBody('bob'), userBody('ada')] });
  for (const login of ['ada', 'bob', 'carol']) {
    stub.on(`GET ${SHOP}/collaborators/${login}/permission`, { body: permissionBody('write') });
  }
  stub.on(`GET ${SHOP}/activity`, { body: [activityBody(head, 'ada')] });
  stub.on('POST /graphql', authored({ email: 'ada@example.org', user: { login: 'ada' } }));
  change({ stub, head, before });
  const repository = await openRepository(fixture.folder);
  const host = { repository, forge, store: openFolderStore(join(fixture.root, 'store')) };
  return (await gatherApproval(host, await forge.getPull(1))).decision;
}

function authored(...nodes: readonly unknown[]) {
  const authors = { totalCount: nodes.length, nodes };
  return { body: { data: { repository: { c0: { authors }, c1: { authors } } } } };
}

it('an owner of the team who may write and had no hand in it approves', async () => {
  const { approved, reasons, paths } = await decide();
  expect({ approved, reasons }).toEqual({ approved: true, reasons: [] });
  expect(paths).toMatchObject([
    { path: 'models/eta/model.yaml', approvers: [{ login: 'bob', team: '@acme/eta' }] },
  ]);
});

it.each<readonly [string, (scene: Scene) => void, string]>([
  [
    'the team cannot be read',
    ({ stub }) => stub.on(TEAM, { status: 404, body: refusalBody('Not Found') }),
    'members of @acme/eta could not be read',
  ],
  [
    'the reviewer is not in the team',
    ({ stub }) => stub.on(TEAM, { body: [userBody('carol')] }),
    'needs an approval of @acme/eta',
  ],
  [
    'who may write cannot be read',
    ({ stub }) =>
      stub.on(`GET ${SHOP}/collaborators/bob/permission`, { status: 403, body: refusalBody('Forbidden') }),
    'Who may write could not be read',
  ],
  [
    'the reviewer may only read',
    ({ stub }) => stub.on(`GET ${SHOP}/collaborators/bob/permission`, { body: permissionBody('read') }),
    'needs an approval of @acme/eta',
  ],
  [
    'a file may be left out',
    ({ stub, head }) =>
      stub.on(`GET ${SHOP}/pulls/1`, { body: pullBody({ head, over: { changed_files: 2 } }) }),
    'The list of changed files is incomplete',
  ],
  [
    'an author has no account',
    ({ stub }) => stub.on('POST /graphql', authored({ email: 'x@example.org', user: null })),
    'The authors of what changed could not be read: no account is known by <x@example.org>',
  ],
  [
    'the reviewer wrote a part of it',
    ({ stub }) => stub.on('POST /graphql', authored({ email: 'b@example.org', user: { login: 'BOB' } })),
    'needs an approval of @acme/eta',
  ],
  [
    'the reviewer pushed last',
    ({ stub, head }) => stub.on(`GET ${SHOP}/activity`, { body: [activityBody(head, 'bob')] }),
    'needs an approval of @acme/eta',
  ],
  [
    'nobody knows who pushed last',
    ({ stub }) => stub.on(`GET ${SHOP}/activity`, { body: [] }),
    'Who pushed last is not known',
  ],
  [
    'its author is gone',
    ({ stub, head }) => {
      const author = userBody('ghost', { id: 10_137 });
      stub.on(`GET ${SHOP}/pulls/1`, { body: pullBody({ head, author, over: { changed_files: 1 } }) });
    },
    'Who opened it is not known',
  ],
  [
    'an account that is gone asks for changes',
    ({ stub, head }) => {
      const doubts = reviewBody(null, { state: 'CHANGES_REQUESTED', commit_id: head });
      stub.on(`GET ${SHOP}/pulls/1/reviews`, { body: [reviewBody('bob', { commit_id: head }), doubts] });
    },
    "may be an owner's",
  ],
  [
    'other content was approved',
    ({ stub, before }) =>
      stub.on(`GET ${SHOP}/pulls/1/reviews`, { body: [reviewBody('bob', { commit_id: before })] }),
    'needs an approval of @acme/eta',
  ],
  [
    'it goes to another branch, whose owners say nothing over main',
    ({ stub, head }) =>
      stub.on(`GET ${SHOP}/pulls/1`, { body: pullBody({ head, base: 'dev', over: { changed_files: 1 } }) }),
    'it goes to dev',
  ],
])('it is not approved when %s', async (_, change, reason) => {
  const { approved, reasons } = await decide(change);
  expect(approved).toBe(false);
  expect(reasons.join('\n')).toContain(reason);
});
