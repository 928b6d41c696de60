// What of a contract or its data could not be read: kept while the others are checked, and told with the results.
import type { Validation } from '#lib/contracts/validation.ts';
import { ConfigurationError, ConfigurationErrors } from '#lib/errors.ts';

/** What the work gives; undefined where it fails for a reason that a person can mend. */
export async function keepProblems<Result>(
  problems: ConfigurationError[],
  work: () => Promise<Result>,
): Promise<Result | undefined> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    problems.push(...(error instanceof ConfigurationErrors ? error.problems : [error]));
    return undefined;
  }
}

/** As the results tell it. */
export function describeProblem({ message, remedy, at }: ConfigurationError): Validation['problems'][number] {
  return {
    message,
    ...(remedy !== undefined && { remedy }),
    ...(at && {
      at: {
        file: at.file,
        ...(at.line !== undefined && { line: at.line }),
        ...(at.column !== undefined && { column: at.column }),
      },
    }),
  };
}
