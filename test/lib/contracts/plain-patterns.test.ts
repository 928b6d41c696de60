import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { matchesSql } from '#lib/contracts/sql/plain-patterns.ts';
import { quoteText } from '#lib/sql/dialect.ts';
import { openDuckDb } from '#lib/sql/duckdb.ts';
import type { SqlEngine } from '#lib/sql/engine.ts';

let engine: SqlEngine;
beforeAll(async () => {
  engine = await openDuckDb();
});
afterAll(() => engine.close());

const SIGNS = [...'aZz09_.,:;/@#%= -*?[]\\!^~é😀\n', ''];
const classes = ['[a-z]', '[A-Z0-9]', '[0-9]', '\\d', '[_.]', '[a]', '[% ]', '[a-zA-Z]', '[9-0]', '[z-a]'];
const pieces = fc.oneof(
  fc.constantFrom(...classes, 'a', 'Z', '0', '-', '\\.', '\\/', '\\-', '@', '%', '_', '.', '*', '?'),
  fc.constantFrom(...classes).chain(one => fc.constantFrom(`${one}{2}`, `${one}{0}`, `${one}{3}`, `${one}+`)),
);
const rows = fc.array(pieces, { minLength: 1, maxLength: 4 }).map(list => `^${list.join('')}$`);
const separators = fc.constantFrom('@', '/', '.', '-', '%', '_', ':');
const parts = fc
  .tuple(separators, fc.array(fc.constantFrom('+', '*'), { minLength: 1, maxLength: 4 }), fc.boolean())
  .map(([sign, many, isEscaped]) => {
    const between = isEscaped || sign === '.' ? `\\${sign}` : sign;
    return `^${many.map(one => `[^${sign}]${one}`).join(between)}$`;
  });
const patterns = fc.oneof(rows, parts).filter(pattern => {
  try {
    return new RegExp(pattern, 'u') instanceof RegExp;
  } catch {
    return false;
  }
});
const texts = fc.array(
  fc.array(fc.constantFrom(...SIGNS), { maxLength: 7 }).map(signs => signs.join('')),
  {
    minLength: 20,
    maxLength: 20,
  },
);

it('plain patterns match what JavaScript says they match', async () => {
  await fc.assert(
    fc.asyncProperty(patterns, texts, async (pattern, some) => {
      const near = [...some, 'a@b', 'a@b@c', '@b', 'ab/', 'a/b/c', '1.2', 'a-0', 'aa', 'a9', '%', '_', 'Z9'];
      const values = near.map(text => `(${quoteText(text)})`).join(', ');
      const found = await engine.query(
        `SELECT t, ${matchesSql('t', pattern)} AS is FROM (VALUES ${values}) AS v(t)`,
      );
      const expected = near.map(text => new RegExp(pattern, 'u').test(text));
      expect(
        found.map(row => row['is']),
        pattern,
      ).toEqual(expected);
    }),
    { numRuns: 400, seed: 11 },
  );
});

it.each([
  ['^ord-[0-9]{3}$', "t GLOB 'ord-[0-9][0-9][0-9]'"],
  [String.raw`^\d{2}\.[A-Z]$`, "t GLOB '[0-9][0-9].[A-Z]'"],
  ['^[^@]+@[^@]*$', "(t LIKE '%@%' AND NOT t LIKE '%@%@%' AND NOT t LIKE '@%')"],
  ['^[^/]+/[^/]*/[^/]+/[^/]+$', "regexp_matches(t, '^[^/]+/[^/]*/[^/]+/[^/]+$')"],
  ['^[^@]+@[^.]+$', "regexp_matches(t, '^[^@]+@[^.]+$')"],
  ['^a?$', "regexp_matches(t, '^a?$')"],
  ['a', "regexp_matches(t, 'a')"],
])('%s is asked as %s', (pattern, sql) => expect(matchesSql('t', pattern)).toBe(sql));
