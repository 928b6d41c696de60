// One HTTP request from its head to its answer. Whatever is thrown below becomes an answer here; nothing leaves.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type BodyBudget, checkLength, readBody } from '#lib/serving/body.ts';
import type { CurrentTable, HeldTable } from '#lib/serving/current-table.ts';
import { type InferTools, infer } from '#lib/serving/infer.ts';
import { formatMetrics } from '#lib/serving/metrics.ts';
import { quote, Refusal } from '#lib/serving/refusal.ts';
import { type Address, methodsOf, readAddress } from '#lib/serving/routes.ts';
import { describeModel, describeRollout, requireModel, requireRoute } from '#lib/serving/status.ts';
import type { Route, ServingTable } from '#lib/serving/table.ts';

export interface HandlerContext {
  readonly tables: CurrentTable;
  readonly tools: Omit<InferTools, 'keep'>;
  readonly budget: BodyBudget;
  /** Of the software, for GET /v2. */
  readonly version: string;
  readonly isDraining: () => boolean;
  readonly isBusy: () => boolean;
  /** Told of our own bugs; the caller only learns that there was one. */
  readonly onBug: (error: unknown) => void;
}

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Answers a request; never rejects. */
export async function handleRequest(
  request: IncomingMessage,
  response: ServerResponse,
  context: HandlerContext,
): Promise<void> {
  // A caller that goes away while we write is no failure of ours.
  response.on('error', () => undefined);
  try {
    if (context.isBusy()) throw new Refusal(503, 'Too many requests at once', { 'retry-after': '1' });
    const address = readAddress(request.url ?? '/');
    checkMethod(request, address);
    const answer = await answerAddress(address, request, { response, context });
    if (answer) send(response, answer, context);
  } catch (error) {
    // Who waits to be told to go on may or may not send the body after a refusal: the connection cannot be used again.
    if (request.headers.expect !== undefined) response.shouldKeepAlive = false;
    send(response, refuse(error, context), context);
  }
}

function refuse(error: unknown, { onBug }: HandlerContext): Answer {
  if (error instanceof Refusal) {
    return { status: error.status, text: JSON.stringify({ error: error.message }), headers: error.headers };
  }
  onBug(error);
  return { status: 500, text: '{"error":"The server has a bug; its log says more"}' };
}

function checkMethod({ method = 'GET' }: IncomingMessage, address: Address): void {
  const allowed = methodsOf(address);
  if (allowed.includes(method)) return;
  throw new Refusal(405, `This address takes ${allowed.join(' and ')}, not ${quote(method)}`, {
    allow: allowed.join(', '),
  });
}

interface Exchange {
  readonly response: ServerResponse;
  readonly context: HandlerContext;
}

async function answerAddress(
  address: Address,
  request: IncomingMessage,
  { response, context }: Exchange,
): Promise<Answer | undefined> {
  const { tables, tools, version } = context;
  switch (address.kind) {
    case 'server':
      return json({ name: 'mainline', version, extensions: ['mainline_rollout'] });
    case 'live':
      return json({ live: true });
    case 'ready': {
      const ready = canServe(tables.current()) && !context.isDraining();
      return json({ live: true, ready }, ready ? 200 : 503);
    }
    case 'metrics': {
      const text = formatMetrics({ table: tables.current(), totals: tools.totals, mirror: tools.mirror });
      return { status: 200, text, headers: { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' } };
    }
    case 'rollout':
      return json(describeRollout(requireModel(tables.current(), address.model)));
    case 'model':
      return json(describeModel(requireModel(tables.current(), address.model), address.version));
    case 'model-ready':
      requireRoute(requireModel(tables.current(), address.model), address.version);
      return json({ name: address.model, ready: true });
    case 'infer': {
      const held = tables.hold();
      try {
        return await answerInfer(address, request, { exchange: { response, context }, held });
      } finally {
        held.release();
      }
    }
  }
}

/** Main was read, and not every model of it is without anything to answer with. */
function canServe({ commits, models }: ServingTable): boolean {
  if (commits === undefined) return false;
  return models.size === 0 || [...models.values()].some(({ route, problem }) => route || !problem);
}

function json(value: object, status = 200): Answer {
  return { status, text: JSON.stringify(value) };
}

async function answerInfer(
  { model, version }: { readonly model: string; readonly version: string | undefined },
  request: IncomingMessage,
  { exchange: { response, context }, held }: { exchange: Exchange; held: HeldTable },
): Promise<Answer | undefined> {
  const route = requireRoute(requireModel(held.table, model), version);
  checkEncoding(request);
  checkLength(request, context.budget);
  if (request.headers.expect !== undefined) response.writeContinue();
  const body = await readBody(request, context.budget);
  if (!body) return undefined;
  const keep = (): { release(): void } => held.again();
  try {
    const call = { model, route, version, stickyKey: stickyKeyOf(request, route), body: body.bytes };
    const { version: answering, text } = await infer(call, { ...context.tools, keep });
    return { status: 200, text, headers: { 'mainline-version': answering } };
  } finally {
    body.free();
  }
}

function checkEncoding({ headers }: IncomingMessage): void {
  const encoding = headers['content-encoding'];
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity') {
    throw new Refusal(415, `Bodies in the encoding ${quote(encoding)} are not taken; send plain JSON`);
  }
  if (headers['inference-header-content-length'] !== undefined) {
    throw new Refusal(415, 'Binary tensors are not taken; send plain JSON');
  }
}

/** The first value when the header came twice, which node joins; an empty one is no key. */
function stickyKeyOf({ headers }: IncomingMessage, { stickyHeader }: Route): string | undefined {
  if (stickyHeader === undefined) return undefined;
  const value = headers[stickyHeader];
  return (Array.isArray(value) ? value[0] : value) || undefined;
}

function send(
  response: ServerResponse,
  { status, text, headers = {} }: Answer,
  { isDraining }: HandlerContext,
): void {
  if (response.headersSent || response.destroyed) return;
  response.writeHead(status, {
    'content-type': 'application/json',
    ...headers,
    'content-length': Buffer.byteLength(text),
    ...(isDraining() ? { connection: 'close' } : {}),
  });
  response.end(text);
}
