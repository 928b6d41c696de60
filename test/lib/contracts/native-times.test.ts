import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { validateContract } from '#lib/contracts/validate.ts';
import { checkOf, contractText, openTinyTables, tinyEngine, tinyRoot } from './tiny-table.ts';

openTinyTables();

/** How many times of day of a Parquet file are beyond a bound, and the first of them. */
async function beyond(type: string, options: object): Promise<readonly [number | null, string | undefined]> {
  const times = ['09:30:00', '12:00:00', '12:00:01', '23:59:59'].map(text => `('${text}'::${type})`);
  const file = join(tinyRoot(), 'tiny.parquet');
  await tinyEngine().query(
    `COPY (SELECT * FROM (VALUES ${times.join(', ')}, (NULL)) t(a)) TO '${file}' (FORMAT parquet)`,
  );
  const columns = [{ name: 'a', logicalType: 'time', logicalTypeOptions: options }];
  writeFileSync(join(tinyRoot(), 'contract.odcs.yaml'), contractText({ columns }));
  const asked = { root: tinyRoot(), contract: 'contract.odcs.yaml', path: 'tiny.parquet' };
  const result = await validateContract({ ...asked, engine: tinyEngine() });
  expect(checkOf(result, 'a.type').outcome).toBe('passed');
  const { failingRows, samples } = checkOf(result, `a.${Object.keys(options)[0]}`);
  return [failingRows, samples[0]?.value.slice(0, 8)];
}

test.each(['TIME', 'TIMETZ'])('times of day of type %s are held against bounds, in UTC', async type => {
  expect(await beyond(type, { maximum: '12:00' })).toEqual([2, '12:00:01']);
  expect(await beyond(type, { exclusiveMaximum: '12:00:00' })).toEqual([3, '12:00:00']);
  expect(await beyond(type, { minimum: '09:30:01' })).toEqual([1, '09:30:00']);
  expect(await beyond(type, { minimum: '00:00:00' })).toEqual([0, undefined]);
  expect(await beyond(type, { maximum: '23:59:59Z' })).toEqual([0, undefined]);
});
