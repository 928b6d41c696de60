import { describe, expect, test } from 'vitest';
import { ask, askOdd, call, expectWell, INFER, post, serveSum } from './tiny-serving.ts';

describe('a request that is wrong is refused with a sentence that says where:', () => {
  test.each<[string, string, RegExp]>([
    ['nothing', '', /body is empty/u],
    ['no JSON', '{"inputs": [', /not valid JSON/u],
    ['NaN', ask(1).replace('[1]', '[NaN]'), /a missing number is null/u],
    ['no UTF-8', '\ud800', /inputs|JSON/u],
    ['a number', '7', /expected object/u],
    ['no inputs', '{}', /^inputs: /u],
    ['inputs that are no list', '{"inputs": {"a": 1}}', /^inputs: /u],
    ['no tensors', '{"inputs": []}', /^inputs: /u],
    ['an unknown datatype', askOdd({ datatype: 'FLOAT' }), /^inputs\[0\]\.datatype: /u],
    ['no data', askOdd({ data: undefined }), /^inputs\[0\]\.data: /u],
    ['data that is no list', askOdd({ data: { length: 1 } }), /^inputs\[0\]\.data: is no array/u],
    ['a negative shape', askOdd({ shape: [-1] }), /^inputs\[0\]\.shape\[0\]: /u],
    ['a broken shape', askOdd({ shape: [1.5] }), /^inputs\[0\]\.shape\[0\]: /u],
    ['a shape of texts', askOdd({ shape: ['1'] }), /^inputs\[0\]\.shape\[0\]: /u],
    ['too many dimensions', askOdd({ shape: [1, 1, 1] }), /^inputs\[0\]\.shape: /u],
    [
      'fewer values than the shape says',
      askOdd({ shape: [3] }),
      /"a" holds 1 values, its shape \[3\] says 3/u,
    ],
    ['more values than the shape says', askOdd({ data: [1, 2] }), /"a" holds 2 values/u],
    ['other rows than the rest', askOdd({ shape: [2], data: [1, 2] }), /a has 2 rows, b has 1/u],
    ['two columns for one', askOdd({ shape: [1, 2], data: [1, 2] }), /\[N\] or \[N, 1\]/u],
    ['uneven nesting', askOdd({ shape: [2, 1], data: [[1], 2] }), /"a"/u],
    ['nesting without end', askOdd({ shape: [1, 1], data: [[[[[1]]]]] }), /holds an array at 0/u],
    ['a text for a number', askOdd({ data: ['1'] }), /holds "1" at 0, a number from/u],
    ['a flag for a number', askOdd({ data: [true] }), /holds true at 0/u],
    ['an object for a number', askOdd({ data: [{}] }), /holds an object at 0/u],
    ['a number beyond its type', askOdd({ data: [1e39] }), /holds 1e\+39 at 0/u],
    [
      'a number beyond all types',
      askOdd({ datatype: 'FP64' }).replace('[1]}', '[1e999]}').replace('"data":[1]', '"data":[1e999]'),
      /holds Infinity at 0/u,
    ],
    ['a fraction for a whole number', askOdd({ datatype: 'INT32', data: [1.5] }), /a whole number from/u],
    [
      'a whole number that lost digits',
      askOdd({ datatype: 'INT64', data: [2 ** 60] }),
      /a whole number from/u,
    ],
    ['texts for numbers', askOdd({ datatype: 'BYTES', data: ['1'] }), /the model takes numbers \(FP32\)/u],
    [
      'a missing input',
      askOdd({ name: 'c' }),
      /The input "a" is missing; the model takes "a" \(FP32\), "b" \(FP32\)/u,
    ],
    ['the same input twice', askOdd({ name: 'b' }), /same name/u],
    ['a name of JavaScript', askOdd({ name: '__proto__' }), /The input "a" is missing/u],
    [
      'an output it does not have',
      JSON.stringify({ ...JSON.parse(ask(1)), outputs: [{ name: 'x' }] }),
      /one output, "prediction"/u,
    ],
  ])('%s', async (_, body, words) => {
    const server = await serveSum();
    const reply = await post(`${server.url}${INFER}`, body);
    expect(reply.status).toBe(400);
    expect(Object.keys(reply.body)).toEqual(['error']);
    expect(reply.body.error).toMatch(words);
    await expectWell(server);
  });
});

test('a shape of a thousand million rows with one value costs nothing', async () => {
  const server = await serveSum();
  for (const shape of [[1e9], [1e9, 1], [2 ** 53 - 1], [99_999, 1]]) {
    const { status } = await post(`${server.url}${INFER}`, askOdd({ shape }));
    expect([400, 413]).toContain(status);
  }
  await expectWell(server);
});

test('five million open brackets are no JSON, and no stack overflow', async () => {
  const server = await serveSum();
  for (const body of [
    '['.repeat(5e6),
    `{"inputs":${'['.repeat(1e6)}${']'.repeat(1e6)}}`,
    '{"a":'.repeat(1e6),
  ]) {
    expect((await post(`${server.url}${INFER}`, body)).status).toBe(400);
  }
  await expectWell(server);
});

test('members named __proto__ or constructor reach nothing', async () => {
  const server = await serveSum();
  const body = ask(1, 2).replace(
    '{',
    '{"__proto__": {"id": "x"}, "constructor": {"prototype": {"id": "y"}}, ',
  );
  expect((await post(`${server.url}${INFER}`, body)).body).not.toHaveProperty('id');
  for (const name of ['__proto__', 'constructor', 'toString']) {
    expect((await call(`${server.url}/v2/models/${name}`)).status).toBe(404);
    expect((await post(`${server.url}/v2/models/sum/versions/${name}/infer`, ask(1))).status).toBe(404);
  }
  await expectWell(server);
});

test.each([
  ['GET', INFER, 405],
  ['PUT', INFER, 405],
  ['POST', '/v2/models/sum', 405],
  ['DELETE', '/v2', 405],
  ['GET', '/', 404],
  ['GET', '/v2/', 200],
  ['HEAD', '/v2', 200],
  ['GET', '/v2/models', 404],
  ['GET', '/v2/models/sum/versions', 404],
  ['GET', '/v2/models/sum/ready/now', 404],
  ['GET', '/v2/models/%', 400],
  ['GET', '/v2/models/%ff', 400],
  ['GET', '/v2/models/..%2f..%2fetc%2fpasswd', 404],
  ['GET', '/v2?x=%', 200],
])('%s %s is answered with %i', async (method, path, status) => {
  const server = await serveSum();
  const reply = await call(`${server.url}${path}`, { method });
  expect(reply.status).toBe(status);
  if (status === 405) expect(reply.headers.get('allow')).toBeTruthy();
  await expectWell(server);
});

test.each([
  ['content-encoding', 'gzip'],
  ['content-encoding', 'br, gzip'],
  ['inference-header-content-length', '10'],
])('a body with %s: %s is not taken', async (header, value) => {
  const server = await serveSum();
  expect((await post(`${server.url}${INFER}`, ask(1), { [header]: value })).status).toBe(415);
  await expectWell(server);
});
