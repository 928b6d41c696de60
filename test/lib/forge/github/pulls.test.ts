// Pull requests on GitHub: found by the commit that was built, opened by a machine or by a person, and gone accounts.
import { expect, it } from 'vitest';
import { pullBody, pullInList, refusalBody, userBody } from '../../../support/github/bodies.ts';
import { openStubbed, pages, SHOP, sentTo } from '../../../support/github/stubbed.ts';

const HEAD = 'b'.repeat(40);
const OTHER = 'c'.repeat(40);

it('the pull request of a commit is found among all open ones, also of a fork', async () => {
  const { stub, forge } = await openStubbed();
  const many = Array.from({ length: 250 }, (_, i) => pullInList({ number: i + 10, head: OTHER }));
  const ours = { number: 3, head: HEAD, fork: 'eve/shop', author: userBody('eve') };
  stub.on(`GET ${SHOP}/pulls`, pages([...many, pullInList(ours)]));
  stub.on(`GET ${SHOP}/pulls/3`, { body: pullBody(ours) });
  const [pull, ...more] = await forge.pullsWithHead(HEAD);
  expect(pull).toMatchObject({
    number: 3,
    author: 'eve',
    authorType: 'User',
    isFork: true,
    head: HEAD,
    state: 'open',
  });
  expect(more).toEqual([]);
});

it('a head that nobody has open any more is looked for among those that are closed', async () => {
  const { stub, forge } = await openStubbed();
  const closed = { number: 4, head: HEAD, over: { state: 'closed' } };
  stub.on(`GET ${SHOP}/pulls`, { body: [pullInList({ number: 5, head: OTHER })] });
  stub.on(`GET ${SHOP}/commits/${HEAD}/pulls`, {
    body: [pullInList({ number: 6, head: OTHER }), pullInList(closed)],
  });
  stub.on(`GET ${SHOP}/pulls/4`, { body: pullBody(closed) });
  expect(await forge.pullsWithHead(HEAD)).toMatchObject([{ number: 4, state: 'closed', merged: null }]);
});

it('a commit GitHub does not have belongs to nobody', async () => {
  const { stub, forge } = await openStubbed();
  stub.on(`GET ${SHOP}/pulls`, { body: [] });
  stub.on(`GET ${SHOP}/commits/${HEAD}/pulls`, {
    status: 422,
    body: refusalBody(`No commit found for SHA: ${HEAD}`),
  });
  expect(await forge.pullsWithHead(HEAD)).toEqual([]);
  expect(await forge.pullsOfCommit(HEAD)).toEqual([]);
});

it('a branch of the same name in a fork is not ours', async () => {
  const { stub, forge } = await openStubbed();
  const [ours, theirs] = [
    { number: 1, branch: 'promote/eta' },
    { number: 2, branch: 'promote/eta', fork: 'eve/shop' },
  ];
  const gone = { number: 3, branch: 'promote/eta', fork: null };
  stub.on(`GET ${SHOP}/pulls`, {
    body: [ours, theirs, gone].map(pullInList),
    undescribed: 'the repository of a fork that was deleted is null',
  });
  stub.on(`GET ${SHOP}/pulls/1`, { body: pullBody(ours) });
  expect((await forge.pullsOfBranch('promote/eta')).map(({ number }) => number)).toEqual([1]);
  expect(stub.received[0]?.query).toMatchObject({ head: 'acme:promote/eta', state: 'all' });
});

it.each([
  [
    'the account that stands for all that are gone',
    userBody('ghost', { id: 10_137 }),
    { author: null, authorType: null },
  ],
  [
    'somebody who calls themselves so',
    userBody('ghost', { id: 77 }),
    { author: 'ghost', authorType: 'User' },
  ],
  ['a machine', userBody('dependabot[bot]'), { author: 'dependabot[bot]', authorType: 'Bot' }],
])('its author is told, be it %s', async (_, author, expected) => {
  const { stub, forge } = await openStubbed();
  stub.on(`GET ${SHOP}/pulls/1`, { body: pullBody({ author, over: { draft: true } }) });
  expect(await forge.getPull(1)).toMatchObject({ ...expected, isDraft: true });
});

const NEW = { branch: 'promote/eta-1.0.0.1-staging', title: 'promote', body: 'words', author: 'ada' };

it('a pull request is opened for a branch that was pushed', async () => {
  const { stub, forge } = await openStubbed();
  stub.on(`GET ${SHOP}/pulls`, { body: [] });
  stub.on(`POST ${SHOP}/pulls`, { status: 201, body: pullBody({ number: 9, branch: NEW.branch }) });
  expect(await forge.openPull(NEW)).toMatchObject({ number: 9, branch: NEW.branch });
  expect(sentTo(stub, 'POST', `${SHOP}/pulls`)).toEqual([
    { head: NEW.branch, base: 'main', title: 'promote', body: 'words' },
  ]);
});

it('where no machine may open one, a person is told where they can', async () => {
  const { stub, forge } = await openStubbed(undefined, { serverUrl: 'https://git.acme.example' });
  const said = 'GitHub Actions is not permitted to create or approve pull requests.';
  stub.on(`GET ${SHOP}/pulls`, { body: [] });
  stub.on(`POST ${SHOP}/pulls`, { status: 403, body: refusalBody(said) });
  const opening = forge.openPull(NEW);
  await expect(opening).rejects.toThrow(said);
  await expect(opening).rejects.toThrow(
    `https://git.acme.example/acme/shop/compare/main...${NEW.branch}?expand=1`,
  );
  await expect(opening).rejects.toMatchObject({
    name: 'ConfigurationError',
    remedy: expect.stringContaining('pull-requests: write'),
  });
});

it('one that somebody opened at the same moment is taken', async () => {
  const { stub, forge } = await openStubbed();
  const other = { number: 7, branch: NEW.branch };
  stub.on(`GET ${SHOP}/pulls`, { body: [] }, { body: [pullInList(other)] });
  stub.on(`GET ${SHOP}/pulls/7`, { body: pullBody(other) });
  stub.on(`POST ${SHOP}/pulls`, {
    status: 422,
    body: { ...refusalBody('Validation Failed'), errors: [{ message: 'A pull request already exists' }] },
  });
  expect((await forge.openPull(NEW)).number).toBe(7);
});

it('one that goes elsewhere is not the one to main', async () => {
  const { stub, forge } = await openStubbed();
  const other = { number: 7, branch: NEW.branch, base: 'dev' };
  stub.on(`GET ${SHOP}/pulls`, { body: [pullInList(other)] });
  stub.on(`GET ${SHOP}/pulls/7`, { body: pullBody(other) });
  stub.on(`POST ${SHOP}/pulls`, { status: 201, body: pullBody({ number: 8, branch: NEW.branch }) });
  expect((await forge.openPull(NEW)).number).toBe(8);
  expect((await forge.getPull(7)).base).toBe('dev');
});

it('it is closed without a merge', async () => {
  const { stub, forge } = await openStubbed();
  stub.on(`PATCH ${SHOP}/pulls/5`, { body: pullBody({ number: 5, over: { state: 'closed' } }) });
  await forge.closePull(5);
  expect(sentTo(stub, 'PATCH', `${SHOP}/pulls/5`)).toEqual([{ state: 'closed' }]);
});
