// JSON as Python's json.loads reads it: whole numbers and floats apart, NaN and Infinity allowed, the last of two equal
// keys counts. JavaScript's own reader loses the first and refuses the second.
import type { Scalar, Value, ValueMap } from '#lib/dvc/values/value.ts';
import { createLocator } from '#lib/dvc/values/yaml-node.ts';
import { ConfigurationError } from '#lib/errors.ts';

const NUMBER = /-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?/y;
const SPACE = /[ \t\n\r]*/y;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what JSON refuses in texts
const TEXT = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const WORDS: readonly (readonly [string, Scalar])[] = [
  ['true', true],
  ['false', false],
  ['null', null],
  ['NaN', Number.NaN],
  ['Infinity', Number.POSITIVE_INFINITY],
  ['-Infinity', Number.NEGATIVE_INFINITY],
];
const MAX_DEPTH = 500;

interface Cursor {
  readonly text: string;
  readonly fail: (at: number) => ConfigurationError;
  at: number;
}

/** @throws ConfigurationError at the place of the first mistake. */
export function parseJson(text: string, file: string): Value {
  const fail = (at: number) =>
    new ConfigurationError('This is not valid JSON', {
      at: { file, ...createLocator(text)(at) },
      remedy: 'Mend the syntax at this place.',
    });
  const cursor: Cursor = { text, fail, at: text.startsWith('\ufeff') ? 1 : 0 };
  const value = readValue(cursor, 0);
  skip(cursor);
  if (cursor.at < text.length) throw fail(cursor.at);
  return value;
}

function skip(cursor: Cursor): string | undefined {
  SPACE.lastIndex = cursor.at;
  cursor.at += SPACE.exec(cursor.text)?.[0].length ?? 0;
  return cursor.text[cursor.at];
}

function readValue(cursor: Cursor, depth: number): Value {
  const first = skip(cursor);
  if (depth > MAX_DEPTH) throw cursor.fail(cursor.at);
  if (first === '{') return readMap(cursor, depth);
  if (first === '[') return readList(cursor, depth);
  if (first === '"') return readText(cursor);
  for (const [word, value] of WORDS) {
    if (!cursor.text.startsWith(word, cursor.at)) continue;
    cursor.at += word.length;
    return value;
  }
  NUMBER.lastIndex = cursor.at;
  const [number, fraction, exponent] = NUMBER.exec(cursor.text) ?? [];
  if (number === undefined) throw cursor.fail(cursor.at);
  cursor.at += number.length;
  return fraction === undefined && exponent === undefined ? BigInt(number) : Number(number);
}

function readText(cursor: Cursor): string {
  TEXT.lastIndex = cursor.at;
  const quoted = TEXT.exec(cursor.text)?.[0];
  if (quoted === undefined) throw cursor.fail(cursor.at);
  cursor.at += quoted.length;
  return quoted.includes('\\') ? JSON.parse(quoted) : quoted.slice(1, -1);
}

function readList(cursor: Cursor, depth: number): readonly Value[] {
  const items: Value[] = [];
  cursor.at++;
  if (skip(cursor) === ']') cursor.at++;
  else
    do items.push(readValue(cursor, depth + 1));
    while (isMore(cursor, ']'));
  return items;
}

function readMap(cursor: Cursor, depth: number): ValueMap {
  const map = new Map<Scalar, Value>();
  cursor.at++;
  if (skip(cursor) === '}') {
    cursor.at++;
    return map;
  }
  do {
    if (skip(cursor) !== '"') throw cursor.fail(cursor.at);
    const key = readText(cursor);
    if (skip(cursor) !== ':') throw cursor.fail(cursor.at);
    cursor.at++;
    map.set(key, readValue(cursor, depth + 1));
  } while (isMore(cursor, '}'));
  return map;
}

function isMore(cursor: Cursor, closer: string): boolean {
  const next = skip(cursor);
  if (next !== ',' && next !== closer) throw cursor.fail(cursor.at);
  cursor.at++;
  return next === ',';
}
