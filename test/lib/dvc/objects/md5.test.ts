import { execFileSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { hashFileNow } from '#lib/dvc/objects/md5.ts';

const file = join(mkdtempSync(join(tmpdir(), 'md5-')), 'file');

it.each([0, 1, 5, 1024 * 1024 - 1, 1024 * 1024, 1024 * 1024 + 1, 3_000_001])(
  'a file of %i bytes gets the hash that md5sum prints',
  size => {
    writeFileSync(file, Buffer.alloc(size, 'ab\r\ncd\0'));
    const md5 = execFileSync('md5sum', [file], { encoding: 'utf8' }).slice(0, 32);
    expect(hashFileNow(file)).toMatchObject({ md5, size });
  },
);

// dvc_data.hashfile.hash.file_md5(path, name='md5-dos2unix') of DVC 3.67.1.
const MEBIBYTE = 1024 * 1024;
it.each([
  ['text', 'a\r\nb\n\r\n', '2a78ec56388379f8d199c845f73d611f'],
  ['text with a NUL', 'a\r\nb\0', 'a0ec739d6b3372de8cac482e81014151'],
  ['mostly control characters', '\x01\x02\r\n\x03\x04', 'f4da2071121cc290d8f284fda0206377'],
  ['carriage returns alone', 'a\rb\r\r\n', '7505e981cbc45f1d55327cb8f9e92390'],
  ['half of the bytes beyond ASCII', 'é\r\n'.repeat(3), 'cb261cdff0d9c094de5a68f6313dce2b'],
  ['nothing', '', 'd41d8cd98f00b204e9800998ecf8427e'],
  ['text of many parts', '0123456\r\n'.repeat(250_000), 'fcd76019627e37edb738984e4673dbb6'],
  [
    'a line end across two parts',
    `${'x'.repeat(MEBIBYTE - 1)}\r\n${'y\r\n'.repeat(10)}`,
    'bc1c0fcaf93ada2505d382922c56a829',
  ],
  [
    'a second part that is no text',
    `x\r\n${'x'.repeat(MEBIBYTE - 3)}\0\r\n`,
    '00ab2e991733678eda0b016c445305fa',
  ],
])('%s has the hash that DVC 2 gave it', (_, text, md5) => {
  writeFileSync(file, text);
  expect(hashFileNow(file, 'md5-dos2unix')).toMatchObject({ md5, size: Buffer.byteLength(text) });
});
