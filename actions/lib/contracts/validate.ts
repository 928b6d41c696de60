// Runs a contract's checks over one table and tells what they found.
import { join } from 'node:path';
import { type Check, type Condition, formatLimit, keepsLimit } from '#lib/contracts/check.ts';
import { isPrivate, nameOf } from '#lib/contracts/column.ts';
import { type Data, type DataPart, PLAIN_CSV } from '#lib/contracts/data/data.ts';
import { formatOf } from '#lib/contracts/data/format.ts';
import { openPart } from '#lib/contracts/data/open.ts';
import type { Contract } from '#lib/contracts/odcs.ts';
import type { ContractTable } from '#lib/contracts/odcs-schema.ts';
import { type Header, planChecks } from '#lib/contracts/plan.ts';
import { findTable, readContract } from '#lib/contracts/read.ts';
import type { CheckResult, ContractResult } from '#lib/contracts/result.ts';
import { type Answers, countAll } from '#lib/contracts/run/count.ts';
import { NO_PARTIALS, type Partials } from '#lib/contracts/run/partials.ts';
import { skipWhatCannotRun } from '#lib/contracts/run/runnable.ts';
import { readSamples, type SampleContext } from '#lib/contracts/run/samples.ts';
import { digestValue } from '#lib/documents/canonical.ts';
import type { CheckedDocument } from '#lib/documents/read.ts';
import type { SqlEngine } from '#lib/sql/engine.ts';

export interface ValidateOptions {
  /** The repository's root; both paths are relative to it. */
  readonly root: string;
  readonly contract: string;
  readonly path: string;
  readonly engine: SqlEngine;
  readonly partials?: Partials;
}

/**
 * Checks one file of the work tree.
 * @throws ConfigurationError when the contract or the file cannot be read at all; broken rules are results.
 */
export async function validateContract(options: ValidateOptions): Promise<ContractResult> {
  const { root, contract, path, engine, partials } = options;
  const document = await readContract(join(root, contract));
  const { format = 'csv', compression = 'none' } = formatOf(path) ?? {};
  const file = { path, file: join(root, path), compression, partition: {} };
  const data: Data = { path, format, dialect: PLAIN_CSV, files: [file] };
  return validateTable({ contract, document, ...findTable(document, path), data }, { engine, partials });
}

/** A table of a contract and the data that has to keep it. */
export interface TableToValidate {
  /** The contract's path, for messages and the result. */
  readonly contract: string;
  readonly document: CheckedDocument<Contract>;
  readonly table: ContractTable;
  /** Of the table in the contract. */
  readonly index: number;
  readonly data: Data;
}

export interface RunContext {
  readonly engine: SqlEngine;
  readonly partials?: Partials | undefined;
  /** Called for each file when it is done; `isKnown` where nothing had to be read of its rows. */
  readonly onFile?: (isKnown: boolean) => void;
}

/** Checks a table. @throws ConfigurationError when a file cannot be read at all; broken rules are results. */
export async function validateTable(
  { contract, document, table, index, data }: TableToValidate,
  { engine, partials = NO_PARTIALS, onFile = () => undefined }: RunContext,
): Promise<ContractResult> {
  const parts: DataPart[] = [];
  for (const file of data.files) parts.push(await openPart(file, data, engine));
  const plan = planChecks(document, { table, index }, headerOf(parts, data));
  const checks: Check[] = [];
  for (const check of plan.checks) checks.push(await skipWhatCannotRun(check, engine));
  const whole: readonly Condition[] = [
    { kind: 'any', conditions: plan.wrongTypes },
    { kind: 'any', conditions: plan.missing },
  ];
  const conditions = checks.flatMap(({ measure }) =>
    measure.kind === 'rows-where' ? [measure.condition] : [],
  );
  const keys = checks.flatMap(({ measure }) => (measure.kind === 'duplicates' ? [measure.columns] : []));
  const questions = { conditions: [...conditions, ...whole], keys };
  const answers = await countAll(parts, questions, { data, engine, partials, onFile });
  const values = valuesOf(checks, answers);
  const key = (table.properties ?? []).filter(column => column.primaryKey && !isPrivate(column)).map(nameOf);
  const results: CheckResult[] = [];
  for (const [i, check] of checks.entries()) {
    const found = { counted: values[i] ?? null, rows: answers.rows };
    results.push(await toResult(check, found, { parts, engine, key }));
  }
  const [wrong = 0, counted = 0] = answers.conditions.slice(-whole.length);
  const incomplete = plan.lacksRequiredColumn ? answers.rows : counted;
  const shareWithout = (broken: number) => (answers.rows === 0 ? 1 : 1 - broken / answers.rows);
  return {
    contract: { path: contract, id: document.value.id, version: document.value.version },
    data: {
      ...{ path: data.path, digest: await digestOf(parts), rows: answers.rows },
      ...(parts.length > 1 && { files: parts.length }),
    },
    passed: results.every(({ outcome, severity }) => outcome !== 'failed' || severity === 'warning'),
    checks: results,
    ratios: { schemaCompliance: shareWithout(wrong), completeness: shareWithout(incomplete) },
  };
}

function headerOf(parts: readonly DataPart[], { format }: Data): Header {
  const names = [...new Set(parts.flatMap(({ columns }) => columns.map(({ name }) => name)))];
  const isIn = (part: DataPart, name: string) => part.columns.some(column => column.name === name);
  // A row of JSON may leave out what it has no value for.
  const partial = format === 'jsonl' ? [] : names.filter(name => !parts.every(part => isIn(part, name)));
  return { names, partial, isText: format === 'csv' };
}

/** What each check counts; null where it was skipped. */
function valuesOf(checks: readonly Check[], { rows, conditions, keys }: Answers): readonly (number | null)[] {
  let [condition, key] = [0, 0];
  return checks.map(({ measure }) => {
    if (measure.kind === 'rows-where') return conditions[condition++] ?? null;
    if (measure.kind === 'duplicates') return keys[key++] ?? null;
    if (measure.kind === 'row-count') return rows;
    return measure.kind === 'known' ? measure.value : null;
  });
}

interface Found {
  readonly counted: number | null;
  /** Of the table. */
  readonly rows: number;
}

async function toResult(
  check: Check,
  { counted, rows }: Found,
  samples: SampleContext,
): Promise<CheckResult> {
  const { id, column, rule, says, severity, measure, limit, at } = check;
  const failing = measure.kind === 'rows-where' || measure.kind === 'duplicates' ? counted : null;
  const percent = counted === null || rows === 0 ? 0 : (counted * 100) / rows;
  const value = counted !== null && limit.unit === 'percent' ? percent : counted;
  const outcome = value === null ? 'skipped' : keepsLimit(value, limit) ? 'passed' : 'failed';
  return {
    id,
    column,
    rule,
    says,
    severity,
    outcome,
    value,
    threshold: formatLimit(limit),
    failingRows: failing,
    failingShare: failing === null ? null : rows === 0 ? 0 : failing / rows,
    samples: outcome === 'failed' ? await readSamples(check, samples) : [],
    at: { line: at.line ?? 1, column: at.column ?? 1 },
    ...(measure.kind === 'skipped' ? { reason: measure.reason } : {}),
  };
}

/** Of one file its own; of several that of their names and digests. */
async function digestOf(parts: readonly DataPart[]): Promise<string> {
  const all: (readonly [string, string])[] = [];
  for (const { file, look } of parts) all.push([file.path, (await look()).digest]);
  const [only] = all;
  return all.length === 1 && only ? only[1] : digestValue(all);
}
