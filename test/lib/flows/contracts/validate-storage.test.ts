import { mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openS3Bucket } from '#lib/storage/s3-bucket.ts';
import { KEYS, openS3Server } from '../../../support/s3/s3-server.ts';
import { contractOf, csvOf, makeRepository } from './contract-repository.ts';

let server: Awaited<ReturnType<typeof openS3Server>>;
let env: Readonly<Record<string, string>>;
beforeAll(async () => {
  server = await openS3Server('lake');
  env = {
    ...{ AWS_ACCESS_KEY_ID: KEYS.access_key_id, AWS_SECRET_ACCESS_KEY: KEYS.secret_access_key },
    AWS_REGION: 'us-east-1',
  };
});
afterAll(() => server.close());

async function upload(name: string, text: string): Promise<void> {
  const options = { ...KEYS, region: 'us-east-1', endpointurl: server.url };
  const bucket = openS3Bucket({ url: 's3://lake', options, env: {} });
  const file = join(mkdtempSync(join(tmpdir(), 'upload-')), 'file');
  writeFileSync(file, text);
  await bucket.upload(file, name);
  bucket.close();
}

test('files of an object store are downloaded once, and again when they are others', async () => {
  await upload('orders/day=1/t.csv', csvOf([[1, 'x']]));
  await upload('orders/day=2/t.csv', csvOf([[2, 'x']]));
  await upload('other/t.csv', csvOf([[9, 'x']]));
  const { root, write, validate } = makeRepository();
  const location = 's3://lake/orders/*/{model}.csv';
  const servers = [{ server: 'lake', type: 's3', location, endpointUrl: server.url, format: 'csv' }];
  const properties = [{ name: 'n', unique: true }, { name: 'c' }, { name: 'day', logicalType: 'integer' }];
  write({ 'contract.odcs.yaml': contractOf({ servers, schema: [{ name: 't', properties }] }) });
  const downloads: string[] = [];
  const request: Parameters<typeof validate>[0] = {
    env,
    tell: event => {
      if (event.kind === 'download') downloads.push(event.path);
    },
  };
  const first = await validate(request);
  expect(first.tables).toMatchObject([{ passed: true, server: 'lake', data: { rows: 2, files: 2 } }]);
  expect(downloads.toSorted()).toEqual(['s3://lake/orders/day=1/t.csv', 's3://lake/orders/day=2/t.csv']);
  await validate(request);
  expect(downloads).toHaveLength(2);
  // The same name and the same size.
  await upload('orders/day=2/t.csv', csvOf([[1, 'x']]));
  expect(await validate(request)).toMatchObject({ passed: false });
  expect(downloads).toHaveLength(3);
  expect(readdirSync(join(root, '.mainline/contracts/objects'))).toHaveLength(3);
  const { tables } = await validate({
    ...request,
    data: 's3://lake/other/',
    env: { ...env, AWS_ENDPOINT_URL: server.url },
  });
  expect(tables).toMatchObject([{ data: { rows: 1 } }]);
});

test('a bucket that is not there is told of as the store says it', async () => {
  const { write, validate } = makeRepository();
  const servers = [
    { server: 's', type: 's3', location: 's3://none/x', endpointUrl: server.url, format: 'csv' },
  ];
  write({ 'contract.odcs.yaml': contractOf({ servers }) });
  const { errors } = await validate({ env });
  expect(errors.map(({ message }) => message)).toEqual([expect.stringContaining('There is no bucket at')]);
});
