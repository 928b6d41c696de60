// The HTTP server: plain node:http, because its parser and its timeouts are what a framework would use anyway.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Address, answerBrokenRequest, drain, type InFlight, listen } from '#lib/serving/connections.ts';
import type { CurrentTable } from '#lib/serving/current-table.ts';
import { handleRequest } from '#lib/serving/handler.ts';
import type { InferTools } from '#lib/serving/infer.ts';
import { DEFAULT_LIMITS, type Limits } from '#lib/serving/limits.ts';
import { createMirror } from '#lib/serving/mirror.ts';
import { createTotals } from '#lib/serving/totals.ts';

export interface ServerOptions extends Pick<InferTools, 'now' | 'random' | 'onFailure'> {
  readonly tables: CurrentTable;
  /** Of the software. */
  readonly version: string;
  /** Told of our own bugs. */
  readonly onBug: (error: unknown) => void;
  /** Told when the operating system refuses a connection, as with too many open files. */
  readonly onRefusedConnection: (error: Error) => void;
  readonly limits?: Partial<Limits>;
}

export interface RunningServer {
  readonly port: number;
  /** Takes no new connections and waits for the requests under way. */
  close(): Promise<void>;
}

/**
 * Listens; resolves when requests are taken.
 * @throws the operating system's error when the address cannot be had
 */
export async function startServer(address: Address, options: ServerOptions): Promise<RunningServer> {
  const { tables, version, onBug, now, random, onFailure } = options;
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const requests = countRequests();
  let isDraining = false;
  const context = {
    ...{ tables, version, onBug },
    tools: { now, random, onFailure, mirror: createMirror(now), totals: createTotals() },
    budget: { maxBytes: limits.bodyBytes, maxTotalBytes: limits.totalBodyBytes, used: 0 },
    isDraining: () => isDraining,
    isBusy: () => requests.count() > limits.requests,
  };
  const server = createServer({
    headersTimeout: limits.headMs,
    requestTimeout: limits.requestMs,
    connectionsCheckingInterval: Math.min(1000, limits.headMs),
    keepAliveTimeout: limits.headMs,
  });
  server.maxConnections = limits.connections;
  const onRequest = (request: IncomingMessage, response: ServerResponse): void => {
    requests.add(response);
    void handleRequest(request, response, context);
  };
  server.on('request', onRequest).on('checkContinue', onRequest).on('clientError', answerBrokenRequest);
  await listen(server, address);
  server.on('error', options.onRefusedConnection);
  return {
    port: (server.address() as AddressInfo).port,
    close: () => {
      isDraining = true;
      return drain(server, requests, limits.drainMs);
    },
  };
}

function countRequests(): InFlight & { add(response: ServerResponse): void } {
  let count = 0;
  return {
    count: () => count,
    add: response => {
      count++;
      response.once('close', () => {
        count--;
      });
    },
  };
}
