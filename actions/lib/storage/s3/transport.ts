// Requests over sockets that are kept open. Node's own client makes a dozen objects for each request, which is most of the
// time and memory of ten thousand small ones; it is used where a proxy stands in between.
import { connect as connectPlain, isIP, type Socket } from 'node:net';
import { Readable } from 'node:stream';
import type { S3Place } from '#lib/storage/s3/place.ts';
import { createReplyReader, type ReplyHead, type ReplyReader } from '#lib/storage/s3/reply.ts';

/** Below this a body is held in memory and sent or written at once. */
export const SMALL_BYTES = 8 * 1024 * 1024;
/** What goes in one piece with its head. */
const JOINED_BYTES = 64 * 1024;

export interface Origin {
  readonly isTls: boolean;
  readonly host: string;
  /** '' for that of the scheme. */
  readonly port: string;
}

export interface TransportRequest extends Origin {
  readonly method: string;
  /** With the query, encoded. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface Reply extends ReplyHead {
  /** In memory, whole, unless it is large or may be: then it has to be read, or destroyed. */
  readonly body: Buffer | Readable;
}

/** Sends requests that may be sent again without harm. @throws errors with Node's codes, and what the signal says */
export interface Transport {
  send(request: TransportRequest): Promise<Reply>;
  close(): void;
}

export interface TransportOptions extends Pick<S3Place, 'verify' | 'connectTimeoutMs' | 'readTimeoutMs'> {
  readonly maxSockets: number;
}

export function openTransport({ maxSockets, ...options }: TransportOptions): Transport {
  const idle = new Map<string, Line[]>();
  const sessions = new Map<string, Buffer>();
  const open = new Set<Line>();
  const waiting: (() => void)[] = [];
  let busy = 0;
  const dial = (origin: Origin, name: string, idleHere: Line[]): Line => {
    const socket = connect(origin, options, sessions.get(name));
    socket.on('session', session => sessions.set(name, session));
    const line = openLine(socket, {
      readTimeoutMs: options.readTimeoutMs,
      onFree: () => idleHere.push(line),
      onClose: () => {
        open.delete(line);
        const index = idleHere.indexOf(line);
        if (index >= 0) idleHere.splice(index, 1);
      },
    });
    open.add(line);
    return line;
  };
  const ask = async (request: TransportRequest): Promise<Reply> => {
    const name = `${request.isTls} ${request.host} ${request.port}`;
    const idleHere = idle.get(name) ?? [];
    idle.set(name, idleHere);
    for (let line = idleHere.pop(); line; line = idleHere.pop()) {
      const reply = await line.ask(request);
      if (reply) return reply;
    }
    const reply = await dial(request, name, idleHere).ask(request);
    if (reply) return reply;
    throw hungUp();
  };
  return {
    send: async request => {
      if (busy < maxSockets) busy += 1;
      else await new Promise<void>(resolve => waiting.push(resolve));
      try {
        request.signal?.throwIfAborted();
        return await ask(request);
      } finally {
        const next = waiting.shift();
        if (next) next();
        else busy -= 1;
      }
    },
    close: () => {
      for (const line of open) line.close();
    },
  };
}

function connect(
  { isTls, host, port }: Origin,
  { verify, connectTimeoutMs: timeout }: Omit<TransportOptions, 'maxSockets'>,
  session: Buffer | undefined,
): Socket {
  // An address of IPv6 stands in brackets.
  const address = host.replace(/^\[(.*)\]$/u, '$1');
  const common = { host: address, noDelay: true, timeout };
  if (!isTls) return connectPlain({ ...common, port: Number(port || 80) });
  // Loaded when it is needed: it takes as long as a small transfer.
  return process.getBuiltinModule('node:tls').connect({
    ...common,
    ...(session && { session }),
    port: Number(port || 443),
    ...(isIP(address) === 0 && { servername: address }),
    ALPNProtocols: ['http/1.1'],
    rejectUnauthorized: verify !== false,
    ...(typeof verify === 'string' && { ca: verify }),
  });
}

/** One connection, for one request after the other. */
interface Line {
  /** @returns undefined when the server had hung up before the request came, as it may while a line is idle */
  ask(request: TransportRequest): Promise<Reply | undefined>;
  close(): void;
}

interface LineOptions {
  readonly readTimeoutMs: number;
  readonly onFree: () => void;
  readonly onClose: () => void;
}

/** A request under way. */
interface Exchange {
  readonly reader: ReplyReader;
  /** Ends it, and with it the connection. */
  readonly fail: (error: Error) => void;
}

function openLine(socket: Socket, { readTimeoutMs, onFree, onClose }: LineOptions): Line {
  let exchange: Exchange | undefined;
  let asked = 0;
  const fail = (error: Error): void => {
    socket.destroy();
    exchange?.fail(error);
  };
  socket.once('connect', () => socket.setTimeout(readTimeoutMs));
  socket.on('timeout', () => fail(timedOut(socket.connecting)));
  socket.on('error', fail);
  socket.on('data', (chunk: Buffer) => {
    // Nobody has asked for this.
    if (!exchange) return void socket.destroy();
    try {
      exchange.reader.take(chunk);
    } catch (error) {
      fail(error instanceof Error ? error : hungUp());
    }
  });
  socket.on('end', () => {
    if (exchange && !exchange.reader.hangUp()) fail(hungUp());
  });
  socket.on('close', () => {
    onClose();
    exchange?.fail(hungUp());
  });
  return {
    close: () => void socket.destroy(),
    ask: request =>
      new Promise((resolve, reject) => {
        const { method, signal, body } = request;
        const head = format(request);
        const isReused = asked++ > 0;
        const chunks: Buffer[] = [];
        let size = 0;
        let told: ReplyHead | undefined;
        let stream: Readable | undefined;
        const over = (): void => {
          exchange = undefined;
          signal?.removeEventListener('abort', abort);
        };
        const abort = (): void => fail(signal?.reason);
        const startStream = ({ status, headers }: ReplyHead): void => {
          const body = new Readable({
            read: () => void (exchange === own && socket.resume()),
            destroy: (error, done) => {
              if (exchange === own) socket.destroy();
              done(error);
            },
          });
          for (const chunk of chunks.splice(0)) body.push(chunk);
          stream = body;
          resolve({ status, headers, body });
        };
        const reader = createReplyReader({
          method,
          onHead: head => {
            told = head;
            const length = method === 'HEAD' ? 0 : Number(head.headers.get('content-length'));
            if (length >= SMALL_BYTES) startStream(head);
          },
          onBody: chunk => {
            if (stream) {
              if (!stream.push(chunk)) socket.pause();
              return;
            }
            chunks.push(chunk);
            size += chunk.length;
            if (told && size >= SMALL_BYTES) startStream(told);
          },
          onEnd: canGoOn => {
            over();
            socket.resume();
            // A server may reply before it has taken the whole request.
            if (canGoOn && socket.writableLength === 0) {
              socket.unref();
              onFree();
            } else {
              socket.destroy();
            }
            const [first] = chunks;
            if (stream) stream.push(null);
            else if (told)
              resolve({ ...told, body: first && chunks.length === 1 ? first : Buffer.concat(chunks) });
          },
        });
        const own: Exchange = {
          reader,
          fail: error => {
            over();
            if (stream) stream.destroy(error);
            else if (isReused && told === undefined && isHangUp(error)) resolve(undefined);
            else reject(error);
          },
        };
        exchange = own;
        signal?.addEventListener('abort', abort, { once: true });
        socket.ref();
        socket.cork();
        socket.write(head, 'latin1');
        if (body && body.length > JOINED_BYTES) socket.write(body);
        socket.uncork();
      }),
  };
}

/** The head, with the body when that is small. */
function format({ method, path, headers, body }: TransportRequest): string | Buffer {
  let head = `${method} ${path} HTTP/1.1\r\n`;
  for (const name in headers) {
    const value = headers[name] ?? '';
    if (!/^[\t\x20-\x7e\x80-\xff]*$/u.test(value))
      throw new TypeError(`${name} holds what HTTP does not allow`);
    head += `${name}: ${value}\r\n`;
  }
  head += '\r\n';
  if (body === undefined || body.length > JOINED_BYTES) return head;
  const all = Buffer.allocUnsafe(head.length + body.length);
  all.write(head, 'latin1');
  all.set(body, head.length);
  return all;
}

function isHangUp(error: Error): boolean {
  return 'code' in error && (error.code === 'ECONNRESET' || error.code === 'EPIPE');
}

function hungUp(): Error {
  return Object.assign(new Error('the server hung up'), { code: 'ECONNRESET' });
}

function timedOut(isConnecting: boolean): Error {
  const what = isConnecting ? 'no connection' : 'no answer';
  return Object.assign(new Error(`${what} in time`), { code: 'ETIMEDOUT' });
}
