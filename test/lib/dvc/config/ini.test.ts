import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type IniFile, parseIni } from '#lib/dvc/config/ini.ts';
import { formatIni } from '#lib/dvc/config/ini-write.ts';
import recorded from '../../../fixtures/dvc/config/recorded-ini.json' with { type: 'json' };

function toObject({ sections }: IniFile): unknown {
  return Object.fromEntries(
    sections.map(({ name, entries }) => [
      name,
      Object.fromEntries(entries.map(({ key, value }) => [key, value])),
    ]),
  );
}

function read(text: string): unknown {
  try {
    return toObject(parseIni(text, '.dvc/config'));
  } catch {
    return null;
  }
}

// Sections within sections are refused here: DVC's own check of the result does that later.
test.for(recorded.filter(({ text }) => !text.startsWith('[[')))(
  'ConfigObj 5.0.9 and we read $text alike',
  ({ text, value }) => {
    expect(read(`[s]\n${text}`)).toEqual(value);
  },
);

test('a line that cannot be read is named with its place', () => {
  expect(() => parseIni('[core]\n  remote\n', '.dvc/config')).toThrow(
    expect.objectContaining({ at: { file: '.dvc/config', line: 2, column: 3 }, exitCode: 251 }),
  );
});

test('what is written is read again as it was', () => {
  // Other spaces at an end are lost by ConfigObj as well, which quotes only the usual ones.
  const word = fc
    .string({ unit: 'grapheme', minLength: 1 })
    .filter(text => !/[\n\r\u2028\u2029\u0085\f\v]|^[^\S \t]|[^\S \t]$/u.test(text));
  const key = fc.stringMatching(/^[a-z][a-z_]{0,10}$/u);
  const value = fc.oneof(word, fc.array(word, { minLength: 1, maxLength: 3 }));
  const isQuotable = (text: string) => !(text.includes("'") && text.includes('"')) && !/%\(/u.test(text);
  fc.assert(
    fc.property(fc.dictionary(key, fc.dictionary(key, value)), sections => {
      const texts = Object.values(sections).flatMap(options => Object.values(options).flat());
      fc.pre(texts.every(isQuotable));
      const written = formatIni({
        initialComment: [],
        finalComment: [],
        sections: Object.entries(sections).map(([name, options]) => ({
          ...{ name, comments: [], inline: '' },
          entries: Object.entries(options).map(([key, value]) => ({ key, value, comments: [], inline: '' })),
        })),
      });
      const plain = Object.fromEntries(
        Object.entries(sections).map(([name, options]) => [name, { ...options }]),
      );
      expect(toObject(parseIni(written, 'config'))).toEqual(plain);
    }),
  );
});

test('a very long or hostile line is read in no time or refused', () => {
  expect(read(`[s]\na = ${'x,'.repeat(8000)}`)).not.toBeNull();
  expect(read(`[s]\na = ${"'".repeat(16000)}`)).toBeNull();
  expect(read(`[s]\na = ${'x'.repeat(20_000)}`)).toBeNull();
});
