// When a person ends a run early: nothing more is written. Apart, because whoever may be stopped loads this.
import { ConfigurationError } from '#lib/errors.ts';

/** @throws ConfigurationError once somebody has asked to stop; between two phases nothing is half done. */
export function refuseWhenStopped(signal: AbortSignal): void {
  if (!signal.aborted) return;
  throw new ConfigurationError('Stopped', { remedy: 'Run again to go on: what was finished is kept.' });
}
