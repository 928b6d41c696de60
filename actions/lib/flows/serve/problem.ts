// What keeps a model from following main: as it is told on the terminal, and as it is shown by the server.
import { ConfigurationError, ConfigurationErrors, errorMessage, hasCode } from '#lib/errors.ts';
import type { Problem } from '#lib/serving/table.ts';

/** The first of a file's problems; the rest is seen when that one is mended. */
export function describeProblem(error: unknown): Problem {
  const first = error instanceof ConfigurationErrors ? error.problems[0] : error;
  const { at, remedy } = first instanceof ConfigurationError ? first : {};
  return {
    message: errorMessage(first ?? error),
    file: at?.file ?? null,
    line: at?.line ?? null,
    remedy: remedy ?? null,
  };
}

/** True when both say the same, so that it need not be told again. */
export function isSameProblem(a: Problem | null, b: Problem | null): boolean {
  return a?.message === b?.message && a?.file === b?.file && a?.line === b?.line;
}

/** What keeps the server from listening, as the user can mend it; anything else as it came. */
export function addressError(error: unknown, { host, port }: { host: string; port: number }): unknown {
  const reasons: Readonly<Record<string, readonly [string, string]>> = {
    EADDRINUSE: ['is in use', 'Stop what listens there, or take another with --port (0 = any free one).'],
    EACCES: ['may not be used', 'Take a port from 1024 on with --port.'],
    EADDRNOTAVAIL: [
      'is no address of this machine',
      'Name one that is with --host, such as 127.0.0.1 or 0.0.0.0.',
    ],
    ENOTFOUND: ['cannot be found', 'Write an IP address or the name of this machine after --host.'],
    EAI_AGAIN: ['cannot be found', 'Write an IP address or the name of this machine after --host.'],
  };
  const code = Object.keys(reasons).find(key => hasCode(error, key));
  const [what, remedy] = (code && reasons[code]) || [];
  return what ? new ConfigurationError(`${host}:${port} ${what}`, { remedy, cause: error }) : error;
}
