import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatListing } from '#lib/dvc/objects/listing.ts';
import { createMd5Rows, writeRow } from '#lib/dvc/objects/md5-rows.ts';
import { formatPlainListing } from '#lib/dvc/objects/plain-listing.ts';

const rowsOf = (md5s: readonly string[]) => {
  const rows = createMd5Rows(md5s.length);
  for (const [row, md5] of md5s.entries()) writeRow(rows, row, md5);
  return rows;
};
const md5 = (digit: string) => digit.repeat(32);

test('the bytes are those of the general listing, for all names that need no care', () => {
  const names = fc.uniqueArray(fc.stringMatching(/^[ !#-.0-9A-Z[\]-~]{1,12}(\/[a-z]{1,3})?$/), {
    minLength: 1,
  });
  fc.assert(
    fc.property(names, fc.infiniteStream(fc.stringMatching(/^[0-9a-f]{31}[1-9a-f]$/)), (found, digests) => {
      const sorted = found.toSorted((a, b) => (a < b ? -1 : 1));
      const md5s = sorted.map(() => digests.next().value);
      const entries = sorted.map((relpath, row) => ({ relpath, md5: md5s[row] ?? '' }));
      const bytes = formatPlainListing(sorted.join('\0'), rowsOf(md5s));
      expect(Buffer.from(bytes ?? '').toString()).toBe(formatListing(entries));
    }),
  );
});

test.each([
  ['names that JSON would escape', ['a"', 'b'], ['1', '2']],
  ['names that are not plain', ['a', 'é'], ['1', '2']],
  ['names that are not in order', ['b', 'a'], ['1', '2']],
  ['a name that begins as the one before it', ['ab', 'a'], ['1', '2']],
  ['the same name twice', ['a', 'a'], ['1', '2']],
] as const)('%s are left to it', (_, names, digits) => {
  expect(formatPlainListing(names.join('\0'), rowsOf(digits.map(md5)))).toBeUndefined();
});

test('a file whose MD5 is not known is left to it, and so is an empty folder', () => {
  expect(formatPlainListing('a\0b', rowsOf([md5('1'), '']))).toBeUndefined();
  expect(formatPlainListing('', rowsOf([]))).toBeUndefined();
});
