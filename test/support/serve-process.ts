// mainline serve as its own process, and callers that ask it over real sockets.
import { type ChildProcess, spawn } from 'node:child_process';
import { Agent, request } from 'node:http';
import { createInterface } from 'node:readline';
import { launcher } from './workspace.ts';

/** One line of `serve --json`. */
export type ServeLine = Readonly<Record<string, unknown>> & { readonly kind: string };

export interface ServeProcess {
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  /** Everything it has told. */
  readonly lines: readonly ServeLine[];
  /** The first line after the first `from` ones that is as asked; told already or still to come. */
  line(isIt: (line: ServeLine) => boolean, from?: number): Promise<ServeLine>;
  /** Waits until the model has these weights. */
  serves(traffic: Readonly<Record<string, number>>, model?: string): Promise<void>;
  /** Sends a signal and waits for the end. */
  stop(signal?: NodeJS.Signals): Promise<{ readonly code: number | null; readonly stderr: string }>;
}

const running = new Set<ChildProcess>();

/** Starts it in a folder and waits until it has read the repository once. */
export async function startServe(
  folder: string,
  { args = [], env = {} }: { readonly args?: readonly string[]; readonly env?: NodeJS.ProcessEnv } = {},
): Promise<ServeProcess> {
  const all = ['serve', '--environment', 'production', '--port', '0', '--poll', '100ms', '--json', ...args];
  const child = spawn(process.execPath, [launcher, ...all], {
    ...{ cwd: folder, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] },
  });
  running.add(child);
  const lines: ServeLine[] = [];
  const waiting = new Set<() => void>();
  let stderr = '';
  child.stderr.on('data', chunk => {
    stderr += chunk;
  });
  createInterface({ input: child.stdout }).on('line', text => {
    lines.push(JSON.parse(text) as ServeLine);
    for (const look of waiting) look();
  });
  const ended = new Promise<{ code: number | null; stderr: string }>(resolve => {
    child.once('close', code => {
      running.delete(child);
      resolve({ code, stderr });
      for (const look of waiting) look();
    });
  });
  const line: ServeProcess['line'] = (isIt, from = 0) =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const found = lines.slice(from).find(isIt);
        if (found) resolve(found);
        else if (!running.has(child)) reject(new Error(`serve has ended: ${stderr}`));
        else return;
        clearTimeout(timer);
        waiting.delete(look);
      };
      const timer = setTimeout(() => {
        waiting.delete(look);
        reject(new Error(`serve never told what was waited for, but:\n${JSON.stringify(lines, null, 1)}`));
      }, 10_000);
      waiting.add(look);
      look();
    });
  const listening = await line(({ kind }) => kind === 'listening');
  const url = String(listening.url);
  const process_: ServeProcess = {
    ...{ url, port: Number(new URL(url).port), pid: child.pid ?? 0, lines, line },
    serves: (traffic, model = 'parcels') =>
      until(async () => {
        const { body } = await ask(`${url}/v2/models/${model}/rollout`, { method: 'GET' });
        return JSON.stringify(sorted(body.traffic)) === JSON.stringify(sorted(traffic));
      }),
    stop: (signal = 'SIGTERM') => {
      child.kill(signal);
      return ended;
    },
  };
  await until(async () => {
    const { status } = await ask(`${url}/v2/health/ready`, { method: 'GET' });
    return status === 200 || lines.some(({ kind }) => kind === 'problem');
  });
  return process_;
}

function sorted(value: unknown): unknown {
  return Object.entries((value ?? {}) as object).sort();
}

/** Ends those that a failed test left. */
export function killServes(): void {
  for (const child of running) child.kill('SIGKILL');
}

/** Asks again and again until it is so; the test's own time limit is the end of patience. */
export async function until(isSo: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 500; tries++) {
    if (await isSo()) return;
    await new Promise(resolve => setTimeout(resolve, 20));
  }
  throw new Error('it never became so');
}

export interface AskOptions {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  readonly agent?: Agent;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
  /** Parsed; an empty object when it is no JSON. */
  readonly body: Readonly<Record<string, unknown>>;
}

/** One request; rejects only when the connection fails. */
export function ask(
  url: string,
  { method = 'POST', headers, body, agent }: AskOptions = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, ...(headers && { headers }), ...(agent && { agent }) }, response => {
      const chunks: Buffer[] = [];
      response.on('data', chunk => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text, body: parse(text) });
      });
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

function parse(text: string): Answer['body'] {
  try {
    return JSON.parse(text) as Answer['body'];
  } catch {
    return {};
  }
}

/** What a caller of parcels sends. */
export const PARCEL = JSON.stringify({
  inputs: [
    { name: 'distance', datatype: 'FP64', shape: [1, 1], data: [3.5] },
    { name: 'day', datatype: 'BYTES', shape: [1, 1], data: ['Sun'] },
  ],
});

/** One answered or failed request under load. */
export interface Asked {
  /** Milliseconds of performance.now when it was sent. */
  readonly at: number;
  /** The version that answered, or how it failed. */
  readonly by: string;
  /** The prediction, 0 when it failed. */
  readonly value: number;
}

export interface Load {
  readonly asked: readonly Asked[];
  stop(): Promise<readonly Asked[]>;
}

/** Callers over kept connections, each asking again when it is answered, until stopped or so many were asked. */
export function startLoad(
  { url }: Pick<ServeProcess, 'url'>,
  { connections = 32, requests = Number.POSITIVE_INFINITY, path = '/v2/models/parcels/infer' } = {},
): Load & { readonly done: Promise<readonly Asked[]> } {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const asked: Asked[] = [];
  let left = requests;
  let isOver = false;
  const caller = async (): Promise<void> => {
    while (!isOver && left-- > 0) {
      const at = performance.now();
      const one = await askParcel(`${url}${path}`, { agent });
      asked.push({ at, ...one });
      if (one.by === 'ECONNREFUSED') return;
    }
  };
  const done = Promise.all(Array.from({ length: connections }, caller)).then(() => {
    agent.destroy();
    return asked;
  });
  return {
    ...{ asked, done },
    stop: () => {
      isOver = true;
      return done;
    },
  };
}

/** Asks parcels once; a failure is told as its status or the connection's error code. */
export async function askParcel(url: string, options: AskOptions = {}): Promise<Omit<Asked, 'at'>> {
  try {
    const { status, body, text } = await ask(url, { body: PARCEL, ...options });
    if (status !== 200) return { by: `${status} ${text}`, value: 0 };
    const [output] = body.outputs as readonly { readonly data: readonly number[] }[];
    return { by: String(body.model_version), value: output?.data[0] ?? 0 };
  } catch (error) {
    return { by: String((error as NodeJS.ErrnoException).code ?? error), value: 0 };
  }
}

/** How many were answered by whom. */
export function countBy(asked: readonly Asked[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { by } of asked) counts[by] = (counts[by] ?? 0) + 1;
  return counts;
}
