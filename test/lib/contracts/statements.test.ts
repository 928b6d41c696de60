import { join } from 'node:path';
import { expect, test } from 'vitest';
import { nameOf } from '#lib/contracts/column.ts';
import { planChecks } from '#lib/contracts/plan.ts';
import { findTable, readContract } from '#lib/contracts/read.ts';
import { probeQuery } from '#lib/contracts/sql/conditions.ts';
import { extremesQuery, gapQuery, sinceQuery } from '#lib/contracts/sql/extremes.ts';
import { exactQuery, growingQuery, keysQuery, repeatedQuery } from '#lib/contracts/sql/keys.ts';
import { orphanSamplesQuery, orphansQuery } from '#lib/contracts/sql/orphans.ts';
import { countQuery, duplicateSamplesQuery, samplesQuery } from '#lib/contracts/sql/statements.ts';
import { viewSql } from '#lib/contracts/sql/views.ts';

const TEXT = { form: 'text', kind: 'text', type: 'VARCHAR' } as const;
const fixtures = join(import.meta.dirname, '../../fixtures/contracts');

test('the statements of a small contract are these', async () => {
  const contract = await readContract(join(fixtures, 'orders.odcs.yaml'));
  const found = findTable(contract, 'orders.csv');
  const names = (found.table.properties ?? []).map(nameOf);
  const plan = planChecks(contract, found, { names, partial: [], isText: true });
  const conditions = plan.checks.flatMap(({ measure }) =>
    measure.kind === 'rows-where' ? [measure.condition] : [],
  );
  const keys = plan.checks.flatMap(({ measure }) => (measure.kind === 'duplicates' ? [measure.columns] : []));
  const [condition = { kind: 'any', conditions: [] } as const] = conditions;
  const columns = new Map(names.map(name => [name, { ...TEXT, name }]));
  const [one = []] = keys;
  const at = { relation: 'january', moment: '"at"::TIMESTAMP' };
  const from = ['january', 'february'].map(relation => ({ relation, columns, names: ['shop', 'day'] }));
  const natives = new Map(
    (['shop', 'day'] as const).map(name => [
      name,
      { name, form: 'native', kind: name === 'shop' ? 'integer' : 'date', type: '' } as const,
    ]),
  );
  const to = [{ relation: 'openings', columns: natives, names: ['shop', 'day'] }];
  const statements = [
    '-- All conditions and keys in one scan',
    countQuery('orders', columns, { conditions, keys }),
    '-- Whether keys grow, and how many rows repeat one',
    growingQuery('orders', columns, keys),
    exactQuery('orders', columns, keys),
    '-- A key over several files',
    repeatedQuery(['january', 'february'], one.length),
    keysQuery('january', columns, one),
    '-- What bounds and patterns are tried with first',
    ...conditions.map(probeQuery).filter(query => query !== undefined),
    '-- The first rows that break a condition, or repeat a key',
    samplesQuery('orders', columns, { condition, column: 'shop', key: ['order "no"'], limit: 5 }),
    duplicateSamplesQuery([{ relation: 'orders', columns }], { names: one, limit: 5 }),
    '-- Keys of text that are none of another table, which knows their types',
    orphansQuery({ from, to }),
    ...from.slice(1).map(side => orphanSamplesQuery(side, to, { key: ['order "no"'], limit: 5 })),
    '-- Moments of a column: the first and the last, gaps, how many since',
    extremesQuery(at),
    gapQuery([at, { ...at, relation: 'february' }]),
    sinceQuery(at, Date.UTC(2024, 0, 2)),
    '-- What queries of the contract see',
    viewSql([{ relation: 'january', columns: [...columns.values()] }], found.table),
  ];
  await expect(`${statements.join('\n')}\n`).toMatchFileSnapshot(join(fixtures, 'orders.sql'));
});
