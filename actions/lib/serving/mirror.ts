// Copies of requests for a version whose answers nobody gets. They run after the caller was served, a bounded number at
// a time; what they cost or break is counted apart and reaches no caller.
import type { Counts } from '#lib/serving/counts.ts';

/** Copies beyond this many at once are dropped, and counted as such. */
export const MAX_COPIES = 64;

export interface Copy {
  readonly version: string;
  /** Where the copy is counted. */
  readonly counts: readonly Counts[];
  /** Asks the version. @throws when it fails */
  readonly run: () => Promise<unknown>;
  /** Called at the end, whatever happened; not for a dropped copy. */
  readonly done: () => void;
}

export interface Mirror {
  /** @returns false when too many copies are under way. */
  send(copy: Copy): boolean;
  readonly inFlight: () => number;
  readonly dropped: () => number;
}

/** @param now a clock in milliseconds that never goes back */
export function createMirror(now: () => number): Mirror {
  let inFlight = 0;
  let dropped = 0;
  const run = async (copy: Copy): Promise<void> => {
    const start = now();
    const count = (outcome: 'answered' | 'error'): void => {
      for (const counts of copy.counts) counts.add(copy.version, outcome, now() - start);
    };
    try {
      await copy.run();
      count('answered');
    } catch {
      count('error');
    } finally {
      inFlight--;
      copy.done();
    }
  };
  return {
    send: copy => {
      if (inFlight >= MAX_COPIES) {
        dropped++;
        return false;
      }
      inFlight++;
      setImmediate(() => void run(copy));
      return true;
    },
    inFlight: () => inFlight,
    dropped: () => dropped,
  };
}
