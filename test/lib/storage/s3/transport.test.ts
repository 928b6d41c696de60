// Sockets of our own before real servers: Node's for HTTP and for TLS, and bare sockets for what those would never do.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server as HttpServer, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, createServer as createSocketServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { type Reply, SMALL_BYTES } from '#lib/storage/s3/collect.ts';
import type { TransportRequest } from '#lib/storage/s3/line.ts';
import { openTransport, type Transport, type TransportOptions } from '#lib/storage/s3/transport.ts';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

async function listen(server: Server): Promise<number> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket)).on('error', () => undefined);
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => {
    for (const socket of sockets) socket.destroy();
    return new Promise(resolve => server.close(resolve));
  });
  return (server.address() as AddressInfo).port;
}

function open(options: Partial<TransportOptions> = {}): Transport {
  const transport = openTransport({
    ...{ maxSockets: 4, verify: true, connectTimeoutMs: 5000, readTimeoutMs: 5000 },
    ...options,
  });
  closing.push(transport.close);
  return transport;
}

/** A server with what it saw of connections. */
async function serve(listener: RequestListener, server: HttpServer = createServer()) {
  let connections = 0;
  server.on('connection', () => {
    connections += 1;
  });
  server.on('request', listener);
  const port = await listen(server);
  return { port, server, connections: () => connections };
}

const ask = (port: number, more: Partial<TransportRequest> = {}): TransportRequest => ({
  ...{ isTls: false, host: '127.0.0.1', port: String(port), method: 'GET', path: '/' },
  ...{ headers: { host: 'localhost' }, ...more },
});

async function textOf({ body }: Reply): Promise<string> {
  return (Buffer.isBuffer(body) ? body : await buffer(body)).toString();
}

test('requests one after the other share a connection, those at the same time have their own', async () => {
  const { port, connections } = await serve((request, answer) => answer.end(request.url));
  const transport = open();
  for (const path of ['/a', '/b', '/c']) {
    expect(await textOf(await transport.send(ask(port, { path })))).toBe(path);
  }
  expect(connections()).toBe(1);
  const paths = Array.from({ length: 20 }, (_, index) => `/${index}`);
  const replies = await Promise.all(
    paths.map(async path => textOf(await transport.send(ask(port, { path })))),
  );
  expect(replies).toEqual(paths);
  expect(connections()).toBe(4);
});

test.for([0, 10, 64 * 1024, 64 * 1024 + 1, 3_000_000])('a body of %i bytes arrives as it is', async size => {
  const body = Buffer.alloc(size, 'weights');
  const { port } = await serve(async (request, answer) => {
    const got = await buffer(request);
    answer.end(`${request.method} ${got.equals(body)}`);
  });
  const headers = { host: 'localhost', 'content-length': String(size) };
  expect(await textOf(await open().send(ask(port, { method: 'PUT', body, headers })))).toBe('PUT true');
});

test('a server that closes after each reply is dialled again', async () => {
  const { port, connections } = await serve((_, answer) => answer.setHeader('connection', 'close').end('x'));
  const transport = open();
  for (const _ of [1, 2, 3]) expect(await textOf(await transport.send(ask(port)))).toBe('x');
  expect(connections()).toBe(3);
});

test('a connection that was closed while nothing went over it is no failure', async () => {
  const bare = createSocketServer(socket => {
    socket.once('data', () => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx');
      // Says nothing of it beforehand, and may do so when the next request is on its way.
      socket.on('data', () => socket.destroy());
    });
  });
  const port = await listen(bare);
  const transport = open();
  for (const _ of [1, 2, 3]) expect(await textOf(await transport.send(ask(port)))).toBe('x');
});

test('a connection whose server replies before it has taken the whole request is not used again', async () => {
  let connections = 0;
  const busy = createSocketServer(socket => {
    connections += 1;
    socket.once('data', () => {
      socket.pause();
      socket.write('HTTP/1.1 503 Slow Down\r\nContent-Length: 0\r\n\r\n');
    });
  });
  const port = await listen(busy);
  const transport = open();
  const body = Buffer.alloc(64 * 1024 * 1024);
  const headers = { host: 'localhost', 'content-length': String(body.length) };
  for (const expected of [1, 2]) {
    const reply = await transport.send(ask(port, { method: 'PUT', body, headers }));
    expect(reply.status).toBe(503);
    expect(connections).toBe(expected);
  }
});

test('a connection that breaks before or within the first reply is a failure', async () => {
  for (const sent of ['', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel']) {
    const port = await listen(createSocketServer(socket => socket.once('data', () => socket.end(sent))));
    await expect(open().send(ask(port))).rejects.toMatchObject({ code: 'ECONNRESET' });
  }
});

test('where nobody listens, that is told', async () => {
  const server = createSocketServer();
  const port = await listen(server);
  await new Promise(resolve => server.close(resolve));
  await expect(open().send(ask(port))).rejects.toMatchObject({ code: 'ECONNREFUSED' });
});

test('a server that says nothing is not waited for longer than allowed', async () => {
  const port = await listen(createSocketServer(() => undefined));
  await expect(open({ readTimeoutMs: 50 }).send(ask(port))).rejects.toMatchObject({ code: 'ETIMEDOUT' });
});

test('who stops is let go at once, also while waiting for a connection', async () => {
  const port = await listen(createSocketServer(() => undefined));
  const transport = open({ maxSockets: 1 });
  const stop = new AbortController();
  const asked = [1, 2].map(() => transport.send(ask(port, { signal: stop.signal })));
  await wait(20);
  stop.abort(new Error('stopped'));
  const results = await Promise.allSettled(asked);
  expect(results).toMatchObject([{ reason: { message: 'stopped' } }, { reason: { message: 'stopped' } }]);
});

test('who stops by a signal of the system is let go on a connection that was used before as well', async () => {
  const silent = createSocketServer(socket => {
    socket.once('data', () => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx'));
  });
  const port = await listen(silent);
  const transport = open();
  expect(await textOf(await transport.send(ask(port)))).toBe('x');
  const stop = new AbortController();
  const asked = transport.send(ask(port, { signal: stop.signal }));
  stop.abort('SIGINT');
  await expect(asked).rejects.toBe('SIGINT');
});

const LARGE = Buffer.alloc(3 * SMALL_BYTES, 'a large object ');

test.for(['with its length', 'in chunks'])(
  'a large body %s comes piece by piece, as it is read',
  async kind => {
    const { port, connections } = await serve((request, answer) => {
      if (request.url === '/small') return void answer.end('small');
      if (kind === 'with its length') answer.setHeader('content-length', LARGE.length);
      answer.write(LARGE.subarray(0, SMALL_BYTES));
      answer.end(LARGE.subarray(SMALL_BYTES));
    });
    const transport = open();
    const { body } = await transport.send(ask(port));
    if (Buffer.isBuffer(body)) throw new Error('all of it was held in memory');
    // More than sockets hold is not taken before somebody reads it.
    await wait(100);
    expect(body.readableLength).toBeLessThan(SMALL_BYTES + 1024 * 1024);
    expect((await buffer(body)).equals(LARGE)).toBe(true);
    expect(await textOf(await transport.send(ask(port, { path: '/small' })))).toBe('small');
    expect(connections()).toBe(1);
  },
);

test('a large body that breaks off is an error where it is read, and one that nobody reads is let go', async () => {
  const sockets: Socket[] = [];
  const { port } = await serve((request, answer) => {
    sockets.push(request.socket);
    answer.setHeader('content-length', LARGE.length);
    answer.write(LARGE.subarray(0, 1000));
  });
  const transport = open({ readTimeoutMs: 60_000 });
  const { body: broken } = await transport.send(ask(port));
  if (Buffer.isBuffer(broken)) throw new Error('all of it was held in memory');
  sockets[0]?.destroy();
  await expect(buffer(broken)).rejects.toMatchObject({ code: 'ECONNRESET' });
  const { body: unread } = await transport.send(ask(port));
  if (Buffer.isBuffer(unread)) throw new Error('all of it was held in memory');
  const closed = new Promise(resolve => sockets[1]?.once('close', resolve));
  unread.destroy();
  await closed;
});

test('what would break out of a header is never sent', async () => {
  const { port, connections } = await serve((_, answer) => answer.end());
  const headers = { host: 'localhost', 'x-amz-acl': 'private\r\nx-amz-meta: other' };
  await expect(open().send(ask(port, { headers }))).rejects.toThrow(
    'x-amz-acl holds what HTTP does not allow',
  );
  expect(connections()).toBeLessThan(2);
});

/** Makes the certificate. */
const hasOpenssl = spawnSync('openssl', ['version']).status === 0;

test.skipIf(!hasOpenssl)(
  'over TLS only a certificate that is trusted will do, and its session is used again',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'mainline-tls-'));
    closing.push(() => rmSync(folder, { recursive: true }));
    const [keyFile, certFile] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
    const words = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-subj', '/CN=localhost', '-days', '1'];
    const names = ['-addext', 'subjectAltName=DNS:localhost', '-keyout', keyFile, '-out', certFile];
    execFileSync('openssl', [...words, ...names], { stdio: 'ignore' });
    const cert = readFileSync(certFile, 'utf8');
    const reused: boolean[] = [];
    const server = createTlsServer({ key: readFileSync(keyFile), cert });
    server.on('secureConnection', socket => reused.push(socket.isSessionReused()));
    const { port } = await serve((_, answer) => answer.setHeader('connection', 'close').end('x'), server);
    const request = { ...ask(port), isTls: true, host: 'localhost' };
    await expect(open().send(request)).rejects.toMatchObject({ code: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
    expect(await textOf(await open({ verify: false }).send(request))).toBe('x');
    const transport = open({ verify: cert });
    const elsewhere = { ...request, host: '127.0.0.1' };
    await expect(transport.send(elsewhere)).rejects.toMatchObject({ code: 'ERR_TLS_CERT_ALTNAME_INVALID' });
    reused.length = 0;
    for (const _ of [1, 2]) expect(await textOf(await transport.send(request))).toBe('x');
    expect(reused).toEqual([false, true]);
  },
);
