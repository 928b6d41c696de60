import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { arrowToParquet } from '#lib/sql/arrow-to-parquet.ts';
import { openDuckDb } from '#lib/sql/duckdb.ts';
import { unpackLz4 } from '#lib/sql/lz4.ts';

const fixtures = join(import.meta.dirname, '../../fixtures/contracts');

// Written by pyarrow 26.0.1; the values are what it was given. Its Parquet reader finds the same in what is written here.
test.each(['types.lz4.feather', 'types.zstd.feather', 'types.stream.arrow'])(
  '%s keeps every value and type',
  async name => {
    const folder = mkdtempSync(join(tmpdir(), 'arrow-'));
    const to = join(folder, 'out.parquet');
    await arrowToParquet(join(fixtures, name), to);
    expect(readdirSync(folder)).toEqual(['out.parquet']);
    const engine = await openDuckDb();
    const rows = await engine.query(
      `SELECT * REPLACE (t::VARCHAR AS t, l::VARCHAR AS l, st::VARCHAR AS st) FROM '${to}'`,
    );
    const types = await engine.query(`SELECT column_name, column_type FROM (DESCRIBE FROM '${to}')`);
    engine.close();
    expect(rows[0]).toEqual({
      ...{ n: 1, small: 1, u: 1, x: 1.5, f: 0.5, s: 'a', ls: 'a', dict: 'p', b: true, day: '2026-01-02' },
      ...{
        ms: '2026-01-02 03:04:05.678',
        us: '2026-01-02 03:04:05.678901+00',
        t: '01:02:03.000456',
        dec: '12.34',
      },
      ...{
        ns: '2026-01-02 03:04:05.678901234',
        l: '[1, 2]',
        st: "{'a': 1, 'b': x}",
        bin: '\\x00\\x01',
        nul: null,
      },
    });
    expect(rows[1]).toMatchObject({
      n: 2,
      x: null,
      s: null,
      day: null,
      dec: null,
      l: null,
      st: null,
      b: null,
    });
    expect(rows[2]).toMatchObject({
      n: null,
      u: 4294967295,
      s: 'é\0b',
      day: '1969-12-31',
      dec: '-0.01',
      l: '[]',
    });
    const typeOf = Object.fromEntries(types.map(one => [one['column_name'], one['column_type']]));
    expect(typeOf).toMatchObject({
      ...{
        n: 'BIGINT',
        small: 'TINYINT',
        u: 'UINTEGER',
        f: 'FLOAT',
        day: 'DATE',
        us: 'TIMESTAMP WITH TIME ZONE',
      },
      ...{ ns: 'TIMESTAMP_NS', dec: 'DECIMAL(10,2)', l: 'INTEGER[]' },
    });
  },
);

// Written by pyarrow 26.0.1; the values are what it was given.
test('maps and lists of a fixed length are kept, also within each other', async () => {
  const to = join(mkdtempSync(join(tmpdir(), 'arrow-')), 'out.parquet');
  await arrowToParquet(join(fixtures, 'nested.arrow'), to);
  const engine = await openDuckDb();
  const rows = await engine.query(
    `SELECT n, m::VARCHAR AS m, v::VARCHAR AS v, lm::VARCHAR AS lm FROM '${to}'`,
  );
  const types = await engine.query(`SELECT column_type AS type FROM (DESCRIBE FROM '${to}')`);
  engine.close();
  expect(rows).toEqual([
    { n: 1, m: '{a=1, b=NULL}', v: '[1.0, 2.0]', lm: '[{k=[1, 2]}]' },
    { n: 2, m: '{}', v: null, lm: null },
    { n: 3, m: null, v: '[3.5, NULL]', lm: '[{}, {x=NULL}]' },
  ]);
  expect(types.map(({ type }) => type)).toEqual([
    'BIGINT',
    'MAP(VARCHAR, INTEGER)',
    'FLOAT[]',
    'MAP(VARCHAR, BIGINT[])[]',
  ]);
});

test('a column of a type that Parquet has not is named', async () => {
  const to = join(mkdtempSync(join(tmpdir(), 'arrow-')), 'out.parquet');
  await expect(arrowToParquet(join(fixtures, 'union.arrow'), to)).rejects.toMatchObject({
    message: expect.stringMatching(/^Values of the Arrow type .*Union.* cannot be read \(column choice\)$/u),
    remedy: 'Leave the column out, or write it as another type.',
  });
});

test('what is no Arrow file is refused, and leaves nothing', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'arrow-'));
  writeFileSync(join(folder, 'a.arrow'), 'n,c\n1,x\n');
  await expect(arrowToParquet(join(folder, 'a.arrow'), join(folder, 'out'))).rejects.toThrow(/Arrow/u);
  expect(readdirSync(folder)).toEqual(['a.arrow']);
});

test('an Arrow file or stream that is cut anywhere is refused, never taken for a shorter one', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'arrow-'));
  const [file, to] = [join(folder, 'a.arrow'), join(folder, 'out')];
  for (const name of ['types.lz4.feather', 'types.stream.arrow']) {
    const whole = readFileSync(join(fixtures, name));
    // A stream may end without its mark of eight bytes.
    const cuts = Array.from({ length: 40 }, (_, i) => Math.floor((i * (whole.length - 9)) / 39));
    for (const cut of cuts) {
      writeFileSync(file, whole.subarray(0, cut));
      const error = await arrowToParquet(file, to).catch((thrown: unknown) => thrown);
      expect([name, cut, error]).toEqual([
        name,
        cut,
        expect.objectContaining({ name: 'ConfigurationError', at: { file } }),
      ]);
    }
  }
  expect(readdirSync(folder)).toEqual(['a.arrow']);
});

// By the command lz4 1.9.4: printf 'abcabcabcabcabcabcabcabc!' | lz4 -c | xxd -p
test('a frame with a copy that overlaps itself is unpacked', () => {
  const frame = Buffer.from('04224d186440a70c0000003d6162630300506361626321000000004170d305', 'hex');
  expect(Buffer.from(unpackLz4(frame)).toString()).toBe('abcabcabcabcabcabcabcabc!');
});

test('damaged frames are refused, and never read beyond', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), rest => {
      const head = [0x04, 0x22, 0x4d, 0x18, 0x60, 0x40, 0x82];
      try {
        expect(unpackLz4(Uint8Array.from([...head, ...rest])).length).toBeLessThan(2 ** 20);
      } catch (error) {
        expect(error).toMatchObject({ name: 'ConfigurationError' });
      }
    }),
  );
});
