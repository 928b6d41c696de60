// The kernel's lock on a file, flock(2), which Node cannot take: the program `flock` takes it for a file that we have
// open, and ends. The lock stays until we close that file, or die, however we die.
import { spawn } from 'node:child_process';
import { closeSync, constants, openSync } from 'node:fs';
import type { FlockAnswer } from '#lib/processes/process.ts';

/** What `flock` ends with when the lock is taken, in util-linux and in BusyBox. */
const CONFLICT = 1;
/** The number by which `flock` knows our file. */
const HANDED = 3;

/** `TakeFlock` for this machine. No process that is started later gets the file, so none holds the lock on. */
export async function takeFlock(file: string): Promise<FlockAnswer> {
  let handle: number;
  try {
    handle = openSync(file, constants.O_RDONLY | constants.O_CREAT, 0o666);
  } catch {
    return 'unavailable';
  }
  const code = await runFlock(handle);
  if (code === 0) return { release: () => closeSync(handle) };
  closeSync(handle);
  return code === CONFLICT ? 'held' : 'unavailable';
}

/** The exit code; undefined where there is no such program. */
function runFlock(handle: number): Promise<number | null | undefined> {
  // A group of its own: Ctrl-C is ours to answer.
  const child = spawn('flock', ['-x', '-n', String(HANDED)], {
    stdio: ['ignore', 'ignore', 'ignore', handle],
    detached: true,
  });
  return new Promise(resolve => {
    child.once('error', () => resolve(undefined));
    child.once('exit', resolve);
  });
}
