// The entry of a thread that helps with a job over files, until no row is left.
import { parentPort, workerData } from 'node:worker_threads';
import { createWork, type FileJob } from '#lib/dvc/work-tree/file-job.ts';
import { fromError } from '#lib/dvc/work-tree/thread-failure.ts';

try {
  const work = createWork(workerData as FileJob);
  while (work());
} catch (error) {
  parentPort?.postMessage(fromError(error));
}
