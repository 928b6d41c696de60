// Runs one shell line the way DVC does, in a process group of its own, so that stopping it also stops what it started.
import { spawn } from 'node:child_process';
import { basename } from 'node:path';
import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { ConfigurationError, hasCode } from '#lib/errors.ts';
import type { Command, Exit, RunCommand } from '#lib/processes/process.ts';

const TAIL_LINES = 40;
/** A line longer than this is cut into several: a program may print without ever ending a line. */
const MAX_LINE = 64 * 1024;
/** What a background process left behind may still print after the command has ended. */
const DRAIN_MS = 250;

/** Options that keep a shell from reading the user's start-up files. */
const SHELL_OPTIONS: Readonly<Record<string, readonly string[]>> = {
  bash: ['--noprofile', '--norc'],
  zsh: ['--no-rcs'],
};

interface RunnerOptions {
  /** The shell's path. */
  readonly shell?: string | undefined;
  /** Between SIGTERM and SIGKILL. */
  readonly graceMs?: number;
}

/** A runner for this machine: the user's shell, as DVC chooses it, else /bin/sh. */
export function createRunner({
  shell = process.env.SHELL || '/bin/sh',
  graceMs = 5000,
}: RunnerOptions = {}): RunCommand {
  return command => runInShell(command, shell, graceMs);
}

async function runInShell(command: Command, shell: string, graceMs: number): Promise<Exit> {
  if (command.signal?.aborted) return { code: null, signal: 'SIGTERM', tail: [] };
  const options = SHELL_OPTIONS[basename(shell).toLowerCase()] ?? [];
  const child = spawn(shell, [...options, '-c', command.command], {
    cwd: command.cwd,
    env: { ...process.env, ...command.env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const tail: string[] = [];
  const keep = (stream: 'stdout' | 'stderr') => (line: string) => {
    tail.push(line);
    if (tail.length > TAIL_LINES) tail.shift();
    command.onLine?.(line, stream);
  };
  readLines(child.stdout, keep('stdout'));
  readLines(child.stderr, keep('stderr'));
  const stop = stopGroup(() => child.pid, graceMs);
  command.signal?.addEventListener('abort', stop.start, { once: true });
  child.once('exit', () => setTimeout(() => destroyAll(child.stdout, child.stderr), DRAIN_MS).unref());
  try {
    const [code, signal] = await new Promise<readonly [number | null, string | null]>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code, signal) => resolve([code, signal]));
    });
    return { code, signal, tail };
  } catch (cause) {
    throw unstartable(command, shell, cause);
  } finally {
    command.signal?.removeEventListener('abort', stop.start);
    stop.finish();
  }
}

/** SIGTERM to the whole group, then SIGKILL to whatever of it is left after the grace time or the command's end. */
function stopGroup(pid: () => number | undefined, graceMs: number) {
  let timer: NodeJS.Timeout | undefined;
  return {
    start: () => {
      signalGroup(pid(), 'SIGTERM');
      timer = setTimeout(() => signalGroup(pid(), 'SIGKILL'), graceMs);
    },
    finish: () => {
      if (!timer) return;
      clearTimeout(timer);
      signalGroup(pid(), 'SIGKILL');
    },
  };
}

function signalGroup(pid: number | undefined, signal: 'SIGTERM' | 'SIGKILL'): void {
  try {
    if (pid !== undefined) process.kill(-pid, signal);
  } catch (thrown) {
    if (!hasCode(thrown, 'ESRCH')) throw thrown;
  }
}

/** Of a line that a program wrote over with carriage returns only the last state is kept, as a terminal shows it. */
function readLines(stream: Readable, onLine: (line: string) => void): void {
  const decoder = new StringDecoder('utf8');
  let pending = '';
  const emit = (line: string) => onLine(line.replace(/\r+$/, '').replace(/^.*\r/s, ''));
  stream.on('data', (chunk: Buffer) => {
    const lines = (pending + decoder.write(chunk)).split('\n');
    pending = lines.pop() ?? '';
    for (const line of lines) emit(line);
    for (; pending.length > MAX_LINE; pending = pending.slice(MAX_LINE)) emit(pending.slice(0, MAX_LINE));
  });
  stream.once('close', () => {
    pending += decoder.end();
    if (pending !== '') emit(pending);
  });
}

function destroyAll(...streams: readonly Readable[]): void {
  for (const stream of streams) stream.destroy();
}

function unstartable({ cwd, command }: Command, shell: string, cause: unknown): unknown {
  if (!hasCode(cause, 'ENOENT') && !hasCode(cause, 'ENOTDIR') && !hasCode(cause, 'EACCES')) return cause;
  return new ConfigurationError(`\`${command}\` could not be started in ${cwd} with ${shell}`, {
    remedy: 'Check that the folder and the shell named by $SHELL exist.',
    cause,
  });
}
