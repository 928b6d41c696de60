import { createHash } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { lookAtJson } from '#lib/sql/json-lines.ts';

const folder = mkdtempSync(join(tmpdir(), 'json-lines-'));

/** The line of each row, as splitting the whole text tells. */
function linesOf(text: string): readonly number[] {
  return text.split('\n').flatMap((line, i) => (/^[ \t\r]*$/u.test(line) ? [] : [i + 1]));
}

test('each row has the line that it stands on, however many blank ones there are', async () => {
  const line = fc.constantFrom('{}', '{}', '{"a":1}', ' {} ', '', '', ' ', '\t', '\r', '{}\r');
  await fc.assert(
    fc.asyncProperty(fc.array(line), fc.boolean(), async (lines, isEnded) => {
      const text = `${lines.join('\n')}${isEnded ? '\n' : ''}`;
      const expected = linesOf(text);
      for (const [name, bytes, compression] of [
        ['plain', Buffer.from(text), 'none'],
        ['gzip', gzipSync(text), 'gzip'],
        ['zstd', zstdCompressSync(text), 'zstd'],
      ] as const) {
        const file = join(folder, name);
        writeFileSync(file, bytes);
        const { digest, lineOf } = await lookAtJson(file, compression);
        expect(expected.map((_, row) => lineOf?.(row))).toEqual(expected);
        expect(digest).toBe(`sha256:${createHash('sha256').update(bytes).digest('hex')}`);
      }
    }),
    { numRuns: 100 },
  );
});

test('blank lines are seen where two pieces of reading meet', async () => {
  const file = join(folder, 'large');
  // A piece is 1 MiB: the second begins with the blank line, or ends with it.
  for (const before of [1 << 20, (1 << 20) - 1, (1 << 20) + 1]) {
    writeFileSync(file, `${' '.repeat(before - 3)}{}\n\n{}\n`);
    const { lineOf } = await lookAtJson(file);
    expect([lineOf?.(0), lineOf?.(1)]).toEqual([1, 3]);
  }
});

test('of more blank lines than data has, rows have no lines', async () => {
  const file = join(folder, 'gaps');
  writeFileSync(file, '{}\n\n'.repeat(100_001));
  expect((await lookAtJson(file)).lineOf).toBeUndefined();
});
