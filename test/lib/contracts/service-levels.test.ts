import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CheckResult } from '#lib/contracts/result.ts';
import { openPartials } from '#lib/contracts/run/partials.ts';
import { checkFiles } from './tiny-files.ts';
import { checkOf, type Entry, openTinyTables, tinyEngine, tinyRoot, validate } from './tiny-table.ts';

openTinyTables();

const NOW = '2024-03-10T12:00:00Z';
const COLUMNS = [{ name: 'at', logicalType: 'timestamp' }];

/** The one service level on these moments. */
async function level(promise: Entry, moments: readonly string[], now = NOW): Promise<CheckResult> {
  const contract = { slaProperties: [{ element: 'tiny.at', ...promise }] };
  const csv = `at,n\n${moments.map((one, i) => `${one},${i}\n`).join('')}`;
  const result = await validate({ csv, columns: [...COLUMNS, { name: 'n' }], contract, now });
  return checkOf(result, `sla.${String(promise['property'])}`);
}

describe('latency, or freshness, is the age of the newest value', () => {
  const moments = ['2024-03-01T00:00:00Z', '2024-03-08T12:00:00Z', '', '2024-03-08T11:59:59Z'];

  test.each(['latency', 'freshness', 'ly', 'Latency'])('%s', async property => {
    expect(await level({ property, value: 2, unit: 'd' }, moments)).toMatchObject({
      ...{ outcome: 'passed', value: 2, threshold: '<= 2 d', column: 'at', failingRows: null },
      says: 'the newest at is at most 2 days old',
    });
    expect(await level({ property, value: 'PT47H' }, moments)).toMatchObject({
      ...{ outcome: 'failed', value: 48, threshold: '<= 47 h' },
    });
  });

  test('a date is its midnight in UTC, and an offset counts', async () => {
    const [property, value, unit] = ['latency', 36, 'h'];
    const columns = [{ name: 'at', logicalType: 'date' }];
    const contract = { slaProperties: [{ property, value, unit, element: 'at' }] };
    const result = await validate({ csv: 'at\n2024-03-09\n', columns, contract, now: NOW });
    expect(checkOf(result, 'sla.latency')).toMatchObject({ outcome: 'passed', value: 36 });
    expect((await level({ property, value, unit }, ['2024-03-10T12:00:00+02:00'])).value).toBe(2);
  });

  test('months are of the calendar', async () => {
    const promise = { property: 'latency', value: 1, unit: 'month' };
    // February 2024 had 29 days.
    expect((await level(promise, ['2024-02-10T12:00:00Z'])).outcome).toBe('passed');
    expect((await level(promise, ['2024-02-10T11:59:59Z'])).outcome).toBe('failed');
    expect((await level(promise, ['2024-02-10T12:00:00Z'])).threshold).toBe('<= 29 d');
  });

  test('a moment to come is not old', async () => {
    expect(await level({ property: 'latency', value: 1, unit: 'd' }, ['2024-03-11T12:00:00Z'])).toMatchObject(
      {
        ...{ outcome: 'passed', value: -1 },
      },
    );
  });

  test('of no value at all, it is broken', async () => {
    for (const moments of [
      ['', 'NA'],
      ['gestern', ''],
    ])
      expect(await level({ property: 'latency', value: 1, unit: 'd' }, moments)).toMatchObject({
        ...{ outcome: 'failed', value: null, reason: 'at has no value that is a date or timestamp' },
      });
  });
});

test('retention is the age of the oldest value', async () => {
  const moments = ['2024-03-09T12:00:00Z', '2021-03-10T12:00:00Z', 'x'];
  expect(await level({ property: 'retention', value: 3, unit: 'y' }, moments)).toMatchObject({
    ...{ outcome: 'passed', value: 1096, threshold: '<= 1096 d' },
    says: 'the oldest at is at most 3 years old',
  });
  const older = [...moments, '2021-03-10T11:59:59Z'];
  expect((await level({ property: 'retention', value: 3, unit: 'y' }, older)).outcome).toBe('failed');
});

test('frequency is the longest time between two different moments, in any order', async () => {
  const moments = ['2024-03-03', '2024-03-01', '2024-03-02', '2024-03-02', '2024-03-06'];
  const days = moments.map(day => `${day}T00:00:00Z`);
  expect(await level({ property: 'frequency', value: 1, unit: 'd' }, days)).toMatchObject({
    ...{ outcome: 'failed', value: 3, threshold: '<= 1 d', says: 'at has no gap longer than 1 day' },
  });
  expect(
    (await level({ property: 'frequency', value: 1, valueExt: 1, unit: 'd' }, days.slice(0, 4))).outcome,
  ).toBe('passed');
  expect((await level({ property: 'frequency', value: 1, unit: 'd' }, days.slice(0, 1))).value).toBe(0);
  expect(
    (
      await level({ property: 'frequency', value: 1, unit: 'mo' }, [
        '2024-03-01T00:00:00Z',
        '2024-04-01T00:00:00Z',
      ])
    ).outcome,
  ).toBe('passed');
});

test('moments are measured as plain JavaScript measures them', async () => {
  const second = fc.integer({ min: 1_700_000_000, max: 1_710_072_000 });
  await fc.assert(
    fc.asyncProperty(fc.array(second, { minLength: 1, maxLength: 30 }), async seconds => {
      const contract = {
        slaProperties: ['latency', 'retention', 'frequency'].map(property => ({
          ...{ property, value: 100, unit: 'h', element: 'tiny.at' },
        })),
      };
      const csv = `at\n${seconds.map(one => `${new Date(one * 1000).toISOString()}\n`).join('')}`;
      const result = await validate({ csv, columns: COLUMNS, contract, now: NOW });
      const sorted = seconds.toSorted((a, b) => a - b);
      const now = Date.parse(NOW) / 1000;
      const gaps = sorted.slice(1).map((one, i) => one - (sorted[i] ?? 0));
      const hours = [now - (sorted.at(-1) ?? 0), now - (sorted[0] ?? 0), Math.max(0, ...gaps)].map(
        one => one / 3600,
      );
      for (const [i, property] of ['latency', 'retention', 'frequency'].entries()) {
        const { value, outcome } = checkOf(result, `sla.${property}`);
        expect([value, outcome]).toEqual([hours[i], (hours[i] ?? 0) <= 100 ? 'passed' : 'failed']);
      }
      expect(result.ratios.freshness).toBe(
        seconds.filter(one => one >= now - 100 * 3600).length / seconds.length,
      );
    }),
    { numRuns: 40 },
  );
});

describe('a service level that is not measured is skipped with the reason:', () => {
  const cases: readonly (readonly [string, Entry, string])[] = [
    [
      'for people',
      { property: 'availability', value: 99.9 },
      'the data cannot tell; it is for people to watch',
    ],
    [
      'timeToDetect',
      { property: 'timeToDetect', value: 1, unit: 'h' },
      'the data cannot tell; it is for people to watch',
    ],
    ['of no column', { property: 'latency', value: 1, unit: 'd' }, 'it names no column to measure it on'],
    [
      'of a column that is not there',
      { property: 'latency', value: 1, unit: 'd', element: 'tiny.no' },
      'the contract has no column tiny.no',
    ],
    [
      'of a table',
      { property: 'latency', value: 1, unit: 'd', element: 'tiny' },
      'tiny is a table; a column of it can be measured',
    ],
    [
      'of text',
      { property: 'latency', value: 1, unit: 'd', element: 'tiny.n' },
      'n has not logicalType date or timestamp',
    ],
    [
      'in no unit',
      { property: 'latency', value: 1, element: 'tiny.at' },
      '"1" is no length of time; 4 d, 12 hours and PT90M are some',
    ],
    [
      'in another unit',
      { property: 'latency', value: 1, unit: 'km', element: 'tiny.at' },
      '"1 km" is no length of time; 4 d, 12 hours and PT90M are some',
    ],
  ];
  test.each(cases)('%s', async (_, promise, reason) => {
    const contract = { slaProperties: [promise] };
    const csv = 'at,n\n2024-03-09T00:00:00Z,1\n';
    const result = await validate({ csv, columns: [...COLUMNS, { name: 'n' }], contract, now: NOW });
    expect(checkOf(result, `sla.${String(promise['property'])}`)).toMatchObject({
      outcome: 'skipped',
      value: null,
      reason,
    });
    expect(result.passed).toBe(true);
  });

  test('without a moment to measure at, but for gaps', async () => {
    const promises = ['latency', 'frequency'].map(property => ({
      property,
      value: 1,
      unit: 'd',
      element: 'tiny.at',
    }));
    const result = await validate({
      csv: 'at\n2024-03-09T00:00:00Z\n',
      columns: COLUMNS,
      contract: { slaProperties: promises },
    });
    expect(checkOf(result, 'sla.latency').reason).toBe('no moment was given to measure the age at');
    expect(checkOf(result, 'sla.frequency').outcome).toBe('passed');
    expect(result.ratios.freshness).toBeUndefined();
  });
});

test('several columns are measured each, those of other tables are left to them', async () => {
  const schema = [
    { name: 'tiny', properties: [...COLUMNS, { name: 'seen', logicalType: 'date' }] },
    { name: 'other', properties: [{ name: 'at', logicalType: 'date' }] },
  ];
  const promise = { property: 'latency', value: 2, unit: 'd', element: 'tiny.at, other.at, tiny.seen' };
  const contract = { schema, slaProperties: [promise] };
  const csv = 'at,seen\n2024-03-09T12:00:00Z,2024-03-01\n';
  const { checks, ratios } = await validate({ csv, columns: [], contract, now: NOW });
  expect(
    checks.filter(({ rule }) => rule === 'sla').map(({ id, value, outcome }) => [id, value, outcome]),
  ).toEqual([
    ['sla.latency', 1, 'passed'],
    ['sla.latency-2', 9.5, 'failed'],
  ]);
  expect(ratios.freshness).toBe(1);
});

describe('several Parquet files', () => {
  const files = ['2024-02-28', '2024-03-05'];

  function run(folder = 'none') {
    const slaProperties = ['latency', 'retention', 'frequency'].map(property => ({
      ...{ property, value: 5, unit: 'd', element: 'tiny.at' },
    }));
    const names = files.map(day => `${day}.parquet`);
    return checkFiles(tinyRoot(), names, {
      columns: [{ name: 'at' }],
      contract: { slaProperties: slaProperties.slice(0, folder === 'none' ? 2 : 3) },
      ...{ format: 'parquet', now: Date.parse(NOW) },
      ...(folder !== 'none' && { partials: openPartials(join(tinyRoot(), folder)) }),
    });
  }

  test('are known from their footers, but for a gap and the rows of a file that is partly fresh', async () => {
    const engine = tinyEngine();
    for (const day of files) {
      const rows = `SELECT TIMESTAMP '${day}' + INTERVAL (i) HOUR AS at FROM range(30) r(i) UNION ALL SELECT NULL`;
      await engine.query(`COPY (${rows}) TO '${join(tinyRoot(), `${day}.parquet`)}' (FORMAT parquet)`);
    }
    const { result, reads } = await run();
    // The newest is 5 March and 29 hours, the oldest 28 February; 5 days before now is 5 March, 12 hours.
    const hour = 1 / 24;
    expect(checkOf(result, 'sla.latency').value).toBeCloseTo(5.5 - 29 * hour, 12);
    expect(checkOf(result, 'sla.retention')).toMatchObject({ value: 11.5, outcome: 'failed' });
    expect(result.ratios.freshness).toBe(18 / 62);
    expect(reads).toEqual({ '2024-03-05.parquet': 1 });
  });

  test('have gaps between them, remembered for the same files', async () => {
    const folder = 'moments';
    mkdirSync(join(tinyRoot(), folder), { recursive: true });
    writeFileSync(join(tinyRoot(), folder, 'x.json'), '{}');
    for (let times = 0; times < 2; times++)
      // From 28 February, 29 hours, to 5 March.
      expect(checkOf((await run(folder)).result, 'sla.frequency').value).toBeCloseTo(6 - 29 / 24, 12);
  });
});
