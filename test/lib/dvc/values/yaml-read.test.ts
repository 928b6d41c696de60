import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { isValueMap, sameValue, type Value } from '#lib/dvc/values/value.ts';
import { parseTyped } from '#lib/dvc/values/yaml-read.ts';
import { writeMap } from '#lib/dvc/values/yaml-write.ts';
import { ConfigurationError } from '#lib/errors.ts';
import { FIXTURES, fromTyped, readEmitted } from './typed-values.ts';

const [scalars = ''] = readFileSync(`${FIXTURES}scalars.txt`, 'utf8').split(/(?<=\n)\n/);
const read = async (text: string) => (await parseTyped(text, 'params.yaml')).value;

it('documents the real DVC wrote are read as the values it wrote', async () => {
  for (const { value, yaml, readable } of readEmitted()) {
    if (readable) expect(sameValue(await read(yaml), fromTyped(value))).toBe(true);
  }
});

it('reading and writing again changes none of the 79 lines of an older DVC but where it folds a long command', async () => {
  const value = await read(scalars);
  const written = isValueMap(value) ? writeMap(value, 0) : '';
  expect(written.split('\n').slice(2)).toEqual(scalars.split('\n').slice(2));
  expect(sameValue(await read(written), value)).toBe(true);
});

// Each from the second part of scalars.txt or from `YAML(typ='safe').load` of ruamel.yaml 0.19.1.
it.each<[string, Value]>([
  ['1e-5', 1e-5],
  ['1e5', 100000],
  ['1.0e+5', 100000],
  ['.5', 0.5],
  ['012', 12n],
  ['0o14', 12n],
  ['0x1F', 31n],
  ['0b11', 3n],
  ['+1', 1n],
  ['-1_000', -1000n],
  ['12345678901234567890', 12345678901234567890n],
  ['yes', 'yes'],
  ['12:30:45', '12:30:45'],
  ['~', null],
  ['', null],
  ['TRUE', true],
  ['.inf', Number.POSITIVE_INFINITY],
  ['2.0', 2],
  ["'2'", '2'],
])('%s is read as Python reads it', async (source, expected) => {
  expect(await read(`a: ${source}`)).toEqual(new Map([['a', expected]]));
});

it('keys that are numbers stay numbers', async () => {
  expect(await read('{0: 1.5, 1: 2}')).toEqual(
    new Map<bigint, Value>([
      [0n, 1.5],
      [1n, 2n],
    ]),
  );
});

it('merge keys and aliases are expanded, own keys win', async () => {
  const value = await read('base: &b {x: 1, y: 2}\nown: {<<: *b, y: 3}\n');
  expect(isValueMap(value) && value.get('own')).toEqual(
    new Map([
      ['x', 1n],
      ['y', 3n],
    ]),
  );
});

it('JSON with tabs is read, and keys that look like numbers keep their order', async () => {
  expect(await read('{\n\t"10": 1.0,\n\t"2": {"b": [1, 1e5]}\n}\n')).toEqual(
    new Map<string, Value>([
      ['10', 1],
      ['2', new Map([['b', [1n, 100000]]])],
    ]),
  );
});

it('a date is refused at its place, because DVC takes none', async () => {
  const act = read('a: 1\nsince: 2020-01-01\n');
  await expect(act).rejects.toThrow(ConfigurationError);
  await expect(act).rejects.toMatchObject({ at: { file: 'params.yaml', line: 2, column: 8 } });
});

it('a syntax error has its place', async () => {
  await expect(read('a: 1\nb: [1\n')).rejects.toMatchObject({ at: { line: 2, column: 4 } });
});

it('an alias inside the value it names is refused instead of followed for ever', async () => {
  await expect(read('a: &x [*x]')).rejects.toThrow('has no value');
});
