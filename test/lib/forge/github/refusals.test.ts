// GitHub in every bad mood: what is told, what is tried again, what is waited for, and that our token stays ours.
import { expect, it } from 'vitest';
import { errorMessage } from '#lib/errors.ts';
import { pullBody, refusalBody } from '../../../support/github/bodies.ts';
import type { Reply } from '../../../support/github/stub.ts';
import { openStubbed, SHOP, TOKEN } from '../../../support/github/stubbed.ts';

const PULL = `GET ${SHOP}/pulls/1`;

async function ask(...answers: readonly Reply[]) {
  const { stub, forge } = await openStubbed();
  stub.on(PULL, ...answers);
  const error = await forge.getPull(1).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  return { error, count: stub.received.length, first: stub.received[0] };
}

const refusal = (status: number, words = 'words of GitHub', headers = {}): Reply => ({
  status,
  body: refusalBody(words),
  headers,
});

it.each([
  [401, 'GitHub does not know this token, wanting to read pull request #1', 'Give a token that is valid'],
  [403, 'GitHub does not let this token read pull request #1: words of GitHub', 'pull-requests: read'],
  [404, 'GitHub finds nothing, wanting to read pull request #1', 'pull-requests: read'],
  [405, 'GitHub refused to read pull request #1 (405): words of GitHub', 'Mend what it says'],
  [409, 'GitHub refused to read pull request #1 (409): words of GitHub', 'Mend what it says'],
  [422, 'GitHub refused to read pull request #1 (422): words of GitHub', 'Mend what it says'],
])(
  '%i is told as what we wanted and what is missing, and is not asked again',
  async (status, message, remedy) => {
    const { error, count } = await ask(refusal(status));
    expect(error).toMatchObject({ name: 'GitHubError', message, remedy: expect.stringContaining(remedy) });
    expect(count).toBe(1);
  },
);

it.each([500, 502, 503, 504])('%i is tried again, and told when it stays', async status => {
  const once = await ask(refusal(status), { body: pullBody() });
  expect(once).toMatchObject({ error: undefined, count: 2 });
  const { error, count } = await ask({ status, raw: '<html>\n<b>Bad</b>' });
  expect(errorMessage(error)).toContain('GitHub does not answer, wanting to read pull request #1');
  expect(count).toBe(4);
});

it.each([
  ['a secondary limit', refusal(403, 'You have exceeded a secondary rate limit.', { 'retry-after': '20' })],
  ['too many requests', refusal(429, 'Too many requests', { 'retry-after': '20' })],
  ['a refusal that says when to come back', refusal(403, 'Wait', { 'retry-after': '20' })],
])('%s is waited for as long as GitHub asks', async (_, limited) => {
  const begin = performance.now();
  const { error, count } = await ask(limited, { body: pullBody() });
  expect({ error, count }).toEqual({ error: undefined, count: 2 });
  // A second lasts one millisecond here; waiting less than asked for would be the mistake.
  expect(performance.now() - begin).toBeGreaterThanOrEqual(20);
});

it('a limit that never ends is given up, and told', async () => {
  const { error, count } = await ask(refusal(429, 'Too many requests', { 'retry-after': '1' }));
  expect(errorMessage(error)).toContain(
    "GitHub's limit of requests is used up, wanting to read pull request #1",
  );
  expect(count).toBe(4);
});

it.each([
  ['a secondary limit', refusal(429, 'Too many requests', { 'retry-after': '3600' })],
  [
    'the limit of an hour',
    refusal(403, 'API rate limit exceeded for installation.', {
      'x-ratelimit-remaining': '0',
      'x-ratelimit-reset': '2147483647',
    }),
  ],
])('a job does not sleep for an hour: %s', async (_, limited) => {
  const { error, count } = await ask(limited);
  expect(errorMessage(error)).toContain("GitHub's limit of requests is used up");
  expect(count).toBe(1);
});

it.each([
  ['half of an answer', { raw: JSON.stringify(pullBody()).slice(0, 400) }],
  ['a page for people', { raw: '<html></html>', headers: { 'content-type': 'text/html' } }],
  ['nothing', { raw: '' }],
  ['another thing', { raw: '[]' }],
  ['a head that is no commit', { raw: JSON.stringify(pullBody({ head: '../../main' })) }],
])('%s is not read as a pull request', async (_, answer) => {
  const { error } = await ask(answer);
  expect(errorMessage(error)).toContain("GitHub's answer cannot be read, wanting to read pull request #1");
});

it('half of a page is not taken for the whole list', async () => {
  const { stub, forge } = await openStubbed();
  stub.on(`GET ${SHOP}/pulls/1/reviews`, { raw: '[{"user": null, "state": "APPR' });
  await expect(forge.listReviews(1)).rejects.toThrow('cannot be read, wanting to list the reviews of #1');
});

it('an answer without end is not read to its end', async () => {
  const { error } = await ask({ raw: `"${'x'.repeat(33 * 1024 * 1024)}"` });
  expect(errorMessage(error)).toContain('larger than 33554432 bytes');
});

it('a server that is not there is told', async () => {
  const { forge } = await openStubbed(undefined, { apiUrl: 'http://127.0.0.1:9' });
  await expect(forge.getPull(1)).rejects.toThrow('GitHub does not answer, wanting to read pull request #1');
});

it('our token is in no text, whatever GitHub says back', async () => {
  for (const status of [400, 401, 403, 404, 422, 500]) {
    const { error, first } = await ask(refusal(status, `token ${TOKEN} is bad\n${'long '.repeat(500)}`));
    expect(first?.headers.authorization).toContain(TOKEN);
    const { message, stack, cause, remedy } = error as Error & { readonly remedy: string };
    expect(JSON.stringify([message, stack, cause ?? null, remedy, error])).not.toContain(TOKEN);
    expect(message.length).toBeLessThan(500);
  }
});

it('our token is sent nowhere else, also when a server says that the answer lies there', async () => {
  const [{ stub, forge }, other] = [await openStubbed(), await openStubbed()];
  stub.on(PULL, { status: 302, raw: '', headers: { location: `${other.stub.url}${SHOP}/pulls/1` } });
  other.stub.on(PULL, { body: pullBody() });
  await forge.getPull(1).catch(() => undefined);
  expect(other.stub.received.filter(({ headers }) => headers.authorization)).toEqual([]);
});

it('an Enterprise Server is asked below its own address, in GraphQL too, and knows who asks', async () => {
  const { stub } = await openStubbed();
  const { forge } = await openStubbed(undefined, { apiUrl: `${stub.url}/api/v3/`, login: undefined });
  stub.on('GET /api/v3/user', refusal(403));
  stub.on('POST /api/graphql', { body: { data: { viewer: { login: 'acme[bot]' } } } });
  stub.on(`GET /api/v3${SHOP}/issues/1/comments`, { body: [] });
  expect(await forge.listComments(1)).toEqual([]);
  expect(stub.received.map(({ path }) => path)).toEqual([
    '/api/v3/user',
    '/api/graphql',
    `/api/v3${SHOP}/issues/1/comments`,
  ]);
  expect(stub.received[0]?.headers['user-agent']).toMatch(/^mainline\b/u);
});
