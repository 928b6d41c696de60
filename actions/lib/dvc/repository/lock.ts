// One command at a time writes in a DVC repository, ours or DVC's: we hold our own lock, DVC's, which keeps its `gc` out,
// and stand in DVC's list. We wait for whoever is at work, and say for whom; a killed process's lock is taken over.
import { randomBytes } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { unwritable } from '#lib/documents/write.ts';
import { claimPaths, isClaimed, releasePaths, rwlockOf } from '#lib/dvc/repository/rwlock.ts';
import { ConfigurationError, hasCode } from '#lib/errors.ts';
import type { FlockAnswer, TakeFlock } from '#lib/processes/process.ts';

export interface Holder {
  readonly pid: number;
  readonly host: string;
  readonly command: string;
  /** When the process started, where that can be told: another process may have got its number since. */
  readonly started?: string | undefined;
}

export interface LockOptions {
  /** Who asks. */
  readonly holder: Holder;
  /** How long to wait for another command; Infinity waits as long as it lives. */
  readonly waitMs: number;
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<void>;
  /** Whether a process of this machine still runs; one that started at another moment is not the same. */
  readonly isAlive: (pid: number, started?: string) => boolean;
  /** For DVC's own lock; without it, or where it is not available, a DVC that starts meanwhile only sees the list. */
  readonly takeFlock?: TakeFlock | undefined;
  /** Called once, when there is somebody to wait for. */
  readonly onWait: (who: string) => void;
  /** What is written, absolute; everything unless given. */
  readonly write?: readonly string[];
  readonly read?: readonly string[];
}

export interface RepositoryLock {
  readonly release: () => void;
}

/** How every command of ours is named. */
const OWN_COMMANDS = 'mainline dvc ';

/** How often a taken lock is looked at again. */
const PAUSE_MS = 50;

/** @throws ConfigurationError naming who holds it, when waiting took too long. */
export async function lockRepository(root: string, options: LockOptions): Promise<RepositoryLock> {
  const { holder, waitMs, now, sleep, onWait } = options;
  const start = now();
  for (let tries = 0; ; tries++) {
    const answer = await tryLock(root, options);
    if ('release' in answer) return answer;
    if (now() - start >= waitMs) throw heldBy(answer, { root, holder });
    // Not at the first look: whoever ends just now is gone at the second.
    if (tries === 1) onWait(describeWait(answer));
    await sleep(PAUSE_MS);
  }
}

const fileOf = (root: string): string => join(root, '.dvc', 'tmp', 'mainline', 'lock');
const dvcFileOf = (root: string): string => join(root, '.dvc', 'tmp', 'lock');

interface InTheWay {
  /** In words. */
  readonly who: string;
  /** What says so, if a file does that can outlive them. */
  readonly file?: string | undefined;
  /** Nobody here can tell whether it still runs. */
  readonly isElsewhere?: boolean;
}

/** Our lock first, then DVC's, then the list. @returns the lock once everything is ours. */
async function tryLock(root: string, options: LockOptions): Promise<InTheWay | RepositoryLock> {
  const { holder, write = [root], read = [], takeFlock } = options;
  const other = takeFile(fileOf(root), options);
  if (other) {
    const who = `"${other.command}" (process ${other.pid} on ${other.host})`;
    return { who, file: fileOf(root), isElsewhere: other.host !== holder.host };
  }
  let flock: FlockAnswer = 'unavailable';
  const leave = (): void => {
    if (typeof flock !== 'string') flock.release();
    rmSync(fileOf(root), { force: true });
  };
  const release = (): void => {
    releasePaths(root, { pid: holder.pid, isAlive });
    leave();
  };
  // While we hold our lock no other command of ours is at work: what the list says of one is left from a killed one.
  const isAlive = (pid: number, command: string): boolean =>
    pid === holder.pid || (!command.startsWith(OWN_COMMANDS) && options.isAlive(pid));
  const giveUp = (who: string, file?: string): InTheWay => {
    release();
    return { who, file };
  };
  try {
    flock = (await takeFlock?.(dvcFileOf(root))) ?? 'unavailable';
    // Linux takes as long to list its locks as we do for much of our work: nobody asks when the lock is ours.
    const dvc = typeof flock === 'string' ? findDvc(root) : undefined;
    if (flock === 'held' || dvc !== undefined) return giveUp(dvc ?? 'another DVC command');
    const claim = { pid: holder.pid, cmd: holder.command, write, read, isAlive };
    const blocker = claimPaths(root, claim);
    if (blocker) return giveUp(`"${blocker.cmd}" (process ${blocker.pid})`, rwlockOf(root));
    // Without DVC's lock: it takes its lock first and looks at the list second, we the other way round, so one sees the other.
    const late = flock === 'unavailable' ? findDvc(root) : undefined;
    if (late !== undefined || !isClaimed(root, claim)) return giveUp(late ?? 'another DVC command');
    return { release };
  } catch (error) {
    leave();
    throw error;
  }
}

/** A hard link appears whole or not at all, and fails when the name is taken. */
function takeFile(file: string, { holder, isAlive }: LockOptions): Holder | undefined {
  const draft = `${file}.${randomBytes(6).toString('hex')}`;
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(draft, JSON.stringify(holder));
    for (;;) {
      if (link(draft, file)) return undefined;
      const other = readHolder(file);
      if (other && (other.host !== holder.host || isAlive(other.pid, other.started))) return other;
      bury(file, other);
    }
  } catch (cause) {
    throw unwritable(file, cause);
  } finally {
    rmSync(draft, { force: true });
  }
}

function link(draft: string, file: string): boolean {
  try {
    linkSync(draft, file);
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw error;
  }
}

/** Moves a dead process's lock aside; a fresh one that came in between is put back. */
function bury(file: string, dead: Holder | undefined): void {
  const grave = `${file}.${randomBytes(6).toString('hex')}`;
  try {
    renameSync(file, grave);
    if (readHolder(grave)?.pid !== dead?.pid) link(grave, file);
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error;
  } finally {
    rmSync(grave, { force: true });
  }
}

function readHolder(file: string): Holder | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(file, 'utf8'));
    return isHolder(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isHolder(value: unknown): value is Holder {
  if (typeof value !== 'object' || value === null) return false;
  const { pid, host, command, started = '' } = value as Readonly<Record<string, unknown>>;
  const texts = [host, command, started];
  return Number.isInteger(pid) && texts.every(text => typeof text === 'string');
}

/** A running DVC locks `.dvc/tmp/lock`; Linux lists such locks by inode. Elsewhere only DVC's list tells of it. */
function findDvc(root: string): string | undefined {
  const lock = statSync(dvcFileOf(root), { throwIfNoEntry: false });
  const table = lock && readIfThere('/proc/locks');
  if (!table) return undefined;
  const held = new RegExp(`FLOCK +ADVISORY +WRITE (-?\\d+) [0-9a-f]+:[0-9a-f]+:${lock.ino} `, 'u').exec(
    table,
  );
  if (!held) return undefined;
  const words = readIfThere(`/proc/${held[1]}/cmdline`)?.split('\0').filter(Boolean).join(' ');
  return words ? `"${words}" (process ${held[1]})` : 'another DVC command';
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

/** One on another machine may never end: how to go on without it is said at once. */
function describeWait({ who, file, isElsewhere }: InTheWay): string {
  return isElsewhere && file !== undefined ? `${who}; if it does not run any more, delete ${file}` : who;
}

function heldBy(
  { who, file }: InTheWay,
  { root, holder }: { readonly root: string; readonly holder: Holder },
): ConfigurationError {
  const wait = `Wait until it ends, or let this one wait: ${holder.command} --wait-for-lock.`;
  return new ConfigurationError(`${who} is working in this repository`, {
    at: { file: root },
    remedy: file === undefined ? wait : `${wait} If it does not run any more, delete ${file}.`,
  });
}
