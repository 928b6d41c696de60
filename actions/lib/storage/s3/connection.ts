// One request to a bucket, asked again when the answer says that this may help: the small requests that come by the
// thousand, without a library between them and the socket.
import { hash } from 'node:crypto';
import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { text } from 'node:stream/consumers';
import { describeError, isPassing, readError } from '#lib/storage/s3/answer.ts';
import type { Environment, S3Place } from '#lib/storage/s3/place.ts';
import { PassingError, retry } from '#lib/storage/s3/retry.ts';
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
  /** Names proxies: HTTP_PROXY, HTTPS_PROXY, NO_PROXY. */
  readonly env: Environment;
  /** Asked before each request: credentials may expire and be renewed. */
  readonly credentials: () => Promise<Credentials | undefined>;
  /** The first wait between two tries; the next are longer. */
  readonly backoffMs?: number;
  readonly maxSockets: number;
}

const LONGEST_RETRY_AFTER_MS = 60_000;
const MAX_ERROR_BYTES = 64 * 1024;

export function openConnection({
  place,
  url,
  env,
  credentials,
  backoffMs = 200,
  maxSockets,
}: ConnectionOptions): Connection {
  const agents = createAgents(place, { env, maxSockets });
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
    ask: ask => {
      const server = place.endpoint?.host ?? 'AWS';
      return retry(() => once(ask), { url, server, backoffMs, signal: ask.signal });
    },
    close: () => {
      agents.httpAgent.destroy();
      agents.httpsAgent.destroy();
    },
  };
}

function createAgents(
  { verify, connectTimeoutMs }: S3Place,
  { env, maxSockets }: Pick<ConnectionOptions, 'env' | 'maxSockets'>,
) {
  const common = { keepAlive: true, maxSockets, timeout: connectTimeoutMs, proxyEnv: env };
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

/** Seconds, or a date (RFC 9110, section 10.2.3). */
function readRetryAfter({ headers }: IncomingMessage): number | undefined {
  const told = headers['retry-after'] ?? '';
  const wait = /^\d+$/u.test(told) ? Number(told) * 1000 : Date.parse(told) - Date.now();
  return Number.isFinite(wait) ? Math.min(Math.max(wait, 0), LONGEST_RETRY_AFTER_MS) : undefined;
}
