// Real HTTP traffic for the tour: a few users who keep asking, and a count of which version answered them.
import { setTimeout as wait } from 'node:timers/promises';
import { MODEL } from './sandbox.ts';

export interface Traffic {
  /** Answers by version since the last call; failed requests under "failed". */
  take(): ReadonlyMap<string, number>;
  /** Milliseconds (of performance.now) of the last answer by this version, or undefined. */
  lastAnswer(version: string): number | undefined;
  stop(): Promise<void>;
}

/** Asks with so many connections at once, each waiting for its answer before it asks again. */
export function startTraffic(url: string, body: string, connections = 4): Traffic {
  let counts = new Map<string, number>();
  const last = new Map<string, number>();
  let isOver = false;
  const count = (name: string): void => {
    counts.set(name, (counts.get(name) ?? 0) + 1);
  };
  const ask = async (user: number): Promise<void> => {
    for (let n = 0; !isOver; n++) {
      try {
        const response = await fetch(`${url}/v2/models/${MODEL}/infer`, {
          ...{ method: 'POST', body },
          headers: { 'content-type': 'application/json', 'x-user-id': `${user}-${n}` },
        });
        const answer = (await response.json()) as { readonly model_version?: string };
        const version = response.ok ? (answer.model_version ?? 'unnamed') : 'failed';
        last.set(version, performance.now());
        count(version);
      } catch {
        count('failed');
      }
      await wait(2);
    }
  };
  const users = Array.from({ length: connections }, (_, user) => ask(user));
  return {
    take: () => {
      const taken = counts;
      counts = new Map();
      return taken;
    },
    lastAnswer: version => last.get(version),
    stop: async () => {
      isOver = true;
      await Promise.all(users);
    },
  };
}

/** One request in the words of the Open Inference Protocol, from the first row of a CSV with a header. */
export function requestFrom(csv: string, without: string): string {
  const [header = '', row = ''] = csv.split('\n');
  const names = header.split(',').map(unquote);
  const values = row.split(',').map(unquote);
  const inputs = names.flatMap((name, i) => {
    if (name === without) return [];
    const value = values[i] ?? '';
    const isNumber = value !== '' && Number.isFinite(Number(value));
    const datatype = isNumber ? 'FP32' : 'BYTES';
    return [{ name, shape: [1, 1], datatype, data: [isNumber ? Number(value) : value] }];
  });
  return JSON.stringify({ inputs });
}

function unquote(text: string): string {
  return text.trim().replace(/^"|"$/gu, '');
}
