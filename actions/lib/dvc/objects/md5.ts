// MD5 of a file's bytes, and the older kind that DVC 2 took, which reads CR LF of text as LF. Small files are read at
// once into one buffer that is used again and again: for them the calls into the operating system are the whole cost.
import { createHash, type Hash, hash } from 'node:crypto';
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import type { HashName } from '#lib/dvc/objects/object.ts';

/** DVC looks at each part of this size by itself when it decides whether a file is text. */
const CHUNK_BYTES = 1024 * 1024;
const LOOK_BYTES = 512;
const TEXT_SHARE = 0.3;
const TEXT_BYTES = new Set([8, 9, 10, 12, 13, ...Array.from({ length: 95 }, (_, i) => i + 32)]);

/** Nobody waits for the other end of a named pipe. */
export const READ = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

let shared: Buffer | undefined;

/** 32 hex digits. */
export function hashBytes(bytes: string | Uint8Array): string {
  return hash('md5', bytes);
}

/** A file's hash, how many bytes were read, and its time stamp after that: if it changed meanwhile, they tell. */
export interface ReadHash {
  readonly md5: string;
  readonly size: number;
  readonly mtimeMs: number;
}

/**
 * Reads until the buffer holds the bytes with this MD5, or is full, or the file ends. To know the bytes by their hash spares
 * the read that finds nothing more, which for a small file is a part of the time.
 */
export function readKnown(
  file: number,
  buffer: Buffer,
  md5: string,
): { readonly length: number; readonly isKnown: boolean } {
  for (let length = 0; ; ) {
    const read = readSync(file, buffer, length, buffer.length - length, null);
    length += read;
    const isFull = length === buffer.length;
    if (!isFull && hashBytes(buffer.subarray(0, length)) === md5) return { length, isKnown: true };
    if (isFull || read === 0) return { length, isKnown: false };
  }
}

/** Reads a whole file. @throws the operating system's error when it cannot be read. */
export function hashFileNow(path: string, name: HashName = 'md5'): ReadHash {
  shared ??= Buffer.allocUnsafeSlow(CHUNK_BYTES);
  const file = openSync(path, READ);
  try {
    const first = fill(file, shared);
    const end = (md5: string, size: number) => ({ md5, size, mtimeMs: fstatSync(file).mtimeMs });
    if (name === 'md5' && first < CHUNK_BYTES) return end(hashBytes(shared.subarray(0, first)), first);
    const digest = createHash('md5');
    const update = name === 'md5' ? updateRaw : updateText;
    let size = 0;
    for (let read = first; read > 0; read = fill(file, shared)) {
      update(digest, shared.subarray(0, read));
      size += read;
    }
    return end(digest.digest('hex'), size);
  } finally {
    closeSync(file);
  }
}

/** Reads until the buffer is full or the file ends. */
function fill(file: number, buffer: Buffer): number {
  let filled = 0;
  while (filled < buffer.length) {
    const read = readSync(file, buffer, filled, buffer.length - filled, null);
    if (read === 0) break;
    filled += read;
  }
  return filled;
}

function updateRaw(digest: Hash, chunk: Buffer): void {
  digest.update(chunk);
}

function updateText(digest: Hash, chunk: Buffer): void {
  digest.update(isText(chunk.subarray(0, LOOK_BYTES)) ? withoutCarriageReturns(chunk) : chunk);
}

/** As DVC guesses it: no NUL, and few bytes that text seldom has. */
function isText(block: Buffer): boolean {
  if (block.includes(0)) return false;
  const others = block.reduce((count, byte) => count + (TEXT_BYTES.has(byte) ? 0 : 1), 0);
  return block.length === 0 || others / block.length <= TEXT_SHARE;
}

function withoutCarriageReturns(chunk: Buffer): Buffer {
  if (!chunk.includes('\r\n')) return chunk;
  return Buffer.from(chunk.toString('latin1').replaceAll('\r\n', '\n'), 'latin1');
}
