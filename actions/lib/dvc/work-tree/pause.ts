// Long work on the main thread lets others run now and then: signals, progress, the end of a command.

const BETWEEN_PAUSES_MS = 50;

/** Called after each small part: undefined, or, when it is time, something to wait for. @throws the signal's reason. */
export type Breather = () => Promise<void> | undefined;

export function createBreather(now: () => number, signal: AbortSignal | undefined): Breather {
  let last = now();
  return () => {
    if (now() - last < BETWEEN_PAUSES_MS) return undefined;
    return new Promise(resolve => setImmediate(resolve)).then(() => {
      last = now();
      signal?.throwIfAborted();
    });
  };
}
