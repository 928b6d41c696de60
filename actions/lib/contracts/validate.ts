// Runs a contract's checks over one file and tells what they found.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { type Check, type Condition, formatLimit, keepsLimit } from '#lib/contracts/check.ts';
import { countAll, skipWhatCannotRun } from '#lib/contracts/measure.ts';
import { planChecks } from '#lib/contracts/plan.ts';
import { findTable, readContract } from '#lib/contracts/read.ts';
import type { CheckResult, ContractResult } from '#lib/contracts/result.ts';
import { readSamples, type Source } from '#lib/contracts/samples.ts';
import { ConfigurationError } from '#lib/errors.ts';
import { csvRelation } from '#lib/sql/dialect.ts';
import type { SqlEngine } from '#lib/sql/engine.ts';

export interface ValidateOptions {
  /** The repository's root; both paths are relative to it. */
  readonly root: string;
  readonly contract: string;
  readonly path: string;
  readonly engine: SqlEngine;
}

/**
 * Checks one CSV file.
 * @throws ConfigurationError when the contract or the file cannot be read at all; broken rules are results.
 */
export async function validateContract({
  root,
  contract,
  path,
  engine,
}: ValidateOptions): Promise<ContractResult> {
  const document = await readContract(join(root, contract));
  const table = findTable(document, path);
  const file = join(root, path);
  const csv = await engine.describeCsv(file);
  const source: Source = { engine, relation: csvRelation(file, csv.header), csv };
  const plan = planChecks(document, table, csv.header);
  const checks: Check[] = [];
  for (const check of plan.checks) checks.push(await skipWhatCannotRun(check, engine));
  const whole: readonly Condition[] = [
    { kind: 'any', conditions: plan.wrongTypes },
    { kind: 'any', conditions: plan.missing },
  ];
  const measures = checks.map(({ measure }) => measure);
  const { values, further } = await countAll(measures, whole, source);
  const results: CheckResult[] = [];
  for (const [index, check] of checks.entries())
    results.push(await toResult(check, values[index] ?? null, source));
  const shareWithout = (broken = 0) => (csv.rows === 0 ? 1 : 1 - broken / csv.rows);
  const [wrong, counted] = further;
  const incomplete = plan.lacksRequiredColumn ? csv.rows : counted;
  return {
    contract: { path: contract, id: document.value.id, version: document.value.version },
    data: { path, digest: await digestFile(file), rows: csv.rows },
    passed: results.every(({ outcome, severity }) => outcome !== 'failed' || severity === 'warning'),
    checks: results,
    ratios: { schemaCompliance: shareWithout(wrong), completeness: shareWithout(incomplete) },
  };
}

async function toResult(check: Check, counted: number | null, source: Source): Promise<CheckResult> {
  const { id, column, rule, says, severity, measure, limit, at } = check;
  const { rows } = source.csv;
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
    samples: outcome === 'failed' ? await readSamples(check, source) : [],
    at: { line: at.line ?? 1, column: at.column ?? 1 },
    ...(measure.kind === 'skipped' ? { reason: measure.reason } : {}),
  };
}

async function digestFile(file: string): Promise<string> {
  const digest = createHash('sha256');
  try {
    for await (const chunk of createReadStream(file)) digest.update(chunk as Buffer);
  } catch (cause) {
    throw new ConfigurationError(`${file} could not be read to its end`, { at: { file }, cause });
  }
  return `sha256:${digest.digest('hex')}`;
}
