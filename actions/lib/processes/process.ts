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

/** A lock of the kernel on a file, flock(2). */
export interface Flock {
  /** The lock is free then. */
  readonly release: () => void;
}

/** The lock; or somebody else has it; or nothing here can take one (no such program, no such locks on this file system). */
export type FlockAnswer = Flock | 'held' | 'unavailable';

/** Takes the lock on a file if it is free, and never waits for it; makes the file when it is not there. */
export type TakeFlock = (file: string) => Promise<FlockAnswer>;
