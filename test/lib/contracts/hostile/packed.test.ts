import { spawnSync } from 'node:child_process';
import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { constants, gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { brokenOf, check, labPath, openDataLab, refusalOf } from './data-lab.ts';

openDataLab();

const CSV = `n,c\n${Array.from({ length: 20_000 }, (_, i) => `${(i * 7919) % 10_007},abc\n`).join('')}`;
const JSON_LINES = Array.from({ length: 20_000 }, (_, i) => `{"n":${(i * 7919) % 10_007},"c":"abc"}\n`).join(
  '',
);
const zstd = (text: string) => zstdCompressSync(text, { params: { [constants.ZSTD_c_checksumFlag]: 1 } });

/** The same with one byte that is another, counted from the beginning or from the end. */
function damaged(bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes);
  const index = at < 0 ? copy.length + at : at;
  copy[index] = (copy[index] ?? 0) ^ 0xff;
  return copy;
}

describe.each([
  ['t.csv.gz', 'gzip', gzipSync(CSV)],
  ['t.jsonl.gz', 'gzip', gzipSync(JSON_LINES)],
  ['t.csv.zst', 'zstd', zstd(CSV)],
  ['t.jsonl.zst', 'zstd', zstd(JSON_LINES)],
])('a packed file %s', (name, kind, bytes) => {
  test('is sound as it is', async () => {
    expect(brokenOf(await check(name, bytes))).toEqual({ total: 20_000 });
  });

  test.each([
    ['without a byte', Buffer.alloc(0), 'unexpected end of file'],
    ['cut in half', bytes.subarray(0, bytes.length >> 1), 'unexpected end of file'],
    ['without its last byte', bytes.subarray(0, -1), 'unexpected end of file'],
    ['with a damaged byte in its middle', damaged(bytes, bytes.length >> 1), ''],
    ['with a wrong checksum', damaged(bytes, kind === 'gzip' ? -6 : -2), ''],
    ['that is not packed', Buffer.from(name.includes('csv') ? CSV : JSON_LINES), ''],
  ])('%s is refused, never taken for a shorter one', async (_, broken, why) => {
    const { message, remedy } = await refusalOf(name, broken);
    expect(message).toContain(`${name} is no sound ${kind} file: ${why}`);
    expect(remedy).toBe('Compress the table again, or take the ending off the name.');
  });

  test('of several pieces one after the other is read to its end', async () => {
    const rest = name.includes('csv') ? '1,x\n' : '{"n":1,"c":"x"}\n';
    // Parallel packers of zstd write notes between the frames, which hold nothing.
    const note = kind === 'gzip' ? [] : [Buffer.from('502a4d1804000000deadbeef', 'hex')];
    const more = Buffer.concat([bytes, ...note, kind === 'gzip' ? gzipSync(rest) : zstd(rest)]);
    expect(brokenOf(await check(name, more))).toEqual({ total: 20_001 });
  });

  test('whose name does not say that it is packed is refused at its first line', async () => {
    expect(await refusalOf(name.replace(/\.(?:gz|zst)$/u, ''), bytes)).toMatchObject({ line: 1 });
  });
});

/** A gzip file of some KiB whose text is MiB of zeros a hundred times over. */
function writeBomb(name: string, { head, mebibytes }: { readonly head: string; readonly mebibytes: number }) {
  const file = openSync(labPath(name), 'w');
  writeSync(file, gzipSync(head));
  const piece = gzipSync(Buffer.alloc(16 << 20));
  for (let i = 0; i < mebibytes; i += 16) writeSync(file, piece);
  closeSync(file);
}

// In a process of its own, whose memory is counted. What 400 MiB would take at once is far beyond the limit.
test.each([
  ['bomb.csv.gz', 'n,c\n1,', 'A NUL byte stands here'],
  ['bomb.jsonl.gz', '{"n":1,"c":"', 'A row is longer than 16 MiB'],
])('a packed file that grows a thousandfold is refused in little memory: %s', (name, head, message) => {
  writeBomb(name, { head, mebibytes: 400 });
  const script = join(import.meta.dirname, 'check-one.ts');
  const { stdout, stderr } = spawnSync(process.execPath, [script, labPath(name)], { encoding: 'utf8' });
  expect(stderr).toBe('');
  const told = JSON.parse(stdout);
  expect(told.message).toContain(message);
  expect(told.mebibytes).toBeLessThan(350);
});
