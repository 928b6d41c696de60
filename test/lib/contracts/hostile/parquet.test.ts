import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { ConfigurationError } from '#lib/errors.ts';
import { brokenOf, check, checkFile, openDataLab, refusalOf, writeParquet } from './data-lab.ts';

openDataLab();

/** Rows without any order, so that no footer proves what is asked of them. */
const ROWS =
  "SELECT (range * 7919 % 10007)::BIGINT AS n, 'ab' || chr(97 + range::INTEGER % 26) AS c FROM range(10000)";
const COLUMNS = [
  { name: 'n', logicalType: 'integer', required: true, unique: true },
  { name: 'c', logicalType: 'string', logicalTypeOptions: { maxLength: 3, pattern: '^[a-z]*$' } },
];
/** All that a footer proves. */
const PROVEN = [{ name: 'n', logicalType: 'integer', required: true, logicalTypeOptions: { minimum: 0 } }];

let sound = Buffer.alloc(0);
/** Where the footer begins. */
let footer = 0;
beforeAll(async () => {
  sound = readFileSync(await writeParquet('sound.parquet', ROWS));
  footer = sound.length - 8 - sound.readUInt32LE(sound.length - 8);
});

/** The same with some bytes that are others. */
function overwritten(from: number, to: number, byte = 0xff): Buffer {
  return Buffer.from(sound).fill(byte, from, to);
}

describe('a file that is no whole Parquet file is refused:', () => {
  test('it is whole as it was written', async () => {
    expect(brokenOf(await check('t.parquet', sound, { columns: COLUMNS }))).toEqual({ total: 10_000 });
  });

  test.each([
    ['nothing', () => Buffer.alloc(0), 'too small to be a Parquet file'],
    ['CSV', () => Buffer.from('n,c\n1,a\n2,b\n3,c\n4,d\n'), 'No magic bytes found at end of file'],
    ['its marks alone', () => Buffer.from('PAR1PAR1'), 'too small to be a Parquet file'],
    ['its first half', () => sound.subarray(0, sound.length >> 1), 'No magic bytes found at end of file'],
    ['its second half', () => sound.subarray(sound.length >> 1), 'names bytes that it does not have'],
    [
      'a piece of its middle missing',
      () => Buffer.concat([sound.subarray(0, 100), sound.subarray(4000)]),
      'names bytes that it does not have',
    ],
    ['a footer of noise', () => overwritten(footer, sound.length - 8), 'This cannot be read as Parquet'],
    ['a footer longer than itself', () => overwritten(sound.length - 8, sound.length - 5), 'Footer length'],
    ['rows of noise', () => overwritten(4, footer), 'This cannot be read as Parquet'],
    ['rows of zeros', () => overwritten(4, footer, 0), 'This cannot be read as Parquet'],
  ])('%s', async (_, bytes, why) => {
    expect((await refusalOf('t.parquet', bytes(), { columns: COLUMNS })).message).toContain(why);
  });

  test('also where its footer proves every rule', async () => {
    expect(brokenOf(await check('t.parquet', sound, { columns: PROVEN }))).toEqual({
      total: 10_000,
      columns: null,
    });
    const cut = Buffer.concat([sound.subarray(0, 100), sound.subarray(4000)]);
    const { message, remedy } = await refusalOf('t.parquet', cut, { columns: PROVEN });
    expect(message).toBe('t.parquet is not whole: its footer names bytes that it does not have');
    expect(remedy).toBe('Write or fetch the file again.');
  });

  test('under the name of CSV or JSON lines', async () => {
    expect(await refusalOf('t.csv', sound)).toMatchObject({
      message: 'A NUL byte stands here',
      line: 1,
      remedy: expect.stringContaining('this looks like a binary file'),
    });
    expect(await refusalOf('t.jsonl', sound)).toMatchObject({ line: 1 });
  });
});

test('whatever bytes are wrong, the file is refused or checked, and the next one is checked', async () => {
  const place = fc.oneof(
    fc.nat({ max: 60_000 }),
    fc.nat({ max: 4000 }).map(back => -1 - back),
  );
  const change = fc.record({ at: place, bytes: fc.uint8Array({ minLength: 1, maxLength: 6 }) });
  let refused = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 3 }), async changes => {
      const bytes = Buffer.from(sound);
      for (const one of changes)
        bytes.set(one.bytes, Math.min((one.at + bytes.length) % bytes.length, bytes.length - 6));
      const outcome = await check('t.parquet', bytes, { columns: COLUMNS }).catch((error: unknown) => error);
      if (!(outcome instanceof Error)) return;
      refused++;
      expect(outcome).toBeInstanceOf(ConfigurationError);
      expect(outcome.message).not.toMatch(/\p{Cc}/u);
    }),
    { numRuns: 200, seed: 7 },
  );
  expect(refused).toBeGreaterThan(50);
  expect(brokenOf(await check('t.parquet', sound, { columns: COLUMNS }))).toEqual({ total: 10_000 });
});

test('UUIDs are texts of 36 characters to every rule about texts', async () => {
  const ids = ['11111111-2222-3333-4444-555555555555', '66666666-7777-8888-9999-aaaaaaaaaaaa'];
  await writeParquet('t.parquet', `SELECT unnest(['${ids.join("', '")}'])::UUID AS id`);
  const of = (more: object) => ({ columns: [{ name: 'id', logicalType: 'string', ...more }] });
  const options = { minLength: 36, maxLength: 36, pattern: '^[0-9a-f-]{36}$', format: 'uuid' };
  const kept = await checkFile('t.parquet', of({ unique: true, logicalTypeOptions: options }));
  expect(brokenOf(kept)).toEqual({ total: 2 });
  const among = { metric: 'invalidValues', arguments: { validValues: [ids[0]] }, mustBe: 0 };
  const broken = of({ logicalTypeOptions: { maxLength: 35, pattern: '^1' }, quality: [among] });
  expect(brokenOf(await checkFile('t.parquet', broken))).toEqual({
    ...{ total: 2, 'id.maxLength': 2, 'id.pattern': 1, 'id.invalidValues': 1 },
  });
});
