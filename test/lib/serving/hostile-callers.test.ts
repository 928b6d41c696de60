import { execFileSync, spawn } from 'node:child_process';
import { connect, type Socket } from 'node:net';
import { describe, expect, it, onTestFinished, test } from 'vitest';
import { ask, askOdd, expectWell, INFER, PATIENT, post, serveSum } from './tiny-serving.ts';

interface RawSocket {
  readonly socket: Socket;
  /** Everything received so far. */
  readonly received: () => string;
  readonly closed: Promise<void>;
}

function open(port: number): Promise<RawSocket> {
  const socket = connect(port, '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  let received = '';
  socket.on('data', chunk => {
    received += chunk;
  });
  socket.on('error', () => undefined);
  const closed = new Promise<void>(resolve => socket.on('close', () => resolve()));
  return new Promise(resolve =>
    socket.once('connect', () => resolve({ socket, received: () => received, closed })),
  );
}

describe('a body that is too large', () => {
  it('is refused by its length before it is sent', async () => {
    const server = await serveSum();
    const { socket, received } = await open(server.port);
    socket.write(`POST ${INFER} HTTP/1.1\r\nhost: x\r\ncontent-length: ${100 * 1024 * 1024}\r\n\r\n{`);
    await expect
      .poll(received)
      .toMatch(/^HTTP\/1\.1 413 .*"error":"The body is larger than 16777216 bytes"/su);
    await expectWell(server);
  });

  it('is refused before it is asked for, when the caller waits to be asked', async () => {
    const server = await serveSum();
    const { socket, received, closed } = await open(server.port);
    socket.write(
      `POST ${INFER} HTTP/1.1\r\nhost: x\r\nexpect: 100-continue\r\ncontent-length: ${2 ** 30}\r\n\r\n`,
    );
    await closed;
    expect(received()).toMatch(/^HTTP\/1\.1 413 /u);
    await expectWell(server);
  });

  it('is refused when it turns out to be, and no byte beyond the limit is kept', async () => {
    const server = await serveSum({ bodyBytes: 1000 });
    const { socket, received } = await open(server.port);
    socket.write(`POST ${INFER} HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n`);
    const before = process.memoryUsage().arrayBuffers;
    const chunk = 'x'.repeat(65_536);
    for (let i = 0; i < 1600; i++) {
      if (!socket.write(`10000\r\n${chunk}\r\n`)) await new Promise(resolve => socket.once('drain', resolve));
    }
    await expect.poll(received, PATIENT).toMatch(/^HTTP\/1\.1 413 /u);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(80e6);
    await expectWell(server);
  });

  it('together with others is told to come back', async () => {
    const server = await serveSum({ totalBodyBytes: 2000 });
    const { socket } = await open(server.port);
    socket.write(`POST ${INFER} HTTP/1.1\r\nhost: x\r\ncontent-length: 3000\r\n\r\n${'x'.repeat(1990)}`);
    await expect.poll(async () => (await post(`${server.url}${INFER}`, ask(1))).status, PATIENT).toBe(503);
    socket.destroy();
    await expect.poll(async () => (await post(`${server.url}${INFER}`, ask(1))).status, PATIENT).toBe(200);
    await expectWell(server);
  });

  it('with more rows than a request may have is sent to other tools', async () => {
    const server = await serveSum();
    const data = Array.from({ length: 100_001 }, () => 1);
    expect((await post(`${server.url}${INFER}`, askOdd({ shape: [100_001], data }))).status).toBe(413);
    await expectWell(server);
  });
});

test('a caller who waits to be asked for the body is asked', async () => {
  const server = await serveSum();
  const body = ask(1, 2);
  const { socket, received } = await open(server.port);
  socket.write(
    `POST ${INFER} HTTP/1.1\r\nhost: x\r\nexpect: 100-continue\r\ncontent-length: ${body.length}\r\n\r\n`,
  );
  await expect.poll(received, PATIENT).toBe('HTTP/1.1 100 Continue\r\n\r\n');
  socket.write(body);
  await expect.poll(received, PATIENT).toMatch(/HTTP\/1\.1 200 OK.*"data":\[3\]/su);
});

test.each([
  ['says nothing', '', { headMs: 200 }],
  ['does not end its head', `POST ${INFER} HTTP/1.1\r\nhost: x\r\n`, { headMs: 200 }],
  [
    'does not end its body',
    `POST ${INFER} HTTP/1.1\r\nhost: x\r\ncontent-length: 99\r\n\r\n{`,
    { headMs: 200, requestMs: 300 },
  ],
])('a caller who %s is not waited for', { timeout: 20_000 }, async (_, begin, limits) => {
  const server = await serveSum({ requestMs: 60_000, ...limits });
  const { socket, received, closed } = await open(server.port);
  socket.write(begin);
  await closed;
  expect(received()).toMatch(/^$|^HTTP\/1\.1 408 .*\{"error":"The request took too long to arrive"\}$/su);
  await expectWell(server);
});

test.each([
  ['no HTTP', 'hello\r\n\r\n', 400],
  [
    'two lengths',
    `POST ${INFER} HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n{}`,
    400,
  ],
  [
    'length and chunks',
    `POST ${INFER} HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`,
    400,
  ],
  ['a broken chunk', `POST ${INFER} HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n`, 400],
  ['a huge head', `GET /v2 HTTP/1.1\r\nhost: x\r\nx: ${'x'.repeat(70_000)}\r\n\r\n`, 431],
])('%s ends the connection with a reason', async (_, text, status) => {
  const server = await serveSum();
  const { socket, received, closed } = await open(server.port);
  socket.write(text);
  await closed;
  expect(received()).toMatch(new RegExp(`^HTTP/1\\.1 ${status} .*\\{"error":"[^"]+"\\}$`, 'su'));
  await expectWell(server);
});

test('requests in a pipeline are answered in their order, bad ones among them', async () => {
  const server = await serveSum();
  const { socket, received } = await open(server.port);
  const bodies = Array.from({ length: 200 }, (_, i) => (i % 10 === 3 ? '{' : ask(i, 0, { id: `${i}` })));
  socket.write(
    bodies
      .map(body => `POST ${INFER} HTTP/1.1\r\nhost: x\r\ncontent-length: ${body.length}\r\n\r\n${body}`)
      .join(''),
  );
  await expect.poll(() => received().split('HTTP/1.1 ').length - 1, PATIENT).toBe(200);
  const order = received()
    .split('HTTP/1.1 ')
    .slice(1)
    .map(one => /"id":"(\d+)"/u.exec(one)?.[1] ?? one.slice(0, 3));
  expect(order).toEqual(bodies.map((_, i) => (i % 10 === 3 ? '400' : `${i}`)));
});

test('callers who go away in the middle leave nothing behind', async () => {
  const server = await serveSum({ requests: 50 });
  const body = ask(1, 2);
  for (let i = 0; i < 200; i++) {
    const { socket } = await open(server.port);
    const whole = `POST ${INFER} HTTP/1.1\r\nhost: x\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
    socket.write(whole.slice(0, (whole.length * i) / 200));
    socket.destroy();
  }
  await expect.poll(async () => (await post(`${server.url}${INFER}`, body)).status, PATIENT).toBe(200);
  await expectWell(server);
});

test('requests beyond the limit are told to come back', async () => {
  const server = await serveSum({ requests: 2 });
  const waiting = await Promise.all([open(server.port), open(server.port)]);
  for (const { socket } of waiting) {
    socket.write(`POST ${INFER} HTTP/1.1\r\nhost: x\r\ncontent-length: 99\r\n\r\n{`);
  }
  const status = async () => (await post(`${server.url}${INFER}`, ask(1, 2))).status;
  await expect.poll(status, PATIENT).toBe(503);
  for (const { socket } of waiting) socket.destroy();
  await expect.poll(status, PATIENT).toBe(200);
  await expectWell(server);
});

/** As many idle connections as this machine lets one process have, at most ten thousand, from a process of their own. */
async function openIdle(port: number): Promise<number> {
  const limit = execFileSync('sh', ['-c', 'ulimit -n'], { encoding: 'utf8' }).trim();
  const count = Math.min(10_000, limit === 'unlimited' ? 10_000 : Number(limit) - 300);
  const script = `
    const { connect } = require('node:net');
    let open = 0;
    const next = () => {
      if (open === ${count}) return console.log('open');
      const socket = connect(${port}, '127.0.0.1', () => { open++; next(); });
      socket.on('error', () => undefined);
    };
    next();`;
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'ignore'] });
  onTestFinished(() => void child.kill());
  await new Promise(resolve => child.stdout.once('data', resolve));
  return count;
}

test('ten thousand connections at once, and it still answers', async () => {
  const server = await serveSum();
  expect(await openIdle(server.port)).toBeGreaterThan(500);
  for (let i = 0; i < 20; i++) await expectWell(server);
});

test('connections beyond the limit are closed, those within it are answered', async () => {
  const server = await serveSum({ connections: 5 });
  const kept = await Promise.all(Array.from({ length: 5 }, () => open(server.port)));
  const { closed } = await open(server.port);
  await closed;
  for (const { socket, received } of kept) {
    socket.write('GET /v2/health/live HTTP/1.1\r\nhost: x\r\n\r\n');
    await expect.poll(received, PATIENT).toMatch(/^HTTP\/1\.1 200 OK/u);
  }
});
