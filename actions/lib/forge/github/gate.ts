// Lets writes through one at a time with a gap between them, in the shape that the throttling plugin asks for. The
// plugin's own gates are one set for the whole process; these belong to one client.
import { setTimeout as wait } from 'node:timers/promises';

interface Gate {
  key(id: string): {
    schedule<Args extends readonly unknown[], T>(
      job: unknown,
      work: (...args: Args) => T | Promise<T>,
      ...args: Args
    ): Promise<T>;
  };
}

/** Whoever comes first passes at once; the next one `gapMs` later. */
export function openGate(gapMs: number): Gate {
  let free = 0;
  return {
    key: () => ({
      schedule: async (_job, work, ...args) => {
        const now = performance.now();
        const turn = Math.max(now, free);
        free = turn + gapMs;
        if (turn > now) await wait(turn - now);
        return work(...args);
      },
    }),
  };
}
