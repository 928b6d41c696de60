// The same requests by Node's own client, which knows how to speak with proxies, and with servers that bend the rules.
import { Agent as HttpAgent, type IncomingMessage, request as requestPlain } from 'node:http';
import { Agent as HttpsAgent, request as requestTls } from 'node:https';
import { buffer } from 'node:stream/consumers';
import { type Reply, SMALL_BYTES } from '#lib/storage/s3/collect.ts';
import type { Environment } from '#lib/storage/s3/place.ts';
import type { Transport, TransportOptions } from '#lib/storage/s3/transport.ts';

export interface Agents {
  readonly httpAgent: HttpAgent;
  readonly httpsAgent: HttpsAgent;
}

/** @param env names proxies: HTTP_PROXY, HTTPS_PROXY, NO_PROXY */
export function createAgents(
  { verify, connectTimeoutMs, maxSockets }: Omit<TransportOptions, 'readTimeoutMs'>,
  env: Environment,
): Agents {
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

export function openNodeTransport(
  { httpAgent, httpsAgent }: Agents,
  readTimeoutMs: number,
): Pick<Transport, 'send'> {
  return {
    send: ({ isTls, body, signal, ...request }) =>
      new Promise((resolve, reject) => {
        const asking = (isTls ? requestTls : requestPlain)(
          { ...request, agent: isTls ? httpsAgent : httpAgent, ...(signal && { signal }) },
          message => receive(message, request.method).then(resolve, reject),
        );
        asking.setTimeout(readTimeoutMs, () => {
          const seconds = Math.round(readTimeoutMs / 1000);
          asking.destroy(Object.assign(new Error(`no answer for ${seconds} s`), { code: 'ETIMEDOUT' }));
        });
        asking.on('error', reject);
        asking.end(body);
      }),
  };
}

async function receive(message: IncomingMessage, method: string): Promise<Reply> {
  const headers = new Map(Object.entries(message.headers).map(([name, value]) => [name, String(value)]));
  const length = Number(headers.get('content-length') ?? Number.POSITIVE_INFINITY);
  const isSmall = method === 'HEAD' || length < SMALL_BYTES;
  return { status: message.statusCode ?? 0, headers, body: isSmall ? await buffer(message) : message };
}
