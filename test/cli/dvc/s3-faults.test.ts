// push, fetch, pull and status --cloud before a network that breaks and a server that is busy or refuses: what passes is
// waited out, what stays is told, and nothing half-done is left on either side. Exit codes are those of DVC 3.67.1 for the
// same faults: 255 where a remote cannot be asked what it has, 1 where something does not arrive.
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import type { Answer } from '../../support/launch-dvc.ts';
import { type Fault, type FaultyProxy, openFaultyProxy } from '../../support/s3/faulty-proxy.ts';
import {
  createFaultyRepository,
  type FaultyRepository,
  objectOf,
} from '../../support/s3/faulty-repository.ts';
import { openS3Server } from '../../support/s3/s3-server.ts';

// A command asks six times, and waits longer each time.
vi.setConfig({ testTimeout: 60_000 });
/** More than a socket takes at once. */
const LARGE = Buffer.alloc(3_000_000, 'large');
const FILES = { a: 'a\n', b: 'b\n', large: LARGE } as const;
const NAMES = Object.values(FILES).map(objectOf);
const LISTING = /^files\/md5\/[0-9a-f]{2}\/[0-9a-f]{30}\.dir$/u;

let server: Awaited<ReturnType<typeof openS3Server>>;
let proxy: FaultyProxy;
let repository: FaultyRepository;
let count = 0;

beforeAll(async () => {
  server = await openS3Server('team');
  proxy = await openFaultyProxy(server.url);
});

afterAll(async () => {
  await proxy.close();
  await server.close();
});

beforeEach(async () => {
  proxy.plan(() => undefined);
  count += 1;
  const bucket = `${server.url}/team`;
  repository = createFaultyRepository({ bucket, prefix: `team-${count}`, endpoint: proxy.url });
  mkdirSync(join(repository.folder, 'd'));
  for (const [name, content] of Object.entries(FILES))
    writeFileSync(join(repository.folder, 'd', name), content);
  await repository.run('add', 'd');
});

afterEach(() => repository.remove());

/** The data is at the remote alone. */
async function pushAndForget(): Promise<void> {
  expect(await repository.run('push')).toMatchObject({ code: 0, out: '4 files pushed\n' });
  for (const path of ['.dvc/cache', '.dvc/tmp', 'd'])
    rmSync(join(repository.folder, path), { recursive: true });
}

async function expectStored(count: number): Promise<void> {
  const { names, broken } = await repository.stored();
  expect({ count: names.length, broken }).toEqual({ count, broken: [] });
}

function expectCached(count: number): void {
  const { names, broken } = repository.cached();
  expect({ count: names.length, broken }).toEqual({ count, broken: [] });
}

/** Clear, and no stack. */
function expectTold({ err }: Answer, ...parts: readonly (string | RegExp)[]): void {
  expect(err).not.toMatch(/^ {4}at |bug in mainline/mu);
  for (const part of parts) expect(err).toMatch(part);
}

const says = (status: number, code: string, retryAfter?: string): Extract<Fault, { kind: 'status' }> => ({
  ...{ kind: 'status', status, code },
  ...(retryAfter !== undefined && { retryAfter }),
});

/** Each request meets one after the other. */
const PASSING: readonly Fault[] = [
  { kind: 'drop' },
  says(429, 'TooManyRequests'),
  says(503, 'SlowDown', '0'),
];

test('requests that break, or meet a busy server, are made again until each command succeeds', async () => {
  const flaky = () => proxy.plan((_, count) => PASSING[count - 1]);
  flaky();
  await pushAndForget();
  await expectStored(4);
  flaky();
  expect(await repository.run('fetch')).toMatchObject({ code: 0, out: '4 files fetched\n' });
  expectCached(4);
  flaky();
  const compared = await repository.run('status', '--cloud');
  expect(compared).toMatchObject({ code: 0, out: "Cache and remote 'store' are in sync.\n" });
  expect(proxy.seen.length).toBe(1 + PASSING.length);
});

test('bodies that break off in the middle are moved again, there and back', async () => {
  proxy.plan((line, count) => (line.startsWith('PUT') && count <= 2 ? { kind: 'sever' } : undefined));
  await pushAndForget();
  await expectStored(4);
  proxy.plan((line, count) => (line.startsWith('GET') && count <= 2 ? { kind: 'truncate' } : undefined));
  expect(await repository.run('pull')).toMatchObject({ code: 0 });
  expectCached(4);
});

test('bytes that change on their way once are fetched again', async () => {
  await pushAndForget();
  proxy.plan((line, count) => (line.includes(NAMES[0] ?? '') && count === 1 ? { kind: 'flip' } : undefined));
  expect(await repository.run('fetch')).toMatchObject({ code: 0, out: '4 files fetched\n' });
  expectCached(4);
});

test('a file that does not arrive keeps its folder back, and a second push sends only the rest', async () => {
  proxy.plan(line =>
    line.startsWith('PUT') && line.includes(NAMES[1] ?? '') ? { kind: 'sever' } : undefined,
  );
  const first = await repository.run('push');
  expect(first).toMatchObject({ code: 1, out: '2 files pushed\n' });
  expectTold(first, /d\/b \(3b5d5c37/u, /broke 6 times \(E[A-Z]+\)/u, 'run it again for these');
  const { names } = await repository.stored();
  expect(names.filter(name => LISTING.test(name))).toEqual([]);
  await expectStored(2);
  proxy.plan(() => undefined);
  expect(await repository.run('push')).toMatchObject({ code: 0, out: '2 files pushed\n' });
  expect(proxy.seen.filter(line => line.startsWith('PUT'))).toHaveLength(2);
  await expectStored(4);
});

test('add --to-remote records nothing, and sends no listing, while a file does not arrive', async () => {
  const send = () => repository.run('add', '--to-remote', 'd', '--out', 'sent');
  proxy.plan(line =>
    line.startsWith('PUT') && line.includes(NAMES[1] ?? '') ? { kind: 'sever' } : undefined,
  );
  const first = await send();
  expect(first).toMatchObject({ code: 1, out: '' });
  expectTold(first, 'd/b did not arrive', /broke 6 times/u, 'Run it again');
  expect(existsSync(join(repository.folder, 'sent.dvc'))).toBe(false);
  await expectStored(2);
  proxy.plan(() => undefined);
  expect(await send()).toMatchObject({ code: 0, out: expect.stringContaining('2 files sent') });
  await expectStored(4);
});

test('what comes only in half or not at all is not taken, its folder neither: a second pull brings the rest', async () => {
  await pushAndForget();
  proxy.plan(line => {
    if (line.includes(NAMES[0] ?? '')) return says(503, 'SlowDown');
    return line.includes(NAMES[2] ?? '') ? { kind: 'truncate' } : undefined;
  });
  const first = await repository.run('pull');
  expect(first).toMatchObject({ code: 1 });
  expectTold(
    first,
    'd/large (',
    'broke 6 times (ECONNRESET)',
    'd/a (',
    'HTTP 503 SlowDown',
    'run it again for these',
  );
  expectCached(1);
  expect(existsSync(join(repository.folder, 'd'))).toBe(false);
  proxy.plan(() => undefined);
  expect(await repository.run('pull')).toMatchObject({ code: 0 });
  expect(proxy.seen).toHaveLength(3);
  expectCached(4);
});

test.for([
  ['push', says(403, 'AccessDenied'), 'does not allow this', 'policy of the bucket'],
  ['push', says(403, 'SignatureDoesNotMatch'), 'does not know these keys', 'remote modify'],
  ['fetch', says(403, 'AccessDenied'), 'does not allow this', 'policy of the bucket'],
  ['pull', says(400, 'ExpiredToken'), 'session', 'Sign in again'],
  ['status --cloud', says(403, 'AccessDenied'), 'does not allow this', 'policy of the bucket'],
  ['fetch', says(404, 'NoSuchBucket'), 'There is no bucket', 'Make the bucket'],
] as const)(
  '%s that is refused (%o) ends at once, with the remote, the answer and a remedy',
  async ([words, fault, told, remedy]) => {
    if (words !== 'push') await pushAndForget();
    proxy.plan(() => fault);
    const answer = await repository.run(...words.split(' '));
    expect(answer).toMatchObject({ code: /push|status/u.test(words) ? 255 : 1, out: '' });
    expectTold(answer, 'remote store', told, `HTTP ${fault.status} ${fault.code}`, remedy);
    expect(answer.err).not.toContain('of-the-emulator');
    expectCached(words === 'push' ? 4 : 0);
    await expectStored(words === 'push' ? 0 : 4);
  },
);

test('a right to read without one to write is told by push, and nothing is there afterwards', async () => {
  proxy.plan(line => (line.startsWith('PUT') ? says(403, 'AccessDenied') : undefined));
  const answer = await repository.run('push');
  expect(answer).toMatchObject({ code: 1, out: '' });
  expectTold(answer, 'remote store', 'HTTP 403 AccessDenied');
  await expectStored(0);
});

test('where no server listens, each command says whom it could not reach', async () => {
  const listening = createServer().listen(0, '127.0.0.1');
  await new Promise(resolve => listening.once('listening', resolve));
  const address = listening.address();
  const port = typeof address === 'object' ? address?.port : 0;
  await new Promise(resolve => listening.close(resolve));
  repository.moveTo(`http://127.0.0.1:${port}`);
  rmSync(join(repository.folder, '.dvc/cache'), { recursive: true });
  const commands = [['push'], ['status', '--cloud'], ['pull', '--wait-for-lock']];
  const answers = await Promise.all(commands.map(words => repository.run(...words)));
  expect(answers.map(({ code }) => code)).toEqual([255, 255, 1]);
  for (const answer of answers) {
    expectTold(answer, `127.0.0.1:${port} cannot be reached`, 'ECONNREFUSED');
  }
  expectCached(0);
});

test('half a listing of the bucket is no listing: it is asked for again, and at last refused', async () => {
  // So many objects that they are not asked for one by one.
  for (let index = 0; index < 40; index += 1)
    writeFileSync(join(repository.folder, `d/${index}`), `${index}\n`);
  await repository.run('add', 'd');
  expect(await repository.run('push')).toMatchObject({ code: 0 });
  const { names } = await repository.stored();
  const listing = names.find(name => LISTING.test(name));
  await fetch(`${server.url}/team/team-${count}/${listing}`, { method: 'DELETE' });
  const isList = (line: string) => line.includes('list-type=2');
  proxy.plan(line => (isList(line) ? { kind: 'halve' } : undefined));
  const refused = await repository.run('push');
  expect(refused).toMatchObject({ code: 255, out: '' });
  expectTold(refused, 'remote store', 'did not answer with a whole listing', 'endpointurl');
  proxy.plan((line, count) => (isList(line) && count <= 2 ? { kind: 'halve' } : undefined));
  expect(await repository.run('push')).toMatchObject({ code: 0, out: '1 file pushed\n' });
});
