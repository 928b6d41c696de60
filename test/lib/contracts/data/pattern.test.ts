import { matchesGlob } from 'node:path/posix';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parsePattern, partitionOf } from '#lib/contracts/data/pattern.ts';

test.each([
  ['data/*.csv', 'data', ['data/a.csv'], ['data/sub/a.csv', 'data/a.csv.gz', 'data/.csv', 'other/a.csv']],
  ['data/**/*.parquet', 'data', ['data/a.parquet', 'data/x/y/a.parquet'], ['data/x/.tmp/a.parquet']],
  ['data/part-?.csv', 'data', ['data/part-1.csv'], ['data/part-10.csv']],
  ['data/{a,b}*.csv', 'data', ['data/a1.csv', 'data/b.csv'], ['data/c.csv']],
  ['data/[a-c].csv', 'data', ['data/b.csv'], ['data/d.csv']],
  ['data/[!a].csv', 'data', ['data/b.csv'], ['data/a.csv', 'data//.csv']],
  ['a(b)+.csv*', '', ['a(b)+.csv', 'a(b)+.csv.gz'], ['abb.csv']],
])('%s is looked for below %j', (text, start, yes, no) => {
  const pattern = parsePattern(text);
  expect(pattern.start).toBe(start);
  expect(yes.filter(path => !pattern.matches(path))).toEqual([]);
  expect(no.filter(path => pattern.matches(path))).toEqual([]);
});

test('a text without marks is itself', () => {
  const pattern = parsePattern('data/a.csv');
  expect([pattern.isPlain, pattern.start, pattern.matches('data/a.csv')]).toEqual([true, 'data/a.csv', true]);
});

test('names match as they do for Node', () => {
  const name = fc.string({ unit: fc.constantFrom('a', 'b', '1', '-'), minLength: 1, maxLength: 3 });
  const path = fc.array(name, { minLength: 1, maxLength: 4 }).map(parts => parts.join('/'));
  const mark = fc.constantFrom('a', 'b', '*', '?', '[ab]', '{a,b1}', '**');
  const part = fc.array(
    mark.filter(one => one !== '**'),
    { minLength: 1, maxLength: 3 },
  );
  const pattern = fc
    .array(
      fc.oneof(
        part.map(marks => marks.join('')),
        fc.constant('**'),
      ),
      { minLength: 1, maxLength: 3 },
    )
    .map(parts => [...parts, 'a*'].join('/'));
  fc.assert(
    fc.property(pattern, path, (text, file) => {
      expect(parsePattern(text).matches(file)).toBe(matchesGlob(file, text));
    }),
  );
});

test('folders say keys and values as Hive writes them, escapes included', () => {
  expect(partitionOf('data/day=2026-01-02/city=S%C3%A3o%20Paulo/x=/part=1.parquet')).toEqual({
    ...{ day: '2026-01-02', city: 'São Paulo', x: '' },
  });
});
