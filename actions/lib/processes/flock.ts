// The kernel's lock on a file, flock(2), which Node cannot take: the program `flock` takes it for us and holds it for as
// long as a pipe from us is open, so that the kernel lets go when we die, however we die.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { FlockAnswer } from '#lib/processes/process.ts';

/** What `flock` ends with when the lock is taken, in util-linux and in BusyBox. */
const CONFLICT = 1;

/** `TakeFlock` for this machine. What holds the lock is `cat`: it answers once it is there, and ends with our pipe. */
export function takeFlock(file: string): Promise<FlockAnswer> {
  // A group of its own: Ctrl-C is ours to answer, and may come before the last file is written.
  const child = spawn('flock', ['-x', '-n', file, 'cat'], {
    stdio: ['pipe', 'pipe', 'ignore'],
    detached: true,
  });
  return new Promise(resolve => {
    child.once('error', () => resolve('unavailable'));
    child.once('close', code => resolve(code === CONFLICT ? 'held' : 'unavailable'));
    child.stdout.once('data', () => {
      setKeepsUsAlive(child, false);
      resolve({ release: () => end(child) });
    });
    child.stdin.on('error', () => {});
    child.stdin.write('\n');
  });
}

/** Whoever comes next finds the lock free: both programs have ended when the pipe from them is closed. */
async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  setKeepsUsAlive(child, true);
  const closed = once(child, 'close');
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    child.stdin?.end();
  }
  await closed;
}

/** Pipes are sockets in Node: like the process, each keeps ours from ending unless told not to. */
function setKeepsUsAlive(child: ChildProcess, keeps: boolean): void {
  for (const one of [child, child.stdin, child.stdout]) {
    const handle = one as { readonly ref?: () => void; readonly unref?: () => void } | null;
    if (keeps) handle?.ref?.();
    else handle?.unref?.();
  }
}
