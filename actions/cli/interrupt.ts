// Ctrl-C and kill: the work is told to stop, cleans up after itself, and the process ends as the signal asked.
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** One Ctrl-C can arrive twice, from the terminal and from a parent; a person's second one comes later. */
const SAME_SIGNAL_MS = 500;

interface InterruptOptions {
  /** False for a command whose only end is a signal: it exits with 0 when its work is done. */
  readonly isFailure?: boolean;
}

/** Aborts on the first signal; a later second one ends the process at once. */
export function interruptSignal({ isFailure = true }: InterruptOptions = {}): AbortSignal {
  const controller = new AbortController();
  let first: number | undefined;
  const onSignal = (signal: NodeJS.Signals): void => {
    const now = performance.now();
    if (first !== undefined && now - first < SAME_SIGNAL_MS) return;
    if (first === undefined) {
      first = now;
      controller.abort(signal);
      if (isFailure) process.once('beforeExit', () => endBy(signal));
    } else endBy(signal);
  };
  const endBy = (signal: NodeJS.Signals): void => {
    for (const name of SIGNALS) process.off(name, onSignal);
    process.kill(process.pid, signal);
  };
  for (const signal of SIGNALS) process.on(signal, onSignal);
  return controller.signal;
}
