// A contract of two columns, a file of any bytes under any name, and what a check of it tells.
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect } from 'vitest';
import { type ContractResult, contractResultSchema } from '#lib/contracts/result.ts';
import type { Partials } from '#lib/contracts/run/partials.ts';
import { validateContract } from '#lib/contracts/validate.ts';
import { ConfigurationError } from '#lib/errors.ts';
import { openDuckDb } from '#lib/sql/duckdb.ts';
import type { SqlEngine } from '#lib/sql/engine.ts';

export type Entry = Readonly<Record<string, unknown>>;

/** What is said of a file that cannot be checked. */
export interface Refusal {
  readonly message: string;
  readonly line: number | undefined;
  readonly column: number | undefined;
  readonly remedy: string;
}

interface Asked {
  readonly columns?: readonly Entry[];
  readonly table?: Entry;
  readonly partials?: Partials;
  /** In place of the engine that is opened for all. */
  readonly engine?: SqlEngine;
}

/** A whole number `n` and a short text `c`. */
const COLUMNS: readonly Entry[] = [
  { name: 'n', logicalType: 'integer', required: true },
  { name: 'c', logicalType: 'string', logicalTypeOptions: { maxLength: 3, pattern: '^[a-z]*$' } },
];

let root = '';
let engine: SqlEngine;

/** Call once at the top of a test file. */
export function openDataLab(): void {
  beforeAll(async () => {
    root = realpathSync(mkdtempSync(join(tmpdir(), 'data-lab-')));
    engine = await openDuckDb();
  });
  afterAll(() => {
    engine.close();
    rmSync(root, { recursive: true });
  });
}

export function labEngine(): SqlEngine {
  return engine;
}

/** A path in the folder that data lies in. */
export function labPath(name: string): string {
  return join(root, name);
}

/** A Parquet file of what a query gives. */
export async function writeParquet(name: string, query: string): Promise<string> {
  await engine.query(`COPY (${query}) TO '${labPath(name)}' (FORMAT parquet, ROW_GROUP_SIZE 2048)`);
  return labPath(name);
}

/** Checks a file that is there. */
export async function checkFile(name: string, asked: Asked = {}): Promise<ContractResult> {
  const { columns = COLUMNS, table = {}, partials } = asked;
  const contract = {
    ...{ apiVersion: 'v3.1.0', kind: 'DataContract', id: 'lab', version: '1.0.0', status: 'active' },
    schema: [{ name: 't', properties: columns, ...table }],
  };
  writeFileSync(labPath('contract.odcs.yaml'), JSON.stringify(contract));
  const shared = { root, contract: 'contract.odcs.yaml', path: name, now: 0 };
  const result = await validateContract({
    ...{ ...shared, engine: asked.engine ?? engine },
    ...(partials && { partials }),
  });
  expect(contractResultSchema.parse(JSON.parse(JSON.stringify(result)))).toEqual(result);
  return result;
}

/** Checks a file of these bytes. */
export async function check(
  name: string,
  bytes: string | Uint8Array,
  asked: Asked = {},
): Promise<ContractResult> {
  writeFileSync(labPath(name), bytes);
  return checkFile(name, asked);
}

/** What is said of a file that cannot be checked, which always names it and says what to do. */
export async function refusalOf(
  name: string,
  bytes: string | Uint8Array | undefined,
  asked: Asked = {},
): Promise<Refusal> {
  if (bytes !== undefined) writeFileSync(labPath(name), bytes);
  const error = await checkFile(name, asked).catch((thrown: unknown) => thrown);
  if (!(error instanceof ConfigurationError)) throw new Error(`${name} was not refused`, { cause: error });
  const { at, remedy = '' } = error;
  expect(at?.file.endsWith(name)).toBe(true);
  expect(remedy).toMatch(/\.$/u);
  return {
    message: error.message.replaceAll(labPath(name), name),
    line: at?.line,
    column: at?.column,
    remedy,
  };
}

/** How many rows there are, and how many break which rule. */
export function brokenOf({ data, checks }: ContractResult): Entry {
  const failed = checks.filter(({ outcome }) => outcome === 'failed');
  return { total: data.rows, ...Object.fromEntries(failed.map(({ id, failingRows }) => [id, failingRows])) };
}
