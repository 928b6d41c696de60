import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { decodeText } from '#lib/sql/decode-text.ts';

const folder = mkdtempSync(join(tmpdir(), 'decode-'));
const PACK = { gzip: gzipSync, zstd: zstdCompressSync } as const;
const latin1 = (text: string) => Buffer.from(text, 'latin1');

async function decoded(
  name: string,
  bytes: Uint8Array,
  compression: 'none' | 'gzip' | 'zstd',
): Promise<string> {
  const [file, to] = [join(folder, name), join(folder, `${name}.out`)];
  writeFileSync(file, bytes);
  await decodeText({ file, compression, encoding: 'windows-1252', to });
  return readFileSync(to, 'utf8');
}

test.each(['gzip', 'zstd'] as const)(
  'text packed with %s is decoded to the end of its last piece',
  async kind => {
    const pieces = ['n,c\n1,é\n', '2,ü\n', '3,ß\n'].map(text => PACK[kind](latin1(text)));
    expect(await decoded(`${kind}.whole`, Buffer.concat(pieces), kind)).toBe('n,c\n1,é\n2,ü\n3,ß\n');
  },
);

test.each(['gzip', 'zstd'] as const)(
  'text packed with %s that is cut is told as such, not as a wrong encoding',
  async kind => {
    const bytes = PACK[kind](latin1('n,c\n1,é\n'));
    await expect(decoded(`${kind}.cut`, bytes.subarray(0, -1), kind)).rejects.toThrow(
      `is no sound ${kind} file: unexpected end of file`,
    );
  },
);

test('a file that is not there is told', async () => {
  const text = {
    file: join(folder, 'none'),
    compression: 'none',
    encoding: 'utf-8',
    to: join(folder, 'o'),
  } as const;
  await expect(decodeText(text)).rejects.toThrow('does not exist');
});

test('a NUL character ends it at once, and says in which line', async () => {
  const [file, to] = [join(folder, 'zeros'), join(folder, 'zeros.out')];
  writeFileSync(file, gzipSync(Buffer.concat([latin1('n\n1\n'), Buffer.alloc(64 << 20)])));
  await expect(decodeText({ file, compression: 'gzip', encoding: 'windows-1252', to })).rejects.toMatchObject(
    {
      message: 'A NUL character stands in this line, read as windows-1252',
      at: { file, line: 3 },
    },
  );
  expect(readFileSync(to)).toHaveLength(0);
});
