// Which columns, and which names of rows, are a person's.
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { privateColumns, shownKeys } from '#lib/flows/judging/contract-columns.ts';

const contract = (column: string): string => `apiVersion: v3.1.0
kind: DataContract
id: people
version: 1.0.0
status: active
schema:
  - name: people
    properties:
      - {name: ${column}, logicalType: string, classification: personal}
      - {name: amount, logicalType: number}
`;

it('every contract below data counts, however deep it lies', async () => {
  const root = await mkdtemp(join(tmpdir(), 'private-'));
  for (const [folder, column] of [
    ['data/loans', 'mail'],
    ['data/eu/north/loans', 'street'],
    ['data', 'phone'],
    ['models/loans', 'town'],
  ] as const) {
    await mkdir(join(root, folder), { recursive: true });
    await writeFile(join(root, folder, 'contract.odcs.yaml'), contract(column));
  }
  expect([...(await privateColumns(root))].sort()).toEqual(['mail', 'phone', 'street']);
});

it('rows are named by their keys, and by their places where keys are personal data', () => {
  const keys = ['a@example.org', 'b@example.org'];
  expect(shownKeys(keys, 'mail', new Set(['street']))).toEqual(keys);
  expect(shownKeys(keys, 'mail', new Set(['mail']))).toEqual(['row 1', 'row 2']);
});
