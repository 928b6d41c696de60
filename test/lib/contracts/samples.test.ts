import { describe, expect, test } from 'vitest';
import { checkOf, openTinyTables, validate } from './tiny-table.ts';

openTinyTables();

describe('a sample', () => {
  const columns = [{ name: 'a' }, { name: 'b', logicalType: 'integer' }];

  test('has the line of the file at which its row begins, also after quoted line breaks', async () => {
    const csv = 'a,b\n"one\ntwo\nthree",x\n4,1\n"5\n6",y\n7,"z\nz"\n8,w\n';
    expect(checkOf(await validate({ csv, columns }), 'b.type').samples).toEqual([
      { line: 2, value: 'x' },
      { line: 6, value: 'y' },
      { line: 8, value: 'z\nz' },
      { line: 10, value: 'w' },
    ]);
  });

  test('counts the lines of a header that breaks', async () => {
    const broken = [{ name: 'a\nb', logicalType: 'integer' }];
    expect(checkOf(await validate({ csv: '"a\nb"\nx\n', columns: broken }), 'a\nb.type').samples).toEqual([
      { line: 3, value: 'x' },
    ]);
  });

  test('of a repeated value is the later row', async () => {
    const unique = [{ name: 'a' }, { name: 'b', unique: true }];
    const csv = 'a,b\r\n"1\r\n1",k\r\n2,l\r\n3,k\r\n';
    expect(checkOf(await validate({ csv, columns: unique }), 'b.unique').samples).toEqual([
      { line: 5, value: 'k' },
    ]);
  });

  test('is one of the first five, while all rows are counted', async () => {
    const csv = `a,b\n${Array.from({ length: 3000 }, (_, i) => `${i},${i % 2 ? i : `v${i}`}`).join('\n')}\n`;
    const check = checkOf(await validate({ csv, columns }), 'b.type');
    expect(check).toMatchObject({ failingRows: 1500, failingShare: 0.5, value: 1500 });
    expect(check.samples).toEqual([0, 2, 4, 6, 8].map(i => ({ line: i + 2, value: `v${i}` })));
  });

  test('is cut to sixty characters, and never inside one', async () => {
    const csv = `a,b\n1,${'😀'.repeat(60)}\n2,${'😀'.repeat(61)}\n3,${'x'.repeat(100_000)}\n`;
    expect(checkOf(await validate({ csv, columns }), 'b.type').samples.map(sample => sample.value)).toEqual([
      '😀'.repeat(60),
      `${'😀'.repeat(57)}...`,
      `${'x'.repeat(57)}...`,
    ]);
  });

  test('is found in a file that has a column with any name', async () => {
    const odd = ['#row', '#ROW#'].map(name => ({ name, logicalType: 'integer', unique: true }));
    const result = await validate({ csv: '#row,#ROW#\n7,x\n7,9\n', columns: odd });
    expect(checkOf(result, '#row.unique').samples).toEqual([{ line: 3, value: '7' }]);
    expect(checkOf(result, '#ROW#.type').samples).toEqual([{ line: 2, value: 'x' }]);
  });

  test('is shown of the hundred checks that most rows break', async () => {
    const wide = Array.from({ length: 150 }, (_, i) => ({ name: `c${i}`, logicalType: 'integer' }));
    const line = (of: (i: number) => string) => wide.map((_, i) => of(i)).join(',');
    const csv = [line(i => `c${i}`), line(() => 'x'), line(i => (i < 120 ? '1' : 'y')), ''].join('\n');
    const { checks } = await validate({ csv, columns: wide });
    const shown = checks.filter(({ samples }) => samples.length > 0);
    expect([checks.filter(({ outcome }) => outcome === 'failed').length, shown.length]).toEqual([150, 100]);
    expect(shown.filter(({ samples }) => samples.length === 2)).toHaveLength(30);
  });

  test('is not shown of a rule that holds', async () => {
    const quality = [{ id: 'few', metric: 'nullValues', mustBeLessThan: 2 }];
    const result = await validate({ csv: 'a,b\n1,\n', columns: [{ name: 'a' }, { name: 'b', quality }] });
    expect(checkOf(result, 'b.few')).toMatchObject({ outcome: 'passed', value: 1, samples: [] });
  });
});

describe('values of personal columns', () => {
  const SECRET = 'alice@example.org';
  const rules = {
    logicalType: 'string',
    required: true,
    unique: true,
    logicalTypeOptions: { maxLength: 3, pattern: '^[0-9]+$' },
    quality: [
      { metric: 'invalidValues', arguments: { validValues: [1] }, mustBe: 0 },
      { metric: 'missingValues', arguments: { missingValues: [SECRET.slice(0, 5)] }, mustBe: 5 },
      { metric: 'duplicateValues', mustBe: 0 },
    ],
  };
  const csv = `mail,shop\n${SECRET},1\n${SECRET},1\n,1\n`;

  test.each([
    ...['personal', 'pii', 'PII', 'sensitive', 'confidential', 'restricted', 'secret'],
    ...['Personal data', 'highly confidential', 'top-secret', 'personal_data', 'GDPR: sensitive'],
  ])('classified as %s are nowhere in the result', async classification => {
    const columns = [
      { name: 'mail', classification, primaryKey: true, ...rules },
      { name: 'shop', primaryKey: true },
    ];
    const table = {
      quality: [
        { id: 'pairs', metric: 'duplicateValues', arguments: { properties: ['shop', 'mail'] }, mustBe: 0 },
      ],
    };
    const result = await validate({ csv, columns, table });
    for (const id of [
      'mail.required',
      'mail.unique',
      'mail.maxLength',
      'mail.pattern',
      'mail.invalidValues',
      'mail.missingValues',
      'mail.duplicateValues',
      'primaryKey',
      'pairs',
    ])
      expect(checkOf(result, id)).toMatchObject({ outcome: 'failed', samples: [] });
    expect(JSON.stringify(result)).not.toContain(SECRET);
  });

  test.each(['integer', 'date', 'timestamp', 'time', 'boolean', 'number'])(
    'are not told by the type check of %s',
    async logicalType => {
      const columns = [{ name: 'mail', classification: 'personal', logicalType }, { name: 'shop' }];
      const result = await validate({ csv, columns });
      expect(checkOf(result, 'mail.type')).toMatchObject({ outcome: 'failed', failingRows: 2 });
      expect(JSON.stringify(result)).not.toContain(SECRET);
    },
  );

  test.each(['public', 'unrestricted', 'internal', undefined])(
    'classified as %s are shown',
    async classification => {
      const columns = [{ name: 'mail', classification, unique: true }, { name: 'shop' }];
      expect(checkOf(await validate({ csv, columns }), 'mail.unique').samples).toEqual([
        { line: 3, value: SECRET },
      ]);
    },
  );
});

describe('hostile names and values', () => {
  const NAMES = [
    'a"b',
    "a'b",
    '"; DROP TABLE x; --',
    "'); DROP TABLE x; --",
    'select',
    '$1',
    '{x}',
    'a.b',
    'ä😀',
    ' ',
    'row',
    'value',
    'n',
    'c0',
    'k0',
    'broken',
  ];
  const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;

  test.each(NAMES)('a column called %j is like any other', async name => {
    const column = {
      name,
      required: true,
      unique: true,
      logicalTypeOptions: { maxLength: 3, pattern: "^'?x", minLength: 1 },
      logicalType: 'string',
      quality: [{ metric: 'invalidValues', arguments: { validValues: ["'x", name] }, mustBe: 0 }],
    };
    const csv = `${quoted(name)},z\n'x,1\n'x,1\n,1\nylong,1\n`;
    const result = await validate({
      csv,
      columns: [column, { name: 'z', primaryKey: true }, { name: 'none', primaryKey: true }],
    });
    const failing = [
      'present',
      'required',
      'unique',
      'minLength',
      'maxLength',
      'pattern',
      'invalidValues',
    ].map(rule => checkOf(result, `${name}.${rule}`).failingRows);
    expect(failing).toEqual([null, 1, 1, 0, 1, 1, 1]);
    expect(checkOf(result, `${name}.unique`).samples).toEqual([{ line: 3, value: "'x" }]);
    expect(checkOf(result, `${name}.pattern`).samples).toEqual([{ line: 5, key: 'z 1', value: 'ylong' }]);
  });

  test('a pair of keys with such names is a pair', async () => {
    const columns = ['k1', 'row"'].map(name => ({ name, primaryKey: true }));
    const result = await validate({ csv: 'k1,"row"""\n1,2\n1,2\n', columns });
    expect(checkOf(result, 'primaryKey').samples).toEqual([{ line: 3, value: '1, 2' }]);
  });

  test('a value is compared and shown, never run', async () => {
    const value = `x'); DROP TABLE "t"; --`;
    const columns = [
      {
        name: 'a',
        quality: [
          {
            metric: 'invalidValues',
            arguments: { validValues: [value, "'", '\\', 'x\0y', Number.NaN] },
            mustBe: 0,
          },
        ],
      },
    ];
    const result = await validate({ csv: `a\n${quoted(value)}\n'\n\\\nx\n`, columns });
    expect(checkOf(result, 'a.invalidValues')).toMatchObject({
      failingRows: 1,
      samples: [{ line: 5, value: 'x' }],
    });
  });
});
