// The entry of a fitting thread: one job in, one reply out, until the pool ends it.
import { parentPort } from 'node:worker_threads';
import type { FitJob } from '#lib/training/fit.ts';
import { replyTo } from '#lib/training/fit-reply.ts';

parentPort?.on('message', (job: FitJob) => parentPort?.postMessage(replyTo(job)));
