// Runs a contract's checks over one table and tells what they found.
import { join } from 'node:path';
import { type Check, formatLimit, keepsLimit, type Measure } from '#lib/contracts/check.ts';
import { isPrivate, nameOf } from '#lib/contracts/column.ts';
import { findBeside } from '#lib/contracts/data/beside.ts';
import { type Data, type DataPart, PLAIN_CSV } from '#lib/contracts/data/data.ts';
import { formatOf } from '#lib/contracts/data/format.ts';
import { openPart } from '#lib/contracts/data/open.ts';
import { refuseUnreadable } from '#lib/contracts/data/unreadable.ts';
import { versionAtPath } from '#lib/contracts/data/version-at-path.ts';
import type { Contract } from '#lib/contracts/odcs.ts';
import type { ContractTable } from '#lib/contracts/odcs-schema.ts';
import { type Header, planChecks } from '#lib/contracts/plan.ts';
import { findTable, readContract } from '#lib/contracts/read.ts';
import type { CheckResult, ContractResult } from '#lib/contracts/result.ts';
import { type Further, measureAll } from '#lib/contracts/run/measure.ts';
import type { Measured } from '#lib/contracts/run/measured.ts';
import { NO_PARTIALS, type Partials } from '#lib/contracts/run/partials.ts';
import { type FindReference, findReferences } from '#lib/contracts/run/reference.ts';
import { skipWhatCannotRun } from '#lib/contracts/run/runnable.ts';
import { readSamples } from '#lib/contracts/run/samples.ts';
import { countFresh } from '#lib/contracts/run/service-levels.ts';
import type { FindVersion } from '#lib/contracts/run/statistics/version.ts';
import { digestValue } from '#lib/documents/canonical.ts';
import type { CheckedDocument } from '#lib/documents/read.ts';
import type { SqlEngine } from '#lib/sql/engine.ts';

export interface ValidateOptions extends Pick<RunContext, 'now' | 'patternLimitMs'> {
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
  const { root, contract, path, engine, partials, now, patternLimitMs } = options;
  const document = await readContract(join(root, contract));
  const { format = 'csv', compression = 'none' } = formatOf(path) ?? {};
  const file = { path, file: join(root, path), compression, partition: {} };
  const data: Data = { path, format, dialect: PLAIN_CSV, files: [file] };
  const findReference = findBeside({ root, contract, document });
  const table = { contract, document, ...findTable(document, path), data };
  const findVersion = versionAtPath(root);
  return validateTable(table, { engine, partials, findVersion, findReference, now, patternLimitMs });
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
  /** Where the tables are that foreign keys refer to; without it only a table's own keys are followed. */
  readonly findReference?: FindReference | undefined;
  /** Where other versions of the data are, which metrics of ours compare with. */
  readonly findVersion?: FindVersion | undefined;
  /** False for a check that nobody asked for; it is not run, nor in the result. */
  readonly isSelected?: ((check: Check) => boolean) | undefined;
  /** False shows no value of the data. */
  readonly showSamples?: boolean | undefined;
  /** How long a pattern that only JavaScript can run may take; five seconds unless given. */
  readonly patternLimitMs?: number | undefined;
  /** How long a query of the contract may run; a minute unless given. */
  readonly queryLimitMs?: number | undefined;
  /** The moment that ages are measured at, in milliseconds since 1970; without one they are not. */
  readonly now?: number | undefined;
}

/** Checks a table. @throws ConfigurationError when a file cannot be read at all; broken rules are results. */
export async function validateTable(asked: TableToValidate, options: RunContext): Promise<ContractResult> {
  try {
    return await checkTable(asked, options);
  } catch (error) {
    // Bytes may turn out to be broken only when a rule asks for them.
    return await refuseUnreadable(asked.data, error, options.engine);
  }
}

async function checkTable(
  { contract, document, table, index, data }: TableToValidate,
  options: RunContext,
): Promise<ContractResult> {
  const { engine, partials = NO_PARTIALS, onFile = () => undefined } = options;
  const {
    findReference: find,
    findVersion,
    patternLimitMs,
    isSelected = () => true,
    showSamples,
    queryLimitMs,
    now,
  } = options;
  const parts: DataPart[] = [];
  for (const file of data.files) parts.push(await openPart(file, data, engine));
  const plan = planChecks(document, { table, index, now }, headerOf(parts, data));
  const runnable: Check[] = [];
  for (const check of plan.checks.filter(isSelected))
    runnable.push(await skipWhatCannotRun(check, { parts, engine, limitMs: patternLimitMs }));
  const own = { table, data, parts };
  const { checks, references } = await findReferences(runnable, { own, engine, find });
  const whole: Further = {
    conditions: [
      { kind: 'any', conditions: plan.wrongTypes },
      { kind: 'any', conditions: plan.missing },
    ],
    moments: plan.freshness ? [plan.freshness.moment] : [],
  };
  const opened = { contract: document.value, table, data, parts, references, find };
  const known = { partials, extremes: new Map() };
  const context = { ...opened, ...known, engine, onFile, queryLimitMs, findVersion, showSamples };
  const { rows, values, further } = await measureAll(checks, whole, context);
  const key = (table.properties ?? []).filter(column => column.primaryKey && !isPrivate(column)).map(nameOf);
  const counted = checks.map((check, i) => ({
    check,
    result: toResult(check, { measured: values[i] ?? { value: null }, rows }),
  }));
  const shown = showSamples === false ? [] : chooseShown(counted);
  const results: CheckResult[] = [];
  for (const { check, result } of counted) {
    const samples = shown.includes(check)
      ? await readSamples(check, { parts, engine, references, key })
      : result.samples;
    results.push({ ...result, samples });
  }
  const [wrong = 0, missing = 0] = further;
  const incomplete = plan.lacksRequiredColumn ? rows : missing;
  const fresh = plan.freshness && rows > 0 ? await countFresh(plan.freshness, context) : undefined;
  const shareWithout = (broken: number) => (rows === 0 ? 1 : 1 - broken / rows);
  return {
    contract: { path: contract, id: document.value.id, version: document.value.version },
    data: {
      ...{ path: data.path, digest: await digestOf(parts), rows },
      ...(parts.length > 1 && { files: parts.length }),
    },
    passed: results.every(({ outcome, severity }) => outcome !== 'failed' || severity === 'warning'),
    checks: results,
    ratios: {
      ...{ schemaCompliance: shareWithout(wrong), completeness: shareWithout(incomplete) },
      ...(fresh !== undefined && { freshness: fresh / rows }),
    },
  };
}

function headerOf(parts: readonly DataPart[], { format }: Data): Header {
  const names = [...new Set(parts.flatMap(({ columns }) => columns.map(({ name }) => name)))];
  const isIn = (part: DataPart, name: string) => part.columns.some(column => column.name === name);
  // A row of JSON may leave out what it has no value for.
  const partial = format === 'jsonl' ? [] : names.filter(name => !parts.every(part => isIn(part, name)));
  return { names, partial, isText: format === 'csv' };
}

/** Each takes a query of its own, of which a table of thousands of columns may ask for thousands; nobody reads so far. */
const MOST_SHOWN = 100;

interface Counted {
  readonly check: Check;
  readonly result: CheckResult;
}

/** The failed checks that rows are shown of: those that most rows break. */
function chooseShown(counted: readonly Counted[]): readonly Check[] {
  return counted
    .filter(({ check, result }) => result.outcome === 'failed' && !check.isPrivate)
    .toSorted((a, b) => (b.result.failingRows ?? 0) - (a.result.failingRows ?? 0))
    .slice(0, MOST_SHOWN)
    .map(({ check }) => check);
}

interface Found {
  readonly measured: Measured;
  /** Of the table. */
  readonly rows: number;
}

/** The measures that count rows. */
const OF_ROWS: readonly Measure['kind'][] = ['rows-where', 'duplicates', 'orphans'];

function toResult(check: Check, { measured, rows }: Found): CheckResult {
  const { id, column, rule, says, severity, measure, limit, at, dimension, tags } = check;
  const { value: counted, problem, skipped, detail, isHidden = false } = measured;
  const failing = OF_ROWS.includes(measure.kind) ? counted : null;
  const percent = failing === null || rows === 0 ? 0 : (failing * 100) / rows;
  const value = failing !== null && limit.unit === 'percent' ? percent : counted;
  const kept = value === null ? 'skipped' : keepsLimit(value, limit) ? 'passed' : 'failed';
  const outcome = problem === undefined ? kept : 'failed';
  const reason = problem ?? skipped ?? (measure.kind === 'skipped' ? measure.reason : undefined);
  return {
    id,
    column,
    rule,
    says,
    severity,
    outcome,
    value: isHidden ? null : value,
    threshold: formatLimit(limit),
    failingRows: failing,
    failingShare: failing === null ? null : rows === 0 ? 0 : failing / rows,
    samples: [],
    at: { line: at.line ?? 1, column: at.column ?? 1 },
    ...(reason !== undefined && { reason }),
    ...(detail !== undefined && { detail }),
    ...(dimension !== undefined && { dimension }),
    ...(tags !== undefined && { tags }),
  };
}

/** Of one file its own; of several that of their names and digests. */
async function digestOf(parts: readonly DataPart[]): Promise<string> {
  const all: (readonly [string, string])[] = [];
  for (const { file, look } of parts) all.push([file.path, (await look()).digest]);
  const [only] = all;
  return all.length === 1 && only ? only[1] : digestValue(all);
}
