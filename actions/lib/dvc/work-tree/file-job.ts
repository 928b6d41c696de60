// The same work for many files, shared by threads: each takes the next few until none is left. What goes in and comes
// out lies in memory that all of them see, one row a file, so nothing is copied or sent while the work goes on.
import { sep } from 'node:path';
import { hashFileNow } from '#lib/dvc/objects/md5.ts';
import { MD5_BYTES } from '#lib/dvc/objects/md5-rows.ts';
import type { HashName } from '#lib/dvc/objects/object.ts';
import { objectPath } from '#lib/dvc/objects/object-path.ts';
import { createWriter, type Store } from '#lib/dvc/objects/store.ts';
import { unreadable } from '#lib/dvc/scan/looks.ts';
import type { Scan } from '#lib/dvc/scan/scan.ts';
import { createPlaceFile, type Placement } from '#lib/dvc/work-tree/place-file.ts';

/** Files that a thread takes at once. */
const BLOCK = 16;

/** What is done with each file; the first two find out its hash, the last is told it. */
export type FileTask =
  | { readonly kind: 'hash'; readonly hash: HashName }
  | { readonly kind: 'keep'; readonly store: Store }
  | {
      readonly kind: 'place';
      readonly cacheFolder: string;
      readonly hash: HashName;
      readonly placement: Placement;
    };

/** Can be sent to a thread; its buffers are shared. */
export interface FileJob {
  readonly task: FileTask;
  /** The folder of the files, or the file itself. */
  readonly path: string;
  /** Joined by NUL; empty for a file. */
  readonly names: string;
  readonly rows: number;
  readonly sizes: Float64Array;
  readonly mtimes: Float64Array;
  readonly inodes: Float64Array;
  /** 16 bytes a row. */
  readonly md5s: Uint8Array;
  /** One of {@link MARK} a row. */
  readonly marks: Uint8Array;
  /** The next row, rows done, bytes done in units of 1024, and whether to stop. */
  readonly counters: Int32Array;
}

/** What became of a row; before, that its object was checked, or that it is done elsewhere. */
export const MARK = { none: 0, done: 1, changed: 2, missing: 3, damaged: 4, verified: 5, apart: 6 } as const;

const [NEXT, DONE, KILOBYTES, STOP] = [0, 1, 2, 3];

/** @param rows of the scan, or names with what is to be there */
export function createFileJob(task: FileTask, path: string, relpaths: readonly string[]): FileJob {
  const rows = relpaths.length;
  const numbers = () => new Float64Array(new SharedArrayBuffer(rows * 8));
  return {
    ...{ task, path, rows },
    names: relpaths.join('\0'),
    sizes: numbers(),
    mtimes: numbers(),
    inodes: numbers(),
    md5s: new Uint8Array(new SharedArrayBuffer(rows * MD5_BYTES)),
    marks: new Uint8Array(new SharedArrayBuffer(rows)),
    counters: new Int32Array(new SharedArrayBuffer(16)),
  };
}

/** A job over some rows of a scan. */
export function createScanJob(task: FileTask, scan: Scan, indexes: readonly number[]): FileJob {
  const job = createFileJob(
    task,
    scan.path,
    indexes.map(index => scan.relpaths[index] ?? ''),
  );
  for (const [row, index] of indexes.entries()) {
    job.sizes[row] = scan.sizes[index] ?? 0;
    job.mtimes[row] = scan.mtimes[index] ?? 0;
    job.inodes[row] = scan.inodes[index] ?? 0;
  }
  return job;
}

/** The hash of a row, in hex digits. */
export function readMd5(job: FileJob, row: number): string {
  return Buffer.from(job.md5s.buffer, row * MD5_BYTES, MD5_BYTES).toString('hex');
}

export function writeMd5(job: FileJob, row: number, md5: string): void {
  Buffer.from(job.md5s.buffer).write(md5, row * MD5_BYTES, MD5_BYTES, 'hex');
}

/** Rows and bytes that all threads have done so far. */
export function readProgress({ counters }: FileJob): { readonly files: number; readonly bytes: number } {
  return { files: Atomics.load(counters, DONE), bytes: Atomics.load(counters, KILOBYTES) * 1024 };
}

export function stopJob({ counters }: FileJob): void {
  Atomics.store(counters, STOP, 1);
}

/** Does the next few rows, each time it is called; false when none is left for this thread. */
export function createWork(job: FileJob): () => boolean {
  const names = job.names.split('\0');
  const step = createStep(job);
  return () => {
    const { counters, rows } = job;
    if (Atomics.load(counters, STOP) !== 0) return false;
    const start = Atomics.add(counters, NEXT, BLOCK);
    if (start >= rows) return false;
    const end = Math.min(start + BLOCK, rows);
    let bytes = 0;
    for (let row = start; row < end; row++) {
      const name = names[row] ?? '';
      step(row, name === '' ? job.path : `${job.path}${sep}${name}`);
      bytes += job.sizes[row] ?? 0;
    }
    Atomics.add(counters, DONE, end - start);
    Atomics.add(counters, KILOBYTES, Math.ceil(bytes / 1024));
    return true;
  };
}

type Step = (row: number, path: string) => void;

function createStep(job: FileJob): Step {
  const { task } = job;
  if (task.kind === 'hash') return createHashStep(job, task.hash);
  if (task.kind === 'keep') return createKeepStep(job, task.store);
  return createPlaceStep(job, task);
}

/** A file that changed meanwhile has the hash of what was read; it only is not remembered. */
function createHashStep(job: FileJob, hash: HashName): Step {
  return (row, path) => {
    try {
      const { md5, size, mtimeMs } = hashFileNow(path, hash);
      writeMd5(job, row, md5);
      const isSame = size === job.sizes[row] && mtimeMs === job.mtimes[row];
      job.marks[row] = isSame ? MARK.done : MARK.changed;
      job.sizes[row] = size;
    } catch (cause) {
      throw unreadable(path, cause);
    }
  };
}

function createKeepStep(job: FileJob, store: Store): Step {
  const writer = createWriter(store);
  return (row, path) => {
    if (job.marks[row] === MARK.apart) return;
    const expected = {
      size: job.sizes[row] ?? 0,
      mtimeMs: job.mtimes[row] ?? 0,
      ino: job.inodes[row] ?? 0,
    };
    writeMd5(job, row, writer.storeFile(path, expected));
    job.marks[row] = MARK.done;
  };
}

function createPlaceStep(job: FileJob, task: Extract<FileTask, { kind: 'place' }>): Step {
  const placeFile = createPlaceFile(task.placement);
  return (row, path) => {
    const md5 = readMd5(job, row);
    const object = { path: objectPath(task.cacheFolder, md5, task.hash), md5, hash: task.hash };
    const placed = placeFile({ ...object, isVerified: job.marks[row] === MARK.verified }, path);
    if (typeof placed === 'string') {
      job.marks[row] = MARK[placed];
      return;
    }
    job.marks[row] = MARK.done;
    job.sizes[row] = placed.size;
    job.mtimes[row] = placed.mtimeMs;
    job.inodes[row] = placed.ino;
  };
}
