// Several transfers at a time. A failure that every other transfer would share ends them all.
import { BucketFailure } from '#lib/storage/bucket-failure.ts';

export interface PoolOptions {
  readonly jobs: number;
  readonly signal?: AbortSignal | undefined;
}

/** Runs the work for every item; the first error it throws stops the rest and is thrown. */
export async function runPool<Item>(
  items: Iterable<Item>,
  { jobs, signal }: PoolOptions,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const queue = items[Symbol.iterator]();
  let stopped = false;
  const worker = async (): Promise<void> => {
    for (let next = queue.next(); !next.done && !stopped; next = queue.next()) {
      signal?.throwIfAborted();
      try {
        await work(next.value);
      } catch (error) {
        stopped = true;
        throw error;
      }
    }
  };
  const workers = await Promise.allSettled(Array.from({ length: Math.max(1, jobs) }, worker));
  const failed = workers.find(result => result.status === 'rejected');
  if (failed) throw failed.reason;
}

/**
 * Keeps the failures that concern one object; throws those that every other would share. Where nothing answers any more,
 * that is known after a few, and the thousands that would follow are spared the waiting.
 */
export function createFailures(jobs: number) {
  const failed: FailedObject[] = [];
  const missing: string[] = [];
  let silent = 0;
  return {
    failed,
    missing,
    succeed: () => {
      silent = 0;
    },
    /** @throws the error, unless it is only about this object */
    add: (name: string, error: unknown) => {
      if (!(error instanceof BucketFailure) || error.isFinal) throw error;
      silent = error.kind === 'unavailable' ? silent + 1 : 0;
      if (silent > jobs) throw error;
      if (error.kind === 'missing') missing.push(name);
      else failed.push({ name, failure: error });
    },
  };
}

/** An object that did not arrive, and why. */
export interface FailedObject {
  readonly name: string;
  readonly failure: BucketFailure;
  /** Absolute, of what is known by a listing that is not in the cache. */
  readonly path?: string | undefined;
}

export interface TransferResult {
  /** How many objects were moved. */
  readonly transferred: number;
  readonly bytes: number;
  /** Objects that neither side has. */
  readonly missing: readonly string[];
  readonly failed: readonly FailedObject[];
}

export function addResults(results: readonly TransferResult[]): TransferResult {
  return {
    transferred: results.reduce((sum, one) => sum + one.transferred, 0),
    bytes: results.reduce((sum, one) => sum + one.bytes, 0),
    missing: results.flatMap(({ missing }) => missing),
    failed: results.flatMap(({ failed }) => failed),
  };
}
