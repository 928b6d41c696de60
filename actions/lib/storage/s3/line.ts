// One connection to a server, for one request after the other.
import type { Socket } from 'node:net';
import { hasCode } from '#lib/errors.ts';
import { createCollector, type Reply } from '#lib/storage/s3/collect.ts';
import { createReplyReader, type ReplyReader } from '#lib/storage/s3/reply.ts';

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

export interface Line {
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

export function openLine(socket: Socket, { readTimeoutMs, onFree, onClose }: LineOptions): Line {
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
  const letGo = (canGoOn: boolean): void => {
    socket.resume();
    // A server may reply before it has taken the whole request.
    if (!canGoOn || socket.writableLength > 0) return void socket.destroy();
    socket.unref();
    onFree();
  };
  const begin = (
    { method, signal }: TransportRequest,
    {
      onReply,
      onFail,
    }: { onReply: (reply: Reply) => void; onFail: (error: Error, isBegun: boolean) => void },
  ): void => {
    const ifOurs = (act: () => void) => () => {
      if (exchange === own) act();
    };
    const collector = createCollector({
      ...{ method, onReply, onFull: () => void socket.pause() },
      onWanted: ifOurs(() => socket.resume()),
      onDropped: ifOurs(() => socket.destroy()),
    });
    const abort = (): void => fail(signal?.reason);
    const over = (): void => {
      exchange = undefined;
      signal?.removeEventListener('abort', abort);
    };
    const onEnd = (canGoOn: boolean): void => {
      over();
      letGo(canGoOn);
      collector.end();
    };
    const own: Exchange = {
      reader: createReplyReader({ method, onHead: collector.onHead, onBody: collector.onBody, onEnd }),
      fail: error => {
        over();
        const state = collector.fail(error);
        if (state !== 'handed on') onFail(error, state === 'begun');
      },
    };
    exchange = own;
    signal?.addEventListener('abort', abort, { once: true });
  };
  return {
    close: () => void socket.destroy(),
    ask: request =>
      new Promise((resolve, reject) => {
        const head = format(request);
        const isReused = asked++ > 0;
        begin(request, {
          onReply: resolve,
          onFail: (error, isBegun) => {
            if (isReused && !isBegun && isHangUp(error)) resolve(undefined);
            else reject(error);
          },
        });
        const { body } = request;
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

/** @param error what a signal says need not be one */
function isHangUp(error: unknown): boolean {
  return hasCode(error, 'ECONNRESET') || hasCode(error, 'EPIPE');
}

export function hungUp(): Error {
  return Object.assign(new Error('the server hung up'), { code: 'ECONNRESET' });
}

function timedOut(isConnecting: boolean): Error {
  const what = isConnecting ? 'no connection' : 'no answer';
  return Object.assign(new Error(`${what} in time`), { code: 'ETIMEDOUT' });
}
