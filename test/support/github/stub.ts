// A hostile stand-in for GitHub: a real HTTP server that answers what a test tells it to, also what the emulator never
// would. GitHub's own description judges every request that comes and every answer that goes.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { judgeAnswer, judgeRequest, type Sent } from './description.ts';

export interface Reply {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** Sent as it is, such as half of a page; nobody judges it. */
  readonly raw?: string;
  /** Why GitHub answers so although its description says otherwise. */
  readonly undescribed?: string;
}

/** What to answer, by the request and by how many of its kind came before. */
export type Answerer = (sent: Received, before: number) => Reply | Promise<Reply>;

export interface Received extends Sent {
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
}

export interface Stub {
  readonly url: string;
  /** Everything that came, in order. */
  readonly received: readonly Received[];
  /** What the description finds wrong with it, or with what was answered. */
  readonly problems: readonly string[];
  /** As `GET /repos/acme/shop/pulls`; a list of answers is given one by one, the last of them for ever. */
  on(route: string, ...answers: readonly (Reply | Answerer)[]): void;
  close(): Promise<void>;
}

/** GitHub's words for what is not there. */
export const NOT_FOUND: Reply = {
  status: 404,
  body: { message: 'Not Found', documentation_url: 'https://docs.github.com/rest', status: '404' },
};

/** @returns a server on a free port of this machine; whatever no test speaks of is not found, or left to `otherwise`. */
export async function openStub(otherwise: Reply | Answerer = NOT_FOUND): Promise<Stub> {
  const routes = new Map<string, readonly (Reply | Answerer)[]>();
  const counts = new Map<string, number>();
  const received: Received[] = [];
  const problems: string[] = [];
  const server = createServer(async (request, response) => {
    const sent = await receive(request);
    received.push(sent);
    problems.push(...judgeRequest(sent));
    const route = `${sent.method} ${sent.path}`;
    const before = counts.get(route) ?? 0;
    counts.set(route, before + 1);
    const answers = routes.get(route) ?? [otherwise];
    const answer = answers[Math.min(before, answers.length - 1)] ?? NOT_FOUND;
    const reply = typeof answer === 'function' ? await answer(sent, before) : answer;
    const { status = 200, body } = reply;
    // Refusals of the whole server, such as of a limit, are described with no operation.
    if (reply.raw === undefined && reply.undescribed === undefined && status < 300)
      problems.push(...judgeAnswer(sent, { status, body }));
    send(response, { ...reply, status });
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    ...{ url, received, problems },
    on: (route, ...answers) => {
      routes.set(route, answers);
      counts.delete(route);
    },
    close: () =>
      new Promise(resolve => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

async function receive(request: IncomingMessage): Promise<Received> {
  const url = new URL(request.url ?? '/', 'http://localhost');
  const body = await text(request);
  return {
    method: request.method ?? '',
    path: decodeURIComponent(url.pathname),
    query: Object.fromEntries(url.searchParams),
    body: body === '' ? undefined : JSON.parse(body),
    headers: request.headers,
  };
}

function send(response: ServerResponse, { status = 200, headers = {}, body, raw }: Reply): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers });
  response.end(raw ?? (body === undefined ? undefined : JSON.stringify(body)));
}
