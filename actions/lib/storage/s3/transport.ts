// Requests over sockets that are kept open. Node's own client makes a dozen objects for each request, which is most of the
// time and memory of ten thousand small ones; it is used where a proxy stands in between.
import { connect as connectPlain, isIP, type Socket } from 'node:net';
import type { Reply } from '#lib/storage/s3/collect.ts';
import { hungUp, type Line, type Origin, openLine, type TransportRequest } from '#lib/storage/s3/line.ts';
import type { S3Place } from '#lib/storage/s3/place.ts';

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
