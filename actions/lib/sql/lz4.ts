// LZ4 frames, as Arrow files are packed by default: Node has every other form.
// https://github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md and lz4_Block_format.md
import { ConfigurationError } from '#lib/errors.ts';

const MAGIC = 0x184d2204;
/** Nobody packs a column of one batch to more; a few bytes could claim it. */
const MOST_BYTES = 2 ** 31;

/**
 * Unpacks frames; their checksums are passed over, since whoever asks knows how many bytes there have to be.
 * @throws ConfigurationError for bytes that are no such frames
 */
export function unpackLz4(bytes: Uint8Array): Uint8Array {
  const input = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const out = createOutput();
  let at = 0;
  try {
    while (at < bytes.length) at = readFrame(input, at, out);
  } catch (cause) {
    if (cause instanceof RangeError) throw damaged('they end too early', cause);
    throw cause;
  }
  return out.taken();
}

function readFrame(input: DataView, start: number, out: Output): number {
  if (input.getUint32(start, true) !== MAGIC) throw damaged('they do not begin as such');
  const flags = input.getUint8(start + 4);
  const hasBlockChecksum = (flags & 0x10) !== 0;
  const hasSize = (flags & 0x08) !== 0;
  const hasChecksum = (flags & 0x04) !== 0;
  if ((flags & 0x01) !== 0) throw damaged('they need a dictionary');
  let at = start + 7 + (hasSize ? 8 : 0);
  for (;;) {
    const head = input.getUint32(at, true);
    at += 4;
    if (head === 0) return at + (hasChecksum ? 4 : 0);
    const size = head & 0x7fffffff;
    const block = new Uint8Array(input.buffer, input.byteOffset + at, size);
    if (head >>> 31 === 1) out.add(block);
    else readBlock(block, out);
    at += size + (hasBlockChecksum ? 4 : 0);
  }
}

/** Literals and copies of what came before, in turn. */
function readBlock(block: Uint8Array, out: Output): void {
  let at = 0;
  const next = (): number => {
    const byte = block[at++];
    if (byte === undefined) throw new RangeError('the block is over');
    return byte;
  };
  const length = (nibble: number): number => {
    let total = nibble;
    if (nibble < 15) return total;
    for (let byte = 255; byte === 255; total += byte) byte = next();
    return total;
  };
  while (at < block.length) {
    const token = next();
    const literals = length(token >> 4);
    if (at + literals > block.length) throw new RangeError('the block is over');
    out.add(block.subarray(at, at + literals));
    at += literals;
    if (at >= block.length) return;
    const offset = next() | (next() << 8);
    out.repeat(offset, length(token & 0x0f) + 4);
  }
}

/** Bytes that grow. */
interface Output {
  readonly add: (more: Uint8Array) => void;
  /** Copies from before, byte by byte where both overlap. */
  readonly repeat: (offset: number, length: number) => void;
  readonly taken: () => Uint8Array;
}

function createOutput(): Output {
  let bytes = new Uint8Array(64 * 1024);
  let size = 0;
  const makeRoom = (more: number): void => {
    const needed = size + more;
    if (needed > MOST_BYTES) throw damaged('they unpack to more than 2 GiB');
    if (needed <= bytes.length) return;
    const larger = new Uint8Array(Math.max(needed, 2 * bytes.length));
    larger.set(bytes.subarray(0, size));
    bytes = larger;
  };
  return {
    add: more => {
      makeRoom(more.length);
      bytes.set(more, size);
      size += more.length;
    },
    repeat: (offset, length) => {
      if (offset === 0 || offset > size) throw damaged('they refer to before their beginning');
      makeRoom(length);
      const from = size - offset;
      if (offset >= length) bytes.copyWithin(size, from, from + length);
      else for (let i = 0; i < length; i++) bytes[size + i] = bytes[from + i] ?? 0;
      size += length;
    },
    taken: () => bytes.subarray(0, size),
  };
}

function damaged(why: string, cause?: unknown): ConfigurationError {
  return new ConfigurationError(`These bytes are no LZ4 frames: ${why}`, {
    remedy: 'Write the file again, or without compression.',
    cause,
  });
}
