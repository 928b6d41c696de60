// Teams and rights on GitHub: what a token may not see is never taken for an answer.
import { expect, it } from 'vitest';
import { permissionBody, refusalBody, userBody } from '../../../support/github/bodies.ts';
import { openStubbed, pages, SHOP } from '../../../support/github/stubbed.ts';

const TEAM = '/orgs/acme/teams/eta/members';
const permission = (login: string): string => `GET ${SHOP}/collaborators/${login}/permission`;

it('all members of a team are read, however many pages', async () => {
  const { stub, forge } = await openStubbed();
  const logins = Array.from({ length: 130 }, (_, i) => `member${i}`);
  stub.on(`GET ${TEAM}`, pages(logins.map(login => userBody(login))));
  const { teams } = await forge.people({ teams: ['Acme/eta', 'ACME/eta'].slice(0, 1), users: [] });
  expect(Object.keys(teams)).toEqual(['Acme/eta']);
  expect(stub.received[0]?.path).toBe('/orgs/Acme/teams/eta/members');
  expect((await forge.people({ teams: ['acme/eta'], users: [] })).teams).toEqual({
    'acme/eta': { members: logins },
  });
});

it.each([
  [404, 'Not Found'],
  [403, 'Resource not accessible by integration'],
])('a team that answers %i cannot be read, which is not "has no members"', async (status, words) => {
  const { stub, forge } = await openStubbed();
  stub.on(`GET ${TEAM}`, { status, body: refusalBody(words) });
  const { teams } = await forge.people({ teams: ['acme/eta'], users: [] });
  expect(teams['acme/eta']).toEqual({ unreadable: expect.stringContaining('members: read') });
});

it('a server in trouble is told, not taken for a team that cannot be read', async () => {
  const { stub, forge } = await openStubbed();
  stub.on(`GET ${TEAM}`, { status: 503, body: refusalBody('Unavailable') });
  await expect(forge.people({ teams: ['acme/eta'], users: [] })).rejects.toThrow(
    'GitHub does not answer, wanting to read the team acme/eta',
  );
});

it('a team of another organisation is nobody here, and is not asked for', async () => {
  const { stub, forge } = await openStubbed();
  const { teams } = await forge.people({ teams: ['evil/eta'], users: [] });
  expect(teams['evil/eta']).toHaveProperty('unreadable');
  expect(stub.received).toEqual([]);
});

it('who may write is told by what GitHub calls their permission', async () => {
  const { stub, forge } = await openStubbed();
  const users = { ada: 'admin', bob: 'write', carol: 'read', dave: 'none', erin: 'maintain' };
  for (const [login, right] of Object.entries(users))
    stub.on(permission(login), { body: permissionBody(right) });
  const { writers } = await forge.people({ teams: [], users: [...Object.keys(users), 'helper[bot]'] });
  expect(writers).toEqual(['ada', 'bob', 'erin']);
  expect(stub.received.map(({ path }) => path).join()).not.toContain('bot');
});

it.each([403, 404])('a permission that answers %i leaves it unknown who may write', async status => {
  const { stub, forge } = await openStubbed();
  stub.on(permission('ada'), { body: permissionBody('admin') });
  stub.on(permission('bob'), {
    status,
    body: refusalBody('Must have push access to view collaborator permission.'),
  });
  expect((await forge.people({ teams: [], users: ['ada', 'bob'] })).writers).toEqual({
    unreadable: expect.stringContaining('@bob'),
  });
});
