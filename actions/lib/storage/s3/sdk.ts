// What the AWS SDK does better than anything written here: finding credentials, uploads in parts, removal in batches. It
// takes a third of a second to load, so it comes only when one of these is needed.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { Agent } from 'node:http';
import { Transform } from 'node:stream';
import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import type { BucketOptions } from '#lib/storage/bucket.ts';
import { BucketFailure } from '#lib/storage/bucket-failure.ts';
import type { S3Place } from '#lib/storage/s3/place.ts';
import type { Credentials } from '#lib/storage/s3/sign.ts';

const PART_BYTES = 16 * 1024 * 1024;
const PARALLEL_PARTS = 4;
/** S3 takes as many parts, and no more. */
const MAX_PARTS = 10_000;
const REMOVED_AT_ONCE = 1000;

export interface SdkOptions {
  readonly place: S3Place;
  /** Found out by then, if the bucket's answers told it. */
  readonly region: string;
  readonly agents: { readonly httpAgent: Agent; readonly httpsAgent: Agent };
}

export function createSdk({ place, region, agents }: SdkOptions): S3Client {
  // The client hands all of its configuration on to AWS's chain, which takes the places of its files from it. What else
  // the chain knows (a container's or a machine's role) it reads from the environment of the process by itself.
  const config: S3ClientConfig & S3Place['sharedFiles'] = {
    ...place.sharedFiles,
    region,
    ...(place.endpoint && { endpoint: place.endpoint.href, forcePathStyle: true }),
    ...(place.credentials && { credentials: toIdentity(place.credentials) }),
    ...(place.profile !== undefined && { profile: place.profile }),
    ...(place.isAnonymous && { signer: { sign: async request => request } }),
    maxAttempts: 6,
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    followRegionRedirects: true,
    requestHandler: {
      ...agents,
      connectionTimeout: place.connectTimeoutMs,
      requestTimeout: place.readTimeoutMs,
    },
  };
  return new S3Client(config);
}

function toIdentity({ accessKeyId, secretAccessKey, sessionToken }: Credentials) {
  return { accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) };
}

/** Credentials from AWS's chain: profiles, single sign-on, containers, the machine's role. */
export async function findCredentials(sdk: S3Client): Promise<Credentials> {
  try {
    return await sdk.config.credentials();
  } catch (cause) {
    throw new BucketFailure(
      'denied',
      'There are no credentials for S3 on this machine, or they have expired',
      {
        cause,
        remedy:
          'Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, sign in with aws sso login, or set access_key_id and ' +
          'secret_access_key: mainline dvc remote modify --local <name> ...',
      },
    );
  }
}

export interface LargeUpload {
  readonly file: string;
  readonly size: number;
  readonly bucket: string;
  readonly key: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** In parts, hashed on the way: bytes that are not what they should be are thrown away before they become an object. */
export async function uploadLarge(
  sdk: S3Client,
  { file, size, bucket, key, headers }: LargeUpload,
  { signal, onBytes, expectedMd5 }: BucketOptions,
): Promise<void> {
  const { Upload } = await import('@aws-sdk/lib-storage');
  const digest = createHash('md5');
  const hashing = new Transform({
    transform: (chunk: Buffer, _encoding, done) => {
      digest.update(chunk);
      onBytes?.(chunk.length);
      done(null, chunk);
    },
    flush: done => {
      const isRight = expectedMd5 === undefined || digest.digest('hex') === expectedMd5;
      done(isRight ? null : damaged(file));
    },
  });
  const source = createReadStream(file, { highWaterMark: 1024 * 1024 });
  source.on('error', error => hashing.destroy(error));
  const upload = new Upload({
    client: sdk,
    params: { Bucket: bucket, Key: key, Body: source.pipe(hashing), ...toParameters(headers) },
    partSize: Math.max(PART_BYTES, Math.ceil(size / MAX_PARTS)),
    queueSize: PARALLEL_PARTS,
  });
  const abort = () => void upload.abort();
  signal?.addEventListener('abort', abort, { once: true });
  try {
    signal?.throwIfAborted();
    await upload.done();
  } finally {
    signal?.removeEventListener('abort', abort);
    source.destroy();
  }
}

export function damaged(file: string): BucketFailure {
  return new BucketFailure('damaged', `The bytes of ${file} are not what its name says`, {
    remedy: 'Remove it from the cache, then track the data again: mainline dvc commit',
  });
}

/** The headers of our own requests under the names that the SDK has for them. */
function toParameters(headers: Readonly<Record<string, string>>): Record<string, string> {
  const names: Readonly<Record<string, string>> = {
    'x-amz-server-side-encryption': 'ServerSideEncryption',
    'x-amz-server-side-encryption-aws-kms-key-id': 'SSEKMSKeyId',
    'x-amz-server-side-encryption-customer-algorithm': 'SSECustomerAlgorithm',
    'x-amz-server-side-encryption-customer-key': 'SSECustomerKey',
    'x-amz-server-side-encryption-customer-key-md5': 'SSECustomerKeyMD5',
    'x-amz-acl': 'ACL',
    'x-amz-grant-read': 'GrantRead',
    'x-amz-grant-read-acp': 'GrantReadACP',
    'x-amz-grant-write-acp': 'GrantWriteACP',
    'x-amz-grant-full-control': 'GrantFullControl',
  };
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => (names[name] ? [[names[name], value]] : [])),
  );
}

export async function removeKeys(sdk: S3Client, bucket: string, keys: readonly string[]): Promise<void> {
  const { DeleteObjectsCommand } = await import('@aws-sdk/client-s3');
  for (let start = 0; start < keys.length; start += REMOVED_AT_ONCE) {
    const Objects = keys.slice(start, start + REMOVED_AT_ONCE).map(Key => ({ Key }));
    const answer = await sdk.send(
      new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects, Quiet: true } }),
    );
    const [first] = answer.Errors ?? [];
    if (first) {
      throw new BucketFailure(
        'denied',
        `${answer.Errors?.length} objects could not be removed: ${first.Code}`,
      );
    }
  }
}

/** False when a server says that it does not know how to remove several objects at once, as some do. */
export function canRemoveTogether(error: unknown): boolean {
  return !(
    error instanceof Error &&
    /^(?:NotImplemented|MethodNotAllowed|InvalidArgument|MalformedXML)$/u.test(error.name)
  );
}
