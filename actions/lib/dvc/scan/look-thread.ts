// The entry of a thread that helps to look at what lies in a folder: it starts before it is known what that is.
import { parentPort } from 'node:worker_threads';
import { type LookJob, lookFromBehind } from '#lib/dvc/scan/look-job.ts';

parentPort?.once('message', (job: LookJob) => {
  lookFromBehind(job);
  parentPort?.close();
});
