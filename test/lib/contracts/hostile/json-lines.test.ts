import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { brokenOf, check, openDataLab, refusalOf } from './data-lab.ts';

openDataLab();

const GOOD = '{"n":1,"c":"a"}\n';

describe('a row of JSON lines that is none is refused at its line, and nothing of it is quoted:', () => {
  test.each([
    ['text', 'secret\n', 'This cannot be read as JSON lines: unexpected character at byte 1 of the line'],
    ['a row that is cut', '{"n":1,"c":"secret', /unexpected end of data at byte 19 of the line/],
    ['a NUL byte', '{"n":1,"c":"secret\0"}\n', /unexpected control character in string/],
    ['bytes that are no UTF-8', Buffer.from('{"n":1,"c":"secret\xe9"}\n', 'latin1'), /invalid UTF-8/],
    ['half of a surrogate pair', '{"n":1,"c":"secret\\ud800"}\n', /no low surrogate/],
    ['two objects', '{"n":1,"c":"secret"}{"n":1}\n', /unexpected content after document/],
    ['an object of several lines', '{"n":1,\n"c":"secret"}\n', /unexpected end of data/],
    ['a number', '5\n', 'This row is a number, an object was expected'],
    ['a text', '"secret"\n', 'This row is a text, an object was expected'],
    ['an array', '[{"n":1,"c":"secret"}]\n', 'This row is an array, an object was expected'],
    ['a key twice', '{"n":1,"n":2,"c":"secret"}\n', 'This row has the key "n" twice'],
  ])('%s', async (_, row, message) => {
    const rows = Buffer.from(row as string);
    // Blank lines are lines, but no rows.
    for (const [before, line] of [
      ['', 1],
      [GOOD, 2],
      [`${GOOD}\n \t\r\n${GOOD}`, 5],
    ] as const) {
      const refusal = await refusalOf('t.jsonl', Buffer.concat([Buffer.from(before), rows]));
      expect(refusal).toMatchObject({ line, message: expect.stringMatching(message) });
      expect(JSON.stringify(refusal)).not.toContain('secret');
    }
  });

  test('a byte order mark', async () => {
    expect(await refusalOf('t.jsonl', `\ufeff${GOOD}`)).toMatchObject({
      message: 'The file begins with a byte order mark',
      line: 1,
    });
  });

  test('rows of which none is an object', async () => {
    const [first, second] = [await refusalOf('t.jsonl', '\n5\n'), await refusalOf('t.jsonl', 'null\n[1]\n')];
    expect(first).toMatchObject({ message: 'This row is a number, an object was expected', line: 2 });
    expect(second).toMatchObject({ message: 'This row is an array, an object was expected', line: 2 });
  });

  test.each([['[{"n":1,"c":"a"}]\n'], ['[\n{"n":1,"c":"a"}\n]\n']])(
    'an array of all rows: %j',
    async text => {
      const remedy = expect.stringContaining("jq -c '.[]'");
      expect(await refusalOf('t.json', text)).toMatchObject({ remedy, line: 1 });
      expect(await refusalOf('t.json', 'secret\n')).not.toMatchObject({ remedy });
    },
  );

  test('among a million others', async () => {
    const rows = `${GOOD.repeat(700_000)}{"n":1,"c":\n${GOOD.repeat(300_000)}`;
    expect(await refusalOf('t.jsonl', rows)).toMatchObject({ line: 700_001 });
    expect(await refusalOf('t.jsonl.gz', gzipSync(rows, { level: 1 }))).toMatchObject({ line: 700_001 });
  });

  test('a row of 64 MiB', async () => {
    const row = `{"n":1,"c":"${'x'.repeat(64 << 20)}"}\n`;
    expect(await refusalOf('t.jsonl', `${GOOD}${row}`)).toMatchObject({
      message: 'A row is longer than 16 MiB',
      remedy: 'Look for a line ending that is missing.',
    });
  });
});

describe('keys that no column can have are refused at the first row that has them:', () => {
  test.each([
    ['{"":1,"n":1}\n', 'A value has the empty text for its key'],
    ['{"n":1,"a\\u0000b":1}\n', 'The key "a\\u0000b" holds a NUL character'],
    ['{"N":1,"c":"a"}\n', 'The keys "N" and "n" differ only in upper and lower case'],
  ])('%s', async (row, message) => {
    const { line, ...told } = await refusalOf('t.jsonl', `${GOOD}\n${GOOD}${row}`);
    expect(told).toMatchObject({ message, remedy: 'Rename it.' });
    // Of two names the first row with one of them.
    expect(line).toBe(message.includes('case') ? 1 : 4);
  });

  test('any other key is a column', async () => {
    const keys = ['$', 'a.b', "'", '"', '\\', '[0]', '*', ' ', '\u202e', 'ä😀', '__proto__', 'constructor'];
    const row = `${JSON.stringify(Object.fromEntries(keys.map(key => [key, 'x'])))}\n`;
    const columns = keys.map(name => ({ name, logicalType: 'integer' }));
    expect(brokenOf(await check('t.jsonl', row, { columns }))).toEqual({
      total: 1,
      ...Object.fromEntries(keys.map(key => [`${key}.type`, 1])),
    });
  });
});

describe('what is strange but JSON is checked:', () => {
  test.each([
    ['nothing', '', { total: 0, rows: null, 'n.present': null, 'c.present': null }],
    ['blank lines', '\n \n\r\n', { total: 0, rows: null, 'n.present': null, 'c.present': null }],
    ['objects without keys', '{}\n{}\n', { total: 2, 'n.present': null, 'c.present': null }],
    ['null among rows', `${GOOD}null\n`, { total: 2, 'n.required': 1 }],
    ['blanks around rows', ` \t${GOOD.trim()} \r\n${GOOD}`, { total: 2 }],
    ['no line end at last', `${GOOD}${GOOD.trim()}`, { total: 2 }],
    ['a number too large', '{"n":1e400,"c":"a"}\n', { total: 1, 'n.type': 1 }],
    ['a whole number of 30 digits', `{"n":${'9'.repeat(30)},"c":"a"}\n`, { total: 1 }],
    ['NaN, which JSON does not have', '{"n":NaN,"c":"a"}\n', { total: 1, 'n.type': 1 }],
    ['an escaped NUL', '{"n":1,"c":"a\\u0000"}\n', { total: 1, 'c.pattern': 1 }],
    [
      'an array 100,000 deep',
      `{"n":1,"c":${'['.repeat(100_000)}${']'.repeat(100_000)}}\n`,
      { total: 1, 'c.type': 1, 'c.maxLength': 1, 'c.pattern': 1 },
    ],
  ])('%s', async (_, text, expected) => {
    const found = brokenOf(await check('t.jsonl', text));
    expect(found).toEqual(expected);
  });

  test('samples stand on the lines that a person sees, blank ones counted', async () => {
    const text = `\n${GOOD}\n\r\n{"n":"x","c":"a"}\n  \n{"n":"y","c":"a"}`;
    for (const [name, bytes] of [
      ['t.jsonl', text],
      ['t.jsonl.gz', gzipSync(text)],
    ] as const) {
      const { checks } = await check(name, bytes);
      expect(checks.find(({ id }) => id === 'n.type')?.samples).toEqual([
        { line: 5, value: 'x' },
        { line: 7, value: 'y' },
      ]);
    }
  });
});
