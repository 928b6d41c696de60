// Random columns: a type, rules of it, and values to draw from, some of which keep the rules and some break them.
import { FORMATTED } from './judge-values.ts';
import type { Column, Value } from './planted-table.ts';

/** Draws from the random source of a test. */
export interface Draw {
  /** From 0 to below. */
  readonly below: (count: number) => number;
  readonly chance: (percent: number) => boolean;
  readonly one: <Item>(items: readonly Item[]) => Item;
}

export interface Candidates {
  /** Values of the type, within all rules or not, that any kind of file can hold in this column. */
  readonly usual: readonly Value[];
  /** What only text and JSON can hold in such a column. */
  readonly loose: readonly Value[];
}

export type Drawn = Pick<Column, 'logicalType' | 'logicalTypeOptions' | 'items' | 'properties'> & Candidates;

/** Some of the options, each drawn. */
function some(
  draw: Draw,
  options: Readonly<Record<string, readonly unknown[]>>,
): Readonly<Record<string, unknown>> {
  const chosen = Object.entries(options).filter(() => draw.chance(35));
  return Object.fromEntries(chosen.map(([name, values]) => [name, draw.one(values)]));
}

const SPOKEN = [
  ...[
    'a',
    'B',
    'ab',
    'abc',
    'x1',
    'x-12',
    '0x1',
    'n/a',
    'null',
    'nan',
    'a b',
    ' lead',
    'trail ',
    'tab\there',
  ],
  ...[
    'a,b',
    'a;b',
    '"',
    '""quoted""',
    "it's",
    'back\\slash',
    'line\nbreak',
    'two\r\nlines',
    '%_',
    '{"a": 1}',
  ],
  ...[
    'é',
    'e\u0301',
    'ß',
    '日本',
    '😀',
    '👩‍👩‍👧',
    'ACC12345678',
    'ACC1234567',
    'a@example.org',
    'a@',
    '10.0.0.1',
    '10.0.0.256',
  ],
  ...[
    '123e4567-e89b-12d3-a456-426614174000',
    '123e4567',
    'example.org',
    '-x.org',
    'to a@example.org!',
    '2024-02-29',
    '2024-02-30',
    'TRUE',
  ],
];
const TEXTS = [...new Set([...SPOKEN, ...Object.values(FORMATTED).flat()])];
const PATTERNS = [
  ...[
    '^[a-z]',
    '[0-9]$',
    '^\\S*$',
    '^.$',
    'ACC[0-9]{8}',
    '^(a|b|x).*',
    '[^\\x00-\\x7f]',
    '^\\w+$',
    '^[^\'"]*$',
  ],
  ...['\\d{2,}', 'é', '^[\\p{L}\\p{N} ]+$', '^(?=.*[0-9])', '^a?b*c+$'],
];
const WHOLE = [
  ...Array.from({ length: 41 }, (_, i) => i - 20),
  99,
  100,
  127,
  128,
  255,
  256,
  -129,
  32767,
  32768,
  65536,
];
const PARTS = [0.5, -0.5, 1.5, 2.25, 0.1, 0.3, 0.35, 19.99, -7.75, 100.001, 2.5, 1e-3];
const DAYS = [
  '2020-01-01',
  '2020-01-02',
  '2020-02-29',
  '2020-12-31',
  '2021-01-01',
  '1999-12-31',
  '2024-02-29',
  '1969-07-20',
];
const CLOCKS = ['00:00:00', '00:00:01', '09:30:00', '12:00:00', '23:59:59'];
const MOMENTS = DAYS.flatMap(day => CLOCKS.map(clock => `${day} ${clock}`));

const integers = (draw: Draw): Drawn => ({
  logicalType: 'integer',
  logicalTypeOptions: some(draw, {
    minimum: [-20, -5, 0, 1.5],
    maximum: [5, 20, 127],
    exclusiveMinimum: [-6, -1, 0],
    exclusiveMaximum: [6, 21, 128],
    multipleOf: [1, 2, 5, 0.5],
    format: ['i8', 'i16', 'i32', 'i64', 'i128', 'u8', 'u16', 'u32', 'u64', 'u128'],
  }),
  usual: [...WHOLE, 0.5, 2.5],
  loose: ['x', '1_0', '0x1F', 'NaN', 'inf', true, '1,5', '2020-01-01'],
});

const numbers = (draw: Draw): Drawn => ({
  logicalType: 'number',
  logicalTypeOptions: some(draw, {
    minimum: [-7.75, -0.5, 0, 0.1],
    maximum: [0.3, 19.99, 100],
    exclusiveMinimum: [-0.5, 0],
    exclusiveMaximum: [0.35, 20],
    multipleOf: [0.01, 0.1, 0.25, 5],
    format: ['f32', 'f64'],
  }),
  usual: [...WHOLE, ...PARTS],
  loose: ['x', '1e', '-Infinity', 'nan', false, '--1', 4e38, -1e39],
});

const texts = (draw: Draw): Drawn => ({
  logicalType: 'string',
  logicalTypeOptions: some(draw, {
    minLength: [0, 1, 2, 3],
    maxLength: [1, 2, 5, 11],
    ...(draw.chance(60) ? { pattern: PATTERNS } : { format: Object.keys(FORMATTED) }),
  }),
  usual: TEXTS,
  loose: [true, 12, 2.5],
});

const truths = (): Drawn => ({
  logicalType: 'boolean',
  usual: [true, false],
  loose: ['yes', 0, 1, 'T', ' true'],
});

const days = (draw: Draw): Drawn => ({
  logicalType: 'date',
  logicalTypeOptions: some(draw, {
    minimum: ['2020-01-01', '1999-12-31'],
    maximum: ['2021-01-01', '2024-02-29'],
    exclusiveMinimum: ['2020-01-01'],
    exclusiveMaximum: ['2021-01-01'],
    format: ['yyyy-MM-dd', 'dd.MM.yyyy'],
  }),
  usual: [...DAYS, '2020-06-01 09:30:00'],
  loose: ['2023-02-29', '2024-1-1', 'x', 20240101, '20240101', true],
});

const moments = (draw: Draw): Drawn => ({
  logicalType: 'timestamp',
  logicalTypeOptions: some(draw, {
    minimum: ['2020-01-01 00:00:00', '2020-01-01 00:00:01Z', '1999-12-31 22:30:00-01:00'],
    maximum: ['2021-01-01 09:30:00', '2021-01-01 12:30:00+03:00'],
    exclusiveMinimum: ['2020-01-01 00:00:00Z'],
    exclusiveMaximum: ['2021-01-01 12:00:00'],
    defaultTimezone: ['Etc/GMT-3', 'Etc/UTC'],
    timezone: [false],
    format: ['yyyy-MM-dd HH:mm:ss'],
  }),
  usual: MOMENTS,
  loose: [
    '2020-01-01',
    '2020-02-30 10:00:00',
    '2020-01-01 24:00:00',
    'now',
    5,
    '2020-06-01 10:00:00Z',
    '2020-01-01 01:30:00+02:00',
  ],
});

const clocks = (draw: Draw): Drawn => ({
  logicalType: 'time',
  logicalTypeOptions: some(draw, {
    minimum: ['00:00:01', '09:30'],
    maximum: ['12:00', '23:59:58'],
    exclusiveMinimum: ['00:00:00'],
    exclusiveMaximum: ['23:59:59'],
    format: ['HH:mm:ss'],
  }),
  usual: [...CLOCKS, '09:29:59', '12:00:01'],
  loose: ['24:00:00', '9:30:00', 'noon', 930],
});

const lists = (draw: Draw): Drawn => {
  const isNumeric = draw.chance(50);
  const { logicalType = '', logicalTypeOptions = {}, usual } = isNumeric ? integers(draw) : texts(draw);
  const items = { logicalType, logicalTypeOptions, ...(draw.chance(40) && { required: true }) };
  const fitting: readonly Value[] = isNumeric
    ? [1, 2, 3, 4, 10, 20, -4, 300]
    : ['a', 'ab', 'abc', 'x1', 'é', 'ACC12345678', '10.0.0.1'];
  const listOf = (length: number, of: readonly Value[]) => Array.from({ length }, () => draw.one(of));
  return {
    logicalType: 'array',
    logicalTypeOptions: some(draw, { minItems: [0, 1, 2], maxItems: [2, 3], uniqueItems: [true, false] }),
    items,
    usual: [
      ...Array.from({ length: 14 }, (_, i) => listOf(i % 4, fitting)),
      ...Array.from({ length: 8 }, (_, i) => listOf(1 + (i % 4), [...usual, null])),
    ],
    loose: ['x', 5, [isNumeric ? 'x' : 5], [[1]]],
  };
};

const objects = (draw: Draw): Drawn => {
  const city = texts(draw);
  const zip = integers(draw);
  const places = ['a', 'ab', 'abc', 'x1', 'é', '日本', null];
  const objectOf = (cities: readonly Value[], zips: readonly Value[]) => ({
    city: draw.one(cities),
    zip: draw.one(zips),
  });
  return {
    logicalType: 'object',
    logicalTypeOptions: some(draw, {
      minProperties: [1, 2],
      maxProperties: [1, 2],
      required: [['city'], ['zip', 'city']],
    }),
    properties: [
      {
        name: 'city',
        logicalType: 'string',
        logicalTypeOptions: city.logicalTypeOptions ?? {},
        required: draw.chance(40),
      },
      { name: 'zip', logicalType: 'integer', logicalTypeOptions: zip.logicalTypeOptions ?? {} },
    ],
    usual: [
      ...Array.from({ length: 12 }, () => objectOf(places, [1, 2, 4, 10, 20, 0])),
      ...Array.from({ length: 8 }, () => objectOf([...city.usual, null], [...WHOLE, null])),
      ...[{ city: 'abc' }, { zip: 4 }, {}],
    ],
    loose: ['x', 5, [1], { city: 5, zip: 'x' }, { zip: 2.5 }],
  };
};

const KINDS = [integers, numbers, texts, texts, truths, days, moments, clocks, lists, objects];

/** A type with options, and values for it. */
export function drawKind(draw: Draw): Drawn {
  return draw.one(KINDS)(draw);
}
