import { describe, expect, test } from 'vitest';
import { checkOf, openTinyTables, outcomeOf, validate } from './tiny-table.ts';

openTinyTables();

/** The values that break one option. */
async function beyond(
  logicalType: string,
  options: Readonly<Record<string, unknown>>,
  values: readonly string[],
): Promise<readonly string[]> {
  const [rule = ''] = Object.keys(options);
  const { values: broken, rows } = await outcomeOf(
    rule,
    { logicalType, logicalTypeOptions: options },
    values,
  );
  expect(rows).toBe(broken.length);
  return broken;
}

/** Why an option was not run. */
async function reasonOf(column: Readonly<Record<string, unknown>>, id: string): Promise<string | undefined> {
  const check = checkOf(await validate({ csv: 'a\nx\n', columns: [{ name: 'a', ...column }] }), id);
  expect(check.outcome).toBe('skipped');
  expect(check.value).toBeNull();
  return check.reason;
}

describe('bounds of numbers', () => {
  const values = ['1.9', '2', '2.0', '2.1', '', 'x'];

  test.each([
    ['minimum', ['1.9']],
    ['exclusiveMinimum', ['1.9', '2', '2.0']],
    ['maximum', ['2.1']],
    ['exclusiveMaximum', ['2', '2.0', '2.1']],
  ])('%s 2: what is missing or no number breaks it not', async (option, broken) => {
    expect(await beyond('number', { [option]: 2 }, values)).toEqual(broken);
  });

  test('are compared as doubles, to the last bit', async () => {
    const values = ['0.3', '0.30000000000000004', '0.30000000000000005'];
    expect(await beyond('number', { maximum: 0.30000000000000004 }, values)).toEqual([]);
    expect(await beyond('number', { maximum: 0.3 }, values)).toEqual(values.slice(1));
    expect(await beyond('number', { minimum: -1e-7 }, ['-0.0000001', '-0.00000011'])).toEqual([
      '-0.00000011',
    ]);
    expect(await beyond('number', { maximum: 1e21 }, ['1e21', '1.1e21'])).toEqual(['1.1e21']);
  });

  test('hold for integers', async () => {
    expect(await beyond('integer', { minimum: -1, maximum: 9 }, ['-2', '-1', '9', '10'])).toEqual(['-2']);
  });
});

describe('bounds of dates and times', () => {
  test.each([
    ['date', { minimum: '2024-02-29' }, ['2024-02-28', '2024-02-29', '2024-03-01', 'x', ''], ['2024-02-28']],
    ['date', { exclusiveMaximum: '2024-03-01' }, ['2024-02-29', '2024-03-01'], ['2024-03-01']],
    ['time', { maximum: '12:00' }, ['12:00:00', '12:00:01', '13:00+02:00'], ['12:00:01']],
    [
      'timestamp',
      { minimum: '2024-01-01T00:00:00' },
      ['2024-01-01 00:00', '2023-12-31 23:59:59.999999'],
      ['2023-12-31 23:59:59.999999'],
    ],
  ])('%s %o', async (type, options, values, broken) => {
    expect(await beyond(type, options, values)).toEqual(broken);
  });

  test('are moments: 01:30 two hours east of Greenwich is the day before', async () => {
    const values = [
      '2024-01-01T01:30:00+02:00',
      '2024-01-01T01:30:00+01:30',
      '2024-01-01T01:30:00+0131',
      '2024-01-01T00:00:00Z',
    ];
    const early = ['2024-01-01T01:30:00+02:00', '2024-01-01T01:30:00+0131'];
    expect(await beyond('timestamp', { minimum: '2024-01-01T00:00:00Z' }, values)).toEqual(early);
    expect(await beyond('timestamp', { minimum: '2024-01-01 10:00:00+10:00' }, values)).toEqual(early);
  });

  test.each([
    ['date', 'soon', '"soon" is not a date in ISO 8601'],
    ['date', '2023-02-29', '"2023-02-29" is not a date in ISO 8601'],
    ['date', "2024-01-01'); DROP TABLE x; --", '"2024-01-01\'); DROP TABLE x; --" is not a date in ISO 8601'],
    ['date', '2024-01-01\0', '"2024-01-01\\u0000" is not a date in ISO 8601'],
    ['timestamp', 'infinity', '"infinity" is not a timestamp in ISO 8601'],
    ['time', '25:00', '"25:00" is not a time in ISO 8601'],
  ])('a %s bound that cannot be read, %s, is not run and says so', async (logicalType, minimum, reason) => {
    expect(await reasonOf({ logicalType, logicalTypeOptions: { minimum } }, 'a.minimum')).toBe(reason);
  });
});

describe('lengths', () => {
  test('count code points: a face is one, a family of three is five', async () => {
    const values = ['😀', '👩‍👩‍👧', 'é', 'e\u0301', 'ab', ' '];
    expect(await beyond('string', { minLength: 2 }, values)).toEqual(['😀', 'é', ' ']);
    expect(await beyond('string', { maxLength: 1 }, values)).toEqual(['👩‍👩‍👧', 'e\u0301', 'ab']);
    expect(await beyond('string', { maxLength: 4 }, values)).toEqual(['👩‍👩‍👧']);
  });

  test('say nothing of missing values', async () => {
    expect(await beyond('string', { minLength: 1 }, ['', '""', 'NA'])).toEqual([]);
  });
});

describe('multipleOf', () => {
  test.each([
    [5, ['0', '5', '-10', '7', '5.5', '1e2'], ['7', '5.5']],
    [
      0.1,
      ['0.3', '1.1', '-0.7', '123456789.1', '0.35', '0.30000000000000004', '1e15'],
      ['0.35', '0.30000000000000004'],
    ],
    [0.01, ['19.99', '0.07', '1.005', '4.35'], ['1.005']],
    [2.5, ['7.5', '10', '-2.5', '6'], ['6']],
    [1e-7, ['0.0000003', '0.00000035'], ['0.00000035']],
    [1e21, ['3e21', '1e20'], ['1e20']],
    [1, ['1.0000000001', '9007199254740991'], ['1.0000000001']],
  ])('of %d', async (multipleOf, values, broken) => {
    expect(await beyond('number', { multipleOf }, values)).toEqual(broken);
  });
});

describe('pattern', () => {
  test('is looked for anywhere in the text', async () => {
    expect(await beyond('string', { pattern: '[0-9]{2}' }, ['a12', '1', '٣٣', ''])).toEqual(['1', '٣٣']);
    expect(await beyond('string', { pattern: '^[A-Z]$' }, ['A', 'AB', 'a', "'"])).toEqual(['AB', 'a', "'"]);
  });

  // What matches by the words of ECMA-262.
  test.each([
    ['^(?=.*[0-9])(?=.*[a-z]).{3,}$', ['a1b', 'abc', '123', 'a1'], ['abc', '123', 'a1']],
    ['^(?!x)', ['x1', 'y1'], ['x1']],
    ['^(.)\\1$', ['aa', 'ab', '😀😀'], ['ab']],
    ['^a{1,1001}$', ['a'.repeat(1001), 'a'.repeat(1002)], ['a'.repeat(1002)]],
    ['^\\p{Script=Greek}+$', ['αβγ', 'abc', "'"], ['abc', "'"]],
    ['[^\\S]', ['a b', 'ab'], ['ab']],
  ])('%s, which RE2 cannot run, is run in JavaScript', async (pattern, values, broken) => {
    const column = { logicalType: 'string', logicalTypeOptions: { pattern } };
    const { rows, values: shown } = await outcomeOf('pattern', column, [...values, '', broken[0] ?? '']);
    expect(rows).toBe(broken.length + 1);
    expect(shown.slice(0, -1)).toEqual(
      broken.map(value => (value.length > 60 ? `${value.slice(0, 57)}...` : value)),
    );
  });

  test('that takes for ever fails, whoever is first to see it', async () => {
    const pattern = '^(?=a)(a+)+$';
    const a = { name: 'a', logicalType: 'string', logicalTypeOptions: { pattern } };
    const csv = `n,a\n1,${'a'.repeat(40)}!\n`;
    const result = await validate({ csv, columns: [{ name: 'n' }, a], patternLimitMs: 1000 });
    expect(checkOf(result, 'a.pattern')).toMatchObject({
      ...{ outcome: 'failed', value: null, failingRows: null, samples: [] },
      reason: 'the pattern was not through after 1 second',
    });
    expect(result.passed).toBe(false);
  });

  test('is tried beside other conditions of its rule', async () => {
    const rule = {
      metric: 'invalidValues',
      arguments: { validValues: ['a1', 'b'], pattern: '(?=.*[0-9])' },
      mustBe: 0,
    };
    const a = { name: 'a', quality: [rule] };
    const result = await validate({ csv: 'n,a\n1,a1\n2,b\n3,c1\n4,c\n', columns: [{ name: 'n' }, a] });
    // b has no digit, c1 and c are not among the values.
    expect(checkOf(result, 'a.invalidValues')).toMatchObject({ outcome: 'failed', value: 3 });
  });
});

test.each([
  ['object', { minProperties: 1 }],
  ['object', { required: ['b'] }],
  ['array', { maxItems: 1 }],
  ['array', { uniqueItems: true }],
])(
  'an option of nested values, %s %o, is not checked in text, and says so',
  async (logicalType, logicalTypeOptions) => {
    const [option = ''] = Object.keys(logicalTypeOptions);
    const reason = await reasonOf({ logicalType, logicalTypeOptions }, `a.${option}`);
    expect(reason).toBe('nested values are not checked in CSV files');
  },
);
