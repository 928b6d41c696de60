// mainline serve: one line for every change of who serves, until a signal ends it.
import { type Command, InvalidArgumentError } from 'commander';
import packageJson from '../../package.json' with { type: 'json' };
import { interruptSignal } from './interrupt.ts';
import { where } from './options.ts';
import { describeTraffic, say } from './say.ts';

interface Options {
  readonly environment: string;
  readonly repository?: string;
  readonly store?: string;
  readonly host: string;
  readonly port: number;
  readonly poll: number;
  readonly json?: boolean;
}

type ServeEvent = import('#lib/flows/serve/events.ts').ServeEvent;

/** Adds the verb. */
export function addServeCommand(program: Command): void {
  program
    .command('serve')
    .description('serve every model of an environment over HTTP, as main says, and follow main')
    .requiredOption(
      '--environment <name>',
      'staging, production, or as the rollout files are named',
      parseEnvironment,
    )
    .option('--repository <place>', 'path or address to follow; the repository here without it')
    .option('--store <folder>', "where released bytes lie; the repository's own store without it")
    .option('--host <address>', 'listen here', parseHost, '127.0.0.1')
    .option('--port <n>', 'listen there; 0 = any free one', parsePort, 8080)
    .option('--poll <time>', 'look for changes at least this often: 1s, 250ms', parsePoll, 1000)
    .option('--json', 'print events as JSON, one a line')
    .addHelpText(
      'after',
      `
A clone of a folder on this machine follows that folder. A repository on this machine is also watched, so
that a change is taken over at once; the poll is what is relied on.
A bad file, a missing record or missing bytes never take traffic away: the last good state keeps serving.

Open Inference Protocol v2:
  GET  /v2/health/live   /v2/health/ready   /v2/models/<model>   /v2/models/<model>/ready
  POST /v2/models/<model>/infer             /v2/models/<model>/versions/<version>/infer
Besides: GET /v2/models/<model>/rollout (weights and counts), GET /metrics (Prometheus).

Exit codes:
  0  ended by a signal, every request answered
  2  something has to be mended first
  70 a bug in mainline

Examples:
  mainline serve --environment production
  mainline serve --environment staging --port 8081 --poll 250ms
  mainline serve --environment production --repository /srv/git/shop.git
  curl -s localhost:8080/v2/models/delivery-time/infer -d '{"inputs": [...]}'`,
    )
    .action((options: Options, command: Command) => run(options, command));
}

function parseEnvironment(text: string): string {
  if (/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/u.test(text)) return text;
  throw new InvalidArgumentError('Write the name of an environment, such as production.');
}

function parseHost(text: string): string {
  if (text.trim() !== '') return text;
  throw new InvalidArgumentError('Write an address; 0.0.0.0 listens on all of them.');
}

function parsePort(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new InvalidArgumentError('Write a whole number from 0 to 65535.');
}

function parsePoll(text: string): number {
  const found = /^(\d+(?:\.\d+)?)(ms|s)$/u.exec(text);
  const milliseconds = Number(found?.[1]) * (found?.[2] === 's' ? 1000 : 1);
  if (milliseconds >= 10 && milliseconds <= 3_600_000) return milliseconds;
  throw new InvalidArgumentError('Write a time from 10ms to 3600s, such as 1s or 250ms.');
}

async function run(options: Options, command: Command): Promise<void> {
  const { serve } = await import('#lib/flows/serve/serve.ts');
  const { environment, repository, store, host, port, poll, json } = options;
  await serve({
    ...where(command),
    ...{ environment, repository, store, host, port, pollMs: poll, version: packageJson.version },
    tell: event => (json ? process.stdout.write(`${JSON.stringify(event)}\n`) : show(event, environment)),
    signal: interruptSignal({ isFailure: false }),
    now: () => performance.now(),
    random: () => Math.random(),
  });
}

function show(event: ServeEvent, environment: string): void {
  switch (event.kind) {
    case 'listening':
      say('note', `${event.url}/v2 serves ${environment} of ${event.source}\nbytes from ${event.store}`);
      return;
    case 'nothing':
      say('note', `main has no rollout for ${environment} yet; it is served as soon as it has one`);
      return;
    case 'serving': {
      const copies = Object.keys(event.mirror).length > 0 ? `, copies: ${describeTraffic(event.mirror)}` : '';
      const main = event.commits.main.slice(0, 7);
      say('done', `${event.model}: ${describeTraffic(event.traffic)}${copies} (main ${main}: ${event.why})`);
      return;
    }
    case 'gone':
      say('note', `${event.model} is no longer served: main has no rollout for ${environment}`);
      return;
    case 'problem':
      say('stopped', `${event.model}: ${describeProblem(event.problem)}`, process.stderr);
      return;
    case 'mended':
      say('done', `${event.model}: the problem is mended`);
      return;
    case 'unreachable':
      say(
        'stopped',
        `${describeProblem(event.problem)}\n-> what is served stays served; it is tried again`,
        process.stderr,
      );
      return;
    case 'reachable':
      say('done', 'the repository is there again');
      return;
    case 'failure':
      say('stopped', event.text, process.stderr);
      return;
    case 'ending':
      say('note', 'no new requests; those under way are answered');
  }
}

type Problem = Extract<ServeEvent, { kind: 'problem' }>['problem'];

function describeProblem({ message, file, line, remedy }: Problem): string {
  const place = file === null ? '' : `${file}${line === null ? '' : `:${line}`}: `;
  return `${place}${message}${remedy === null ? '' : `\n-> ${remedy}`}`;
}
