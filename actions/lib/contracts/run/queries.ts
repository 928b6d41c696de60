// Rules in SQL: each query gives one number. They see the contract's tables under their names and nothing else, and what
// keeps a query from running counts as broken: a rule that was never asked must not pass.
import type { Check, Measure } from '#lib/contracts/check.ts';
import { holdsPrivate, nameOf } from '#lib/contracts/column.ts';
import type { DataPart } from '#lib/contracts/data/data.ts';
import { openPart } from '#lib/contracts/data/open.ts';
import type { Contract } from '#lib/contracts/odcs.ts';
import type { ContractTable } from '#lib/contracts/odcs-schema.ts';
import { fillPlaceholders } from '#lib/contracts/query-text.ts';
import { contentOf } from '#lib/contracts/run/ask.ts';
import type { Measured } from '#lib/contracts/run/measured.ts';
import type { Partials } from '#lib/contracts/run/partials.ts';
import type { FindReference } from '#lib/contracts/run/reference.ts';
import { viewSql } from '#lib/contracts/sql/views.ts';
import { errorMessage } from '#lib/errors.ts';
import type { Sandbox, SqlEngine } from '#lib/sql/engine.ts';

/** A query that runs longer is stopped. */
const LONGEST_QUERY_MS = 60_000;

export interface QueryContext {
  readonly contract: Contract;
  readonly own: TableParts;
  readonly engine: SqlEngine;
  readonly partials: Partials;
  readonly find: FindReference | undefined;
  readonly limitMs?: number | undefined;
}

interface TableParts {
  readonly table: ContractTable;
  readonly parts: readonly DataPart[];
}

interface Planned {
  readonly measure: Measure;
  readonly text: string;
  readonly tables: readonly TableParts[];
  readonly isSteady: boolean;
  /** True where what it gives may be a value that may not be shown. */
  readonly isHidden: boolean;
}

/** Runs the queries of all checks that have one. */
export async function runQueries(
  checks: readonly Check[],
  context: QueryContext,
): Promise<ReadonlyMap<Measure, Measured>> {
  const found = new Map<Measure, Measured>();
  const opened = new Map<string, TableParts | { readonly reason: string }>();
  const planned: Planned[] = [];
  for (const { measure, column } of checks) {
    if (measure.kind !== 'query') continue;
    const text = fillPlaceholders(measure.query, { object: context.own.table.name, property: column });
    const read = await context.engine.readQuery(text);
    if ('problem' in read) {
      found.set(measure, { value: null, problem: read.problem });
      continue;
    }
    const tables = await openTables(read.tables, opened, context);
    if (tables.kind === 'measured') found.set(measure, tables.measured);
    else {
      const isHidden = !read.isOfCounts && tables.tables.some(one => mentionsPrivate(one, read.columns));
      planned.push({ measure, text, tables: tables.tables, isSteady: read.isSteady, isHidden });
    }
  }
  if (planned.length === 0) return found;
  await runPlanned(planned, context, found);
  return found;
}

function mentionsPrivate({ table }: TableParts, columns: ReadonlySet<string>): boolean {
  const hidden = (table.properties ?? []).filter(holdsPrivate);
  const names = hidden.flatMap(column => [column.name, nameOf(column)]);
  return names.some(name => columns.has('*') || columns.has(name.toLowerCase()));
}

type Opened =
  | { readonly kind: 'tables'; readonly tables: readonly TableParts[] }
  | { readonly kind: 'measured'; readonly measured: Measured };

/** The tables of a query; those of the same contract are found like the targets of foreign keys. */
async function openTables(
  names: readonly string[],
  opened: Map<string, TableParts | { readonly reason: string }>,
  { contract, own, engine, find }: QueryContext,
): Promise<Opened> {
  const tables: TableParts[] = [];
  for (const name of names) {
    const table = [own.table, ...(contract.schema ?? [])].find(one => isCalled(one, name));
    if (!table) {
      const known = (contract.schema ?? []).map(one => one.name).join(', ');
      return {
        kind: 'measured',
        measured: { value: null, problem: `${name} is no table of the contract, which has ${known}` },
      };
    }
    const one = opened.get(table.name) ?? (table.name === own.table.name ? own : await open(table));
    opened.set(table.name, one);
    if ('reason' in one) return { kind: 'measured', measured: { value: null, skipped: one.reason } };
    tables.push(one);
  }
  return { kind: 'tables', tables };

  async function open(table: ContractTable): Promise<TableParts | { readonly reason: string }> {
    const target = await find?.({ table: table.name });
    if (!target) return { reason: `the data of ${table.name} is not at hand` };
    if ('reason' in target) return target;
    const parts: DataPart[] = [];
    for (const file of target.data.files) parts.push(await openPart(file, target.data, engine));
    return { table, parts };
  }
}

function isCalled({ name, physicalName }: ContractTable, word: string): boolean {
  return [name, physicalName].some(one => one?.toLowerCase() === word.toLowerCase());
}

async function runPlanned(
  planned: readonly Planned[],
  context: QueryContext,
  found: Map<Measure, Measured>,
): Promise<void> {
  const { partials } = context;
  let sandbox: Sandbox | undefined;
  try {
    for (const { measure, text, tables, isSteady, isHidden } of planned) {
      const digests: string[] = [];
      for (const part of tables.flatMap(({ parts }) => parts)) digests.push(await contentOf(part));
      const masked = tables.map(({ table, parts }) =>
        viewSql(
          parts.map(({ columns }) => ({ columns, relation: 'data' })),
          table,
        ),
      );
      const question = { query: text, views: masked, digests };
      const isKept = isSteady && digests.length > 0;
      const known = isKept ? partials.get(digests.join(), question) : undefined;
      if (typeof known === 'number') {
        found.set(measure, { value: known, isHidden });
        continue;
      }
      sandbox ??= await openWith(planned, context);
      const answer = await sandbox.number(text);
      if ('problem' in answer) found.set(measure, { value: null, problem: answer.problem });
      else {
        found.set(measure, { ...answer, isHidden });
        if (isKept) partials.put(digests.join(), question, answer.value);
      }
    }
  } finally {
    sandbox?.close();
  }
}

/** One for all queries. Where the tables cannot be shown to queries, no query can run, each for that reason. */
async function openWith(planned: readonly Planned[], context: QueryContext): Promise<Sandbox> {
  const tables = new Map(planned.flatMap(one => one.tables).map(one => [one.table.name, one]));
  const views = new Map<string, { readonly name: string; readonly sql: string }>();
  const add = (name: string | undefined, { table, parts }: TableParts) => {
    if (name === undefined || views.has(name.toLowerCase())) return;
    views.set(name.toLowerCase(), { name, sql: viewSql(parts, table) });
  };
  for (const one of tables.values()) add(one.table.name, one);
  for (const one of tables.values()) add(one.table.physicalName, one);
  const files = [...tables.values()].flatMap(({ parts }) => parts.map(({ file }) => file.file));
  const limitMs = context.limitMs ?? LONGEST_QUERY_MS;
  try {
    return await context.engine.openSandbox({ views: [...views.values()], files, limitMs });
  } catch (error) {
    const problem = `queries cannot see the tables: ${errorMessage(error).split('\n')[0]}`;
    return { number: () => Promise.resolve({ problem }), close: () => undefined };
  }
}
