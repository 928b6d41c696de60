import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseParams } from '#lib/dvc/pipeline/params-file.ts';
import { parseJson } from '#lib/dvc/values/json-read.ts';
import { pythonJson } from '#lib/dvc/values/python-json.ts';
import { parsePython } from '#lib/dvc/values/python-read.ts';
import { pythonRepr } from '#lib/dvc/values/python-text.ts';
import { parseToml } from '#lib/dvc/values/toml-read.ts';
import { isValueMap, type Value } from '#lib/dvc/values/value.ts';
import recorded from '../../../fixtures/dvc/params/params.json' with { type: 'json' };

/** Keys as text, since what was recorded went through JSON. */
function withTextKeys(value: Value): Value {
  if (Array.isArray(value)) return value.map(withTextKeys);
  return isValueMap(value)
    ? new Map([...value].map(([key, item]) => [String(key), withTextKeys(item)]))
    : value;
}

it('Python files are read as DVC 3.67.1 reads them: literals count, what is computed does not', () => {
  const { text, value } = recorded.python;
  expect(pythonRepr(withTextKeys(parsePython(text, 'params.py')))).toBe(
    pythonRepr(parseJson(value, 'value')),
  );
});

it('TOML files are read as DVC 3.67.1 reads them, whole numbers and floats apart', () => {
  const { text, value } = recorded.toml;
  expect(pythonRepr(parseToml(text, 'params.toml'))).toBe(pythonRepr(parseJson(value, 'value')));
});

it.each([
  ['params.py', 'a = (1,\n', { line: 1 }],
  ['params.py', 'a = 1\nb = "x\n', { line: 2 }],
  ['params.toml', 'a = 1\nb = \n', { line: 2 }],
  ['params.json', '{"a": 1,\n "b": }', { line: 2, column: 7 }],
  ['params.json', '{"a": 01}', { line: 1, column: 8 }],
  ['params.toml', 'since = 2020-01-01\n', {}],
])('a mistake in %s is told at its place: %j', async (file, text, at) => {
  await expect(parseParams(text, file)).rejects.toMatchObject({ at: { file, ...at } });
});

it('an empty file of any kind has no parameters', async () => {
  for (const file of ['p.yaml', 'p.toml', 'p.py']) expect((await parseParams('', file)).size).toBe(0);
  expect((await parseParams('[]', 'p.json')).size).toBe(0);
});

it('JSON that Python writes is read as what it was', () => {
  const { value } = fc.letrec<{ value: Value; list: Value; map: Value }>(tie => ({
    value: fc.oneof(
      { depthSize: 'small' },
      ...[fc.string({ unit: 'grapheme' }), fc.bigInt(), fc.double(), fc.boolean(), fc.constant(null)],
      ...[tie('list'), tie('map')],
    ),
    list: fc.array(tie('value'), { maxLength: 4 }),
    map: fc.array(fc.tuple(fc.string(), tie('value')), { maxLength: 4 }).map(members => new Map(members)),
  }));
  fc.assert(
    fc.property(value, item => {
      const text = pythonJson(item);
      expect(pythonJson(parseJson(text, 'any.json'))).toBe(text);
    }),
    { numRuns: 1000, seed: 20_261_123 },
  );
});
