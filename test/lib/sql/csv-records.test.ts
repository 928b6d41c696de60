import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ConfigurationError } from '#lib/errors.ts';
import { scanChunk } from '#lib/sql/csv-records.ts';
import { type CsvScan, finishScan, scanByte, startScan } from '#lib/sql/csv-scanner.ts';

/** What a scan came to, or where and why it refused. */
function outcome(feed: (scan: CsvScan) => void): unknown {
  const scan = startScan('t.csv', ';'.charCodeAt(0));
  try {
    feed(scan);
    finishScan(scan);
    const { header, rows, line, tallRows, ending } = scan;
    return { header, rows, line, tallRows, ending };
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    return { message: error.message, at: error.at };
  }
}

const piece = fc.constantFrom(
  'a',
  'é',
  '💡',
  ';',
  ';',
  '"',
  '""',
  '"x;\n"',
  '"q"',
  '\r\n',
  '\n',
  '\n',
  ' ',
  '\0',
  '\r',
);
const sound = fc.array(fc.constantFrom('1;2', '"a;""b""";é', '"\n\n";x', ';'), { maxLength: 30 });

function compare(text: Buffer, cuts: readonly number[]): void {
  const places = [0, ...cuts.map(cut => cut % (text.length + 1)).toSorted((a, b) => a - b), text.length];
  const byByte = outcome(scan => {
    for (const byte of text) scanByte(scan, byte);
  });
  const byChunk = outcome(scan => {
    for (const [i, from] of places.slice(0, -1).entries())
      scanChunk(scan, text.subarray(from, places[i + 1]));
  });
  expect(byChunk).toEqual(byByte);
}

test('however a file is cut, whole records come to the same as single bytes, and so do refusals', () => {
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }), fc.array(fc.nat(200), { maxLength: 4 }), (pieces, cuts) =>
      compare(Buffer.from(`h;k\n${pieces.join('')}`), cuts),
    ),
    { numRuns: 3000, seed: 1 },
  );
});

test('sound files too, with either line ending', () => {
  fc.assert(
    fc.property(
      sound,
      fc.constantFrom('\n', '\r\n'),
      fc.array(fc.nat(400), { maxLength: 4 }),
      (rows, ending, cuts) => compare(Buffer.from(['h;k', ...rows, ''].join(ending)), cuts),
    ),
    { numRuns: 1000, seed: 2 },
  );
});

test('bytes that are no UTF-8 are refused at their place', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 12 }), fc.array(fc.nat(40), { maxLength: 3 }), (bytes, cuts) =>
      compare(Buffer.concat([Buffer.from('h;k\n1;2\n'), Buffer.from(bytes), Buffer.from(';2\n3;4\n')]), cuts),
    ),
    { numRuns: 2000, seed: 3 },
  );
});
