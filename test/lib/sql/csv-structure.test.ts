import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ConfigurationError } from '#lib/errors.ts';
import { readCsvHeader, scanCsv } from '#lib/sql/csv-structure.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'csv-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function file(content: string | Uint8Array, name = 'data.csv'): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}

interface Refusal {
  readonly message: string;
  readonly line: number | undefined;
  readonly column: number | undefined;
}

async function refusal(content: string | Uint8Array): Promise<Refusal> {
  const path = await file(content);
  const error: ConfigurationError = await scanCsv(path).then(
    () => expect.unreachable('the file was accepted'),
    thrown => thrown,
  );
  expect(error.name).toBe('ConfigurationError');
  expect(error.remedy).toMatch(/\.$/);
  expect(error.at?.file).toBe(path);
  return { message: error.message, line: error.at?.line, column: error.at?.column };
}

describe('a sound file', () => {
  test('gives its header and number of rows', async () => {
    const { header, rows } = await scanCsv(await file('a,"b, ""c""",d\n1,2,3\n4,,6\n'));
    expect(header).toEqual(['a', 'b, "c"', 'd']);
    expect(rows).toBe(2);
  });

  test('may begin with a byte order mark, end its lines with CRLF and lack the last line ending', async () => {
    const { header, rows } = await scanCsv(await file('\ufeffa,é\r\n1,2\r\n3,4'));
    expect(header).toEqual(['a', 'é']);
    expect(rows).toBe(2);
  });

  test('may have no rows', async () => {
    expect((await scanCsv(await file('a,b\n'))).rows).toBe(0);
    expect((await scanCsv(await file('a,b'))).rows).toBe(0);
  });

  test('may end with empty lines', async () => {
    expect((await scanCsv(await file('a,b\n1,2\n\n\n'))).rows).toBe(1);
  });

  test('with one column has a row with a missing value where a line is empty', async () => {
    expect((await scanCsv(await file('a\n1\n\n3\n'))).rows).toBe(3);
  });

  test('tells the line each row begins at, line breaks inside quotes counted', async () => {
    const { lineOf } = await scanCsv(await file('a,"b\nc"\n1,2\n"x\ny\nz",3\n4,5\n6,"7\n8"\n'));
    expect([0, 1, 2, 3].map(lineOf)).toEqual([3, 4, 7, 8]);
  });

  test('longer than one piece of reading counts its rows right', async () => {
    const row = `${'é'.repeat(333)},"a ""b"" c"\n`;
    expect((await scanCsv(await file(`x,y\n${row.repeat(5000)}`))).rows).toBe(5000);
  });
});

describe('a file is refused, with the place to look at, when', () => {
  test('it is empty', async () => {
    expect(await refusal('')).toMatchObject({ message: 'The file is empty', line: 1 });
    expect(await refusal('\ufeff')).toMatchObject({ message: 'The file is empty', line: 1 });
  });

  test('its first line is empty', async () => {
    expect(await refusal('\na,b\n')).toMatchObject({ message: 'The first line is empty', line: 1 });
  });

  test('a row has too few or too many fields', async () => {
    const few = { message: 'This row has 1 field, the header has 2', line: 4 };
    expect(await refusal('a,b\n1,2\n3,4\n5\n6,7\n')).toMatchObject(few);
    const many = { message: 'This row has 3 fields, the header has 2', line: 3 };
    expect(await refusal('a,b\n1,2\n3,4,\n')).toMatchObject(many);
  });

  test('a ragged row follows a field with line breaks', async () => {
    expect(await refusal('a,b\n"1\n\n",2\n3\n')).toMatchObject({ line: 5 });
    expect(await refusal('a,b\n"1\n\n"\n')).toMatchObject({ line: 2 });
  });

  test('an empty line stands between rows', async () => {
    expect(await refusal('a,b\n1,2\n\n\n3,4\n')).toMatchObject({ message: 'This line is empty', line: 3 });
  });

  test('a quote never closes', async () => {
    const message = 'A double quote opens here and never closes';
    expect(await refusal('a,b\n1,"2\n3,4\n')).toMatchObject({ message, line: 2, column: 3 });
  });

  test('a quote stands inside a plain field', async () => {
    expect(await refusal('a,b\n1,é2"\n')).toMatchObject({ line: 2, column: 5 });
  });

  test('text follows a closing quote', async () => {
    expect(await refusal('a,b\n"1"x,2\n')).toMatchObject({ line: 2, column: 4 });
  });

  test('line endings are mixed', async () => {
    const message = 'This line ends with CRLF, the lines before it end with LF';
    expect(await refusal('a,b\n1,2\r\n')).toMatchObject({ message, line: 2 });
  });

  test('a carriage return stands alone', async () => {
    expect(await refusal('a,b\r1,2\r')).toMatchObject({ message: 'A carriage return stands alone', line: 1 });
    expect(await refusal('a,b\n1,2\r')).toMatchObject({ message: 'A carriage return stands alone', line: 2 });
  });

  test('it holds a NUL byte', async () => {
    expect(await refusal('a,b\n1,\x00\n')).toMatchObject({ line: 2, column: 3 });
  });

  test('it is not UTF-8', async () => {
    const latin1 = Buffer.concat([Buffer.from('a,b\n1,caf'), Buffer.from([0xe9]), Buffer.from('\n')]);
    expect(await refusal(latin1)).toMatchObject({ message: 'These bytes are not UTF-8 text', line: 2 });
    const cut = Buffer.concat([Buffer.from('a,b\n1,caf'), Buffer.from([0xc3])]);
    expect(await refusal(cut)).toMatchObject({ message: 'The file ends inside a UTF-8 character', line: 2 });
  });

  test('a column has no name', async () => {
    const message = 'Column 1 has no name in the header';
    expect(await refusal('"",b\n1,2\n')).toMatchObject({ message, line: 1 });
  });

  test('a column is named twice', async () => {
    const twice = { message: 'Column "a" is named twice in the header', line: 1 };
    expect(await refusal('a,b,a\n1,2,3\n')).toMatchObject(twice);
    const cased = { message: 'Column "A" and "a" differ only in upper and lower case in the header' };
    expect(await refusal('a,A\n1,2\n')).toMatchObject(cased);
  });

  test('it does not exist or is a folder', async () => {
    await expect(scanCsv(join(folder, 'none.csv'))).rejects.toThrow('does not exist');
    await expect(scanCsv(folder)).rejects.toThrow('is a folder');
  });
});

describe('the header alone', () => {
  test('is read without looking at the rows', async () => {
    expect(await readCsvHeader(await file('"a\nb",c\n1\n'))).toEqual(['a\nb', 'c']);
  });

  test('may lack its line ending', async () => {
    expect(await readCsvHeader(await file('a,b'))).toEqual(['a', 'b']);
  });

  test('is refused when the file is empty', async () => {
    await expect(readCsvHeader(await file(''))).rejects.toThrow('The file is empty');
  });
});

describe('UTF-8', () => {
  // Unicode Standard, table 3-7: the byte sequences on either side of each of its edges.
  test.each([
    ['c1bf', false],
    ['c280', true],
    ['dfbf', true],
    ['e09fbf', false],
    ['e0a080', true],
    ['ed9fbf', true],
    ['eda080', false],
    ['ee8080', true],
    ['efbfbf', true],
    ['f08fbfbf', false],
    ['f0908080', true],
    ['f48fbfbf', true],
    ['f4908080', false],
    ['f5808080', false],
    ['80', false],
    ['c2c2', false],
    ['e2828d', true],
    ['e28263', false],
  ])('holds %s: %s', async (bytes, isSound) => {
    const path = await file(
      Buffer.concat([Buffer.from('x,y\n1,'), Buffer.from(bytes, 'hex'), Buffer.from('z\n')]),
    );
    const accepted = await scanCsv(path).then(
      () => true,
      () => false,
    );
    expect(accepted).toBe(isSound);
  });

  test('is judged as the platform judges it', async () => {
    const decoder = new TextDecoder('utf-8', { fatal: true });
    const piece = fc.oneof(
      fc.string({ unit: 'grapheme' }).map(Buffer.from),
      fc.uint8Array({ min: 0x7f, maxLength: 4 }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(piece), async pieces => {
        const text = Buffer.concat(pieces).filter(byte => ![0, 0x0a, 0x0d, 0x22, 0x2c].includes(byte));
        let isSound = true;
        try {
          decoder.decode(text);
        } catch {
          isSound = false;
        }
        const path = await file(Buffer.concat([Buffer.from('x,y\n1,z'), text]), 'utf8.csv');
        const accepted = await scanCsv(path).then(
          () => true,
          () => false,
        );
        expect(accepted).toBe(isSound);
      }),
    );
  });
});
