import { expect, it } from 'vitest';
import { pythonJson } from '#lib/dvc/values/python-json.ts';
import type { Scalar, Value } from '#lib/dvc/values/value.ts';
import { fromTyped, readEmitted } from './typed-values.ts';

it("values are written byte for byte as Python's json.dumps with sorted keys writes them", () => {
  for (const { value, json } of readEmitted()) expect(pythonJson(fromTyped(value))).toBe(json);
});

// json.dumps({0: 1.0, 10: 2, 9: None}, sort_keys=True), then with the keys U+FB00 and U+1F600, from Python 3.11.
it('keys are sorted as numbers or by code point, not by their text or by UTF-16 unit', () => {
  const numbers = new Map<Scalar, Value>([
    [10n, 2n],
    [9n, null],
    [0n, 1],
  ]);
  expect(pythonJson(numbers)).toBe('{"0": 1.0, "9": null, "10": 2}');
  const letters = new Map([
    ['\u{1f600}', 1n],
    ['\ufb00', 2n],
  ]);
  expect(pythonJson(letters)).toBe('{"\\ufb00": 2, "\\ud83d\\ude00": 1}');
});

it('text and numbers as keys of one map are refused, as Python refuses to sort them', () => {
  expect(() =>
    pythonJson(
      new Map<Scalar, Value>([
        ['a', 1n],
        [1n, 1n],
      ]),
    ),
  ).toThrow('different types');
});
