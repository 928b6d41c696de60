import { expect, test } from 'vitest';
import { createKeys, encodePath, encodeQuery, signRequest } from '#lib/storage/s3/sign.ts';

// The examples of AWS's own documentation, "Authenticating Requests: Using the Authorization Header (AWS Signature
// Version 4)", with the signatures that it gives.
const signer = {
  region: 'us-east-1',
  now: new Date('2013-05-24T00:00:00Z'),
  credentials: {
    accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
    secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  },
};
const EMPTY = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
const host = 'examplebucket.s3.amazonaws.com';

function signatureOf(headers: Readonly<Record<string, string>>): string | undefined {
  return /Signature=([0-9a-f]{64})$/u.exec(headers.authorization ?? '')?.[1];
}

test('a GET is signed as in the documentation of AWS', () => {
  const headers = { host, range: 'bytes=0-9' };
  const request = { method: 'GET', path: '/test.txt', query: '', headers, bodyHash: EMPTY };
  expect(signatureOf(signRequest(request, signer))).toBe(
    'f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
  );
});

test('a PUT is signed as in the documentation of AWS', () => {
  const headers = {
    host,
    date: 'Fri, 24 May 2013 00:00:00 GMT',
    'x-amz-storage-class': 'REDUCED_REDUNDANCY',
  };
  const bodyHash = '44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072';
  const request = { method: 'PUT', path: encodePath('/test$file.text'), query: '', headers, bodyHash };
  expect(signatureOf(signRequest(request, signer))).toBe(
    '98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd',
  );
});

test('a listing is signed as in the documentation of AWS', () => {
  const query = encodeQuery({ prefix: 'J', 'max-keys': '2' });
  const request = { method: 'GET', path: '/', query, headers: { host }, bodyHash: EMPTY };
  expect(signatureOf(signRequest(request, signer))).toBe(
    '34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7',
  );
});

test('a session token is signed with the rest', () => {
  const request = { method: 'GET', path: '/', query: '', headers: { host }, bodyHash: EMPTY };
  const credentials = { ...signer.credentials, sessionToken: 'of-this-hour' };
  const headers = signRequest(request, { ...signer, credentials });
  expect(headers.authorization).toContain('x-amz-security-token');
  expect(headers['x-amz-security-token']).toBe('of-this-hour');
});

test('a key that is remembered is not that of another day, region or secret', () => {
  const keyOf = createKeys();
  const request = { method: 'GET', path: '/', query: '', headers: { host }, bodyHash: EMPTY };
  const { credentials } = signer;
  const signers = [
    signer,
    signer,
    { ...signer, now: new Date('2013-05-25T00:00:00Z') },
    { ...signer, region: 'eu-west-1' },
    { ...signer, credentials: { ...credentials, secretAccessKey: 'another' } },
  ];
  const remembered = signers.map(one => signatureOf(signRequest(request, { ...one, keyOf })));
  expect(remembered).toEqual(signers.map(one => signatureOf(signRequest(request, one))));
  expect(new Set(remembered).size).toBe(4);
});
