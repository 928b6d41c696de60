// Fits on several threads: jobs wait in a queue, each worker takes the next. The result of a fit does not depend on
// where it ran. With one thread nothing is started: jobs run here, one after the other.
import { Worker } from 'node:worker_threads';
import { type Fit, type FitJob, type FitOutcome, fitNow } from '#lib/training/fit.ts';
import { type FitReply, readReply } from '#lib/training/fit-reply.ts';

/** Reported once per fit that succeeded; seconds are for people and run records, never for a committed file. */
export interface FinishedFit {
  readonly algorithm: string;
  readonly label: string;
  readonly seconds: number;
}

interface FitPoolOptions {
  /** From 1; more than there are processors only costs memory. */
  readonly threads: number;
  /** Milliseconds from any fixed moment. */
  readonly now: () => number;
  readonly onFit?: (finished: FinishedFit) => void;
}

export interface FitPool {
  readonly fit: Fit;
  /** Ends the workers; fits still under way are rejected. */
  close(): Promise<void>;
}

/** Opens a pool; workers start with the first jobs that need them. */
export function openFitPool({ threads, now, onFit }: FitPoolOptions): FitPool {
  const timed =
    (run: Fit): Fit =>
    async job => {
      const start = now();
      const outcome = await run(job);
      onFit?.({ algorithm: job.algorithm, label: job.label, seconds: (now() - start) / 1000 });
      return outcome;
    };
  if (threads <= 1) return { fit: inTurn(timed(async job => fitNow(job))), close: async () => {} };
  return openWorkerPool(threads, timed);
}

/** Starts each job when the one before has ended, and lets other work of the process happen between. */
function inTurn(run: Fit): Fit {
  let last: Promise<unknown> = Promise.resolve();
  return job => {
    const outcome = last.then(() => new Promise(resolve => setImmediate(resolve))).then(() => run(job));
    last = outcome.catch(() => undefined);
    return outcome;
  };
}

interface Waiting {
  readonly job: FitJob;
  readonly resolve: (outcome: FitOutcome) => void;
  readonly reject: (reason: unknown) => void;
}

function openWorkerPool(threads: number, timed: (run: Fit) => Fit): FitPool {
  const queue: Waiting[] = [];
  const idle: Worker[] = [];
  const alive = new Set<Worker>();
  const serve = async (worker: Worker, { job, resolve, reject }: Waiting): Promise<void> => {
    await timed(next => askWorker(worker, next))(job).then(resolve, reject);
    if (alive.has(worker)) idle.push(worker);
    dispatch();
  };
  const dispatch = (): void => {
    while (queue.length > 0 && (idle.length > 0 || alive.size < threads)) {
      const worker = idle.pop() ?? startWorker(alive);
      const waiting = queue.shift();
      if (waiting) void serve(worker, waiting);
    }
  };
  return {
    fit: job =>
      new Promise((resolve, reject) => {
        queue.push({ job, resolve, reject });
        dispatch();
      }),
    close: async () => {
      for (const { reject } of queue.splice(0))
        reject(new Error('The pool was closed before this fit began'));
      await Promise.all([...alive].map(worker => worker.terminate()));
    },
  };
}

function startWorker(alive: Set<Worker>): Worker {
  const worker = new Worker(new URL('./fit-worker.ts', import.meta.url));
  const forget = (): void => {
    alive.delete(worker);
  };
  worker.on('error', forget).on('exit', forget);
  alive.add(worker);
  return worker;
}

/** Sends one job; the worker's reply, or its death, settles the promise. */
function askWorker(worker: Worker, job: FitJob): Promise<FitOutcome> {
  const replied = new Promise<FitReply>((resolve, reject) => {
    const onExit = (): void => reject(new Error('A fitting thread ended before its answer'));
    const settle = (act: () => void): void => {
      worker.off('message', onMessage).off('error', onError).off('exit', onExit);
      act();
    };
    const onMessage = (reply: FitReply): void => settle(() => resolve(reply));
    const onError = (cause: unknown): void => settle(() => reject(cause));
    worker.on('message', onMessage).on('error', onError).on('exit', onExit);
    worker.postMessage(job);
  });
  return replied.then(readReply);
}
