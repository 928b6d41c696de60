// Many verbs of DVC end with 1 where the user has to mend something, others with 255: each says which.
import { ConfigurationError } from '#lib/errors.ts';

/** Gives errors of the user's this exit code, unless they have one of their own. */
export async function endingWith(exitCode: number, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (error instanceof ConfigurationError && !('exitCode' in error)) Object.assign(error, { exitCode });
    throw error;
  }
}
