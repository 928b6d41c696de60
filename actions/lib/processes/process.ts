// The port to the operating system's processes: pipelines run any command in any language.

export interface Command {
  /** One shell command line. */
  readonly command: string;
  readonly cwd: string;
  /** Added to the environment of this process. */
  readonly env?: Readonly<Record<string, string>>;
  /** Called with each complete line of output. */
  readonly onLine?: (line: string, stream: 'stdout' | 'stderr') => void;
  readonly signal?: AbortSignal | undefined;
}

export interface Exit {
  /** The exit code, or null when a signal ended it. */
  readonly code: number | null;
  readonly signal: string | null;
  /** The last lines of its output, oldest first, for error messages. */
  readonly tail: readonly string[];
}

export type RunCommand = (command: Command) => Promise<Exit>;
