import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { describeSignature, type Signature } from '#lib/serving/signature.ts';
import { readRows } from '#lib/serving/tensors.ts';

const entry = (name: string, type: string, ...shape: readonly number[]) => ({ name, type, shape });
const describeInputs = (
  inputs: readonly ReturnType<typeof entry>[],
  features?: readonly string[],
): Signature => describeSignature({ inputs, outputs: [] }, { features, task: 'regression' });
const tensor = (
  name: string,
  data: readonly unknown[],
  { datatype = 'FP64', shape = [data.length] } = {},
) => ({
  ...{ name, datatype, shape, data },
});

describe('one packed input [N, F]', () => {
  const packed = describeInputs([entry('x', 'float', -1, 2)], ['left', 'right']);

  it('takes rows flat or nested, in the order of the features', () => {
    for (const data of [
      [1, 2, 3, 4],
      [
        [1, 2],
        [3, 4],
      ],
    ]) {
      const { rows, columns } = readRows({ inputs: [tensor('x', data, { shape: [2, 2] })] }, packed);
      expect([rows, columns.map(({ name, values }) => [name, ...values])]).toEqual([
        2,
        [
          ['left', 1, 3],
          ['right', 2, 4],
        ],
      ]);
    }
  });

  it('takes its features one by one too, in any order', () => {
    const { columns } = readRows({ inputs: [tensor('right', [2]), tensor('left', [1])] }, packed);
    expect(columns.map(({ name, values }) => [name, ...values])).toEqual([
      ['left', 1],
      ['right', 2],
    ]);
  });

  it('of another width is refused', () => {
    expect(() => readRows({ inputs: [tensor('x', [1, 2, 3], { shape: [1, 3] })] }, packed)).toThrow(
      '[N, 2] was expected',
    );
    expect(() => readRows({ inputs: [tensor('x', [1, 2])] }, packed)).toThrow('[N, 2] was expected');
  });

  it('names its columns by their place when nobody named them', () => {
    expect(describeInputs([entry('x', 'float', -1, 2)]).columns.map(({ name }) => name)).toEqual([
      'x[0]',
      'x[1]',
    ]);
  });
});

test.each<[string, Parameters<typeof describeInputs>, string]>([
  ['of a type no request has', [[entry('x', 'complex64', -1, 1)]], 'has the type complex64'],
  ['that is no tensor', [[entry('x', 'not a tensor')]], 'has the shape []'],
  ['with three dimensions', [[entry('x', 'float', -1, 2, 2)]], 'has the shape [-1, 2, 2]'],
  ['of several texts', [[entry('x', 'string', -1, 2)]], 'takes several texts'],
  ['of any width without names', [[entry('x', 'float', -1, -1)]], 'does not say how many columns'],
  [
    'of another width than its names',
    [[entry('x', 'float', -1, 2)], ['a']],
    'takes 2 columns, 1 features are named',
  ],
])('an input %s is refused when the model is loaded', (_, args, words) => {
  expect(() => describeInputs(...args)).toThrow(words);
});

describe('a missing value', () => {
  it('is NaN among numbers and the empty text among texts', () => {
    const both = describeInputs([entry('n', 'float', -1, 1), entry('t', 'string', -1)]);
    const inputs = [tensor('n', [null]), tensor('t', [null], { datatype: 'BYTES' })];
    expect(readRows({ inputs }, both).columns.map(({ values }) => values[0])).toEqual([Number.NaN, '']);
  });

  it('does not exist among whole numbers', () => {
    const whole = describeInputs([entry('n', 'int64', -1, 1)]);
    expect(() => readRows({ inputs: [tensor('n', [null])] }, whole)).toThrow(
      'holds null at 0, a whole number',
    );
    expect(() => readRows({ inputs: [tensor('n', [0.5])] }, whole)).toThrow('holds 0.5 at 0, a whole number');
  });
});

it('inputs the model does not take are ignored, so that two versions can be served by the same callers', () => {
  const one = describeInputs([entry('a', 'float', -1, 1)]);
  const { columns } = readRows(
    { inputs: [tensor('a', [1]), tensor('new', ['?'], { datatype: 'BYTES' })] },
    one,
  );
  expect(columns.map(({ name }) => name)).toEqual(['a']);
});

it('no rows are no rows', () => {
  expect(readRows({ inputs: [tensor('a', [])] }, describeInputs([entry('a', 'float', -1, 1)])).rows).toBe(0);
});

it('whatever is sent gives the numbers that were sent, or a refusal', () => {
  const one = describeInputs([entry('a', 'float64', -1, 1)]);
  const value = fc.oneof(
    fc.double(),
    fc.constant(null),
    fc.string(),
    fc.boolean(),
    fc.jsonValue({ maxDepth: 3 }),
  );
  const datatype = fc.constantFrom('BOOL', 'UINT8', 'INT64', 'FP16', 'FP32', 'FP64', 'BYTES');
  const shape = fc.array(fc.nat({ max: 4 }), { minLength: 1, maxLength: 2 });
  fc.assert(
    fc.property(fc.array(value, { maxLength: 4 }), datatype, shape, (data, type, sizes) => {
      let found: ReturnType<typeof readRows>;
      try {
        found = readRows({ inputs: [tensor('a', data, { datatype: type, shape: sizes })] }, one);
      } catch (error) {
        expect(error).toMatchObject({ name: 'Refusal', status: 400 });
        return;
      }
      const sent = data.flat().map(one => (one === null ? Number.NaN : Number(one)));
      expect([...(found.columns[0]?.values ?? [])]).toEqual(sent);
    }),
    { numRuns: 3000 },
  );
});
