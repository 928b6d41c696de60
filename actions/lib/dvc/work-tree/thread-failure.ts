// An error on its way from a thread to the main one: only plain data gets across, and users are told the same in either.
import { ConfigurationError, errorMessage, type Location } from '#lib/errors.ts';

export interface ThreadFailure {
  readonly message: string;
  /** False for our bugs. */
  readonly isConfiguration: boolean;
  readonly at?: Location | undefined;
  readonly remedy?: string | undefined;
  readonly stack?: string | undefined;
}

export function fromError(error: unknown): ThreadFailure {
  const message = errorMessage(error);
  if (error instanceof ConfigurationError) {
    return { message, isConfiguration: true, at: error.at, remedy: error.remedy };
  }
  return { message, isConfiguration: false, stack: error instanceof Error ? error.stack : undefined };
}

export function toError({ message, isConfiguration, at, remedy, stack }: ThreadFailure): Error {
  if (isConfiguration) return new ConfigurationError(message, { at, remedy });
  const error = new Error(message);
  if (stack !== undefined) error.stack = stack;
  return error;
}
