// Runs the part of a verb that writes while it alone writes: the repository's lock, with who we are and how we wait.
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { type LockOptions, lockRepository } from '#lib/dvc/repository/lock.ts';
import { hasCode } from '#lib/errors.ts';
import { takeFlock } from '#lib/processes/flock.ts';

/** DVC gives up after three seconds; most commands take longer than that. */
const WAIT_MS = 10_000;

export interface LockedOptions extends Pick<LockOptions, 'write' | 'read'> {
  /** As the user typed it: shown to whoever has to wait. */
  readonly command: string;
  /** `--wait-for-lock`: as long as the other command lives. */
  readonly waitForLock?: boolean | undefined;
  /** Told once for whom we wait. */
  readonly onWait: (who: string) => void;
}

/** @throws ConfigurationError naming who is at work here, when it does not end in time. */
export async function withLock<Result>(
  root: string,
  { command, waitForLock, ...options }: LockedOptions,
  work: () => Promise<Result>,
): Promise<Result> {
  const lock = await lockRepository(root, {
    ...options,
    holder: { pid: process.pid, host: hostname(), command, started: startOf(process.pid) },
    waitMs: waitForLock ? Number.POSITIVE_INFINITY : WAIT_MS,
    now: () => performance.now(),
    ...{ sleep, isAlive, takeFlock },
  });
  try {
    return await work();
  } finally {
    lock.release();
  }
}

/** True also for processes of other users; false for one that started later than the one we mean. */
function isAlive(pid: number, started?: string): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (!hasCode(error, 'EPERM')) return false;
  }
  const now = started === undefined ? undefined : startOf(pid);
  return now === undefined || now === started;
}

/** When a process started, in ticks since this boot of the machine; only Linux tells. */
function startOf(pid: number): string | undefined {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field, the program's name, may hold blanks and brackets; the start is the 22nd.
    const ticks = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
    return ticks === undefined ? undefined : `${boot} ${ticks}`;
  } catch {
    return undefined;
  }
}
