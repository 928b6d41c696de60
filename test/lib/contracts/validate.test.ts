import { describe, expect, test } from 'vitest';
import { validateContract } from '#lib/contracts/validate.ts';
import { ConfigurationError } from '#lib/errors.ts';
import { checkOf, openTinyTables, tinyEngine, tinyRoot, validate, validateText } from './tiny-table.ts';

openTinyTables();

const CONTRACT = `apiVersion: v3.1.0
kind: DataContract
id: orders
version: 2.1.0
status: active
schema:
  - name: tiny
    properties:
      - name: a
        logicalType: integer
        required: true
        logicalTypeOptions:
          minimum: 3
        quality:
          - {metric: invalidValues, arguments: {validValues: [.inf, .nan, 4]}, mustBe: 0}
    quality:
      - metric: rowCount
        mustBe: 2
`;

describe('a result', () => {
  test('says what was checked, with the digest sha256sum prints', async () => {
    const { contract, data } = await validateText(CONTRACT, 'a\n4\n2\n');
    expect(contract).toEqual({ path: 'contract.odcs.yaml', id: 'orders', version: '2.1.0' });
    const digest = 'sha256:98910d8d0eb9563d1d9008b85a31474388a741b872c3846017d34a248d7b7afb';
    expect(data).toEqual({ path: 'tiny.csv', digest, rows: 2 });
  });

  test('says where the contract asks for each thing', async () => {
    const { checks } = await validateText(CONTRACT, 'a\n4\n2\n');
    expect(checks.map(({ id, at }) => `${id} ${at.line}:${at.column}`)).toEqual([
      ...['rows 7:5', 'columns 8:5', 'a.present 9:9', 'a.type 10:9', 'a.required 11:9'],
      ...['a.minimum 13:11', 'a.invalidValues 15:13', 'rowCount 17:9'],
    ]);
  });

  test('of the infinite and of what is no number among valid values: no text of a file is one', async () => {
    const result = await validateText(CONTRACT, 'a\n4\ninf\nInfinity\nNaN\n');
    expect(checkOf(result, 'a.invalidValues').failingRows).toBe(3);
  });

  test('counts no row as wrong for a type that is not checked', async () => {
    const columns = [{ name: 'a', logicalType: 'date', logicalTypeOptions: { format: 'dd.MM.yyyy' } }];
    expect((await validate({ csv: 'a\n31.12.2024\n', columns })).ratios.schemaCompliance).toBe(1);
  });

  test('is the same whenever it is asked for', async () => {
    const csv = 'a\n4\nx\n\n2\nx\n';
    expect(await validateText(CONTRACT, csv)).toEqual(await validateText(CONTRACT, csv));
  });
});

test.each([
  ['contract', 'none.odcs.yaml', 'tiny.csv', /none\.odcs\.yaml does not exist/],
  ['data', 'contract.odcs.yaml', 'none.csv', /none\.csv does not exist/],
])('%s that is not there is an error to mend', async (_, contract, path, message) => {
  await validateText(CONTRACT, 'a\n1\n');
  const validating = validateContract({ root: tinyRoot(), contract, path, engine: tinyEngine() });
  await expect(validating).rejects.toThrow(ConfigurationError);
  await expect(validating).rejects.toThrow(message);
});

test('a file that is no table is an error at its line', async () => {
  await expect(validateText(CONTRACT, 'a\n1\n1,2\n')).rejects.toMatchObject({ at: { line: 3 } });
});
