import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { type AddressInfo, createServer as createSocketServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Bucket } from '#lib/storage/bucket.ts';
import { openS3Bucket } from '#lib/storage/s3-bucket.ts';
import { type FaultyProxy, openFaultyProxy } from '../../support/s3/faulty-proxy.ts';
import { KEYS, openS3Server } from '../../support/s3/s3-server.ts';

const folder = mkdtempSync(join(tmpdir(), 'mainline-s3-'));
const file = join(folder, 'upload');
const arrived = join(folder, 'download');
const name = 'files/md5/ab/cdef';
let server: Awaited<ReturnType<typeof openS3Server>>;
let proxy: FaultyProxy;
let bucket: Bucket;

function open(options: Readonly<Record<string, string>> = {}, url = 's3://team/models'): Bucket {
  return openS3Bucket({
    url,
    options: { ...KEYS, region: 'us-east-1', endpointurl: proxy.url, ...options },
    env: {},
    backoffMs: 1,
  });
}

beforeAll(async () => {
  server = await openS3Server('team');
  proxy = await openFaultyProxy(server.url);
  bucket = open();
});

afterAll(async () => {
  bucket.close();
  await proxy.close();
  await server.close();
  rmSync(folder, { recursive: true });
});

beforeEach(async () => {
  proxy.plan(() => undefined);
  rmSync(arrived, { force: true });
  writeFileSync(file, 'weights');
  await bucket.upload(file, name);
});

test('bytes come back as they were sent, below the path of the address', async () => {
  writeFileSync(file, Buffer.from([0, 255, 10, 13, 128]));
  await bucket.upload(file, 'files/md5/00/11');
  await bucket.download('files/md5/00/11', arrived);
  expect(readFileSync(arrived)).toEqual(readFileSync(file));
  expect(proxy.seen).toContain('PUT /team/models/files/md5/00/11');
});

test('few bytes come back when that is asked for, many are written', async () => {
  expect(await bucket.downloadOrRead?.(name, arrived)).toEqual(Buffer.from('weights'));
  expect(existsSync(arrived)).toBe(false);
  const large = Buffer.alloc(9_000_000, 'large');
  writeFileSync(file, large);
  const counted: number[] = [];
  await bucket.upload(file, 'files/md5/00/44');
  const onBytes = (bytes: number) => void counted.push(bytes);
  expect(await bucket.downloadOrRead?.('files/md5/00/44', arrived, { onBytes })).toBeUndefined();
  expect(readFileSync(arrived).equals(large)).toBe(true);
  expect(counted.reduce((sum, bytes) => sum + bytes)).toBe(large.length);
});

test('a name is found with its size, and one that is not there is not', async () => {
  expect(await bucket.find(name)).toMatchObject({ name, size: 7 });
  expect(await bucket.find('files/md5/ff/ff')).toBeUndefined();
});

test('names are listed below a prefix, without the path of the address', async () => {
  const names: string[] = [];
  const found = await bucket.find(name);
  expect(found?.etag).toMatch(/^"[0-9a-f]{32}"$/u);
  for await (const entries of bucket.list('files/md5/ab/')) {
    for (const one of entries) {
      names.push(one.name);
      expect(one.etag).toBe(found?.etag);
    }
  }
  expect(names).toEqual([name]);
});

test('what is removed is gone, also where the server cannot remove several at once', async () => {
  await bucket.remove([name, 'files/md5/ff/ff']);
  expect(await bucket.find(name)).toBeUndefined();
});

test.for([
  { kind: 'drop' },
  { kind: 'truncate' },
  { kind: 'status', status: 503, code: 'SlowDown', retryAfter: '0' },
  { kind: 'status', status: 429, code: 'TooManyRequests' },
  { kind: 'status', status: 500, code: 'InternalError' },
] as const)('a download goes on after %o', async fault => {
  proxy.plan((_, count) => (count <= 2 ? fault : undefined));
  await bucket.download(name, arrived);
  expect(readFileSync(arrived, 'utf8')).toBe('weights');
});

test.for([{ kind: 'drop' }, { kind: 'status', status: 503, code: 'ServiceUnavailable' }] as const)(
  'an upload goes on after %o',
  async fault => {
    proxy.plan((_, count) => (count <= 2 ? fault : undefined));
    await bucket.upload(file, 'files/md5/00/22');
    proxy.plan(() => undefined);
    expect(await bucket.find('files/md5/00/22')).toMatchObject({ name: 'files/md5/00/22', size: 7 });
  },
);

test.for(['0', 'Thu, 01 Jan 2015 00:00:00 GMT'])(
  'a server that names the time to wait (%s) is asked again then, not after our own time',
  async retryAfter => {
    const hour = 3_600_000;
    const options = { ...KEYS, region: 'us-east-1', endpointurl: proxy.url };
    const patient = openS3Bucket({ url: 's3://team/models', options, env: {}, backoffMs: hour });
    proxy.plan((_, count) =>
      count === 1 ? { kind: 'status', status: 429, code: 'TooManyRequests', retryAfter } : undefined,
    );
    await patient.download(name, arrived);
    expect(readFileSync(arrived, 'utf8')).toBe('weights');
    patient.close();
  },
);

test('proxies are those of the environment that is handed in, and it is left as it is', async () => {
  const before = { ...process.env };
  const elsewhere = openS3Bucket({
    url: 's3://team/models',
    options: {
      ...KEYS,
      region: 'us-east-1',
      endpointurl: 'http://s3.example.invalid',
      credentialpath: '/none',
    },
    env: { HTTP_PROXY: proxy.url, no_proxy: 'localhost' },
    backoffMs: 1,
  });
  proxy.plan(() => ({ kind: 'status', status: 403, code: 'AccessDenied' }));
  await expect(elsewhere.download(name, arrived)).rejects.toMatchObject({ kind: 'denied' });
  expect(proxy.seen).toEqual(['GET http://s3.example.invalid/team/models/files/md5/ab/cdef']);
  expect(process.env).toEqual(before);
  elsewhere.close();
});

test.for([
  ['s3://team/models', 'us-west-2', 'http://team.s3.us-west-2.amazonaws.com/models/files/md5/ab/cdef'],
  ['s3://team/a b', 'cn-north-1', 'http://team.s3.cn-north-1.amazonaws.com.cn/a%20b/files/md5/ab/cdef'],
  ['s3://team.data', 'us-east-1', 'http://s3.us-east-1.amazonaws.com/team.data/files/md5/ab/cdef'],
] as const)('at AWS, %s in %s is asked for at its own address', async ([url, region, address]) => {
  const aws = openS3Bucket({
    url,
    options: { ...KEYS, region, use_ssl: 'false' },
    env: { http_proxy: proxy.url },
    backoffMs: 1,
  });
  proxy.plan(() => ({ kind: 'status', status: 403, code: 'AccessDenied' }));
  await expect(aws.download(name, arrived)).rejects.toMatchObject({ kind: 'denied' });
  const listing = async () => {
    for await (const page of aws.list('files/')) expect(page).toBeUndefined();
  };
  await expect(listing()).rejects.toMatchObject({ kind: 'denied' });
  aws.close();
  const bucket = url.includes('.') ? 'team.data' : '';
  expect(proxy.seen).toEqual([
    `GET ${address}`,
    expect.stringMatching(`^GET http://[^/]+/${bucket}\\?encoding-type=url`),
  ]);
});

test('keys come from the files that the options name, unless the environment names others', async () => {
  const keys = (id: string) => `[team]\naws_access_key_id = ${id}\naws_secret_access_key = secret\n`;
  const seen: string[] = [];
  const listening = createServer((request, answer) => {
    seen.push(/Credential=([^/]+)/u.exec(request.headers.authorization ?? '')?.[1] ?? '');
    answer.writeHead(404).end();
  });
  await new Promise<void>(resolve => listening.listen(0, '127.0.0.1', resolve));
  const { port } = listening.address() as AddressInfo;
  const [own, other] = [join(folder, 'own'), join(folder, 'other')];
  writeFileSync(own, keys('OWN'));
  writeFileSync(other, keys('OTHER'));
  const options = { profile: 'team', credentialpath: own, endpointurl: `http://127.0.0.1:${port}` };
  for (const env of [{}, { AWS_SHARED_CREDENTIALS_FILE: other }]) {
    const asking = openS3Bucket({ url: 's3://team/models', options, env, backoffMs: 1 });
    expect(await asking.find(name)).toBeUndefined();
    asking.close();
  }
  await new Promise(resolve => listening.close(resolve));
  expect(seen).toEqual(['OWN', 'OTHER']);
});

test('a server that stays busy is given up on, and the failure says that it may pass', async () => {
  proxy.plan(() => ({ kind: 'status', status: 503, code: 'SlowDown' }));
  await expect(bucket.download(name, arrived)).rejects.toMatchObject({ kind: 'unavailable', isFinal: false });
  expect(proxy.seen).toHaveLength(6);
  expect(existsSync(arrived)).toBe(false);
});

test.for([
  ['AccessDenied', 403, 'denied', /policy/u],
  ['ExpiredToken', 400, 'denied', /Sign in again/u],
  ['InvalidAccessKeyId', 403, 'denied', /access_key_id/u],
  ['NoSuchBucket', 404, 'absent', /Make the bucket/u],
] as const)(
  '%s is told with a remedy, without secrets, and not asked for again',
  async ([code, status, kind, remedy]) => {
    proxy.plan(() => ({ kind: 'status', status, code }));
    const failure = await bucket.download(name, arrived).catch((error: unknown) => error);
    expect(failure).toMatchObject({ kind, isFinal: true, remedy: expect.stringMatching(remedy) });
    expect(String(failure)).not.toContain(KEYS.secret_access_key);
    expect(proxy.seen).toHaveLength(1);
  },
);

test('why a look for a name is denied is asked for by a request whose answer has a body', async () => {
  proxy.plan(line =>
    line.startsWith('HEAD')
      ? { kind: 'status', status: 403, code: '' }
      : { kind: 'status', status: 403, code: 'SignatureDoesNotMatch' },
  );
  await expect(bucket.find(name)).rejects.toThrow('does not know these keys');
});

test('bytes that are not what they should be never leave', async () => {
  const upload = bucket.upload(file, 'files/md5/00/33', { expectedMd5: 'd41d8cd98f00b204e9800998ecf8427e' });
  await expect(upload).rejects.toMatchObject({ kind: 'damaged' });
  expect(await bucket.find('files/md5/00/33')).toBeUndefined();
});

test('a bucket that does not exist is named', async () => {
  const other = open({}, 's3://nowhere/x');
  await expect(other.download(name, arrived)).rejects.toThrow('There is no bucket at s3://nowhere/x');
  other.close();
});

test('encryption and access lists go along with what is written', async () => {
  const sent: string[] = [];
  const { createServer } = await import('node:http');
  const server = createServer((request, answer) => {
    sent.push(`${request.headers['x-amz-server-side-encryption']} ${request.headers['x-amz-acl']}`);
    request.resume();
    answer.end();
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : 0;
  const other = open({ endpointurl: `http://127.0.0.1:${port}`, sse: 'AES256', acl: 'bucket-owner-read' });
  await other.upload(file, name);
  other.close();
  server.close();
  expect(sent).toEqual(['AES256 bucket-owner-read']);
});

test('options that contradict each other are refused', () => {
  expect(() => open({ acl: 'private', grant_read: 'id=x' })).toThrow('cannot both be set');
  expect(() => open({ endpointurl: 'minio:9000' })).toThrow('endpointurl');
});

test('a server whose pages lead back to a page before is refused', async () => {
  const tokens = ['one', 'two', 'one', 'two'];
  let asked = 0;
  const circling = createServer((_, answer) => {
    const next = tokens[asked++ % tokens.length];
    answer.writeHead(200, { 'content-type': 'application/xml' });
    answer.end(
      '<?xml version="1.0"?><ListBucketResult><IsTruncated>true</IsTruncated>' +
        `<NextContinuationToken>${next}</NextContinuationToken></ListBucketResult>`,
    );
  });
  await new Promise<void>(resolve => circling.listen(0, '127.0.0.1', resolve));
  const { port } = circling.address() as AddressInfo;
  const listing = open({ endpointurl: `http://127.0.0.1:${port}` });
  try {
    const readAll = async () => {
      for await (const page of listing.list('files/')) expect(page).toEqual([]);
    };
    await expect(readAll()).rejects.toMatchObject({
      kind: 'damaged',
      message: expect.stringContaining('twice'),
    });
    expect(asked).toBe(3);
  } finally {
    listing.close();
    circling.closeAllConnections();
    await new Promise(resolve => circling.close(resolve));
  }
});

test('a server whose replies are not quite as the RFC has them is understood all the same', async () => {
  const seen: string[] = [];
  const odd = createSocketServer(socket => {
    socket
      .on('error', () => undefined)
      .on('data', chunk => {
        const [, path] = /^GET (\S+) /u.exec(chunk.toString('latin1')) ?? [];
        if (path === undefined) return;
        seen.push(path);
        // The coding that is none: RFC 9112 has done away with it.
        socket.end('HTTP/1.1 200 OK\r\nTransfer-Encoding: identity\r\n\r\nweights');
      });
  });
  await new Promise<void>(resolve => odd.listen(0, '127.0.0.1', resolve));
  const { port } = odd.address() as AddressInfo;
  const own = open({ endpointurl: `http://127.0.0.1:${port}` });
  try {
    await own.download('files/md5/ab/cdef', arrived);
    expect(readFileSync(arrived, 'utf8')).toBe('weights');
    rmSync(arrived);
    await own.download('files/md5/ab/cdef', arrived);
    // Refused and asked again; from then on asked once.
    expect(seen).toHaveLength(3);
  } finally {
    own.close();
    odd.close();
  }
});
