// The oracle is the RegExp of this program, which is ECMA-262 by definition.
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { toRe2 } from '#lib/contracts/re2.ts';
import { openDuckDb } from '#lib/sql/duckdb.ts';
import type { SqlEngine } from '#lib/sql/engine.ts';

let engine: SqlEngine;
beforeAll(async () => {
  engine = await openDuckDb();
});
afterAll(() => engine.close());

/** What RE2 finds, or the reason that it cannot look. */
async function search(pattern: string, texts: readonly string[]): Promise<readonly boolean[] | string> {
  const { pattern: translated, reason } = toRe2(pattern);
  if (translated === undefined) return reason;
  const found: boolean[] = [];
  for (const text of texts) {
    const [row] = await engine.query('SELECT regexp_matches($1, $2) AS found', [text, translated]);
    found.push(row?.['found'] === true);
  }
  return found;
}

const TEXTS = [
  ...[
    '',
    'a',
    'A',
    'b',
    'z',
    'Z',
    'Q',
    'pL',
    'ab',
    'aab',
    'a.b',
    'a b',
    'a\nb',
    'a\rb',
    'a\u2028b',
    'ab\n',
    '1',
    '-',
    ']',
    '[',
  ],
  ...[
    '[',
    ':',
    'é',
    'e\u0301',
    '\u00a0',
    '\v',
    '\f',
    '\ufeff',
    '\u3000',
    '\t',
    '\b',
    '😀',
    'x😀y',
    '\u0001',
    'a{,3}',
    '\\',
    '٣',
    'K',
  ],
];

describe('a pattern finds in SQL what it finds in ECMA-262:', () => {
  test.each([
    ...[
      '^a.b$',
      '^.$',
      'b$',
      '\\s',
      '\\S',
      '^[\\s]$',
      '[^\\s]',
      '[\\w\\s-]+$',
      '\\d',
      '\\bb',
      '[\\b]',
      '[[:alpha:]]',
      '[[]',
      '[^]',
    ],
    ...[
      '^[^]$',
      '\\A',
      '\\z',
      '\\Q',
      '\\a',
      '\\C',
      '\\E',
      '\\u00e9',
      '\\u{e9}',
      '\\u{5}',
      '\\x41',
      '\\cA',
      '\\0',
      '\\ud83d\\ude00',
      '^\\u{1F600}$',
    ],
    ...[
      '^(?<first>a)b',
      '^(?:a|b)+$',
      'a{,3}',
      '^a{1,2}b',
      '\\p{L}',
      '^\\p{Lu}$',
      '\\P{L}',
      '[\\p{Lu}]',
      '\\/',
      '\\-',
      '\\.',
      '^[a\\-z]$',
      '[.]',
      '[(?=]',
      '[^a-z]',
      'a+?b',
    ],
  ])('%s', async pattern => {
    let expected: RegExp;
    try {
      expected = new RegExp(pattern, 'u');
    } catch {
      expected = new RegExp(pattern);
    }
    expect(await search(pattern, TEXTS)).toEqual(TEXTS.map(text => expected.test(text)));
  });
});

test.each([
  ['a(?=b)', 'it looks ahead or behind'],
  ['a(?!b)', 'it looks ahead or behind'],
  ['(?<=a)b', 'it looks ahead or behind'],
  ['(?<!a)b', 'it looks ahead or behind'],
  ['(a)\\1', 'it refers back to a group'],
  ['(?<n>a)\\k<n>', 'it refers back to a group'],
  ['(?i:a)', 'it changes flags inside'],
  ['[]', 'it has an empty class'],
  ['[\\S\\d]', 'it has \\S inside a class'],
  ['\\ud83d', 'it holds half a character'],
  ['\ud83d', 'it holds half a character'],
  ['\\p{L}\\A', 'it has an escape that only patterns without the Unicode flag have'],
  ['\\u{61}\\A', 'it has an escape that only patterns without the Unicode flag have'],
  ['\\u1', 'it has an escape that only patterns without the Unicode flag have'],
  ['\\07', 'it has an escape that only patterns without the Unicode flag have'],
  ['\\pL', 'it has an escape that only patterns without the Unicode flag have'],
  ['(', 'it is not a regular expression'],
  ['(?i)a', 'it is not a regular expression'],
])('%s is refused, because %s', (pattern, reason) => {
  expect(toRe2(pattern)).toEqual({ reason });
});

const atom = fc.oneof(
  fc.constantFrom(
    'a',
    'b',
    '.',
    '1',
    '😀',
    '\\s',
    '\\S',
    '\\d',
    '\\D',
    '\\w',
    '\\W',
    '\\b',
    '\\.',
    '\\u0061',
    '\\n',
    '\\v',
    '^',
    '$',
  ),
  fc
    .tuple(
      fc.constantFrom('[', '[^'),
      fc.array(fc.constantFrom('a-c', '\\s', '\\d', '\\W', '[', '.', '\\]', '😀', '\\b', '\\-', '(', ':'), {
        minLength: 1,
        maxLength: 4,
      }),
    )
    .map(([open, members]) => `${open}${members.join('')}]`),
);
const pattern = fc
  .array(
    fc.oneof(
      atom,
      fc
        .tuple(
          fc.array(atom, { minLength: 1, maxLength: 3 }),
          fc.constantFrom('', '*', '+', '?', '{1,2}', '*?'),
        )
        .map(([atoms, times]) => `(?:${atoms.join('')})${times}`),
      fc.tuple(atom, atom).map(([one, other]) => `(${one}|${other})`),
    ),
    { minLength: 1, maxLength: 4 },
  )
  .map(parts => parts.join(''));
const text = fc.string({
  unit: fc.constantFrom(
    'a',
    'b',
    'c',
    '1',
    '.',
    '[',
    ':',
    '-',
    ' ',
    '\n',
    '\r',
    '\v',
    '\b',
    '\u00a0',
    '\u2028',
    '😀',
    'é',
  ),
  maxLength: 5,
});

test('any pattern of the shared syntax finds the same', async () => {
  await fc.assert(
    fc.asyncProperty(pattern, fc.array(text, { minLength: 1, maxLength: 4 }), async (source, texts) => {
      const expected = new RegExp(source, 'u');
      expect(await search(source, texts)).toEqual(texts.map(one => expected.test(one)));
    }),
    { numRuns: 400 },
  );
});
