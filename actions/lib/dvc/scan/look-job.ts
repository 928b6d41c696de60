// Two who look at what lies in one folder: whoever asks begins with the first names and helps itself to a block at a time,
// a thread beside it comes from the last ones. What they find stands in memory that both see.
import { createLooks, type Looks, lookAt } from '#lib/dvc/scan/looks.ts';

/** What the thread gets. */
export interface LookJob {
  /** The last names of the folder that the process is in. */
  readonly names: readonly string[];
  /** Shared; a row for every name of the folder, also those before the first that the thread gets. */
  readonly looks: Looks;
  /** Shared, see {@link LEFT} and {@link DONE}. */
  readonly counters: Int32Array;
}

/** Blocks that nobody has taken, and blocks that the thread has done. */
export const [LEFT, DONE] = [0, 1] as const;

/** Names in a block: some tenths of a millisecond. */
export const BLOCK = 256;

export function createLookJob(count: number): Pick<LookJob, 'looks' | 'counters'> {
  const counters = new Int32Array(new SharedArrayBuffer(8));
  counters[LEFT] = Math.ceil(count / BLOCK);
  return { looks: createLooks(count, bytes => new SharedArrayBuffer(bytes)), counters };
}

/** False when there is no block left. */
export function takeBlock(counters: Int32Array): boolean {
  return Atomics.sub(counters, LEFT, 1) > 0;
}

/** What the thread does. A name that cannot be looked at stays unknown: whoever asks finds out why. */
export function lookFromBehind({ names, looks, counters }: LookJob): void {
  const first = looks.kinds.length - names.length;
  for (let block = Math.ceil(looks.kinds.length / BLOCK) - 1; block * BLOCK >= first; block--) {
    if (!takeBlock(counters)) return;
    const end = Math.min((block + 1) * BLOCK, looks.kinds.length);
    for (let row = block * BLOCK; row < end; row++) {
      try {
        lookAt(looks, row, names[row - first] ?? '');
      } catch {
        // Stays unknown.
      }
    }
    Atomics.add(counters, DONE, 1);
    Atomics.notify(counters, DONE);
  }
}
