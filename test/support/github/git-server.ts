// git itself over HTTP: `git http-backend` as a CGI program behind a small server, so that clones, fetches and pushes are
// those of a real forge. https://git-scm.com/docs/git-http-backend
import { execFileSync, spawn } from 'node:child_process';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';

export interface GitServer {
  /** `<url>/<owner>/<name>.git` is one repository. */
  readonly url: string;
  close(): Promise<void>;
}

/** Serves the bare repositories below a folder; whoever reaches it may push. */
export async function openGitServer(root: string): Promise<GitServer> {
  const program = join(execFileSync('git', ['--exec-path'], { encoding: 'utf8' }).trim(), 'git-http-backend');
  const server = createServer((request, response) => run(program, root, { request, response }));
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise(resolve => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

/** Prepares a bare repository to be served as GitHub does: pushes, commits by their id, pull requests as refs. */
export function allowServing(directory: string): void {
  const settings = ['http.receivepack', 'uploadpack.allowAnySHA1InWant', 'uploadpack.allowFilter'];
  for (const name of settings) execFileSync('git', [`--git-dir=${directory}`, 'config', name, 'true']);
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

function run(program: string, root: string, { request, response }: Exchange): void {
  const url = new URL(request.url ?? '/', 'http://localhost');
  const {
    'content-type': type = '',
    'content-encoding': encoding = '',
    'git-protocol': protocol = '',
  } = request.headers;
  const child = spawn(program, {
    stdio: ['pipe', 'pipe', 'ignore'],
    env: {
      ...process.env,
      GIT_PROJECT_ROOT: root,
      GIT_HTTP_EXPORT_ALL: '1',
      GIT_PROTOCOL: String(protocol),
      REQUEST_METHOD: request.method,
      PATH_INFO: decodeURIComponent(url.pathname),
      QUERY_STRING: url.search.slice(1),
      CONTENT_TYPE: type,
      HTTP_CONTENT_ENCODING: String(encoding),
      REMOTE_ADDR: '127.0.0.1',
      REMOTE_USER: 'someone',
    },
  });
  request.pipe(child.stdin);
  child.stdin.on('error', () => request.unpipe(child.stdin));
  buffer(child.stdout).then(
    output => respond(response, output),
    () => response.writeHead(500).end(),
  );
}

/** The headers that a CGI program prints, then what follows the empty line. */
function respond(response: ServerResponse, output: Buffer): void {
  const end = output.indexOf('\r\n\r\n');
  const headers = output
    .subarray(0, Math.max(0, end))
    .toString()
    .split('\r\n')
    .map(line => /^([^:]+): *(.*)$/u.exec(line))
    .flatMap(found => (found ? [[found[1] ?? '', found[2] ?? ''] as const] : []));
  const status = headers.find(([name]) => name.toLowerCase() === 'status')?.[1] ?? '200';
  response.writeHead(
    Number.parseInt(status, 10),
    Object.fromEntries(headers.filter(([name]) => name.toLowerCase() !== 'status')),
  );
  response.end(output.subarray(end + 4));
}
