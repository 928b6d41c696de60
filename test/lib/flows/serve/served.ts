// A server in this process that follows an estate, and what it told.
import { onTestFinished } from 'vitest';
import type { ServeEvent } from '#lib/flows/serve/events.ts';
import { type ServeOptions, serve } from '#lib/flows/serve/serve.ts';
import type { RolloutStatus } from '#lib/serving/status.ts';
import { type Estate, environment } from './estate.ts';

export interface Served {
  readonly url: string;
  readonly events: readonly ServeEvent[];
  /** Resolves with the first event of the kind from now on, or an earlier one nobody took. */
  next<Kind extends ServeEvent['kind']>(kind: Kind): Promise<Extract<ServeEvent, { kind: Kind }>>;
  /** Version and answer for 1 + 2. */
  ask(): Promise<readonly [status: number, version: string | null, answer: unknown]>;
  stop(): Promise<void>;
}

/** Starts following; resolves when it listens. */
export async function startServing(
  { root, store }: Pick<Estate, 'root' | 'store'>,
  more: Partial<ServeOptions> = {},
): Promise<Served> {
  const events: ServeEvent[] = [];
  const taken = new Set<ServeEvent>();
  let wake: () => void = () => undefined;
  const ending = new AbortController();
  const running = serve({
    ...{ directory: root, environment, store, host: '127.0.0.1', port: 0, pollMs: 50, version: '0.0.0' },
    tell: event => {
      events.push(event);
      wake();
    },
    signal: ending.signal,
    now: () => performance.now(),
    random: Math.random,
    ...more,
  });
  const stop = async (): Promise<void> => {
    ending.abort();
    await running;
  };
  onTestFinished(() => stop().catch(() => undefined));
  const next: Served['next'] = async kind => {
    for (;;) {
      const found = events.find(event => event.kind === kind && !taken.has(event));
      if (found) {
        taken.add(found);
        return found as never;
      }
      await new Promise<void>(resolve => {
        wake = resolve;
      });
    }
  };
  const { url } = await Promise.race([
    next('listening'),
    running.then(() => Promise.reject(new Error('it ended'))),
  ]);
  const input = (name: string, value: number) => ({ name, datatype: 'FP32', shape: [1], data: [value] });
  const body = JSON.stringify({ inputs: [input('a', 1), input('b', 2)] });
  return {
    ...{ url, events, next, stop },
    ask: async () => {
      const response = await fetch(`${url}/v2/models/sum/infer`, { method: 'POST', body });
      const answer = (await response.json()) as {
        outputs?: readonly { data: readonly number[] }[];
        error?: string;
      };
      return [
        response.status,
        response.headers.get('mainline-version'),
        answer.outputs?.[0]?.data[0] ?? answer.error,
      ];
    },
  };
}

/** What the server says of the model `sum`. */
export async function statusOf(url: string): Promise<RolloutStatus> {
  return (await (await fetch(`${url}/v2/models/sum/rollout`)).json()) as RolloutStatus;
}

/** Waits until a version has all traffic. */
export async function untilServes(served: Served, version: string): Promise<void> {
  while ((await served.next('serving')).traffic[version] !== 100);
}
