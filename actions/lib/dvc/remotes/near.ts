// Small objects between the cache and a remote that is a folder of this machine. Both are laid out alike, so what lies in
// one becomes an object of the other: read once, hashed, and written under its name, a folder at a time.
import { closeSync, openSync } from 'node:fs';
import { READ, readKnown } from '#lib/dvc/objects/md5.ts';
import type { ObjectProgress } from '#lib/dvc/objects/object.ts';
import { objectPath } from '#lib/dvc/objects/object-path.ts';
import { openStaging, publishStaged } from '#lib/dvc/objects/staging.ts';
import { createWriter, STAGED_BYTES, type Writer } from '#lib/dvc/objects/store.ts';

/** So many enter a folder together: who is killed has to move no more than these again. */
const BATCH = 10_000;
/** Files between two chances for signals and progress: some milliseconds. */
const BETWEEN_PAUSES = 200;

export interface NearCopy {
  /** Where the objects are: a folder with DVC's layout. */
  readonly from: string;
  readonly to: { readonly path: string; readonly shared: boolean };
  /** Of the process. */
  readonly umask: number;
  /** Gets what was moved; the bytes only until it returns. */
  readonly onMoved?: ((md5: string, bytes: Uint8Array) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: ObjectProgress) => void) | undefined;
}

export interface NearCopied {
  readonly transferred: number;
  readonly bytes: number;
  /** Large, damaged, missing, not to be read or written, or too few for it to pay: for somebody else to move, or to say why not. */
  readonly rest: readonly string[];
}

/** @param md5s of files, hashed as they are. */
export async function copyNear(md5s: readonly string[], options: NearCopy): Promise<NearCopied> {
  const { to, umask, signal, onProgress } = options;
  const store = { folder: to.path, shared: to.shared, umask, method: 'copy' } as const;
  const rest: string[] = [];
  let bytes = 0;
  const sorted = md5s.toSorted();
  onProgress?.({ files: 0, bytes: 0, totalFiles: md5s.length });
  for (let start = 0; start < sorted.length; start += BATCH) {
    const batch = sorted.slice(start, start + BATCH);
    const staging = openStaging(to.path, batch.length);
    const move = createMove(options, createWriter({ ...store, staging }));
    try {
      for (const [index, md5] of batch.entries()) {
        if (index % BETWEEN_PAUSES === 0) await new Promise(resolve => setImmediate(resolve));
        signal?.throwIfAborted();
        const moved = staging && move(md5);
        if (moved === undefined) rest.push(md5);
        else {
          bytes += moved;
          onProgress?.({ files: 1, bytes: moved });
        }
      }
    } finally {
      if (staging) publishStaged(staging, { cacheFolder: to.path, shared: to.shared });
    }
  }
  // Who moves them counts them.
  onProgress?.({ files: 0, bytes: 0, totalFiles: -rest.length });
  return { transferred: md5s.length - rest.length, bytes, rest };
}

/** Gives the bytes of what was moved, undefined for what was not. */
function createMove({ from, onMoved }: NearCopy, writer: Writer): (md5: string) => number | undefined {
  const buffer = Buffer.allocUnsafeSlow(STAGED_BYTES + 1);
  return md5 => {
    try {
      const { length, isKnown } = readObject(objectPath(from, md5), buffer, md5);
      if (!isKnown) return undefined;
      const bytes = buffer.subarray(0, length);
      writer.storeBytes(bytes, md5);
      onMoved?.(md5, bytes);
      return length;
    } catch {
      return undefined;
    }
  };
}

function readObject(path: string, buffer: Buffer, md5: string) {
  const file = openSync(path, READ);
  try {
    return readKnown(file, buffer, md5);
  } finally {
    closeSync(file);
  }
}
