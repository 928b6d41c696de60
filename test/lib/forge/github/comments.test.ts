// Comments on GitHub: ours by account and marker, whatever strangers write.
import { expect, it } from 'vitest';
import { MAX_BODY } from '#lib/forge/github/comments.ts';
import { commentBody, refusalBody, userBody } from '../../../support/github/bodies.ts';
import { openStubbed, pages, SELF, SHOP, sentTo } from '../../../support/github/stubbed.ts';

const LIST = `${SHOP}/issues/3/comments`;
const MARKER = '<!-- mainline:proposal:eta -->';

it('a stranger who writes our marker is not edited, not read back, and keeps nobody from commenting', async () => {
  const { stub, forge } = await openStubbed();
  const strangers = [
    commentBody(1, 'mallory', `${MARKER}\nmine`),
    commentBody(2, 'acme-mainline', `${MARKER}\nmine`),
  ];
  stub.on(`GET ${LIST}`, { body: strangers });
  stub.on(`POST ${LIST}`, { status: 201, body: commentBody(3, SELF, 'x') });
  await forge.upsertComment(3, 'mainline:proposal:eta', 'ours');
  expect(await forge.listComments(3)).toEqual([]);
  expect(sentTo(stub, 'POST', LIST)).toEqual([{ body: `${MARKER}\nours` }]);
  expect(stub.received.map(({ method }) => method)).not.toContain('PATCH');
});

it('ours is found on the third page, and edited there', async () => {
  const { stub, forge } = await openStubbed();
  const others = Array.from({ length: 230 }, (_, i) => commentBody(i + 1, 'bob', `words ${i}`));
  stub.on(`GET ${LIST}`, pages([...others, commentBody(900, SELF, `${MARKER}\r\nold\r\nlines`)]));
  stub.on(`PATCH ${SHOP}/issues/comments/900`, { body: commentBody(900, SELF, 'x') });
  expect(await forge.listComments(3)).toEqual([{ marker: 'mainline:proposal:eta', body: 'old\nlines' }]);
  await forge.upsertComment(3, 'mainline:proposal:eta', 'new');
  expect(sentTo(stub, 'PATCH', `${SHOP}/issues/comments/900`)).toEqual([{ body: `${MARKER}\nnew` }]);
});

it('what says the same already is not written again', async () => {
  const { stub, forge } = await openStubbed();
  stub.on(`GET ${LIST}`, { body: [commentBody(1, SELF, `${MARKER}\r\nsame\r\nlines`)] });
  await forge.upsertComment(3, 'mainline:proposal:eta', 'same\nlines');
  await forge.upsertComment(3, 'mainline:proposal:eta', `${MARKER}\nsame\nlines`);
  expect(stub.received.every(({ method }) => method === 'GET')).toBe(true);
});

it('a marker within the text, or of another model, is none', async () => {
  const { stub, forge } = await openStubbed();
  const bodies = [
    `> ${MARKER}\nquoted`,
    ` ${MARKER}\n`,
    '<!-- mainline:proposal:eta2 -->\nother',
    MARKER.slice(0, -1),
  ];
  stub.on(`GET ${LIST}`, { body: bodies.map((body, i) => commentBody(i + 1, SELF, body)) });
  stub.on(`POST ${LIST}`, { status: 201, body: commentBody(9, SELF, 'x') });
  await forge.upsertComment(3, 'mainline:proposal:eta', 'ours');
  expect(sentTo(stub, 'POST', LIST)).toHaveLength(1);
});

it('of two that a race left behind the older one stays', async () => {
  const { stub, forge } = await openStubbed();
  stub.on(`GET ${LIST}`, {
    body: [commentBody(5, SELF, `${MARKER}\na`), commentBody(6, SELF, `${MARKER}\nb`)],
  });
  stub.on(`PATCH ${SHOP}/issues/comments/5`, { body: commentBody(5, SELF, 'x') });
  stub.on(`DELETE ${SHOP}/issues/comments/6`, { status: 204 });
  await forge.upsertComment(3, 'mainline:proposal:eta', 'c');
  expect(stub.received.map(({ method, path }) => `${method} ${path.replace(SHOP, '')}`)).toEqual([
    'GET /issues/3/comments',
    'DELETE /issues/comments/6',
    'PATCH /issues/comments/5',
  ]);
});

it('one that was deleted meanwhile is written anew', async () => {
  const { stub, forge } = await openStubbed();
  stub.on(`GET ${LIST}`, { body: [commentBody(5, SELF, `${MARKER}\na`)] });
  stub.on(`PATCH ${SHOP}/issues/comments/5`, { status: 404, body: refusalBody('Not Found') });
  stub.on(`POST ${LIST}`, { status: 201, body: commentBody(7, SELF, 'x') });
  await forge.upsertComment(3, 'mainline:proposal:eta', 'b');
  expect(sentTo(stub, 'POST', LIST)).toEqual([{ body: `${MARKER}\nb` }]);
});

it('a body is never longer than GitHub takes, and ends at a whole character', async () => {
  const { stub, forge } = await openStubbed();
  stub.on(`GET ${LIST}`, { body: [] });
  stub.on(`POST ${LIST}`, { status: 201, body: commentBody(7, SELF, 'x') });
  for (const pad of ['', 'a'])
    await forge.upsertComment(3, 'mainline:proposal:eta', pad + '\u{1f600}'.repeat(70_000));
  for (const sent of sentTo(stub, 'POST', LIST)) {
    const { body } = sent as { readonly body: string };
    expect(body.length).toBeLessThanOrEqual(MAX_BODY);
    expect(body.length).toBeGreaterThan(MAX_BODY - 10);
    expect(body.isWellFormed()).toBe(true);
    expect(body).toContain('cut here');
  }
  expect(MAX_BODY).toBe(65_536);
});

it('a comment that GitHub may have written all the same is not written twice', async () => {
  const { stub, forge } = await openStubbed();
  stub.on(`GET ${LIST}`, { body: [] });
  stub.on(`POST ${LIST}`, { status: 502, raw: '<html>Bad Gateway</html>' });
  await expect(forge.upsertComment(3, 'mainline:proposal:eta', 'b')).rejects.toThrow(
    'GitHub does not answer, wanting to comment on #3',
  );
  expect(sentTo(stub, 'POST', LIST)).toHaveLength(1);
});

it('a marker that would end its own line is our mistake', async () => {
  const { forge } = await openStubbed();
  for (const marker of ['a --> b', 'a\nb', 'a--b', '']) {
    await expect(forge.upsertComment(3, marker, 'b')).rejects.toThrow(RangeError);
  }
});

it.each([
  ['a person or an app that may ask', { user: 'ada', viewer: undefined, own: 'ada' }],
  [
    'a workflow, which is told by GraphQL',
    { user: undefined, viewer: 'github-actions[bot]', own: 'github-actions[bot]' },
  ],
  [
    'a workflow where GraphQL says nothing',
    { user: undefined, viewer: undefined, own: 'github-actions[bot]' },
  ],
])('our own account is that of %s', async (_, { user, viewer, own }) => {
  const { stub, forge } = await openStubbed(undefined, { login: undefined });
  const refused = { status: 403, body: refusalBody('Resource not accessible by integration') };
  stub.on('GET /user', user === undefined ? refused : { body: userBody(user, PRIVATE) });
  stub.on(
    'POST /graphql',
    viewer === undefined
      ? { body: { errors: [{ message: 'no' }] } }
      : { body: { data: { viewer: { login: viewer } } } },
  );
  stub.on(`GET ${LIST}`, {
    body: [commentBody(1, own, `${MARKER}\nx`), commentBody(2, 'eve', `${MARKER}\ny`)],
  });
  expect(await forge.listComments(3)).toEqual([{ marker: 'mainline:proposal:eta', body: 'x' }]);
  await forge.listComments(3);
  expect(stub.received.filter(({ path }) => path === '/user')).toHaveLength(1);
});

/** What GitHub tells of oneself besides. */
const PRIVATE = {
  ...{
    bio: null,
    blog: null,
    company: null,
    created_at: '2026-01-01T00:00:00Z',
    updated_at: '2026-01-01T00:00:00Z',
  },
  ...{ email: null, followers: 0, following: 0, hireable: null, location: null, name: null },
  ...{ public_gists: 0, public_repos: 0 },
};
