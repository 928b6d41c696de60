import { createRequire } from 'node:module';
import { fullFormats } from 'ajv-formats/dist/formats.js';
import { describe, expect, test } from 'vitest';
import { explainMoment } from '#lib/contracts/sql/moments.ts';
import { checkOf, openTinyTables, outcomeOf, validate } from './tiny-table.ts';

openTinyTables();

/** Which of the texts break the format. */
async function broken(texts: readonly string[], column: object, id = 'format'): Promise<readonly string[]> {
  const found: string[] = [];
  for (const text of texts) {
    const { rows } = await outcomeOf(id, column as Readonly<Record<string, unknown>>, [
      `"${text.replaceAll('"', '""')}"`,
    ]);
    if (rows === 1) found.push(text);
  }
  return found;
}

const TEXTS: Readonly<Record<string, readonly string[]>> = {
  email: [
    'a@b.co',
    'a.b+c@d-e.org',
    '.a@b.co',
    'a..b@c.co',
    'a@-b.co',
    '@b.co',
    'a@',
    'a b@c.co',
    'a@b@c.co',
    'é@b.co',
  ],
  hostname: [
    'a',
    'a.b',
    'a-b.c1',
    '-a',
    'a-',
    'a..b',
    'a_b',
    `${'a'.repeat(63)}.b`,
    `${'a'.repeat(64)}.b`,
    `${'a.'.repeat(126)}ab`,
    'a b',
  ],
  ipv4: ['1.2.3.4', '255.255.255.255', '256.1.1.1', '1.2.3', '1.2.3.4.5', '01.2.3.4', '1.2.3.4 ', 'a.b.c.d'],
  ipv6: [
    '::',
    '::1',
    '1::',
    '1:2:3:4:5:6:7:8',
    '1:2:3:4:5:6:7::',
    '::2:3:4:5:6:7:8',
    '1::3:4:5:6:7:8',
    '1:2:3:4:5:6:7:8:9',
    '1::2::3',
    '12345::',
    '::1.2.3.4',
    '1:2:3:4:5:6:1.2.3.4',
    '1:2:3:4:5:6:7:1.2.3.4',
    '::256.1.1.1',
    ':1',
    '1:',
    'g::',
    '1:2:3:4:5:6:7',
    'fe80::1%eth0',
    '1:2:3::6:7:8',
    '1:2:3:4::5:6:7:8',
    '1:2:3:4:5::6:7:8',
  ],
  uri: [
    'http://a',
    'http://a/b?c=d#e',
    'mailto:a@b.co',
    'urn:isbn:1',
    'http://[::1]:80/',
    'http://a:b@c:1/d',
    'a',
    '//a',
    'http://a b',
    'http://a/%zz',
    'http://a/%20',
    'http://a/<b>',
    'http://[1]/',
    '1http://a',
    'http://a/é',
    'file:///a/b',
    'http:///',
  ],
  uuid: [
    '123e4567-e89b-12d3-a456-426614174000',
    '123E4567-E89B-12D3-A456-426614174000',
    '123e4567e89b12d3a456426614174000',
    '123e4567-e89b-12d3-a456-42661417400',
    '123e4567-e89b-12d3-a456-42661417400g',
  ],
  byte: ['', 'YQ==', 'YWI=', 'YWJj', 'YQ=', 'YQ', 'Y Q==', 'Y_-='],
  date: ['2024-02-29', '2023-02-29', '2024-13-01', '2024-1-1', '20240101', '2024-04-31'],
  'date-time': [
    '2024-01-01T10:00:00Z',
    '2024-01-01t10:00:00z',
    '2024-01-01T10:00:00.123+02:00',
    '2024-01-01T10:00:00',
    '2024-01-01T24:00:00Z',
    '2024-02-30T10:00:00Z',
    '2024-01-01T10:00Z',
    '2024-01-01T10:60:00Z',
  ],
  time: ['10:00:00Z', '10:00:00.5-01:30', '10:00:00', '24:00:00Z', '10:00Z', '10:00:61Z'],
};

const { version } = createRequire(import.meta.url)('ajv-formats/package.json') as {
  readonly version: string;
};

describe(`a format of a text is broken where ajv-formats ${version} finds it broken:`, () => {
  test.each(Object.keys(TEXTS))('%s', async format => {
    const texts = (TEXTS[format] ?? []).filter(text => text !== '');
    const known: unknown = fullFormats[format as keyof typeof fullFormats];
    const validate = known instanceof RegExp ? known : (Reflect.get(Object(known), 'validate') ?? known);
    const isValid = (text: string): boolean =>
      validate instanceof RegExp ? validate.test(text) : (validate as (text: string) => boolean)(text);
    const column = { logicalType: 'string', logicalTypeOptions: { format } };
    expect(await broken(texts, column)).toEqual(texts.filter(text => !isValid(text)));
  });
});

// RFC 5321, 4.1.2, which is more than most programs know.
test('an email may have a quoted name, an address for a host, or a host of one label', async () => {
  const column = { logicalType: 'string', logicalTypeOptions: { format: 'email' } };
  const good = ['a@b', '"a b"@c.co', 'a@[1.2.3.4]', 'a@[IPv6:::1]', `${'a'.repeat(64)}@b.co`];
  const bad = ['"a"b"@c.co', 'a@[1.2.3]', 'a@[::1]', `a@${'b.'.repeat(126)}c`];
  expect(await broken([...good, ...bad], column)).toEqual(bad);
});

// RFC 3986, 3.2.3.
test('a port of a uri is a number', async () => {
  const column = { logicalType: 'string', logicalTypeOptions: { format: 'uri' } };
  expect(await broken(['http://a:80/', 'http://a:80a/'], column)).toEqual(['http://a:80a/']);
});

test('what is no format of the text itself is skipped with the reason', async () => {
  const column = { logicalType: 'string', logicalTypeOptions: { format: 'password' } };
  const result = await validate({ csv: 'n,a\n1,x\n', columns: [{ name: 'n' }, { name: 'a', ...column }] });
  expect(checkOf(result, 'a.format')).toMatchObject({
    outcome: 'skipped',
    reason: 'whether a text is of the format password cannot be told from it',
  });
});

// The ranges are those of two's complement.
describe('a whole number fits its width:', () => {
  test.each([
    ['i8', ['-129', '128'], ['-128', '127', '1e2']],
    ['i16', ['-32769', '32768'], ['-32768', '32767']],
    ['i32', ['-2147483649', '2147483648'], ['-2147483648', '2147483647']],
    [
      'i64',
      ['-9223372036854775809', '9223372036854775808', '1e19'],
      ['-9223372036854775808', '9223372036854775807', '9223372036854775807.0'],
    ],
    ['i128', ['170141183460469231731687303715884105728'], ['170141183460469231731687303715884105727']],
    ['u8', ['-1', '256'], ['0', '255', ' 7 ', '+7', '7.0']],
    ['u16', ['-1', '65536'], ['0', '65535']],
    ['u32', ['-1', '4294967296'], ['0', '4294967295']],
    ['u64', ['-1', '18446744073709551616'], ['0', '18446744073709551615']],
    [
      'u128',
      ['-1', '340282366920938463463374607431768211456'],
      ['0', '340282366920938463463374607431768211455'],
    ],
  ])('%s', async (format, bad, good) => {
    const column = { logicalType: 'integer', logicalTypeOptions: { format } };
    expect(await broken([...good, ...bad], column)).toEqual(bad);
  });

  test('f32 has an end, f64 has the end of every number', async () => {
    const column = (format: string) => ({ logicalType: 'number', logicalTypeOptions: { format } });
    const texts = ['3.4028234e38', '-3.4028234e38', '3.5e38', '-1e39', '1e-60'];
    expect(await broken(texts, column('f32'))).toEqual(['3.5e38', '-1e39']);
    expect(await broken(texts, column('f64'))).toEqual([]);
  });
});

// As java.time.format.DateTimeFormatter documents its letters; whether a day exists, by the calendar.
describe('a pattern of the JDK is how dates and times are written:', () => {
  test.each([
    [
      'date',
      'dd/MM/yyyy',
      ['29/02/2024', '31/12/1999'],
      ['29/02/2023', '2024-02-29', '1/2/2024', '31/04/2024'],
    ],
    ['date', 'd.M.yy', ['1.2.24', '29.2.72', '01.02.24'], ['1.2.2024', '29.2.73']],
    [
      'date',
      'MMM d, uuuu',
      ['Jan 5, 2024', 'Dec 31, 2024'],
      ['January 5, 2024', 'jan 5, 2024', 'Feb 30, 2024'],
    ],
    ['date', 'd MMMM yyyy', ['5 January 2024'], ['5 Jan 2024']],
    ['date', 'yyyyMMdd', ['20240229'], ['20230229', '2024-02-29']],
    [
      'timestamp',
      'yyyy-MM-dd HH:mm:ss',
      ['2024-01-01 10:00:00'],
      ['2024-01-01T10:00:00', '2024-01-01 10:00', '2024-01-01 24:00:00'],
    ],
    [
      'timestamp',
      "yyyy-MM-dd'T'HH:mm:ss.SSS[XXX]",
      ['2024-01-01T10:00:00.123', '2024-01-01T10:00:00.123Z', '2024-01-01T10:00:00.123+02:00'],
      ['2024-01-01T10:00:00.12', '2024-01-01T10:00:00.123+0200'],
    ],
    [
      'timestamp',
      'dd/MM/yyyy hh:mm a',
      ['01/02/2024 12:30 AM', '01/02/2024 01:30 PM'],
      ['01/02/2024 13:30 PM', '01/02/2024 01:30', '01/02/2024 00:30 AM'],
    ],
    ['timestamp', "dd/MM/yyyy 'at' HH''mm", ["01/02/2024 at 10'30"], ['01/02/2024 at 10:30']],
    ['timestamp', 'yyyyMMddHHmmssZ', ['20240101100000+0200'], ['20240101100000Z', '20240101100000+02:00']],
    // The weekdays and days of the year are those of Python's calendar.
    ['date', 'EEE, d MMM yyyy', ['Fri, 1 Mar 2024'], ['Thu, 1 Mar 2024', 'Friday, 1 Mar 2024', '1 Mar 2024']],
    ['date', '(EEEE) dd.MM.yy', ['(Monday) 29.02.72'], ['(Sunday) 29.02.72', '(Monday) 29.02.73']],
    [
      'date',
      'yyyy-DDD',
      ['2024-060', '2024-366', '2023-365'],
      ['2023-366', '2024-000', '2024-60', '2024-367'],
    ],
    ['date', 'D/yyyy', ['60/2024', '6/2024'], ['366/2023', '0/2024']],
    [
      'timestamp',
      'EEE, dd MMM yyyy HH:mm Z',
      // Sunday where it was written, Monday in UTC.
      ['Sun, 10 Mar 2024 23:30 -0500'],
      ['Mon, 10 Mar 2024 23:30 -0500', 'Sun, 10 Mar 2024 23:30'],
    ],
    [
      'timestamp',
      'yyyy-MM-dd HH:mm VV',
      ['2024-07-01 12:00 Europe/Berlin', '2024-07-01 12:00 UTC', '2024-07-01 12:00 NZ', '2024-07-01 12:00 Z'],
      ['2024-07-01 12:00 Europe/Nowhere', '2024-07-01 12:00', '2024-07-01 12:00 europe/berlin'],
    ],
    ['time', 'HHmm', ['0000', '2359'], ['2400', '1260', '10:00']],
    ['time', 'h:mm a', ['1:05 PM', '12:00 AM'], ['13:05 PM', '1:05']],
  ])('%s %s', async (logicalType, format, good, bad) => {
    const column = { logicalType, logicalTypeOptions: { format } };
    expect(await broken([...good, ...bad], column)).toEqual(bad);
  });

  test('bounds are held against what the text means, however they are written', async () => {
    const options = { format: 'dd/MM/yyyy', minimum: '2024-02-01', exclusiveMaximum: '01/03/2024' };
    const column = { logicalType: 'date', logicalTypeOptions: options };
    const texts = ['31/01/2024', '01/02/2024', '29/02/2024', '01/03/2024'];
    expect(await broken(texts, column, 'minimum')).toEqual(['31/01/2024']);
    expect(await broken(texts, column, 'exclusiveMaximum')).toEqual(['01/03/2024']);
  });

  test('a clock in a named zone is the moment that it is there', async () => {
    const options = { format: 'yyyy-MM-dd HH:mm VV', minimum: '2024-07-01T10:00:00Z' };
    const column = { logicalType: 'timestamp', logicalTypeOptions: options };
    const texts = [
      '2024-07-01 12:00 Europe/Berlin',
      '2024-07-01 11:59 Europe/Berlin',
      '2024-07-01 12:00 +03:00',
    ];
    expect(await broken(texts, column, 'minimum')).toEqual(texts.slice(1));
    const times = { name: 'a', logicalType: 'time', logicalTypeOptions: { format: 'HH:mm VV' } };
    const result = await validate({ csv: 'n,a\n1,12:00 UTC\n', columns: [{ name: 'n' }, times] });
    const reason = 'a time of day in a named zone depends on the day';
    expect(checkOf(result, 'a.type')).toMatchObject({ outcome: 'skipped', reason });
  });

  test('twelve hours and two digits of a year mean what the JDK means', async () => {
    const noon = { format: 'h:mm a', minimum: '12:00', maximum: '12:59' };
    const times = { logicalType: 'time', logicalTypeOptions: noon };
    expect(await broken(['12:30 AM', '12:30 PM'], times, 'minimum')).toEqual(['12:30 AM']);
    const century = { format: 'dd.MM.yy', minimum: '2000-01-01', maximum: '2099-12-31' };
    const dates = { logicalType: 'date', logicalTypeOptions: century };
    const texts = ['01.01.00', '31.12.68', '01.01.69', '31.12.99'];
    expect(await broken(texts, dates, 'minimum')).toEqual([]);
    expect(await broken(texts, dates, 'maximum')).toEqual([]);
  });

  test.each([
    [
      'YYYY-MM-dd',
      'YYYY (which is the year of a week; yyyy is the year of a date) in YYYY-MM-dd is not understood',
    ],
    ['yyyy-MM-DDD', 'yyyy-MM-DDD has the day of the year beside that of the month'],
    ['EEEEE, d MMM yyyy', 'EEEEE in EEEEE, d MMM yyyy is not understood'],
    ['HH:mm z', 'z (which is short for several zones; VV is the name of one) in HH:mm z is not understood'],
    ["yyyy-MM-dd'T", "' in yyyy-MM-dd'T is not understood"],
    ['yyyy[-MM', 'yyyy[-MM opens a bracket that it does not close'],
    ['hh:mm', 'hh:mm has h without a, or a without h'],
    ['XXX yyyy', 'XXX yyyy has a zone before its end, which is not understood'],
    ['MM/MM/yyyy', 'MM/MM/yyyy has M twice'],
    ['[y][M][d][H][m]', 'y in [y][M][d][H][m] is not understood'],
    ['[yyyy][MM][dd][HH][mm]', '[yyyy][MM][dd][HH][mm] has too many optional parts'],
  ])('%s is not guessed at', async (format, reason) => {
    expect(explainMoment(format)).toBe(reason);
    const column = {
      name: 'a',
      logicalType: 'timestamp',
      logicalTypeOptions: { format, minimum: '2024-01-01T00:00:00Z' },
    };
    const result = await validate({ csv: 'n,a\n1,x\n', columns: [{ name: 'n' }, column] });
    for (const id of ['type', 'format', 'minimum'])
      expect(checkOf(result, `a.${id}`)).toMatchObject({ outcome: 'skipped', reason });
  });
});

describe('a time zone', () => {
  const column = (logicalTypeOptions: object, logicalType = 'timestamp') => ({
    logicalType,
    logicalTypeOptions,
  });
  const texts = [
    '2024-01-01 10:00:00',
    '2024-01-01T10:00:00Z',
    '2024-01-01 10:00+02',
    '2024-01-01 10:00:00.5-0330',
  ];

  test('is there where it has to be, and nowhere else', async () => {
    expect(await broken(texts, column({ timezone: true }), 'timezone')).toEqual(texts.slice(0, 1));
    expect(await broken(texts, column({ timezone: false }), 'timezone')).toEqual(texts.slice(1));
    const format = { format: 'yyyy-MM-dd HH:mm[X]', timezone: true };
    expect(await broken(['2024-01-01 10:00', '2024-01-01 10:00Z'], column(format), 'timezone')).toEqual([
      '2024-01-01 10:00',
    ]);
  });

  test('is the default one where a text has none: Berlin is an hour ahead in winter, two in summer', async () => {
    const berlin = { defaultTimezone: 'Europe/Berlin', minimum: '2024-01-01T09:00:00Z' };
    const winter = ['2024-01-01 09:59:59', '2024-01-01 10:00:00', '2024-01-01T08:59:59Z'];
    expect(await broken(winter, column(berlin), 'minimum')).toEqual([winter[0], winter[2]]);
    const summer = { ...berlin, minimum: '2024-07-01T08:00:00Z', format: 'dd.MM.yyyy HH:mm' };
    expect(await broken(['01.07.2024 09:59', '01.07.2024 10:00'], column(summer), 'minimum')).toEqual([
      '01.07.2024 09:59',
    ]);
  });

  test.each([
    ['timestamp', 'Europe/Nowhere', 'there is no time zone Europe/Nowhere'],
    ['timestamp', "'; DROP", "there is no time zone '; DROP"],
    ['time', 'Europe/Berlin', 'a time of day in a zone depends on the day'],
  ])('of a %s that means nothing, %s, leaves bounds unchecked', async (type, defaultTimezone, reason) => {
    const options = { defaultTimezone, minimum: '10:00' };
    const result = await validate({
      csv: 'n,a\n1,x\n',
      columns: [{ name: 'n' }, { name: 'a', ...column(options, type) }],
    });
    for (const id of ['defaultTimezone', 'minimum'])
      expect(checkOf(result, `a.${id}`)).toMatchObject({ outcome: 'skipped', reason });
  });
});
