// Ctrl-C and kill: the work is told to stop, cleans up after itself, and the process ends as the signal asked.
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** One Ctrl-C can arrive twice, from the terminal and from a parent; a person's second one comes later. */
const SAME_SIGNAL_MS = 500;

/** Aborts on the first signal; a later second one ends the process at once. */
export function interruptSignal(): AbortSignal {
  const controller = new AbortController();
  let first: number | undefined;
  const onSignal = (signal: NodeJS.Signals): void => {
    const now = performance.now();
    if (first !== undefined && now - first < SAME_SIGNAL_MS) return;
    if (first === undefined) {
      first = now;
      controller.abort(signal);
      process.once('beforeExit', () => endBy(signal));
    } else endBy(signal);
  };
  const endBy = (signal: NodeJS.Signals): void => {
    for (const name of SIGNALS) process.off(name, onSignal);
    process.kill(process.pid, signal);
  };
  for (const signal of SIGNALS) process.on(signal, onSignal);
  return controller.signal;
}
