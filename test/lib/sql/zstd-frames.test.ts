import { Readable } from 'node:stream';
import { constants, zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cutAtFrames } from '#lib/sql/zstd-frames.ts';

/** A frame that says nothing: its mark (0x184D2A50 and 15 more), its size, and so many bytes. */
function skippable(kind: number, size: number): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt32LE(0x184d2a50 + kind);
  head.writeUInt32LE(size, 4);
  return Buffer.concat([head, Buffer.alloc(size, 0x28)]);
}

const text = fc.oneof(
  fc.string({ maxLength: 300 }),
  // Blocks that repeat one byte, and frames of several blocks.
  fc.integer({ min: 0, max: 400_000 }).map(length => 'x'.repeat(length)),
  fc.integer({ min: 0, max: 99 }).map(n => Array.from({ length: 30_000 }, (_, i) => i * (n + 7)).join()),
);
const frame = fc.oneof(
  fc.tuple(text, fc.boolean(), fc.boolean()).map(([content, hasChecksum, hasSize]) =>
    zstdCompressSync(content, {
      params: {
        [constants.ZSTD_c_checksumFlag]: Number(hasChecksum),
        [constants.ZSTD_c_contentSizeFlag]: Number(hasSize),
      },
    }),
  ),
  fc.tuple(fc.integer({ min: 0, max: 15 }), fc.integer({ min: 0, max: 50 })).map(([k, n]) => skippable(k, n)),
);

test('no piece goes beyond the end of a frame, however the bytes come, and none is lost', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(frame, { maxLength: 5 }),
      fc.integer({ min: 1, max: 5000 }),
      async (frames, size) => {
        const whole = Buffer.concat(frames);
        const pieces = Array.from({ length: Math.ceil(whole.length / size) }, (_, i) =>
          whole.subarray(i * size, (i + 1) * size),
        );
        const ends = new Set<number>();
        let length = 0;
        const out: Buffer[] = [];
        for await (const piece of cutAtFrames(Readable.from(pieces))) {
          length += piece.length;
          ends.add(length);
          out.push(piece);
        }
        expect(Buffer.concat(out).equals(whole)).toBe(true);
        let end = 0;
        for (const one of frames) {
          end += one.length;
          expect(ends).toContain(end);
        }
      },
    ),
    { numRuns: 100 },
  );
});

test('what is no frame comes out as it is', async () => {
  const out: Buffer[] = [];
  for await (const piece of cutAtFrames(Readable.from([Buffer.from('n,c\n1,x\n')]))) out.push(piece);
  expect(Buffer.concat(out).toString()).toBe('n,c\n1,x\n');
});
