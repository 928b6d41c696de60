import fc from 'fast-check';
import { expect, it } from 'vitest';
import { canonicalJson, compareText, digestBytes, digestValue } from '#lib/documents/canonical.ts';

it('keys are sorted by code point and nothing is spaced', () => {
  expect(canonicalJson({ b: [1, { d: null, c: 'x' }], a: undefined, '\u{1f600}': 1, '\ufb00': 2 })).toBe(
    '{"b":[1,{"c":"x","d":null}],"\ufb00":2,"\u{1f600}":1}',
  );
});

it('the order in which keys were written does not change the digest', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), value => {
      const reversed = Object.fromEntries(Object.entries(value).reverse());
      expect(digestValue(reversed)).toBe(digestValue(value));
    }),
  );
});

it('the digest is the sha256 that sha256sum prints', () => {
  expect(digestBytes('hello\n')).toBe(
    'sha256:5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03',
  );
});

it('a number without a JSON form is refused', () => {
  expect(() => canonicalJson({ a: Number.NaN })).toThrow('NaN has no JSON form');
});

it('text is ordered as Python orders it, by code point', () => {
  expect(['\u{1f600}', 'b', 'a', '\ufb00', 'ab', ''].sort(compareText)).toEqual([
    '',
    'a',
    'ab',
    'b',
    '\ufb00',
    '\u{1f600}',
  ]);
});
