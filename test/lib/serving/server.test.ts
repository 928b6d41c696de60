import { expect, it } from 'vitest';
import {
  ask,
  call,
  days,
  load,
  logarithm,
  PATIENT,
  post,
  route,
  serveTable,
  sumPlus,
  table,
} from './tiny-serving.ts';

async function serveSum() {
  const old = await load(sumPlus(0));
  const next = await load(sumPlus(100));
  const versions = { '1.0.0.0': old, '1.0.1.0': next };
  return serveTable(table({ sum: route(versions, { traffic: { '1.0.0.0': 100 } }), broken: undefined }));
}

it('the server says what it is, that it lives and that it is ready', async () => {
  const { url } = await serveSum();
  expect((await call(`${url}/v2`)).body).toEqual({
    name: 'mainline',
    version: '0.0.0',
    extensions: ['mainline_rollout'],
  });
  expect((await call(`${url}/v2/health/live`)).body).toEqual({ live: true });
  expect(await call(`${url}/v2/health/ready`)).toMatchObject({ status: 200, body: { ready: true } });
});

it('a server that has read nothing yet is alive, not ready, and asks to come back', async () => {
  const { url, tables } = await serveTable({ models: new Map(), commits: undefined });
  expect((await call(`${url}/v2/health/live`)).status).toBe(200);
  expect(await call(`${url}/v2/health/ready`)).toMatchObject({ status: 503, body: { ready: false } });
  const reply = await post(`${url}/v2/models/sum/infer`, ask(1));
  expect([reply.status, reply.headers.get('retry-after')]).toEqual([503, '1']);
  tables.swap(table({}));
  expect((await post(`${url}/v2/models/sum/infer`, ask(1))).status).toBe(404);
});

it('a model says what it takes and gives, and which versions are loaded', async () => {
  const { url } = await serveSum();
  expect((await call(`${url}/v2/models/sum`)).body).toEqual({
    name: 'sum',
    versions: ['1.0.0.0', '1.0.1.0'],
    platform: 'onnx_onnxv1',
    inputs: [
      { name: 'a', datatype: 'FP32', shape: [-1, 1] },
      { name: 'b', datatype: 'FP32', shape: [-1, 1] },
    ],
    outputs: [{ name: 'prediction', datatype: 'FP64', shape: [-1] }],
    parameters: { environment: 'production', version: '1.0.0.0' },
  });
  expect((await call(`${url}/v2/models/sum/versions/1.0.1.0`)).body.versions).toEqual(['1.0.1.0']);
  expect((await call(`${url}/v2/models/sum/versions/9.0.0.0`)).status).toBe(404);
});

it('a model is ready when it is served; one that never was says why not', async () => {
  const { url } = await serveSum();
  expect(await call(`${url}/v2/models/sum/ready`)).toMatchObject({
    status: 200,
    body: { name: 'sum', ready: true },
  });
  const broken = await call(`${url}/v2/models/broken/ready`);
  expect(broken).toMatchObject({ status: 503, body: { error: expect.stringContaining('it is bad') } });
  expect((await call(`${url}/v2/models/broken`)).body.parameters.problem).toBe('it is bad');
});

it('an inference is answered with its id, the model and the version that gave it', async () => {
  const { url } = await serveSum();
  const reply = await post(`${url}/v2/models/sum/infer`, ask(1, 2, { id: 'call-7' }));
  expect(reply.body).toEqual({
    model_name: 'sum',
    model_version: '1.0.0.0',
    id: 'call-7',
    outputs: [{ name: 'prediction', datatype: 'FP64', shape: [1], data: [3] }],
  });
  expect([reply.status, reply.version]).toEqual([200, '1.0.0.0']);
});

it('a loaded version can be asked by name whatever the weights, and is not counted in the step', async () => {
  const { url } = await serveSum();
  const reply = await post(`${url}/v2/models/sum/versions/1.0.1.0/infer`, ask(1, 2));
  expect([reply.version, reply.body.outputs[0].data]).toEqual(['1.0.1.0', [103]]);
  expect((await call(`${url}/v2/models/sum/rollout`)).body.counts).toEqual({});
  expect((await post(`${url}/v2/models/sum/versions/2.0.0.0/infer`, ask(1))).status).toBe(404);
});

it('several rows, flat or nested, of any number type, give one answer a row', async () => {
  const { url } = await serveSum();
  const body = (a: object, b: object) =>
    JSON.stringify({
      inputs: [
        { name: 'a', ...a },
        { name: 'b', ...b },
      ],
    });
  const reply = await post(
    `${url}/v2/models/sum/infer`,
    body(
      { datatype: 'INT64', shape: [3], data: [1, 2, 3] },
      { datatype: 'FP64', shape: [3, 1], data: [[0.5], [1.5], [2.5]] },
    ),
  );
  expect(reply.body.outputs[0]).toMatchObject({ shape: [3], data: [1.5, 3.5, 5.5] });
  const flags = await post(
    `${url}/v2/models/sum/infer`,
    body(
      { datatype: 'BOOL', shape: [2], data: [true, false] },
      { datatype: 'UINT8', shape: [2, 1], data: [255, 0] },
    ),
  );
  expect(flags.body.outputs[0].data).toEqual([256, 0]);
});

it('texts are BYTES, and a missing one is the empty text', async () => {
  const own = await load(days);
  const { url } = await serveTable(
    table({ days: route({ '1.0.0.0': own }, { traffic: { '1.0.0.0': 100 } }) }),
  );
  const inputs = [{ name: 'day', datatype: 'BYTES', shape: [4], data: ['Tue', 'Mon', 'Sun', null] }];
  const reply = await post(`${url}/v2/models/days/infer`, JSON.stringify({ inputs }));
  expect(reply.body.outputs[0].data).toEqual([2, 1, 0, 0]);
});

it('a missing number is null; an answer that is no number is an error, never broken JSON', async () => {
  const own = await load(logarithm);
  const { url, failures } = await serveTable(
    table({ log: route({ '1.0.0.0': own }, { traffic: { '1.0.0.0': 100 } }) }),
  );
  const inputs = (data: unknown) =>
    JSON.stringify({ inputs: [{ name: 'a', datatype: 'FP32', shape: [1], data: [data] }] });
  expect((await post(`${url}/v2/models/log/infer`, inputs(1))).body.outputs[0].data).toEqual([0]);
  for (const bad of [null, -1, 0]) {
    const reply = await post(`${url}/v2/models/log/infer`, inputs(bad));
    expect(reply).toMatchObject({
      status: 500,
      body: { error: 'Version 1.0.0.0 of log failed on these rows' },
    });
  }
  expect(failures).toHaveLength(3);
  const { counts } = (await call(`${url}/v2/models/log/rollout`)).body;
  expect(counts['1.0.0.0']).toMatchObject({ requests: 4, errors: 3, refused: 0, slow: { '100': 0 } });
});

it('what a caller sent wrong is not held against the version', async () => {
  const { url } = await serveSum();
  await post(
    `${url}/v2/models/sum/infer`,
    JSON.stringify({ inputs: [{ name: 'a', datatype: 'FP32', shape: [1], data: ['x'] }] }),
  );
  const { counts } = (await call(`${url}/v2/models/sum/rollout`)).body;
  expect(counts['1.0.0.0']).toMatchObject({ requests: 0, errors: 0, refused: 1 });
});

it('a version that refuses what the other one takes is at fault', async () => {
  const versions = { '1.0.0.0': await load(sumPlus(0)), '2.0.0.0': await load(days) };
  const traffic = { '2.0.0.0': 50, '1.0.0.0': 50 };
  const { url } = await serveTable(table({ sum: route(versions, { traffic }) }), { random: () => 0 });
  expect(await post(`${url}/v2/models/sum/infer`, ask(1))).toMatchObject({ status: 400 });
  const { counts } = (await call(`${url}/v2/models/sum/rollout`)).body;
  expect(counts['2.0.0.0']).toMatchObject({ requests: 1, errors: 1, refused: 0 });
});

it('a mirrored version gets copies, whose failures reach nobody and are counted apart', async () => {
  const versions = { '1.0.0.0': await load(sumPlus(0)), '1.0.1.0': await load(days) };
  const traffic = { '1.0.0.0': 100 };
  const { url, bugs } = await serveTable(
    table({ sum: route(versions, { traffic, mirror: { '1.0.1.0': 100 }, challenger: '1.0.1.0' }) }),
  );
  const replies = await Promise.all(
    Array.from({ length: 20 }, (_, i) => post(`${url}/v2/models/sum/infer`, ask(i))),
  );
  expect(replies.map(({ status, version }) => `${status} ${version}`)).toEqual(Array(20).fill('200 1.0.0.0'));
  const { counts, mirrorCounts } = (await call(`${url}/v2/models/sum/rollout`)).body;
  expect(counts).toEqual({ '1.0.0.0': expect.objectContaining({ requests: 20, errors: 0 }) });
  expect(mirrorCounts).toEqual({ '1.0.1.0': expect.objectContaining({ requests: 20, errors: 20 }) });
  expect(bugs).toEqual([]);
});

it('Prometheus reads the same counts, with buckets that grow', async () => {
  const { url } = await serveSum();
  for (let i = 0; i < 3; i++) await post(`${url}/v2/models/sum/infer`, ask(i));
  const { body, headers } = await call(`${url}/metrics`);
  expect(headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
  expect(body).toContain('mainline_requests_total{model="sum",version="1.0.0.0",outcome="answered"} 3\n');
  expect(body).toContain('mainline_request_seconds_bucket{model="sum",version="1.0.0.0",le="+Inf"} 3\n');
  expect(body).toContain('mainline_request_seconds_count{model="sum",version="1.0.0.0"} 3\n');
  expect(body).toContain('mainline_traffic_percent{model="sum",version="1.0.0.0"} 100\n');
  expect(body).toContain('mainline_model_problem{model="broken"} 1\n');
  const buckets = [...body.matchAll(/_bucket\{.*\} (\d+)/gu)].map(([, count]) => Number(count));
  expect(buckets).toEqual(buckets.toSorted((a, b) => a - b));
});

it('a header whose value is a key keeps a caller on one version', async () => {
  const versions = { '1.0.0.0': await load(sumPlus(0)), '1.0.1.0': await load(sumPlus(100)) };
  const traffic = { '1.0.0.0': 50, '1.0.1.0': 50 };
  const sticky = route(versions, { traffic, challenger: '1.0.1.0', stickyHeader: 'x-user' });
  const { url } = await serveTable(table({ sum: sticky }));
  const asUser = (user: string) => post(`${url}/v2/models/sum/infer`, ask(1), { 'X-User': user });
  const users = Array.from({ length: 20 }, (_, i) => `user ${i}`);
  const first = await Promise.all(users.map(asUser));
  const second = await Promise.all(users.map(asUser));
  expect(second.map(({ version }) => version)).toEqual(first.map(({ version }) => version));
  expect(new Set(first.map(({ version }) => version)).size).toBe(2);
});

it('a model that no table names is given up when its last request and copy have ended', async () => {
  const versions = { '1.0.0.0': await load(sumPlus(0)), '1.0.1.0': await load(sumPlus(1)) };
  const both = route(versions, { traffic: { '1.0.0.0': 100 }, mirror: { '1.0.1.0': 100 } });
  const { url, tables } = await serveTable(table({ sum: both }));
  const asked = Array.from({ length: 10 }, () => post(`${url}/v2/models/sum/infer`, ask(1)));
  const refused = post(`${url}/v2/models/sum/infer`, '{');
  await Promise.all([...asked, refused]);
  tables.swap(table({}));
  await expect.poll(() => tables.reachable().size, PATIENT).toBe(0);
});

it('a swap under load fails no request, and none that begins after it gets the old version', async () => {
  const versions = { '1.0.0.0': await load(sumPlus(0)), '1.0.1.0': await load(sumPlus(100)) };
  const only = (version: '1.0.0.0' | '1.0.1.0') =>
    table({ sum: route({ [version]: versions[version] }, { traffic: { [version]: 100 } }) });
  const { url, tables, bugs } = await serveTable(only('1.0.0.0'));
  const wrong: string[] = [];
  let [current, requests, isOver] = ['1.0.0.0', 0, false];
  const users = Array.from({ length: 8 }, async () => {
    while (!isOver) {
      const before = current;
      const { status, version, body } = await post(`${url}/v2/models/sum/infer`, ask(1));
      requests++;
      const expected = version === '1.0.0.0' ? 1 : 101;
      const isAllowed = version === before || version === current;
      if (status !== 200 || !isAllowed || body.outputs[0].data[0] !== expected)
        wrong.push(`${status} ${version}`);
    }
  });
  for (let swap = 0; swap < 40; swap++) {
    const next = current === '1.0.0.0' ? '1.0.1.0' : '1.0.0.0';
    tables.swap(only(next));
    current = next;
    await post(`${url}/v2/models/sum/infer`, ask(swap));
  }
  isOver = true;
  await Promise.all(users);
  expect(wrong).toEqual([]);
  expect(bugs).toEqual([]);
  expect(requests).toBeGreaterThan(40);
});

it('the end waits for requests under way, and takes no new ones', async () => {
  const { url, port, close } = await serveSum();
  const { connect } = await import('node:net');
  const socket = connect(port, '127.0.0.1');
  const body = ask(1, 2);
  let received = '';
  socket.on('data', chunk => {
    received += chunk;
  });
  const ended = new Promise(resolve => socket.on('close', resolve));
  socket.write(
    `POST /v2/models/sum/infer HTTP/1.1\r\nhost: x\r\ncontent-length: ${body.length}\r\n\r\n${body.slice(0, 9)}`,
  );
  await call(`${url}/v2`);
  const closed = close();
  await expect(fetch(`${url}/v2`)).rejects.toThrow();
  socket.write(body.slice(9));
  await Promise.all([closed, ended]);
  expect(received).toMatch(/^HTTP\/1\.1 200 OK\r\n.*connection: close.*"data":\[3\]/isu);
});
