// Accounts behind commits and pushes: one that is not known makes the whole answer unknown.
import { expect, it } from 'vitest';
import type { Commit } from '#lib/git/repository.ts';
import { activityBody, pullBody, refusalBody } from '../../../support/github/bodies.ts';
import type { Answerer } from '../../../support/github/stub.ts';
import { openStubbed, SHOP } from '../../../support/github/stubbed.ts';

interface Author {
  readonly email: string | null;
  readonly login?: string;
}

const idOf = (n: number): string => n.toString(16).padStart(40, '0');
const person = { name: 'Somebody', email: 'x@example.org', at: '2026-03-01T10:00:00Z' };
const commits = (count: number): readonly Commit[] =>
  Array.from({ length: count }, (_, i) => ({
    id: idOf(i + 1),
    parents: [],
    author: person,
    committer: person,
    message: '',
  }));

/** GitHub's answer to the query it gets: the authors of each commit that is asked for. */
function authorsAnswer(authors: (id: string) => readonly Author[] | null, total = 0): Answerer {
  return ({ body }) => {
    const { query } = body as { readonly query: string };
    const asked = [...query.matchAll(/(c\d+): object\(oid: "([0-9a-f]+)"\)/gu)];
    const repository = Object.fromEntries(
      asked.map(([, alias = '', id = '']) => {
        const nodes = authors(id)?.map(({ email, login }) => ({
          email,
          user: login === undefined ? null : { login },
        }));
        return [alias, nodes ? { authors: { totalCount: Math.max(total, nodes.length), nodes } } : null];
      }),
    );
    return { body: { data: { repository } } };
  };
}

it('authors and co-authors of any number of commits are told once each', async () => {
  const { stub, forge } = await openStubbed();
  const ada = { email: 'ada@example.org', login: 'ada' };
  stub.on(
    'POST /graphql',
    authorsAnswer(id => (id === idOf(120) ? [ada, { email: 'z@example.org', login: 'zoe' }] : [ada])),
  );
  expect(await forge.authorsOf(commits(120))).toEqual(['ada', 'zoe']);
  expect(stub.received).toHaveLength(3);
  expect(stub.received[0]?.body).toMatchObject({ variables: { owner: 'acme', repo: 'shop' } });
  expect(await forge.authorsOf([])).toEqual([]);
});

it('machines are known by their addresses', async () => {
  const { stub, forge } = await openStubbed();
  const machines = ['mainline@localhost', '41898282+github-actions[bot]@users.noreply.github.com'];
  stub.on(
    'POST /graphql',
    authorsAnswer(() => machines.map(email => ({ email }))),
  );
  expect(await forge.authorsOf(commits(1))).toEqual(['github-actions[bot]', 'mainline[bot]']);
  expect(forge.accountOf({ name: 'x', email: '49699333+dependabot[bot]@users.noreply.github.com' })).toBe(
    'dependabot[bot]',
  );
  expect(forge.accountOf({ name: 'x', email: 'ada@example.org' })).toBeUndefined();
});

it.each<readonly [string, Answerer, string]>([
  ['an address of no account', authorsAnswer(() => [{ email: 'ghost@example.org' }]), 'ghost@example.org'],
  [
    'a name that only looks like a machine',
    authorsAnswer(() => [{ email: 'mainline@localhost.example.org' }]),
    'localhost.example.org',
  ],
  ['a commit GitHub does not know', authorsAnswer(() => null), 'does not know the commit 0000000'],
  ['a commit without authors', authorsAnswer(() => []), 'does not know the commit'],
  [
    'more authors than are listed',
    authorsAnswer(() => [{ email: 'a@b.c', login: 'ada' }], 101),
    'too many authors',
  ],
  [
    'a repository that is hidden',
    () => ({ body: { data: { repository: null } } }),
    'does not know the commit',
  ],
  [
    'a refusal in words',
    () => ({ body: { data: null, errors: [{ message: 'Resource not accessible by integration' }] } }),
    'not accessible',
  ],
  ['a refusal by status', () => ({ status: 403, body: refusalBody('Forbidden') }), 'Forbidden'],
  ['another form', () => ({ body: { data: { repository: { c0: { authors: 3 } } } } }), 'cannot be read'],
])('%s leaves the authors unknown', async (_, answer, words) => {
  const { stub, forge } = await openStubbed();
  stub.on('POST /graphql', answer);
  expect(await forge.authorsOf(commits(2))).toEqual({ unreadable: expect.stringContaining(words) });
});

const HEAD = 'b'.repeat(40);

async function pushed(
  answer: Parameters<Awaited<ReturnType<typeof openStubbed>>['stub']['on']>[1],
  fork?: string | null,
) {
  const { stub, forge } = await openStubbed();
  const body = pullBody({ head: HEAD, branch: 'a/b', ...(fork === undefined ? {} : { fork }) });
  stub.on(`GET ${SHOP}/pulls/1`, {
    body,
    ...(fork === null ? { undescribed: 'deleted forks are null' } : {}),
  });
  stub.on(`GET /repos/${fork ?? 'acme/shop'}/activity`, answer);
  const pusher = await forge.lastPusher(await forge.getPull(1));
  return { pusher, query: stub.received.at(-1)?.query };
}

it('the last pusher is whoever moved the branch to its head, not whom a commit names', async () => {
  const pushes = [
    activityBody('c'.repeat(40), 'mallory'),
    activityBody(HEAD, 'bob'),
    activityBody(HEAD, 'ada'),
  ];
  expect(await pushed({ body: pushes })).toMatchObject({ pusher: 'bob', query: { ref: 'refs/heads/a/b' } });
  expect((await pushed({ body: pushes }, 'eve/shop')).pusher).toBe('bob');
});

it.each([
  ['the record has no such push', { body: [activityBody('c'.repeat(40), 'bob')] }],
  ['the account is gone', { body: [activityBody(HEAD, null)] }],
  ['the record may not be read', { status: 403, body: refusalBody('Forbidden') }],
  ['there is no record', { status: 404, body: refusalBody('Not Found') }],
])('nobody is the last pusher when %s', async (_, answer) => {
  expect((await pushed(answer)).pusher).toBeNull();
});

it('nobody is the last pusher of a fork that is gone', async () => {
  expect((await pushed({ body: [] }, null)).pusher).toBeNull();
});
