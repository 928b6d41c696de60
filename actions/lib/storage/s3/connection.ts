// One request to a bucket, asked again when the answer says that this may help: the small requests that come by the
// thousand, without a library between them and the socket.
import { hash } from 'node:crypto';
import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { hasCode } from '#lib/errors.ts';
import { BucketFailure } from '#lib/storage/bucket-failure.ts';
import { describeError, isPassing, readError } from '#lib/storage/s3/answer.ts';
import type { S3Place } from '#lib/storage/s3/place.ts';
import { type Credentials, encodePath, encodeQuery, signRequest } from '#lib/storage/s3/sign.ts';

export interface Ask<Result> {
  readonly method: 'GET' | 'PUT' | 'HEAD' | 'DELETE';
  /** The whole key; '' for the bucket itself. */
  readonly key: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  readonly signal?: AbortSignal | undefined;
  /** Reads a good answer to its end; called again for each try. */
  readonly receive: (message: IncomingMessage) => Promise<Result>;
}

export interface Connection {
  readonly agents: { readonly httpAgent: HttpAgent; readonly httpsAgent: HttpsAgent };
  /** @throws BucketFailure */
  ask<Result>(ask: Ask<Result>): Promise<Result>;
  region(): string;
  close(): void;
}

export interface ConnectionOptions {
  readonly place: S3Place;
  readonly url: string;
  /** Asked before each request: credentials may expire and be renewed. */
  readonly credentials: () => Promise<Credentials | undefined>;
  /** The first wait between two tries; the next are longer. */
  readonly backoffMs?: number;
  readonly maxSockets: number;
}

const TRIES = 6;
const LONGEST_WAIT_MS = 20_000;
const LONGEST_RETRY_AFTER_MS = 60_000;
const MAX_ERROR_BYTES = 64 * 1024;

/** What networks do to connections, and what may be gone the next time. */
const PASSING_CODES = [
  ...['ECONNRESET', 'ECONNREFUSED', 'ECONNABORTED', 'EPIPE', 'ETIMEDOUT', 'EAI_AGAIN', 'ENETUNREACH'],
  ...['EHOSTUNREACH', 'ERR_STREAM_PREMATURE_CLOSE', 'HPE_INVALID_CONSTANT', 'ENOTFOUND'],
];

/** An answer that is worth another try. */
class PassingError extends Error {
  readonly retryAfterMs: number | undefined;
  readonly failure: BucketFailure;
  constructor(failure: BucketFailure, retryAfterMs?: number) {
    super(failure.message);
    this.failure = failure;
    this.retryAfterMs = retryAfterMs;
  }
}

export function openConnection({
  place,
  url,
  credentials,
  backoffMs = 200,
  maxSockets,
}: ConnectionOptions): Connection {
  const agents = createAgents(place, maxSockets);
  let region = place.region;
  const once = async <Result>(ask: Ask<Result>): Promise<Result> => {
    const here = region ?? 'us-east-1';
    const target = locate(place, ask.key, here);
    const known = await credentials();
    const message = await send(ask, { place, agents, target, region: here, credentials: known });
    const status = message.statusCode ?? 0;
    if (status >= 200 && status < 300) return ask.receive(message);
    const body = await text(limited(message));
    const told = message.headers['x-amz-bucket-region'];
    if (typeof told === 'string' && told !== region && /^(?:30[127]|400)$/u.test(String(status))) {
      region = told;
      return once(ask);
    }
    const error = readError(status, body);
    const failure = describeError(error, url, ask.key === '' ? 'the bucket' : ask.key);
    if (isPassing(error)) throw new PassingError(failure, readRetryAfter(message));
    throw failure;
  };
  return {
    agents,
    region: () => region ?? 'us-east-1',
    ask: ask => retry(() => once(ask), { url, backoffMs, signal: ask.signal }),
    close: () => {
      agents.httpAgent.destroy();
      agents.httpsAgent.destroy();
    },
  };
}

async function retry<Result>(
  work: () => Promise<Result>,
  {
    url,
    backoffMs,
    signal,
  }: { readonly url: string; readonly backoffMs: number; readonly signal: AbortSignal | undefined },
): Promise<Result> {
  for (let tried = 1; ; tried += 1) {
    try {
      signal?.throwIfAborted();
      return await work();
    } catch (error) {
      signal?.throwIfAborted();
      const isBroken = PASSING_CODES.some(code => hasCode(error, code));
      if (!isBroken && !(error instanceof PassingError)) throw explainCertificate(error, url);
      if (tried === TRIES) throw error instanceof PassingError ? error.failure : broken(error, url);
      const wait = Math.min(LONGEST_WAIT_MS, backoffMs * 2 ** (tried - 1)) * (0.5 + Math.random() / 2);
      const told = error instanceof PassingError ? error.retryAfterMs : undefined;
      await sleep(told ?? wait, undefined, signal ? { signal } : {});
    }
  }
}

function broken(cause: unknown, url: string): BucketFailure {
  return new BucketFailure('unavailable', `The connection to ${url} broke ${TRIES} times`, {
    cause,
    remedy: 'Look at the network and at endpointurl; run it again: what has arrived stays.',
  });
}

function explainCertificate(error: unknown, url: string): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (!/CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ERR_TLS/u.test(code)) return error;
  return new BucketFailure('denied', `The certificate of ${url} is not trusted (${code})`, {
    cause: error,
    remedy: 'Name the authority: mainline dvc remote modify <name> ssl_verify <file.pem>',
  });
}

function createAgents({ verify, connectTimeoutMs }: S3Place, maxSockets: number) {
  const common = { keepAlive: true, maxSockets, timeout: connectTimeoutMs, proxyEnv: process.env };
  return {
    httpAgent: new HttpAgent(common),
    httpsAgent: new HttpsAgent({
      ...common,
      ...(verify === false && { rejectUnauthorized: false }),
      ...(typeof verify === 'string' && { ca: verify }),
    }),
  };
}

interface Target {
  readonly isTls: boolean;
  readonly host: string;
  readonly port: string;
  /** Encoded. */
  readonly path: string;
}

/** Servers of one's own have the bucket in the path; AWS has it in the host's name, unless a dot would break TLS. */
function locate({ endpoint, bucket, useTls }: S3Place, key: string, region: string): Target {
  if (endpoint) {
    const base = endpoint.pathname.replace(/\/$/u, '');
    const path = `${base}/${encodePath(key === '' ? bucket : `${bucket}/${key}`)}`;
    return { isTls: endpoint.protocol === 'https:', host: endpoint.hostname, port: endpoint.port, path };
  }
  const host = `s3.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`;
  return /^[a-z0-9-]+$/u.test(bucket)
    ? { isTls: useTls, host: `${bucket}.${host}`, port: '', path: `/${encodePath(key)}` }
    : { isTls: useTls, host, port: '', path: `/${encodePath(`${bucket}/${key}`)}` };
}

interface Sending {
  readonly place: S3Place;
  readonly agents: Connection['agents'];
  readonly target: Target;
  readonly region: string;
  readonly credentials: Credentials | undefined;
}

function send(
  { method, query = {}, headers, body, signal }: Ask<unknown>,
  { place, agents, target, region, credentials }: Sending,
): Promise<IncomingMessage> {
  const { isTls, host, port, path } = target;
  const encoded = encodeQuery(query);
  const plain: Record<string, string> = { ...headers, host: port === '' ? host : `${host}:${port}` };
  if (body) {
    plain['content-length'] = String(body.length);
    plain['content-md5'] = hash('md5', body, 'base64');
  }
  // Over TLS nobody can change the body on its way; its MD5 goes along for the rest.
  const bodyHash = isTls ? 'UNSIGNED-PAYLOAD' : hash('sha256', body ?? '');
  const all = credentials
    ? signRequest(
        { method, path, query: encoded, headers: plain, bodyHash },
        { region, credentials, now: new Date() },
      )
    : plain;
  return new Promise((resolve, reject) => {
    const request = (isTls ? httpsRequest : httpRequest)(
      {
        ...{ host, port, method, headers: all },
        path: encoded === '' ? path : `${path}?${encoded}`,
        agent: isTls ? agents.httpsAgent : agents.httpAgent,
        ...(signal && { signal }),
      },
      resolve,
    );
    request.setTimeout(place.readTimeoutMs, () => {
      const seconds = Math.round(place.readTimeoutMs / 1000);
      request.destroy(Object.assign(new Error(`no answer for ${seconds} s`), { code: 'ETIMEDOUT' }));
    });
    request.on('error', reject);
    request.end(body);
  });
}

async function* limited(message: IncomingMessage): AsyncGenerator<Buffer> {
  let size = 0;
  for await (const chunk of message) {
    size += chunk.length;
    if (size > MAX_ERROR_BYTES) return;
    yield chunk;
  }
}

function readRetryAfter({ headers }: IncomingMessage): number | undefined {
  const seconds = Number(headers['retry-after']);
  return Number.isFinite(seconds) && headers['retry-after'] !== undefined
    ? Math.min(Math.max(seconds, 0) * 1000, LONGEST_RETRY_AFTER_MS)
    : undefined;
}
