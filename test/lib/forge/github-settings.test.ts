// The settings of a repository as GitHub's answers tell them; the answers have the form of its OpenAPI description.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { openClient } from '#lib/forge/github/client.ts';
import { openGitHubSettings } from '#lib/forge/github/settings.ts';
import type { ForgeSettings } from '#lib/forge/settings.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

type Answers = Readonly<Record<string, unknown>>;

/** A server that knows these paths; a number is a refusal, everything else is not there. */
async function open(answers: Answers): Promise<ForgeSettings> {
  const server = createServer((request, response) => {
    const path = (request.url ?? '').split('?')[0] ?? '';
    const answer = answers[path.replace('/repos/acme/shop', '')] ?? 404;
    const status = typeof answer === 'number' ? answer : 200;
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(typeof answer === 'number' ? { message: 'no' } : answer));
  });
  servers.push(server);
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const apiUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return openGitHubSettings(openClient({ token: 'secret-token', apiUrl, secondMs: 1 }), 'acme/shop');
}

const review = {
  type: 'pull_request',
  parameters: {
    require_code_owner_review: true,
    dismiss_stale_reviews_on_push: true,
    require_last_push_approval: false,
    required_approving_review_count: 1,
    required_review_thread_resolution: false,
  },
};
const checks = {
  type: 'required_status_checks',
  parameters: {
    required_status_checks: [{ context: 'mainline/approval' }],
    strict_required_status_checks_policy: false,
  },
};

it('rules of a branch are read, and classic protection adds to them', async () => {
  const settings = await open({
    '/rules/branches/main': [review, checks, { type: 'deletion' }],
    '/branches/main/protection': {
      required_status_checks: { contexts: ['ci'] },
      required_pull_request_reviews: { require_last_push_approval: true, required_approving_review_count: 2 },
      allow_force_pushes: { enabled: false },
    },
  });
  expect(await settings.protectionOf('main')).toEqual({
    forbidsForcePush: true,
    forbidsDeletion: true,
    checks: ['mainline/approval', 'ci'],
    review: { codeOwners: true, dismissesStale: true, lastPush: true, approvals: 2 },
  });
});

it('rules that a token may not read are not taken for none', async () => {
  const hidden = await open({
    '/rules/branches/main': [],
    '/branches/main/protection': 403,
    '/branches/main': { protected: true },
  });
  expect(await hidden.protectionOf('main')).toEqual({
    unreadable: 'main has rules that this token may not read',
  });
  const none = await open({
    '/rules/branches/main': [],
    '/branches/main/protection': 404,
    '/branches/main': { protected: false },
  });
  expect(await none.protectionOf('main')).toMatchObject({ review: undefined, forbidsDeletion: false });
  const refused = await open({ '/rules/branches/main': 403 });
  expect(await refused.protectionOf('main')).toMatchObject({
    unreadable: expect.stringContaining('does not let'),
  });
});

it('a ruleset of tags counts when it is active and covers the tags of versions', async () => {
  const ruleset = (include: string[]) => ({
    ...{ id: 7, target: 'tag', enforcement: 'active' },
    conditions: { ref_name: { include, exclude: [] } },
    rules: [{ type: 'non_fast_forward' }, { type: 'deletion' }],
  });
  const list = [
    { id: 7, target: 'tag', enforcement: 'active' },
    { id: 8, target: 'branch', enforcement: 'active' },
    { id: 9, target: 'tag', enforcement: 'disabled' },
  ];
  const covering = await open({ '/rulesets': list, '/rulesets/7': ruleset(['refs/tags/*@v*']) });
  expect(await covering.protectionOfTags('*@v*')).toMatchObject({
    forbidsForcePush: true,
    forbidsDeletion: true,
  });
  const other = await open({ '/rulesets': list, '/rulesets/7': ruleset(['refs/tags/release-*']) });
  expect(await other.protectionOfTags('*@v*')).toMatchObject({
    forbidsForcePush: false,
    forbidsDeletion: false,
  });
});

it('mistakes, merge methods and the default of tokens are read, or said to be hidden', async () => {
  const settings = await open({
    '/codeowners/errors': {
      errors: [
        {
          line: 3,
          column: 1,
          kind: 'Unknown owner',
          message: 'Unknown owner on line 3:\n\n  x',
          path: 'CODEOWNERS',
        },
      ],
    },
    '': { allow_merge_commit: false, allow_squash_merge: true, allow_rebase_merge: true },
    '/actions/permissions/workflow': {
      default_workflow_permissions: 'write',
      can_approve_pull_request_reviews: false,
    },
  });
  expect(await settings.codeownersMistakes()).toEqual([{ line: 3, message: 'Unknown owner on line 3:' }]);
  expect(await settings.mergeMethods()).toEqual(['squash', 'rebase']);
  expect(await settings.tokenDefault()).toEqual({ writes: true, approves: false });
  const hidden = await open({ '': {}, '/actions/permissions/workflow': 403 });
  expect(await hidden.codeownersMistakes()).toBeUndefined();
  expect(await hidden.mergeMethods()).toMatchObject({ unreadable: expect.any(String) });
  const { unreadable } = (await hidden.tokenDefault()) as { readonly unreadable: string };
  expect(unreadable).toContain('does not let this token');
  expect(unreadable).not.toContain('secret-token');
});

it('the default branch is read; silence is told apart from a refusal', async () => {
  const settings = await open({ '': { default_branch: 'trunk' } });
  expect(await settings.defaultBranch()).toBe('trunk');
  const refused = await (await open({ '': 403 })).defaultBranch();
  expect(refused).toMatchObject({ unreadable: expect.stringContaining('does not let') });
  expect(refused).not.toHaveProperty('isUnanswered');
  expect(await (await open({ '': 502 })).defaultBranch()).toMatchObject({ isUnanswered: true });
});

it('a variable may be the repository’s own or its organisation’s', async () => {
  const variables = (...names: readonly string[]) => ({
    ...{ total_count: names.length, variables: names.map(name => ({ name, value: 'x' })) },
  });
  const settings = await open({
    '/actions/variables': variables('OWN'),
    '/actions/organization-variables': variables('SHARED'),
  });
  expect(await settings.hasVariable('OWN')).toBe(true);
  expect(await settings.hasVariable('SHARED')).toBe(true);
  expect(await settings.hasVariable('OTHER')).toBe(false);
  const hidden = await open({ '/actions/variables': variables(), '/actions/organization-variables': 403 });
  expect(await hidden.hasVariable('OTHER')).toMatchObject({ unreadable: expect.any(String) });
});
