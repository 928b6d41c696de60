// The life of connections: listening, what is no HTTP, and the end. Requests that were received are answered before the
// server closes; connections without one are not waited for.
import { type Server, STATUS_CODES } from 'node:http';
import { Server as NetServer } from 'node:net';
import type { Duplex } from 'node:stream';

export interface Address {
  readonly host: string;
  /** 0 = any free one. */
  readonly port: number;
}

/** @throws the operating system's error when the address cannot be had */
export function listen(server: Server, { host, port }: Address): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port, backlog: 4096 }, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

const broken: Readonly<Record<string, readonly [status: number, message: string]>> = {
  HPE_HEADER_OVERFLOW: [431, 'The head of the request is too large'],
  HPE_CHUNK_EXTENSIONS_OVERFLOW: [413, 'The extensions of a chunk are too large'],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'The request took too long to arrive'],
};

/** Answers what never became a request, then ends the connection: what follows on it could not be trusted. */
export function answerBrokenRequest(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const [status, message] = broken[error.code ?? ''] ?? [400, 'This is not an HTTP request'];
  const text = JSON.stringify({ error: message });
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'content-type: application/json',
    `content-length: ${text.length}`,
    'connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${text}`, () => socket.destroy());
}

/** A request may be on its way over a kept connection when the end begins; so long it is waited for. */
const GRACE_MS = 500;

export interface InFlight {
  readonly count: () => number;
}

/**
 * Stops listening and resolves when the last connection is closed, by force after `afterMs`. Connections are not closed
 * at once, as `server.close` would: the answers themselves ask the callers to close them.
 */
export function drain(server: Server, inFlight: InFlight, afterMs: number): Promise<void> {
  return new Promise(resolve => {
    const force = setTimeout(() => server.closeAllConnections(), afterMs);
    const sweep = setInterval(() => {
      if (inFlight.count() === 0) server.closeAllConnections();
      else server.closeIdleConnections();
    }, GRACE_MS);
    NetServer.prototype.close.call(server, () => {
      clearTimeout(force);
      clearInterval(sweep);
      resolve();
    });
  });
}
