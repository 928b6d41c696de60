import { join } from 'node:path';
import { expect, test } from 'vitest';
import { nameOf } from '#lib/contracts/column.ts';
import type { DataColumn } from '#lib/contracts/data/data.ts';
import { planChecks } from '#lib/contracts/plan.ts';
import { findTable, readContract } from '#lib/contracts/read.ts';
import type { Columns } from '#lib/contracts/sql/conditions.ts';
import { countQuery, distinctQuery, samplesQuery } from '#lib/contracts/sql/statements.ts';
import {
  categoriesQuery,
  fenceQuery,
  filteredRelation,
  knownCategoriesQuery,
  measureSql,
  numbersQuery,
  shareQuery,
} from '#lib/contracts/sql/statistics.ts';

const fixtures = join(import.meta.dirname, '../../fixtures/contracts');
const NATIVE: Readonly<Record<string, string>> = {
  address: 'STRUCT(city VARCHAR)',
  tags: 'VARCHAR[]',
  scores: 'MAP(VARCHAR, DOUBLE)',
  day: 'DATE',
  at: 'TIMESTAMP',
  small: 'BIGINT',
  half: 'DOUBLE',
};

test('the statements of values within values, formats and statistics are these', async () => {
  const contract = await readContract(join(fixtures, 'visits.odcs.yaml'));
  const found = findTable(contract, 'visits.jsonl');
  const names = (found.table.properties ?? []).map(nameOf);
  const plan = planChecks(contract, found, { names, partial: [], isText: false });
  const conditions = plan.checks.flatMap(({ measure }) =>
    measure.kind === 'rows-where' ? [measure.condition] : [],
  );
  const columnsOf = (toColumn: (name: string) => DataColumn): Columns =>
    new Map(names.map(name => [name, toColumn(name)]));
  const json = columnsOf(name => ({ name, form: 'json', kind: 'text', type: 'JSON' }));
  const native = columnsOf(name => ({ name, form: 'native', kind: 'text', type: NATIVE[name] ?? 'VARCHAR' }));
  const kind: DataColumn = { name: 'kind', form: 'text', kind: 'text', type: 'VARCHAR' };
  const half: DataColumn = { name: 'half', form: 'text', kind: 'text', type: 'VARCHAR' };
  const text = new Map([kind, half].map(column => [column.name, column]));
  const number = measureSql(half, 'number') ?? '';
  const filter = { text: 'half > 1', columns: [{ name: 'half', type: 'number', isPrivate: false } as const] };
  const member = { column: 'address', steps: [{ kind: 'member', name: 'city' } as const], limit: 5 };
  const missing = { kind: 'missing', ...member, words: [] } as const;
  const statements = [
    '-- Of JSON lines',
    countQuery('visits', json, { conditions, keys: [] }),
    '-- Of Parquet',
    countQuery('visits', native, { conditions, keys: [] }),
    '-- A member in the place of its column, and its different values',
    samplesQuery('visits', native, { ...member, condition: missing, key: [] }),
    distinctQuery('visits', native, member),
    '-- What statistics ask: numbers, shares, a fence, categories, rows of a filter',
    numbersQuery('visits', [number]),
    shareQuery('visits', text, { kind: 'among', column: 'kind', values: ['new'] }),
    fenceQuery('visits', number, { low: -1.5, high: 2 }),
    categoriesQuery('visits', kind, 9),
    knownCategoriesQuery('visits', kind, ['new', "'"]),
    numbersQuery(filteredRelation('visits', text, filter), [number]),
  ];
  await expect(`${statements.join('\n')}\n`).toMatchFileSnapshot(join(fixtures, 'visits.sql'));
});
