// Runs one of our files in a process that a hostile model cannot make dangerous: bounded in memory and in time, ended with
// all it started, gone when its parent is gone. POSIX shell and signals only; without /proc, ps tells the memory.
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { ConfigurationError, hasCode } from '#lib/errors.ts';

/** What one model may take, over all it is asked. */
export interface ModelLimits {
  /** Seconds in which an answer is waited for. */
  readonly seconds: number;
  /** 10^9 bytes of resident memory of its process. */
  readonly gigabytes: number;
}

/** Fifty times what a large tabular model takes on a slow machine, and less than a runner has. */
export const MODEL_LIMITS: ModelLimits = { seconds: 120, gigabytes: 4 };

/** How a process ended that was not stopped for its limits. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface LimitedProcess {
  readonly child: ChildProcess;
  /** Rejects with a ConfigurationError when a limit was reached. */
  readonly ended: Promise<Ended>;
  /** Waits for an answer, on the model's time; rejects when the process ends before. */
  within<Answer>(answer: Promise<Answer>): Promise<Answer>;
  /** Ends it at once, with everything it started. */
  stop(): void;
}

const POLL_MS = 100;
const MOST_OUTPUT = 1_000_000;
/** V8 maps memory ahead of its use, which a limit on mapped memory counts. */
const MAPPED_AHEAD_GB = 1;
/** Nothing else of our environment is a model's business: tokens lie there. */
const PASSED_ON = ['PATH', 'HOME', 'TMPDIR', 'LD_LIBRARY_PATH', 'DYLD_LIBRARY_PATH', 'MAINLINE_NATIVES'];
/**
 * $1 is the limit in kB. The watcher reads descriptor 4, which ends with the parent even when that is killed, and a
 * process group keeps its number while the watcher is in it, so that nobody else can be hit.
 */
const SCRIPT = `ulimit -c 0
(ulimit -d "$1") 2>/dev/null && ulimit -d "$1"
shift
(read -r line <&4; kill -s KILL -- -$$) >/dev/null 2>&1 </dev/null 3>&- &
exec "$@" 4<&-`;

/** Starts the file with Node. `channel` is for messages, else standard input is given `input`. */
export function startLimited(
  main: string,
  { limits = MODEL_LIMITS, input }: { readonly limits?: ModelLimits | undefined; readonly input?: string },
): LimitedProcess {
  const kilobytes = Math.ceil((limits.gigabytes + MAPPED_AHEAD_GB) * 1e6);
  const node = [process.execPath, '--disable-warning=ExperimentalWarning', main];
  const child = spawn('/bin/sh', ['-c', SCRIPT, 'sh', String(kilobytes), ...node], {
    stdio: ['pipe', 'pipe', 'pipe', input === undefined ? 'ipc' : 'ignore', 'pipe'],
    serialization: 'advanced',
    // A group of its own: a Ctrl-C of the terminal is answered by the parent, which then ends the group.
    detached: true,
    env: { ...environment(), ORT_DISABLE_TELEMETRY: '1' },
  });
  child.stdin?.on('error', () => {});
  child.stdin?.end(input ?? '');
  let excess: ConfigurationError | undefined;
  let isStopped = false;
  const stop = (why?: ConfigurationError): void => {
    excess ??= why;
    isStopped = true;
    killGroup(child.pid);
  };
  const ended = waitForEnd(child).then(end => {
    if (excess) throw excess;
    if (!isStopped && ranOutOfMemory(end)) throw tooLarge(limits);
    return end;
  });
  ended.catch(() => {});
  void watchMemory(child, limits, () => stop(tooLarge(limits)));
  return { child, ended, within: keepTime(ended, limits, stop), stop: () => stop() };
}

function environment(): Readonly<Record<string, string>> {
  return Object.fromEntries(
    PASSED_ON.flatMap(name => {
      const value = process.env[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

function killGroup(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch (thrown) {
    if (!hasCode(thrown, 'ESRCH')) throw thrown;
  }
}

async function waitForEnd(child: ChildProcess): Promise<Ended & { readonly signal: string | null }> {
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.setEncoding('utf8').on('data', (text: string) => {
      output[name] = (output[name] + text).slice(-MOST_OUTPUT);
    });
  }
  // What is left of its group ends with it.
  const release = (): unknown => child.stdio[4]?.destroy();
  child.stdio[4]?.on('error', release);
  child.once('exit', release);
  return await new Promise((resolve, reject) => {
    // Later errors are of messages to a process that ended, which its end tells of.
    child.on('error', cause => (child.pid === undefined ? reject(cause) : undefined));
    child.once('close', (code, signal) => resolve({ code, signal, ...output }));
  });
}

function keepTime(ended: Promise<Ended>, { seconds }: ModelLimits, stop: (why: ConfigurationError) => void) {
  let leftMs = seconds * 1000;
  return async <Answer>(answer: Promise<Answer>): Promise<Answer> => {
    const start = performance.now();
    const timer = setTimeout(() => stop(tooSlow(seconds)), leftMs);
    const early = ended.then((): never => {
      throw new ConfigurationError("The model's process ended before its answer", { remedy: SMALLER });
    });
    early.catch(() => {});
    try {
      return await Promise.race([answer, early]);
    } finally {
      clearTimeout(timer);
      leftMs -= performance.now() - start;
    }
  };
}

async function watchMemory(child: ChildProcess, { gigabytes }: ModelLimits, onExcess: () => void) {
  const { pid } = child;
  if (pid === undefined) return;
  while (child.exitCode === null && child.signalCode === null) {
    if ((await residentBytes(pid)) > gigabytes * 1e9) return onExcess();
    await new Promise(resolve => setTimeout(resolve, POLL_MS));
  }
}

/** Resident memory of a process; 0 when it is gone. */
async function residentBytes(pid: number): Promise<number> {
  try {
    const status = await readFile(`/proc/${pid}/status`, 'utf8');
    return Number(/^VmRSS:\s*(\d+) kB$/mu.exec(status)?.[1] ?? 0) * 1024;
  } catch {
    if (process.platform === 'linux') return 0;
    const { stdout } = await promisify(execFile)('ps', ['-o', 'rss=', '-p', String(pid)]).catch(() => ({
      stdout: '0',
    }));
    return Number(stdout) * 1024;
  }
}

/** True for what C++, onnxruntime and V8 say when memory is refused. */
export function speaksOfMemory(text: string): boolean {
  return /bad[ _]alloc|out of memory|failed to allocate|array buffer allocation failed/iu.test(text);
}

/** Refused memory shows in its last words, or as a signal that nobody here sent. */
function ranOutOfMemory({ stderr, signal }: { readonly stderr: string; readonly signal: string | null }) {
  return signal === 'SIGKILL' || speaksOfMemory(stderr);
}

const SMALLER =
  'Train a smaller model, or export it without operators that build large tensors out of small ones.';

/** The answer where memory was refused. */
export function tooLarge({ gigabytes }: ModelLimits): ConfigurationError {
  return new ConfigurationError(`The model needs more than ${gigabytes} GB of memory`, { remedy: SMALLER });
}

function tooSlow(seconds: number): ConfigurationError {
  return new ConfigurationError(`The model needs more than ${seconds} seconds`, { remedy: SMALLER });
}
