// The life of connections: listening, what is no HTTP, and the end. Requests that were received are answered before the
// server closes; connections without one are not waited for.
import { type Server, STATUS_CODES } from 'node:http';
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

export interface InFlight {
  readonly count: () => number;
  /** Calls back once, when no request is under way. */
  whenNone(callback: () => void): void;
}

/** Stops listening and resolves when the last connection is closed, by force after `afterMs`. */
export function drain(server: Server, inFlight: InFlight, afterMs: number): Promise<void> {
  return new Promise(resolve => {
    const force = setTimeout(() => server.closeAllConnections(), afterMs);
    server.close(() => {
      clearTimeout(force);
      resolve();
    });
    inFlight.whenNone(() => server.closeAllConnections());
  });
}
