// Runs the part of a verb that writes while it alone writes: the repository's lock, with who we are and how we wait.
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { type LockOptions, lockRepository } from '#lib/dvc/repository/lock.ts';
import { hasCode } from '#lib/errors.ts';

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
    holder: { pid: process.pid, host: hostname(), command },
    waitMs: waitForLock ? Number.POSITIVE_INFINITY : WAIT_MS,
    now: () => performance.now(),
    sleep,
    isAlive,
  });
  try {
    return await work();
  } finally {
    lock.release();
  }
}

/** True also for processes of other users. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return hasCode(error, 'EPERM');
  }
}
