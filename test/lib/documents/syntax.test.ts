// The places are where a person has to write something, not where the parser gives up.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseDocumentText } from '#lib/documents/document.ts';
import { parseTyped } from '#lib/dvc/values/yaml-read.ts';
import { ConfigurationError, ConfigurationErrors } from '#lib/errors.ts';

function problemOf(error: unknown): string {
  if (!(error instanceof ConfigurationError)) throw error;
  const [{ at, message } = error] = error instanceof ConfigurationErrors ? error.problems : [error];
  return `${at?.line}:${at?.column} ${message.replace('This is not valid YAML: ', '')}`;
}

it.each([
  ['a key twice', 'stages:\n  train: 1\n  train: 2\n', '3:3 the key train is there twice'],
  ['a quoted key twice', '"a b": 1\n"a b": 2\n', '2:1 the key "a b" is there twice'],
  ['a key without a colon', 'a:\n  deps\n  outs: [b]\n', '2:3 a colon is missing after the key deps?'],
  ['a last key without a colon', 'a: 1\ndeps\n', '2:1 a colon is missing after the key deps?'],
  ['a list that never ends', 'a:\n  deps: [b, c\n  outs: [d]\n', '2:9 this [ is not closed'],
  ['a map that never ends', 'a: {b: 1\n', '1:4 this { is not closed'],
  [
    'a bracket after closed ones',
    "a: ['[', x]\nb: |\n  [ -f\nc: # [\n  - echo [\nd: [1\n",
    '6:4 this [ is not closed',
  ],
  [
    'two entries without a comma',
    'a: {b: 1 c: 2}\n',
    '1:8 between { and } a comma or a colon is missing here',
  ],
  [
    'a line that fits nowhere',
    'a:\n    b: 1\n  c: 2\n',
    '3:3 this line is indented like none of those that it could belong to',
  ],
  ['a quote that never ends', "a: 'it''s\nb: 1\n", "1:4 this quote (') is not closed"],
  ['a second colon', 'a: b: c\n', '1:4 a second colon on one line cannot begin another value'],
  [
    'a conflict',
    'a:\n<<<<<<< HEAD\n  b: 1\n=======\n  b: 2\n>>>>>>> x\n',
    '2:1 there is an unresolved merge conflict',
  ],
  [
    'a conflict with ends of lines of Windows',
    'a:\r\n<<<<<<< HEAD\r\n  b\r\n>>>>>>> x\r\n',
    '2:1 there is an unresolved merge conflict',
  ],
])('%s is told in plain words by both readers', async (_, text, expected) => {
  expect(() => parseDocumentText(text, 'a.yaml')).toThrow(ConfigurationError);
  try {
    parseDocumentText(text, 'a.yaml');
  } catch (error) {
    expect(problemOf(error)).toBe(expected);
  }
  const refused = await parseTyped(text, 'a.yaml').catch((error: unknown) => error);
  expect(problemOf(refused)).toBe(expected);
});

it('rows of equals signs in a text are no conflict', async () => {
  const text = 'a: |\n  <<<<<<<\n  =======\nb\n';
  const refused = await parseTyped(text, 'a.yaml').catch((error: unknown) => error);
  expect(problemOf(refused)).toBe('4:1 a colon is missing after the key b?');
});

it('whatever the text, the place is inside it', async () => {
  const piece = fc.constantFrom(
    'a',
    ': ',
    '\n',
    '  ',
    '[',
    '{',
    ']',
    '}',
    ',',
    '"',
    "'",
    '- ',
    '#',
    '|',
    '<<<<<<<',
    '\\',
    '\t',
  );
  const text = fc.array(piece, { maxLength: 40 }).map(pieces => pieces.join(''));
  await fc.assert(
    fc.asyncProperty(text, async written => {
      const refused = await parseTyped(written, 'a.yaml').catch((error: unknown) => error);
      if (!(refused instanceof ConfigurationError)) return;
      const lines = written.split('\n');
      const { line = 0, column = 0 } = refused.at ?? {};
      expect(line).toBeGreaterThan(0);
      expect(column).toBeGreaterThan(0);
      expect(column).toBeLessThanOrEqual((lines[line - 1] ?? '').length + 1);
    }),
    { numRuns: 500 },
  );
});
