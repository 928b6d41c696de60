// Between a client and a real S3 server: passes requests on, and does to chosen answers what networks and busy servers do.
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Fault =
  | { readonly kind: 'status'; readonly status: number; readonly code: string; readonly retryAfter?: string }
  /** The connection breaks before any answer. */
  | { readonly kind: 'drop' }
  /** The connection breaks when a part of what is sent has come. */
  | { readonly kind: 'sever' }
  /** Half of the body comes, and says that it is all. */
  | { readonly kind: 'halve' }
  /** Half of the body comes, then the connection breaks. */
  | { readonly kind: 'truncate' }
  /** One bit of the body is another. */
  | { readonly kind: 'flip' };

export interface FaultyProxy {
  readonly url: string;
  /** `GET /bucket/key`, in the order in which they came. */
  readonly seen: readonly string[];
  /** What happens to the next requests; undefined lets one pass. */
  readonly plan: (faults: (line: string, count: number) => Fault | undefined) => void;
  readonly close: () => Promise<void>;
}

/** @param target address of the server behind it */
export async function openFaultyProxy(target: string): Promise<FaultyProxy> {
  const seen: string[] = [];
  let choose: (line: string, count: number) => Fault | undefined = () => undefined;
  const server = createServer((incoming, answer) => {
    const line = `${incoming.method} ${incoming.url}`;
    seen.push(line);
    const fault = choose(line, seen.filter(other => other === line).length);
    if (fault?.kind === 'drop') return void incoming.socket.destroy();
    if (fault?.kind === 'sever') return void incoming.once('data', () => incoming.socket.destroy());
    if (fault?.kind === 'status') {
      const retry = fault.retryAfter === undefined ? {} : { 'retry-after': fault.retryAfter };
      answer.writeHead(fault.status, { 'content-type': 'application/xml', ...retry });
      answer.end(`<?xml version="1.0"?><Error><Code>${fault.code}</Code><Message>x</Message></Error>`);
      incoming.resume();
      return;
    }
    const onward = request(
      target + incoming.url,
      { method: incoming.method, headers: incoming.headers },
      from => {
        const { 'content-length': length, ...headers } = from.headers;
        // A body without its length ends where the connection does.
        const isHalved = fault?.kind === 'halve';
        if (isHalved) answer.shouldKeepAlive = false;
        answer.writeHead(from.statusCode ?? 500, isHalved || length === undefined ? headers : from.headers);
        const chunks: Buffer[] = [];
        from.on('data', (chunk: Buffer) => chunks.push(chunk));
        from.on('end', () => {
          const body = Buffer.concat(chunks);
          if (fault?.kind === 'truncate') {
            answer.write(body.subarray(0, body.length / 2), () => incoming.socket.destroy());
            return;
          }
          if (isHalved) return void answer.end(body.subarray(0, body.length / 2));
          if (fault?.kind === 'flip' && body.length > 0) body[0] = (body[0] ?? 0) ^ 1;
          answer.end(body);
        });
      },
    );
    onward.on('error', () => answer.destroy());
    incoming.pipe(onward);
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    plan: faults => {
      seen.length = 0;
      choose = faults;
    },
    close: () => {
      server.closeAllConnections();
      return new Promise<void>(resolve => server.close(() => resolve()));
    },
  };
}
