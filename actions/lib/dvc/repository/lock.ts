// One command at a time writes in a DVC repository, ours or DVC's. We wait for whoever is at work, and say for whom; a
// lock left by a killed process is taken over.
import { randomBytes } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { unwritable } from '#lib/documents/write.ts';
import { claimPaths, isClaimed, releasePaths } from '#lib/dvc/repository/rwlock.ts';
import { ConfigurationError, hasCode } from '#lib/errors.ts';

export interface Holder {
  readonly pid: number;
  readonly host: string;
  readonly command: string;
}

export interface LockOptions {
  /** Who asks. */
  readonly holder: Holder;
  /** How long to wait for another command; Infinity waits as long as it lives. */
  readonly waitMs: number;
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<void>;
  /** Whether a process of this machine still runs. */
  readonly isAlive: (pid: number) => boolean;
  /** Called once, when there is somebody to wait for. */
  readonly onWait: (who: string) => void;
  /** What is written, absolute; everything unless given. */
  readonly write?: readonly string[];
  readonly read?: readonly string[];
}

export interface RepositoryLock {
  readonly release: () => void;
}

/** How often a taken lock is looked at again. */
const PAUSE_MS = 50;

/** @throws ConfigurationError naming who holds it, when waiting took too long. */
export async function lockRepository(root: string, options: LockOptions): Promise<RepositoryLock> {
  const { holder, waitMs, now, sleep, onWait } = options;
  const start = now();
  for (let isFirst = true; ; isFirst = false) {
    const inTheWay = tryLock(root, options);
    if (inTheWay === undefined) return { release: () => release(root, options) };
    if (now() - start >= waitMs) throw heldBy(inTheWay, { root, holder });
    if (isFirst) onWait(inTheWay);
    await sleep(PAUSE_MS);
  }
}

const fileOf = (root: string): string => join(root, '.dvc', 'tmp', 'mainline', 'lock');

/** @returns who is in the way, in words; undefined once everything is ours. */
function tryLock(root: string, options: LockOptions): string | undefined {
  const { holder, isAlive, write = [root], read = [] } = options;
  const other = takeFile(fileOf(root), options);
  if (other) return `"${other.command}" (process ${other.pid} on ${other.host})`;
  const claim = { pid: holder.pid, cmd: holder.command, write, read, isAlive };
  const blocker = claimPaths(root, claim);
  if (blocker) {
    rmSync(fileOf(root), { force: true });
    return `"${blocker.cmd}" (process ${blocker.pid})`;
  }
  // DVC takes its lock first and looks at the list second, we the other way round: one of us sees the other.
  const dvc = findDvc(root);
  if (dvc === undefined && isClaimed(root, claim)) return undefined;
  release(root, options);
  return dvc ?? 'another DVC command';
}

function release(root: string, { holder, isAlive }: LockOptions): void {
  releasePaths(root, { pid: holder.pid, isAlive });
  rmSync(fileOf(root), { force: true });
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
      if (other && (other.host !== holder.host || isAlive(other.pid))) return other;
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
  const { pid, host, command } = value as Readonly<Record<string, unknown>>;
  return Number.isInteger(pid) && typeof host === 'string' && typeof command === 'string';
}

/** A running DVC locks `.dvc/tmp/lock`; Linux lists such locks by inode. Elsewhere only DVC's list tells of it. */
function findDvc(root: string): string | undefined {
  const lock = statSync(join(root, '.dvc', 'tmp', 'lock'), { throwIfNoEntry: false });
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

function heldBy(
  who: string,
  { root, holder }: { readonly root: string; readonly holder: Holder },
): ConfigurationError {
  return new ConfigurationError(`${who} is working in this repository`, {
    at: { file: root },
    remedy: `Wait until it ends, or let this one wait: ${holder.command} --wait-for-lock`,
  });
}
