// Reading and writing whole buffers: the operating system may move less than it was asked to.
import { readSync, writeSync } from 'node:fs';

/** One read of a file; also the largest file that is read, hashed and written from memory at once. */
export const BUFFER_BYTES = 1024 * 1024;

/** Reads until the buffer is full or the file ends. @returns the bytes read */
export function fillBuffer(file: number, buffer: Uint8Array): number {
  let filled = 0;
  while (filled < buffer.length) {
    const read = readSync(file, buffer, filled, buffer.length - filled, null);
    if (read === 0) break;
    filled += read;
  }
  return filled;
}

export function writeAll(file: number, bytes: Uint8Array): void {
  for (let written = 0; written < bytes.length; ) {
    written += writeSync(file, bytes, written, bytes.length - written);
  }
}
