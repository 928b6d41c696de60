// What a fitting thread answers. Errors lose their class on the way between threads, so they travel as plain parts:
// a mistake the user can fix must still read as one.
import { ConfigurationError, ConfigurationErrors, errorMessage, type Location } from '#lib/errors.ts';
import { type FitJob, type FitOutcome, fitNow } from '#lib/training/fit.ts';

interface Problem {
  readonly message: string;
  readonly remedy: string | undefined;
  readonly at: Location | undefined;
}

export type FitReply =
  | { readonly kind: 'outcome'; readonly outcome: FitOutcome }
  | { readonly kind: 'problems'; readonly problems: readonly Problem[] }
  | { readonly kind: 'bug'; readonly message: string; readonly stack: string | undefined };

/** Fits and packs the outcome or the error; never throws. */
export function replyTo(job: FitJob): FitReply {
  try {
    return { kind: 'outcome', outcome: fitNow(job) };
  } catch (thrown) {
    if (thrown instanceof ConfigurationErrors) return packProblems(thrown.problems);
    if (thrown instanceof ConfigurationError) return packProblems([thrown]);
    return {
      kind: 'bug',
      message: errorMessage(thrown),
      stack: thrown instanceof Error ? thrown.stack : undefined,
    };
  }
}

function packProblems(problems: readonly ConfigurationError[]): FitReply {
  return { kind: 'problems', problems: problems.map(({ message, remedy, at }) => ({ message, remedy, at })) };
}

/** Unpacks an outcome, or throws what the thread's fit threw. */
export function readReply(reply: FitReply): FitOutcome {
  if (reply.kind === 'outcome') return reply.outcome;
  if (reply.kind === 'bug') {
    const error = new Error(reply.message);
    if (reply.stack !== undefined) error.stack = reply.stack;
    throw error;
  }
  const problems = reply.problems.map(
    ({ message, remedy, at }) => new ConfigurationError(message, { remedy, at }),
  );
  throw problems.length === 1 && problems[0] ? problems[0] : new ConfigurationErrors(problems);
}
