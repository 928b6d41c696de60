// Looks at everything that lies in one folder: from the folder itself where there is much of it, since the system then need
// not go through all folders above for each name, and with a thread beside where there is very much.
import { statSync } from 'node:fs';
import { sep } from 'node:path';
import { Worker } from 'node:worker_threads';
import { BLOCK, createLookJob, DONE, type LookJob, takeBlock } from '#lib/dvc/scan/look-job.ts';
import { copyLooks, createLooks, KIND, type Looks, listNames, lookAt } from '#lib/dvc/scan/looks.ts';

/** From so many names on it pays to go to the folder. */
const MANY = 1000;
/** From so many on a thread pays. */
const VERY_MANY = 50_000;
/** A folder's own size tells how much is in it, or once was: some 30 bytes a name on most file systems. */
const VERY_LARGE_BYTES = 1_000_000;
/** The thread begins later than whoever asked, and does less: it gets the names behind these. */
const NOT_SHARED = 0.4;
/** Nobody waits longer for a block of the thread. */
const PATIENCE_MS = 2000;

export interface Inside {
  readonly names: readonly string[];
  /** A row a name. */
  readonly looks: Looks;
}

/** @throws ConfigurationError naming what cannot be looked at, or a name that no listing could hold */
export function lookInside(folder: string): Inside {
  const helper = isVeryLarge(folder) ? startHelper() : undefined;
  try {
    const names = listNames(folder);
    const looks = names.length < VERY_MANY ? undefined : helper && lookTogether(folder, names, helper);
    return { names, looks: looks ?? lookAlone(folder, names) };
  } finally {
    // Nothing depends on when it ends.
    void helper?.terminate();
  }
}

/** Whoever reads it finds out what is wrong with it. */
function isVeryLarge(folder: string): boolean {
  return (statSync(folder, { throwIfNoEntry: false })?.size ?? 0) >= VERY_LARGE_BYTES;
}

/** It takes as long to start as reading the names does. */
function startHelper(): Worker {
  const worker = new Worker(new URL('./look-thread.ts', import.meta.url), {
    resourceLimits: { maxYoungGenerationSizeMb: 8 },
  });
  worker.unref();
  // Without help everything is done here.
  worker.on('error', () => {});
  return worker;
}

function lookAlone(folder: string, names: readonly string[]): Looks {
  const inside = { folder, names, looks: createLooks(names.length) };
  const near = names.length < MANY ? undefined : doInside(folder, () => lookAtRest(inside, ''));
  return near ?? lookAtRest(inside, `${folder}${sep}`);
}

/** Undefined where one cannot go to the folder. @param helper a thread that may be late, or never come */
export function lookTogether(
  folder: string,
  names: readonly string[],
  helper: Pick<Worker, 'postMessage'>,
): Looks | undefined {
  const { looks, counters } = createLookJob(names.length);
  return doInside(folder, () => {
    // A name alone means the same to the thread: a process is in one folder.
    const behind = names.slice(Math.floor(names.length * NOT_SHARED));
    helper.postMessage({ names: behind, looks, counters } satisfies LookJob);
    let own = 0;
    for (; takeBlock(counters); own++) lookAtRows({ folder, names, looks }, '', own * BLOCK, BLOCK);
    const isWhole = isDone(counters, Math.ceil(names.length / BLOCK) - own);
    // Nobody reads what a thread still writes that nobody waits for.
    return lookAtRest({ folder, names, looks: isWhole ? looks : copyLooks(looks) }, '');
  });
}

/** False when the thread did not get that far in time: it may never have begun. */
function isDone(counters: Int32Array, blocks: number): boolean {
  for (let done = Atomics.load(counters, DONE); done < blocks; done = Atomics.load(counters, DONE)) {
    if (Atomics.wait(counters, DONE, done, PATIENCE_MS) === 'timed-out') return false;
  }
  return true;
}

/** @param prefix what makes a path of a name */
function lookAtRows(
  { folder, names, looks }: Inside & { readonly folder: string },
  prefix: string,
  start: number,
  count: number,
): void {
  for (let row = start; row < start + count && row < names.length; row++) {
    const name = names[row] ?? '';
    if (looks.kinds[row] === KIND.unknown) lookAt(looks, row, prefix + name, `${folder}${sep}${name}`);
  }
}

function lookAtRest(inside: Inside & { readonly folder: string }, prefix: string): Looks {
  lookAtRows(inside, prefix, 0, inside.names.length);
  return inside.looks;
}

/** Undefined, and nothing is done, where one cannot go there and come back: threads never can. */
function doInside<Result>(folder: string, work: () => Result): Result | undefined {
  let before: string;
  try {
    before = process.cwd();
    // Coming back is tried before anything depends on it.
    process.chdir(before);
    process.chdir(folder);
  } catch {
    return undefined;
  }
  try {
    return work();
  } finally {
    process.chdir(before);
  }
}
