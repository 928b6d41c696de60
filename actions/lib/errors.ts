// Two kinds of errors: what the user can fix (this class) and everything else, which is our bug and shows its stack.

/** A place in a file, 1-based. */
export interface Location {
  readonly file: string;
  readonly line?: number | undefined;
  readonly column?: number | undefined;
  /** The commit that the file was read from; without it, the work tree. */
  readonly revision?: string | undefined;
  /** True where the file is data: what stands there may be about people, and is not shown. */
  readonly isData?: boolean | undefined;
}

interface ConfigurationErrorOptions {
  /** Where the user has to look. */
  readonly at?: Location | undefined;
  /** What to write or do instead, as one sentence. */
  readonly remedy?: string | undefined;
  readonly cause?: unknown;
}

/** The user can fix it: says where, what was expected and found, and what to do. Ends a process with exit code 2. */
export class ConfigurationError extends Error {
  readonly at: Location | undefined;
  readonly remedy: string | undefined;

  constructor(message: string, { at, remedy, cause }: ConfigurationErrorOptions = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'ConfigurationError';
    this.at = at;
    this.remedy = remedy;
  }
}

/** Several problems of one file, reported together so that one run shows them all. */
export class ConfigurationErrors extends ConfigurationError {
  readonly problems: readonly ConfigurationError[];

  constructor(problems: readonly ConfigurationError[]) {
    super(problems.map(problem => problem.message).join('\n'));
    this.name = 'ConfigurationErrors';
    this.problems = problems;
  }
}

/** The same error about a file of a commit, which may differ from the file of that name in the work tree. */
export function atRevision(error: ConfigurationError, revision: string): ConfigurationError {
  if (error instanceof ConfigurationErrors) {
    return new ConfigurationErrors(error.problems.map(problem => atRevision(problem, revision)));
  }
  const { message, at, remedy, cause } = error;
  const named = new ConfigurationError(message, { at: at && { ...at, revision }, remedy, cause });
  return Object.assign(named, 'exitCode' in error && { exitCode: error.exitCode });
}

/** `file:line:column`, as editors and terminals link it; an empty string without a place. */
export function formatLocation(at: Location | undefined): string {
  if (!at) return '';
  return [at.file, at.line, at.column].filter(part => part !== undefined).join(':');
}

/** The message of whatever was thrown. */
export function errorMessage(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** True for the errors of the operating system that carry this code, such as ENOENT. */
export function hasCode(thrown: unknown, code: string): boolean {
  return thrown instanceof Error && 'code' in thrown && thrown.code === code;
}
