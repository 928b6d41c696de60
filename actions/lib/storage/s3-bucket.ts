// A bucket at AWS S3 or a server that speaks its language.
import { hash } from 'node:crypto';
import { closeSync, createWriteStream, fstatSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import type { S3Client } from '@aws-sdk/client-s3';
import type { Bucket, BucketEntry, BucketOptions } from '#lib/storage/bucket.ts';
import { BucketFailure } from '#lib/storage/bucket-failure.ts';
import { describeError } from '#lib/storage/s3/answer.ts';
import { type Reply, SMALL_BYTES } from '#lib/storage/s3/collect.ts';
import { type Connection, openConnection } from '#lib/storage/s3/connection.ts';
import { listPages } from '#lib/storage/s3/list.ts';
import { type Environment, readS3Place, type S3Options, type S3Place } from '#lib/storage/s3/place.ts';
import type { Credentials } from '#lib/storage/s3/sign.ts';

export interface S3BucketOptions {
  /** `s3://bucket/path` */
  readonly url: string;
  /** As DVC's configuration names them. May hold secrets. */
  readonly options: S3Options;
  readonly env: Environment;
  /** The first wait after a failure that may pass; the next are longer. */
  readonly backoffMs?: number;
}

const PARALLEL = 16;
const MAX_SOCKETS = 64;
/** Credentials are asked for again this long before they end. */
const RENEW_BEFORE_MS = 60_000;

/** @throws ConfigurationError for options that contradict each other */
export function openS3Bucket({ url, options, env, backoffMs = 200 }: S3BucketOptions): Bucket {
  const place = readS3Place(url, options, env);
  const shown = `s3://${place.bucket}/${place.prefix}`.replace(/\/$/u, '');
  let sdk: Promise<S3Client> | undefined;
  const connection = openConnection({
    ...{ place, url: shown, env, backoffMs, maxSockets: MAX_SOCKETS },
    credentials: createCredentials(place, () => getSdk()),
  });
  const getSdk = () => {
    sdk ??= import('#lib/storage/s3/sdk.ts').then(async ({ createSdk }) =>
      createSdk({ place, region: connection.region(), agents: await connection.agents() }),
    );
    return sdk;
  };
  const keyOf = (name: string) => place.prefix + name;
  const headers = { ...place.objectHeaders, ...place.writeHeaders };
  const downloadOrRead = (name: string, file: string, { signal, onBytes }: BucketOptions = {}) =>
    connection.ask({
      ...{ method: 'GET', key: keyOf(name), headers: place.objectHeaders, signal },
      receive: reply => receiveFile(reply, file, onBytes),
    });
  return {
    url: shown,
    jobs: PARALLEL,
    canList: true,
    list: (prefix, listOptions) => listPages(connection, { place, prefix, options: listOptions }),
    find: (name, { signal } = {}) =>
      orMissing(findObject(connection, { name, key: keyOf(name), headers: place.objectHeaders, signal })),
    download: async (name, file, downloadOptions) => {
      const bytes = await downloadOrRead(name, file, downloadOptions);
      if (bytes) writeFileSync(file, bytes);
    },
    downloadOrRead,
    upload: async (file, name, uploadOptions = {}) => {
      const key = keyOf(name);
      const body = readSmall(file);
      if (Buffer.isBuffer(body)) {
        await uploadSmall(connection, { file, body, key, headers }, uploadOptions);
      } else {
        const { uploadLarge } = await import('#lib/storage/s3/sdk.ts');
        const target = { file, size: body, bucket: place.bucket, key, headers };
        await uploadLarge(await getSdk(), target, uploadOptions).catch(toFailure(shown, name));
      }
    },
    remove: async (names, { signal } = {}) => {
      const { canRemoveTogether, removeKeys } = await import('#lib/storage/s3/sdk.ts');
      try {
        await removeKeys(await getSdk(), place.bucket, names.map(keyOf));
      } catch (error) {
        if (canRemoveTogether(error)) return toFailure(shown, 'objects')(error);
        for (const name of names) {
          await orMissing(connection.ask({ method: 'DELETE', key: keyOf(name), signal, receive: drop }));
        }
      }
    },
    close: () => {
      connection.close();
      void sdk?.then(client => client.destroy());
    },
  };
}

/** Those of the options or the environment; else those of AWS's chain, kept until shortly before they end. */
function createCredentials(
  place: S3Place,
  getSdk: () => Promise<S3Client>,
): () => Promise<Credentials | undefined> {
  if (place.isAnonymous) return async () => undefined;
  const own = place.credentials;
  if (own) return async () => own;
  let found: Promise<Credentials & { readonly expiration?: Date }> | undefined;
  return async () => {
    found ??= find(getSdk);
    const credentials = await found;
    const end = credentials.expiration?.getTime() ?? Number.POSITIVE_INFINITY;
    if (end - Date.now() > RENEW_BEFORE_MS) return credentials;
    found = find(getSdk);
    return found;
  };
}

async function find(getSdk: () => Promise<S3Client>): Promise<Credentials & { readonly expiration?: Date }> {
  const { findCredentials } = await import('#lib/storage/s3/sdk.ts');
  return findCredentials(await getSdk());
}

/** @returns the size of what is too large to be held in memory */
function readSmall(file: string): Buffer | number {
  const handle = openSync(file, 'r');
  try {
    const { size } = fstatSync(handle);
    return size < SMALL_BYTES ? readFileSync(handle) : size;
  } finally {
    closeSync(handle);
  }
}

interface SmallUpload {
  readonly file: string;
  readonly body: Buffer;
  readonly key: string;
  readonly headers: Readonly<Record<string, string>>;
}

async function uploadSmall(
  connection: Connection,
  { file, body, key, headers }: SmallUpload,
  { signal, onBytes, expectedMd5 }: BucketOptions,
): Promise<void> {
  if (expectedMd5 !== undefined && hash('md5', body) !== expectedMd5) {
    throw new BucketFailure('damaged', `The bytes of ${file} are not what its name says`, {
      remedy: 'Remove it from the cache, then track the data again: mainline dvc commit',
    });
  }
  await connection.ask({ method: 'PUT', key, headers, body, signal, receive: drop });
  onBytes?.(body.length);
}

/** @returns what came in memory, and is not written. */
async function receiveFile(
  { body }: Reply,
  file: string,
  onBytes: BucketOptions['onBytes'],
): Promise<Buffer | undefined> {
  if (Buffer.isBuffer(body)) {
    onBytes?.(body.length);
    return body;
  }
  if (onBytes) body.on('data', (chunk: Buffer) => onBytes(chunk.length));
  await pipeline(body, createWriteStream(file));
  return undefined;
}

/** Nobody asks what else a good answer says. */
function drop({ body }: Reply): void {
  if (!Buffer.isBuffer(body)) body.destroy();
}

interface Finding {
  readonly name: string;
  readonly key: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal | undefined;
}

/** An answer to HEAD has no body: only a GET that fails as well says why access is denied. */
async function findObject(
  connection: Connection,
  { name, key, headers, signal }: Finding,
): Promise<BucketEntry> {
  try {
    return await connection.ask({
      ...{ method: 'HEAD', key, headers, signal },
      receive: ({ headers: told }) => {
        const etag = told.get('etag');
        return { name, size: Number(told.get('content-length') ?? 0), ...(etag && { etag }) };
      },
    });
  } catch (error) {
    if (!(error instanceof BucketFailure) || error.kind !== 'denied') throw error;
    await connection.ask({ method: 'GET', key, headers, signal, receive: drop });
    throw error;
  }
}

async function orMissing<Found>(asking: Promise<Found>): Promise<Found | undefined> {
  try {
    return await asking;
  } catch (error) {
    if (error instanceof BucketFailure && error.kind === 'missing') return undefined;
    throw error;
  }
}

/** The SDK's errors in our words; our own pass. */
function toFailure(url: string, what: string): (error: unknown) => never {
  return error => {
    if (error instanceof BucketFailure || !(error instanceof Error)) throw error;
    const metadata = '$metadata' in error ? (error.$metadata as { httpStatusCode?: number }) : undefined;
    if (metadata?.httpStatusCode !== undefined) {
      throw describeError({ status: metadata.httpStatusCode, code: error.name }, url, what);
    }
    if (error.name === 'AbortError') throw error;
    throw new BucketFailure('unavailable', `The connection to ${url} broke for ${what} (${error.name})`, {
      cause: error,
      remedy: 'Look at the network and at endpointurl; run it again: what has arrived stays.',
    });
  };
}
