// Runs a contract's checks over one file and tells what they found.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { type Check, type Condition, formatLimit, keepsLimit, type Measure } from '#lib/contracts/check.ts';
import {
  countQuery,
  duplicateSamplesQuery,
  duplicatesQuery,
  samplesQuery,
} from '#lib/contracts/duckdb-sql.ts';
import { planChecks } from '#lib/contracts/plan.ts';
import { findTable, readContract } from '#lib/contracts/read.ts';
import type { CheckResult, ContractResult } from '#lib/contracts/result.ts';
import { ConfigurationError, errorMessage } from '#lib/errors.ts';
import { csvRelation } from '#lib/sql/dialect.ts';
import type { CsvDescription, SqlEngine } from '#lib/sql/engine.ts';

export interface ValidateOptions {
  /** The repository's root; both paths are relative to it. */
  readonly root: string;
  readonly contract: string;
  readonly path: string;
  readonly engine: SqlEngine;
}

const SHOWN_SAMPLES = 5;
const LONGEST_SAMPLE = 60;

interface Source {
  readonly engine: SqlEngine;
  readonly relation: string;
  readonly csv: CsvDescription;
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
  const file = join(root, path);
  const csv = await engine.describeCsv(file);
  const plan = planChecks(document, findTable(document, path), csv.header);
  const source: Source = { engine, relation: csvRelation(file, csv.header), csv };
  const checks = await Promise.all(plan.checks.map(check => skipWhatCannotRun(check, source)));
  const whole: readonly Condition[] = [
    { kind: 'any', conditions: plan.wrongTypes },
    { kind: 'any', conditions: plan.missing },
  ];
  const counts = await countAll(checks, whole, source);
  const results: CheckResult[] = [];
  for (const [index, check] of checks.entries())
    results.push(await toResult(check, counts.values[index] ?? null, source));
  const share = (broken: number): number => (csv.rows === 0 ? 1 : 1 - broken / csv.rows);
  return {
    contract: { path: contract, id: document.value.id, version: document.value.version },
    data: { path, digest: await digestFile(file), rows: csv.rows },
    passed: results.every(({ outcome, severity }) => outcome !== 'failed' || severity === 'warning'),
    checks: results,
    ratios: { schemaCompliance: share(counts.whole[0] ?? 0), completeness: share(counts.whole[1] ?? 0) },
  };
}

/** Patterns are ECMA-262, the engine's are RE2: one that it cannot compile is not run, and the result says so. */
async function skipWhatCannotRun(check: Check, { engine }: Source): Promise<Check> {
  const conditions = check.measure.kind === 'rows-where' ? flatten(check.measure.condition) : [];
  for (const condition of conditions) {
    if (condition.kind !== 'not-matching') continue;
    try {
      await engine.query('SELECT regexp_matches($1, $2)', ['', condition.pattern]);
    } catch (error) {
      const reason = `the pattern cannot be run by the SQL engine: ${errorMessage(error).split('\n')[0]}`;
      return { ...check, measure: { kind: 'skipped', reason } };
    }
  }
  return check;
}

function flatten(condition: Condition): readonly Condition[] {
  return condition.kind === 'any' ? condition.conditions.flatMap(flatten) : [condition];
}

interface Counts {
  /** Per check; null where skipped. */
  readonly values: readonly (number | null)[];
  readonly whole: readonly number[];
}

/** One scan for all conditions, one grouping per key. */
async function countAll(
  checks: readonly Check[],
  whole: readonly Condition[],
  source: Source,
): Promise<Counts> {
  const { engine, relation, csv } = source;
  const conditions = checks.flatMap(({ measure }) =>
    measure.kind === 'rows-where' ? [measure.condition] : [],
  );
  const [row = {}] = await engine.query(countQuery(relation, [...conditions, ...whole]));
  const counted = [...conditions, ...whole].map((_, i) => Number(row[`c${i}`]));
  let next = 0;
  const values: (number | null)[] = [];
  for (const { measure } of checks) {
    if (measure.kind === 'rows-where') values.push(counted[next++] ?? null);
    else if (measure.kind === 'row-count') values.push(csv.rows);
    else if (measure.kind === 'known') values.push(measure.value);
    else if (measure.kind === 'duplicates') values.push(await countDuplicates(measure.columns, source));
    else values.push(null);
  }
  return { values, whole: counted.slice(conditions.length) };
}

async function countDuplicates(
  columns: readonly string[],
  { engine, relation, csv }: Source,
): Promise<number | null> {
  const absent = columns.find(column => !csv.header.includes(column));
  if (absent !== undefined) return null;
  const [row] = await engine.query(duplicatesQuery(relation, columns));
  return Number(row?.['n']);
}

async function toResult(check: Check, counted: number | null, source: Source): Promise<CheckResult> {
  const { id, column, rule, says, severity, measure, limit, at } = check;
  const isRows = measure.kind === 'rows-where' || measure.kind === 'duplicates';
  const share = counted === null || source.csv.rows === 0 ? 0 : counted / source.csv.rows;
  const value = counted !== null && limit.unit === 'percent' ? share * 100 : counted;
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
    failingRows: isRows ? counted : null,
    failingShare: isRows && counted !== null ? share : null,
    samples:
      outcome === 'failed' && isRows && !check.isPrivate ? await readSamples(measure, check, source) : [],
    at: { line: at.line ?? 1, column: at.column ?? 1 },
    ...(outcome === 'skipped'
      ? { reason: measure.kind === 'skipped' ? measure.reason : 'a column it needs is not in the file' }
      : {}),
  };
}

async function readSamples(
  measure: Measure,
  { column }: Check,
  source: Source,
): Promise<CheckResult['samples']> {
  const { engine, relation, csv } = source;
  const query =
    measure.kind === 'duplicates'
      ? duplicateSamplesQuery(relation, { columns: measure.columns, limit: SHOWN_SAMPLES })
      : measure.kind === 'rows-where' && column !== null
        ? samplesQuery(relation, { condition: measure.condition, column, limit: SHOWN_SAMPLES })
        : undefined;
  if (query === undefined) return [];
  const rows = await engine.query(query);
  return rows.map(({ row, value }) => ({
    line: csv.lineOf(Number(row)),
    value: shorten(value === null ? '(missing)' : String(value)),
  }));
}

function shorten(text: string): string {
  return text.length > LONGEST_SAMPLE ? `${text.slice(0, LONGEST_SAMPLE - 3)}...` : text;
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
