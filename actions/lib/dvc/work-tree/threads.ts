// Runs a job over files, on several threads when there is enough of it: a thread costs the time of many small files and
// some 30 MB of memory. The main thread works too, and stops now and then so that signals and progress get their turn.
import { Worker } from 'node:worker_threads';
import type { ObjectProgress } from '#lib/dvc/objects/object.ts';
import { createWork, type FileJob, readProgress, stopJob } from '#lib/dvc/work-tree/file-job.ts';
import { createBreather } from '#lib/dvc/work-tree/pause.ts';
import { type ThreadFailure, toError } from '#lib/dvc/work-tree/thread-failure.ts';

/** Small files wait for the file system, which makes them one after the other: only very many are worth a thread. */
const FILES_A_THREAD = 25_000;
const BYTES_A_THREAD = 24 * 1024 * 1024;

export interface RunOptions {
  /** At most so many, the main one included. */
  readonly threads: number;
  readonly now: () => number;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: ObjectProgress) => void) | undefined;
}

/** Resolves when every row is done. @throws the first failure; what was done stays done. */
export async function runJob(job: FileJob, { threads, now, signal, onProgress }: RunOptions): Promise<void> {
  if (job.rows === 0) return;
  const bytes = job.sizes.reduce((sum, size) => sum + size, 0);
  const worth = Math.max(job.rows / FILES_A_THREAD, Math.min(bytes / BYTES_A_THREAD, job.rows));
  const others = Array.from({ length: Math.min(threads, Math.floor(worth)) - 1 }, () => startThread(job));
  const totals = { totalFiles: job.rows, totalBytes: bytes };
  let last = { files: 0, bytes: 0 };
  const report = (): void => {
    const done = readProgress(job);
    onProgress?.({ files: done.files - last.files, bytes: done.bytes - last.bytes, ...totals });
    last = done;
  };
  const breathe = createBreather(now, signal);
  try {
    const work = createWork(job);
    while (work()) {
      const pause = breathe();
      if (!pause) continue;
      report();
      await pause;
    }
    await Promise.all(others);
    report();
  } catch (error) {
    stopJob(job);
    await Promise.allSettled(others);
    throw error;
  }
}

function startThread(job: FileJob): Promise<void> {
  const worker = new Worker(new URL('./file-thread.ts', import.meta.url), {
    workerData: job,
    resourceLimits: { maxYoungGenerationSizeMb: 8 },
  });
  const ended = new Promise<void>((resolve, reject) => {
    worker.on('message', (failure: ThreadFailure) => {
      stopJob(job);
      reject(toError(failure));
    });
    worker.on('error', reject);
    worker.on('exit', () => resolve());
  });
  // Awaited later; until then a failure is not one that nobody handles.
  ended.catch(() => {});
  return ended;
}
