// One request to a bucket, asked again when the answer says that this may help: the small requests that come by the
// thousand, without a library between them and the socket.
import { hash } from 'node:crypto';
import { hasCode } from '#lib/errors.ts';
import { describeError, isPassing, readError } from '#lib/storage/s3/answer.ts';
import type { Reply } from '#lib/storage/s3/collect.ts';
import type { Origin } from '#lib/storage/s3/line.ts';
import type { Agents } from '#lib/storage/s3/node-transport.ts';
import type { Environment, S3Place } from '#lib/storage/s3/place.ts';
import { PassingError, retry } from '#lib/storage/s3/retry.ts';
import {
  type Credentials,
  createKeys,
  encodePath,
  encodeQuery,
  type Signer,
  signRequest,
} from '#lib/storage/s3/sign.ts';
import { openTransport, type Transport } from '#lib/storage/s3/transport.ts';

export interface Ask<Result> {
  readonly method: 'GET' | 'PUT' | 'HEAD' | 'DELETE';
  /** The whole key; '' for the bucket itself. */
  readonly key: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  readonly signal?: AbortSignal | undefined;
  /** Reads a good answer to its end; called again for each try. */
  readonly receive: (reply: Reply) => Promise<Result> | Result;
}

export interface Connection {
  /** For the AWS SDK. */
  agents(): Promise<Agents>;
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
const DEFAULT_REGION = 'us-east-1';

export function openConnection({
  place,
  url,
  env,
  credentials,
  backoffMs = 200,
  maxSockets,
}: ConnectionOptions): Connection {
  let agents: Promise<Agents> | undefined;
  const { verify, connectTimeoutMs, readTimeoutMs } = place;
  const getAgents = (): Promise<Agents> => {
    agents ??= import('#lib/storage/s3/node-transport.ts').then(({ createAgents }) =>
      createAgents({ verify, connectTimeoutMs, maxSockets }, env),
    );
    return agents;
  };
  const openLenient = async (): Promise<Sending['transport']> => {
    const { openNodeTransport } = await import('#lib/storage/s3/node-transport.ts');
    return openNodeTransport(await getAgents(), readTimeoutMs);
  };
  const direct = openTransport({ verify, connectTimeoutMs, readTimeoutMs, maxSockets });
  const keyOf = createKeys();
  const server = place.endpoint?.host ?? 'AWS';
  let region = place.region;
  let base = locate(place, region, env);
  let isOdd = false;
  const once = async <Result>(ask: Ask<Result>): Promise<Result> => {
    const here = region ?? DEFAULT_REGION;
    const known = await credentials();
    const isLenient = base.hasProxy || isOdd;
    const transport = isLenient ? await openLenient() : direct;
    const signer = known && { region: here, credentials: known, now: new Date(), keyOf };
    const reply = await send(ask, { transport, base, signer }).catch((error: unknown) => {
      if (isLenient || !hasCode(error, 'ERR_REPLY')) throw error;
      // The server bends the rules; whether it goes too far is for Node's client to say.
      isOdd = true;
    });
    if (reply === undefined) return once(ask);
    if (reply.status >= 200 && reply.status < 300) return ask.receive(reply);
    const told = reply.headers.get('x-amz-bucket-region');
    const body = await readSome(reply);
    if (told !== undefined && told !== region && /^(?:30[127]|400)$/u.test(String(reply.status))) {
      region = told;
      base = locate(place, region, env);
      return once(ask);
    }
    const error = readError(reply.status, body);
    const failure = describeError(error, url, ask.key === '' ? 'the bucket' : ask.key);
    if (isPassing(error)) throw new PassingError(failure, readRetryAfter(reply));
    throw failure;
  };
  return {
    agents: getAgents,
    region: () => region ?? DEFAULT_REGION,
    ask: ask => retry(() => once(ask), { url, server, backoffMs, signal: ask.signal }),
    close: () => {
      direct.close();
      void agents?.then(({ httpAgent, httpsAgent }) => {
        httpAgent.destroy();
        httpsAgent.destroy();
      });
    },
  };
}

/** What the addresses of all keys have in common. */
interface Base extends Origin {
  /** Encoded, before the slash of a key. */
  readonly path: string;
  /** Whether one may stand in between; Node's own client knows the exceptions. */
  readonly hasProxy: boolean;
}

/** Servers of one's own have the bucket in the path; AWS has it in the host's name, unless a dot would break TLS. */
function locate({ endpoint, bucket, useTls }: S3Place, region: string | undefined, env: Environment): Base {
  const isTls = endpoint ? endpoint.protocol === 'https:' : useTls;
  const hasProxy = Boolean(isTls ? env.https_proxy || env.HTTPS_PROXY : env.http_proxy || env.HTTP_PROXY);
  const path = `/${encodePath(bucket)}`;
  if (endpoint) {
    const { hostname: host, port, pathname } = endpoint;
    return { isTls, host, port, path: pathname.replace(/\/$/u, '') + path, hasProxy };
  }
  const here = region ?? DEFAULT_REGION;
  const host = `s3.${here}.amazonaws.com${here.startsWith('cn-') ? '.cn' : ''}`;
  const isName = /^[a-z0-9-]+$/u.test(bucket);
  const own = isName ? { host: `${bucket}.${host}`, path: '' } : { host, path };
  return { ...own, isTls, port: '', hasProxy };
}

interface Sending {
  readonly transport: Pick<Transport, 'send'>;
  readonly base: Base;
  /** Undefined for who asks without a name. */
  readonly signer: Signer | undefined;
}

function send(
  { method, key, query = {}, headers, body, signal }: Ask<unknown>,
  { transport, base, signer }: Sending,
): Promise<Reply> {
  const { isTls, host, port } = base;
  const path = key === '' ? base.path || '/' : `${base.path}/${encodePath(key)}`;
  const encoded = encodeQuery(query);
  const plain: Record<string, string> = { ...headers, host: port === '' ? host : `${host}:${port}` };
  if (body) {
    plain['content-length'] = String(body.length);
    plain['content-md5'] = hash('md5', body, 'base64');
  }
  // Over TLS nobody can change the body on its way; its MD5 goes along for the rest.
  const bodyHash = isTls ? 'UNSIGNED-PAYLOAD' : hash('sha256', body ?? '');
  const unsigned = { method, path, query: encoded, headers: plain, bodyHash };
  return transport.send({
    ...{ isTls, host, port, method, body, signal },
    path: encoded === '' ? path : `${path}?${encoded}`,
    headers: signer ? signRequest(unsigned, signer) : plain,
  });
}

/** What an error says, which should be little. */
async function readSome({ body }: Reply): Promise<string> {
  if (Buffer.isBuffer(body)) return body.toString('utf8', 0, MAX_ERROR_BYTES);
  let size = 0;
  const chunks: Buffer[] = [];
  for await (const chunk of body) {
    size += chunk.length;
    if (size > MAX_ERROR_BYTES) break;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

/** Seconds, or a date (RFC 9110, section 10.2.3). */
function readRetryAfter({ headers }: Reply): number | undefined {
  const told = headers.get('retry-after') ?? '';
  const wait = /^\d+$/u.test(told) ? Number(told) * 1000 : Date.parse(told) - Date.now();
  return Number.isFinite(wait) ? Math.min(Math.max(wait, 0), LONGEST_RETRY_AFTER_MS) : undefined;
}
