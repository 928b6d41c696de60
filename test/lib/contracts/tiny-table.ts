// A contract and a CSV of a few lines in a temporary folder, and what validateContract says of them.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect } from 'vitest';
import type { CheckResult, ContractResult } from '#lib/contracts/result.ts';
import { contractResultSchema } from '#lib/contracts/result.ts';
import { validateContract } from '#lib/contracts/validate.ts';
import { openDuckDb } from '#lib/sql/duckdb.ts';
import type { SqlEngine } from '#lib/sql/engine.ts';

export type Entry = Readonly<Record<string, unknown>>;

/** What is held against a CSV. */
export interface TinyCase {
  readonly csv: string;
  readonly columns: readonly Entry[];
  /** Further keys of the table. */
  readonly table?: Entry;
  /** Further keys of the contract. */
  readonly contract?: Entry;
  readonly patternLimitMs?: number | undefined;
  /** The moment of the check, as ISO 8601. */
  readonly now?: string;
}

let root = '';
let engine: SqlEngine;

/** Call once at the top of a test file. */
export function openTinyTables(): void {
  beforeAll(async () => {
    root = mkdtempSync(join(tmpdir(), 'contract-'));
    engine = await openDuckDb();
  });
  afterAll(() => {
    engine.close();
    rmSync(root, { recursive: true });
  });
}

/** The engine that the tiny tables are read with. */
export function tinyEngine(): SqlEngine {
  return engine;
}

/** The folder they are in. */
export function tinyRoot(): string {
  return root;
}

/** A contract of one table as JSON, which is YAML. */
export function contractText({ columns, table = {}, contract = {} }: Omit<TinyCase, 'csv' | 'now'>): string {
  return JSON.stringify({
    ...{ apiVersion: 'v3.1.0', kind: 'DataContract', id: 'tiny', version: '1.0.0', status: 'active' },
    schema: [{ name: 'tiny', properties: columns, ...table }],
    ...contract,
  });
}

/** The result, which must be what the schema of results says. */
export async function validate(tiny: TinyCase): Promise<ContractResult> {
  return validateText(contractText(tiny), tiny.csv, tiny);
}

/** The same for a contract written as text. */
export async function validateText(
  contract: string,
  csv: string,
  { now, patternLimitMs }: Pick<TinyCase, 'now' | 'patternLimitMs'> = {},
): Promise<ContractResult> {
  // Else they would lie in the folder that the tests are started from.
  if (root === '') throw new Error('openTinyTables has to be called first');
  writeFileSync(join(root, 'contract.odcs.yaml'), contract);
  writeFileSync(join(root, 'tiny.csv'), csv);
  const options = {
    root,
    contract: 'contract.odcs.yaml',
    path: 'tiny.csv',
    engine,
    ...{ patternLimitMs },
    ...(now !== undefined && { now: Date.parse(now) }),
  };
  const result = await validateContract(options);
  expect(contractResultSchema.parse(JSON.parse(JSON.stringify(result)))).toEqual(result);
  return result;
}

/** One check by its id; fails when there is none. */
export function checkOf({ checks }: ContractResult, id: string): CheckResult {
  const found = checks.find(check => check.id === id);
  if (!found) throw new Error(`no check ${id} among ${checks.map(check => check.id).join(', ')}`);
  return found;
}

/** How one check of one column `a` did: its outcome, the rows that break it and their values. */
export async function outcomeOf(
  id: string,
  column: Entry,
  values: readonly string[],
): Promise<{ readonly outcome: string; readonly rows: number | null; readonly values: readonly string[] }> {
  const csv = ['n,a', ...values.map((value, i) => `${i},${value}`), ''].join('\n');
  const result = await validate({ csv, columns: [{ name: 'n' }, { name: 'a', ...column }] });
  const { outcome, failingRows, samples } = checkOf(result, `a.${id}`);
  return { outcome, rows: failingRows, values: samples.map(sample => sample.value) };
}
