// Copies and objects of a cache are told of by the names that people know.
import type { DataFile } from '#lib/contracts/data/data.ts';
import { ConfigurationError, ConfigurationErrors } from '#lib/errors.ts';

type Named = Pick<DataFile, 'file' | 'path'>;

/** The same error with the paths that the files are shown by; whatever is no ConfigurationError, as it is. */
export function withShownPaths(error: unknown, files: readonly Named[]): unknown {
  if (!(error instanceof ConfigurationError)) return error;
  return error instanceof ConfigurationErrors
    ? new ConfigurationErrors(error.problems.map(one => rename(one, files)))
    : rename(error, files);
}

function rename({ message, at, remedy, cause }: ConfigurationError, files: readonly Named[]) {
  const named = (text: string) => files.reduce((all, { file, path }) => all.replaceAll(file, path), text);
  return new ConfigurationError(named(message), {
    at: at && { ...at, file: named(at.file) },
    remedy: remedy && named(remedy),
    cause,
  });
}
