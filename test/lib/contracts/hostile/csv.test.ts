import { appendFileSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { brokenOf, check, checkFile, labEngine, labPath, openDataLab, refusalOf } from './data-lab.ts';

openDataLab();

const LONG = 'This row is longer than 2 MB';
const MIB = 1 << 20;

describe('a CSV file that is no table is refused at the place:', () => {
  test.each([
    ['nothing', '', { message: 'The file is empty', line: 1 }],
    ['an empty line', '\n', { message: 'The first line is empty', line: 1 }],
    ['a NUL byte', 'n,c\n1,a\n2,\0\n', { message: 'A NUL byte stands here', line: 3, column: 3 }],
    ['a NUL byte in quotes', 'n,c\n1,"a\0"\n', { message: 'A NUL byte stands here', line: 2, column: 5 }],
    ['a NUL byte in the header', 'n,c\0\n1,a\n', { message: 'A NUL byte stands here', line: 1, column: 4 }],
    ['Latin-1', Buffer.from('n,c\n1,a\n2,\xe9\n', 'latin1'), { message: /not UTF-8/, line: 3 }],
    ['Latin-1 in the header', Buffer.from('n,\xe9\n1,a\n', 'latin1'), { message: /not UTF-8/, line: 1 }],
    ['UTF-16', Buffer.from('\ufeffn,c\n1,a\n', 'utf16le'), { message: /not UTF-8/, line: 1 }],
    ['JSON lines', '{"n":1,"c":"a"}\n', { message: /double quote stands inside a field/, line: 1 }],
    ['one line of 64 MiB', `n,c\n1,${'x'.repeat(64 * MIB)}\n`, { message: LONG, line: 2 }],
    ['one line of 64 MiB that does not end', `n,c\n1,${'x'.repeat(64 * MIB)}`, { message: LONG, line: 2 }],
    ['a header of 64 MiB', 'x'.repeat(64 * MIB), { message: 'This header is longer than 2 MB', line: 1 }],
    ['64 MiB of delimiters', `n,c\n${','.repeat(64 * MIB)}\n`, { message: LONG, line: 2 }],
    ['a quote that never closes', `n,c\n1,a\n2,"${'x,y\n'.repeat(4 * MIB)}`, { message: LONG, line: 3 }],
  ])('%s', async (_, bytes, { message, ...place }) => {
    const refusal = await refusalOf('t.csv', bytes);
    expect(refusal).toMatchObject({ message: expect.stringMatching(message), ...place });
  });

  test('a row just within what the engine reads is one wherever it stands, one beyond is none', async () => {
    for (const before of ['', '1,a\n', '1,a\n'.repeat(200_000)]) {
      for (const quote of ['', '"']) {
        // With its line end.
        const row = (bytes: number) => `1,${quote}${'x'.repeat(bytes - 3 - 2 * quote.length)}${quote}`;
        const rows = (before.length >> 2) + 1;
        for (const after of ['', '\n', '\n1,a\n']) {
          const kept = await check('t.csv', `n,c\n${before}${row(1_999_999)}${after}`);
          expect(brokenOf(kept)).toEqual({ total: rows + (after.length > 1 ? 1 : 0), 'c.maxLength': 1 });
        }
        const refusal = await refusalOf('t.csv', `n,c\n${before}${row(2_000_100)}\n`);
        expect(refusal).toMatchObject({ message: LONG, line: rows + 1 });
      }
    }
  });

  test('a header just within it is one', async () => {
    const header = (bytes: number) => `n,c,${'x'.repeat(bytes - 5)}\n`;
    expect(brokenOf(await check('t.csv', `${header(1_999_999)}1,a,b\n`))).toEqual({
      total: 1,
      columns: null,
    });
    expect((await refusalOf('t.csv', `${header(2_000_100)}1,a,b\n`)).message).toBe(
      'This header is longer than 2 MB',
    );
  });
});

describe('a CSV file without a row', () => {
  test.each(['n,c\n', 'n,c', '\ufeffn,c\r\n', 'n,c\n\n\n'])(
    'keeps what rows must keep, but there are none: %j',
    async text => {
      expect(brokenOf(await check('t.csv', text))).toEqual({ total: 0, rows: null });
    },
  );
});

describe('what is no file is told:', () => {
  test('a folder', async () => {
    mkdirSync(labPath('folder.csv'));
    expect((await refusalOf('folder.csv', undefined)).message).toBe(
      'folder.csv is a folder, a file was expected',
    );
  });

  test.each(['broken.csv', 'broken.jsonl', 'broken.parquet'])('a link to nowhere: %s', async name => {
    symlinkSync('nowhere', labPath(name));
    expect((await refusalOf(name, undefined)).message).toMatch(/does not exist|No files found/u);
  });

  test('a link to itself', async () => {
    symlinkSync('loop.csv', labPath('loop.csv'));
    await expect(checkFile('loop.csv')).rejects.toThrow(/loop\.csv/u);
  });
});

describe('a file that changes while it is read is refused, whatever was counted', () => {
  /** The engine with something that happens before one of its statements. */
  const meanwhile = (happens: () => void) => {
    const engine = labEngine();
    let isDone = false;
    return {
      ...engine,
      query: (...words: Parameters<typeof engine.query>) => {
        if (!isDone && /count_if|count\(/u.test(words[0])) {
          isDone = true;
          happens();
        }
        return engine.query(...words);
      },
    };
  };

  test.each([
    ['t.csv', 'n,c\n1,a\n', '2,b\n'],
    ['t.jsonl', '{"n":1,"c":"a"}\n', '{"n":2,"c":"b"}\n'],
  ])('%s grows', async (name, text, more) => {
    writeFileSync(labPath(name), text);
    const engine = meanwhile(() => appendFileSync(labPath(name), more));
    expect(await refusalOf(name, undefined, { engine })).toMatchObject({
      message: `${name} changed while it was read`,
      remedy: 'Run it again when nothing writes the file any more.',
    });
  });

  test('t.csv is another one of the same length', async () => {
    writeFileSync(labPath('t.csv'), 'n,c\n1,a\n');
    const engine = meanwhile(() => writeFileSync(labPath('t.csv'), 'n,c\nx,a\n'));
    expect((await refusalOf('t.csv', undefined, { engine })).message).toBe('t.csv changed while it was read');
    expect(brokenOf(await checkFile('t.csv'))).toEqual({ total: 1, 'n.type': 1 });
  });
});
