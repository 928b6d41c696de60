// A configuration error as text for records and checks, where nobody throws.
import { type ConfigurationError, ConfigurationErrors, errorMessage, formatLocation } from '#lib/errors.ts';

/** All problems with their places, one a line. */
export function describeProblem(error: ConfigurationError): string {
  const problems = error instanceof ConfigurationErrors ? error.problems : [error];
  return problems
    .map(one => {
      const place = formatLocation(one.at);
      return [place === '' ? '' : `${place}: `, errorMessage(one), one.remedy ? `. ${one.remedy}` : ''].join(
        '',
      );
    })
    .join('\n');
}
