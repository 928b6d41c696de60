import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { featureColumns } from '#lib/contracts/features.ts';
import { readContract } from '#lib/contracts/read.ts';
import { validateContract } from '#lib/contracts/validate.ts';
import { openDuckDb } from '#lib/sql/duckdb.ts';
import type { SqlEngine } from '#lib/sql/engine.ts';

const root = join(import.meta.dirname, '../../..');
let engine: SqlEngine;
beforeAll(async () => {
  engine = await openDuckDb();
});
afterAll(() => engine.close());

// Rows and columns as `wc -l` and `head -1` count them, the digest as sha256sum does.
const DATASETS = [
  {
    folder: 'data/deliveries',
    csv: 'deliveries.csv',
    rows: 10012,
    columns: 31,
    target: 'time_to_delivery',
    kind: 'number',
  },
  {
    folder: 'data/lending-club',
    csv: 'lending_club.csv',
    rows: 9857,
    columns: 23,
    target: 'Class',
    kind: 'string',
  },
] as const;

test.each(DATASETS)(
  '$folder keeps its contract, every rule of which is run',
  async ({ folder, csv, rows }) => {
    const path = `${folder}/${csv}`;
    const result = await validateContract({ root, contract: `${folder}/contract.odcs.yaml`, path, engine });
    expect(result.checks.filter(({ outcome }) => outcome !== 'passed')).toEqual([]);
    expect(result).toMatchObject({
      passed: true,
      data: { path, rows },
      ratios: { schemaCompliance: 1, completeness: 1 },
    });
    const digest = createHash('sha256')
      .update(await readFile(join(root, path)))
      .digest('hex');
    expect(result.data.digest).toBe(`sha256:${digest}`);
    expect(await readFile(join(root, folder, 'README.md'), 'utf8')).toContain(digest);
  },
);

test.each(DATASETS)(
  '$folder has its columns typed for training',
  async ({ folder, columns, target, kind }) => {
    const { value } = await readContract(join(root, folder, 'contract.odcs.yaml'));
    const types = featureColumns(value);
    expect(types.length).toBe(columns);
    expect(types.find(({ name }) => name === target)).toEqual({ name: target, kind });
  },
);

test('only whole numbers and numbers are numbers to training, under their names in the data', async () => {
  const { value } = await readContract(
    join(import.meta.dirname, '../../fixtures/contracts/orders.odcs.yaml'),
  );
  const [table = { name: 'none' }] = value.schema ?? [];
  const renamed = {
    ...table,
    properties: [{ name: 'a', physicalName: 'A1', logicalType: 'integer' as const }],
  };
  expect(featureColumns({ ...value, schema: [renamed] })).toEqual([{ name: 'A1', kind: 'number' }]);
  expect(
    featureColumns(value)
      .filter(({ kind }) => kind === 'number')
      .map(({ name }) => name),
  ).toEqual(['shop', 'price']);
  expect(featureColumns({ ...value, schema: undefined })).toEqual([]);
});
