import { describe, expect, test } from 'vitest';
import { checkOf, openTinyTables, outcomeOf, validate } from './tiny-table.ts';

openTinyTables();

/** Which of the texts are not of the type, told by the first five samples and the count. */
async function wrong(
  logicalType: string,
  texts: readonly string[],
  options: object = {},
): Promise<readonly string[]> {
  const column = { logicalType, logicalTypeOptions: options };
  const found: string[] = [];
  for (const text of texts) {
    const { outcome, rows } = await outcomeOf('type', column, [text]);
    expect(rows).toBe(outcome === 'failed' ? 1 : 0);
    if (outcome === 'failed') found.push(text);
  }
  return found;
}

describe('the type of a value:', () => {
  test('a number is decimal, with an exponent or not; blanks around it do no harm', async () => {
    const good = [
      '1',
      '-1.5',
      '+5',
      '.5',
      '5.',
      '1e3',
      '1E-3',
      ' 7 ',
      '007',
      '5e-324',
      '1.7976931348623157e308',
    ];
    const bad = [
      '1_000',
      'NaN',
      'nan',
      'inf',
      '-Infinity',
      '0x1F',
      '0b11',
      '1e',
      '1d',
      '"1,5"',
      '5 %',
      '--1',
      'x',
      '1e400',
      '٣',
      '1 000',
    ];
    expect(await wrong('number', [...good, ...bad])).toEqual(bad);
  });

  test('an integer is a number without a fraction, however it is written', async () => {
    const good = ['0', '-3', '1e3', '1.0', ' 5 ', '12345678901234567890'];
    const bad = ['1.5', '1e-3', '1_000', '0x1F', 'NaN', 'true', '2020-01-01'];
    expect(await wrong('integer', [...good, ...bad])).toEqual(bad);
  });

  test('a boolean is true or false in any case', async () => {
    const bad = ['1', '0', 'yes', 't', ' true', 'wahr'];
    expect(await wrong('boolean', ['true', 'false', 'TRUE', 'False', ...bad])).toEqual(bad);
  });

  test('a date is a day of the calendar as yyyy-mm-dd', async () => {
    const bad = [
      '2023-02-29',
      '2024-2-29',
      '29.02.2024',
      '2024-02-29T00:00',
      '20240229',
      'infinity',
      'epoch',
      ' 2024-02-29',
      '2024-13-01',
    ];
    expect(await wrong('date', ['2024-02-29', '0001-01-01', '9999-12-31', ...bad])).toEqual(bad);
  });

  test('a timestamp is a day and a time, with or without a zone', async () => {
    const good = [
      '2024-02-29 10:00',
      '2024-02-29T10:00:00',
      '2024-02-29T10:00:00.123456Z',
      '2024-02-29 23:59:59+05:30',
      '2024-02-29T10:00:00-0800',
      '2024-02-29T10:00:00+02',
    ];
    const bad = [
      '2024-02-29',
      '2023-02-29 10:00',
      '2024-02-29 24:00',
      '2024-02-29 10:60',
      '2024-02-29 10:00:60',
      '1709200800',
      'infinity',
      'now',
      '2024-02-29 10:00+99:00',
      '2024-02-29 10:00 CET',
    ];
    expect(await wrong('timestamp', [...good, ...bad])).toEqual(bad);
  });

  test('a time is hours and minutes, with or without seconds and a zone', async () => {
    const good = ['00:00', '23:59:59', '10:00:00.5', '10:00Z', '10:00:00+02:00', '10:00-0830'];
    const bad = ['24:00', '1:00', '10:60', '10', '10:00 pm', '2024-02-29 10:00'];
    expect(await wrong('time', [...good, ...bad])).toEqual(bad);
  });

  test('a missing value has no wrong type', async () => {
    for (const logicalType of ['integer', 'number', 'boolean', 'date', 'timestamp', 'time'])
      expect(await wrong(logicalType, ['', 'NA', '""', '"NA"'])).toEqual([]);
  });

  test('a string is anything', async () => {
    await expect(outcomeOf('type', { logicalType: 'string' }, ['x'])).rejects.toThrow('no check a.type');
  });

  test('rows are counted and shown as they are written', async () => {
    const values = ['1', 'x', '', '"a ""b"""', ' 2', 'x'];
    expect(await outcomeOf('type', { logicalType: 'integer' }, values)).toEqual({
      outcome: 'failed',
      rows: 3,
      values: ['x', 'a "b"', 'x'],
    });
  });
});

describe('values in another format than ISO 8601', () => {
  const options = { format: 'dd.MM.yyyy G', minimum: '01.01.2020' };
  const column = { logicalType: 'date', logicalTypeOptions: options };

  test('are not said to be wrong, nor right, where the format is not understood', async () => {
    for (const rule of ['type', 'minimum', 'format'])
      expect(await outcomeOf(rule, column, ['31.12.2019'])).toEqual({
        outcome: 'skipped',
        rows: null,
        values: [],
      });
  });

  test('are checked where the format says ISO 8601', async () => {
    expect(await wrong('date', ['2024-01-01', 'x'], { format: 'yyyy-MM-dd' })).toEqual(['x']);
    expect(
      await wrong('timestamp', ['2024-01-01T10:00:00Z', 'x'], { format: "yyyy-MM-dd'T'HH:mm:ssX" }),
    ).toEqual(['x']);
    expect(await wrong('time', ['10:00:00', 'x'], { format: 'HH:mm:ss' })).toEqual(['x']);
  });
});

test('moments are read beside columns of any name', async () => {
  const names = ['w0', 'W1', 'ww0', 'v0', 'c0', 'n', 'at'];
  const columns = names.map(name => ({ name, logicalType: 'timestamp', required: true }));
  const csv = `${names.join(',')}\n${names.map(() => '2026-01-02 03:04:05').join(',')}\n${names.map((_, i) => (i % 2 === 0 ? 'x' : '2026-01-02 03:04')).join(',')}\n`;
  const result = await validate({ csv, columns });
  expect(names.map(name => checkOf(result, `${name}.type`).failingRows)).toEqual([1, 0, 1, 0, 1, 0, 1]);
});
