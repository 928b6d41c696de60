import fc from 'fast-check';
import { expect, test } from 'vitest';
import { toHarmlessLine } from '#lib/runner/commands.ts';
import { readCommand } from '../../support/runner-protocol.ts';

test.each([
  ['::error::forged', '| ::error::forged'],
  ['\t ::set-output name=a::b', '| \t ::set-output name=a::b'],
  ['so far ##[error]forged', 'so far ## [error]forged'],
  ['progress\r::add-mask::a', 'progress ::add-mask::a'],
  ['a\u2028::warning::b', 'a ::warning::b'],
  ['std::vector::size() = 3', 'std::vector::size() = 3'],
  ['\u001b[32mgreen\u001b[0m', '\u001b[32mgreen\u001b[0m'],
])('%j is printed as %j', (text, printed) => {
  expect(toHarmlessLine(text)).toBe(printed);
});

test('whatever anybody prints, the runner finds no command in it', () => {
  const parts = fc.constantFrom(
    '::',
    '##[',
    'error',
    ']',
    ' ',
    '\r',
    '\n',
    '\t',
    'name=a',
    '\u0085',
    '\u2029',
    'x',
  );
  const text = fc.oneof(
    fc.string(),
    fc.array(parts).map(all => all.join('')),
  );
  fc.assert(
    fc.property(text, printed => {
      const line = toHarmlessLine(printed);
      expect(line).not.toMatch(/[\r\n\u0085\u2028\u2029]/u);
      expect(readCommand(line)).toEqual([]);
    }),
    { numRuns: 2000 },
  );
});
