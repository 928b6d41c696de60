import { join } from 'node:path';
import { expect, test } from 'vitest';
import { nameOf } from '#lib/contracts/column.ts';
import {
  countQuery,
  duplicateSamplesQuery,
  duplicatesQuery,
  probeQuery,
  samplesQuery,
} from '#lib/contracts/duckdb-sql.ts';
import { planChecks } from '#lib/contracts/plan.ts';
import { findTable, readContract } from '#lib/contracts/read.ts';

const fixtures = join(import.meta.dirname, '../../fixtures/contracts');

test('the statements of a small contract are these', async () => {
  const contract = await readContract(join(fixtures, 'orders.odcs.yaml'));
  const found = findTable(contract, 'orders.csv');
  const plan = planChecks(contract, found, (found.table.properties ?? []).map(nameOf));
  const conditions = plan.checks.flatMap(({ measure }) =>
    measure.kind === 'rows-where' ? [measure.condition] : [],
  );
  const keys = plan.checks.flatMap(({ measure }) => (measure.kind === 'duplicates' ? [measure.columns] : []));
  const [condition = { kind: 'any', conditions: [] } as const] = conditions;
  const statements = [
    '-- All conditions in one scan',
    countQuery('orders', conditions),
    '-- One grouping for each key',
    ...keys.map(columns => duplicatesQuery('orders', columns)),
    '-- What bounds and patterns are tried with first',
    ...conditions.map(probeQuery).filter(query => query !== undefined),
    '-- The first rows that break a condition, or repeat a key',
    samplesQuery('orders', { condition, column: 'shop', limit: 5 }),
    duplicateSamplesQuery('orders', { columns: keys[0] ?? [], limit: 5 }),
  ];
  await expect(`${statements.join('\n')}\n`).toMatchFileSnapshot(join(fixtures, 'orders.sql'));
});
