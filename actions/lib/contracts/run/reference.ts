// The data that a foreign key refers to. Where it lies is not known here: whoever runs the checks says how to find it.
import type { Check, KeyTarget, Measure } from '#lib/contracts/check.ts';
import { isPrivate, nameOf } from '#lib/contracts/column.ts';
import type { Data, DataPart } from '#lib/contracts/data/data.ts';
import { openPart } from '#lib/contracts/data/open.ts';
import type { ContractTable } from '#lib/contracts/odcs-schema.ts';
import { columnCalled } from '#lib/contracts/references.ts';
import type { SqlEngine } from '#lib/sql/engine.ts';

/** A table that others refer to, and its data. */
export interface FoundReference {
  /** As its contract describes it. */
  readonly table: ContractTable;
  readonly data: Data;
}

/** Why it cannot be looked at: `data/customers.csv does not exist`. */
export interface NotFound {
  readonly reason: string;
}

/** Finds a table by its name or id, of the contract that asks or of another one, whose path is as that contract writes it. */
export type FindReference = (to: Pick<KeyTarget, 'contract' | 'table'>) => Promise<FoundReference | NotFound>;

/** Opened, with the columns of the key as the data calls them. */
export interface OpenReference {
  readonly parts: readonly DataPart[];
  readonly names: readonly string[];
  /** True where a value of the key may not be shown. */
  readonly isPrivate: boolean;
}

export interface ReferenceContext {
  /** The table that is checked, which may refer to itself. */
  readonly own: FoundReference & { readonly parts: readonly DataPart[] };
  readonly engine: SqlEngine;
  readonly find: FindReference | undefined;
}

/** Opens each table once, however many keys lead to it. References are not followed any further. */
export function openReferences({ own, engine, find }: ReferenceContext) {
  const opened = new Map<string, Promise<OpenTable | NotFound>>();
  return {
    /** @throws ConfigurationError where a file of the other table is not what its name says */
    async open(to: KeyTarget): Promise<OpenReference | NotFound> {
      const place = JSON.stringify([to.contract, to.table]);
      const table = opened.get(place) ?? openTable(to);
      opened.set(place, table);
      const found = await table;
      return 'reason' in found ? found : namesOf(to, found);
    },
  };

  async function openTable(to: KeyTarget): Promise<OpenTable | NotFound> {
    if (to.contract === undefined && own.table.name === to.table) return own;
    if (!find) return { reason: `the data of ${to.table} is not at hand` };
    const found = await find({
      table: to.table,
      ...(to.contract !== undefined && { contract: to.contract }),
    });
    if ('reason' in found) return found;
    const parts: DataPart[] = [];
    for (const file of found.data.files) parts.push(await openPart(file, found.data, engine));
    if (parts.length === 0) return { reason: `there is no data of ${to.table}` };
    return { ...found, parts };
  }
}

type OpenTable = ReferenceContext['own'];

function namesOf(to: KeyTarget, { table, data, parts }: OpenTable): OpenReference | NotFound {
  const columns = to.columns.map(word => ({ word, column: columnCalled(table, word) }));
  const unknown = columns.find(({ column }) => !column);
  if (unknown) return { reason: `the contract of ${table.name} has no column ${unknown.word}` };
  const known = columns.flatMap(({ column }) => column ?? []);
  const names = known.map(nameOf);
  const isIn = (part: DataPart, name: string) => part.columns.some(column => column.name === name);
  const whole = parts.filter(part => names.every(name => isIn(part, name)));
  const absent = names.find(name => !parts.some(part => isIn(part, name)));
  if (whole.length === 0) return { reason: `${data.path} has no column ${absent ?? names.join(' with ')}` };
  return { parts: whole, names, isPrivate: known.some(isPrivate) };
}

/** The checks, those as skipped whose other table cannot be looked at, and what the others refer to. */
export async function findReferences(
  checks: readonly Check[],
  context: ReferenceContext,
): Promise<{
  readonly checks: readonly Check[];
  readonly references: ReadonlyMap<Measure, OpenReference>;
}> {
  const references = new Map<Measure, OpenReference>();
  const { open } = openReferences(context);
  const runnable: Check[] = [];
  for (const check of checks) {
    const { measure } = check;
    const found = measure.kind === 'orphans' ? await open(measure.to) : undefined;
    if (found === undefined) runnable.push(check);
    else if ('reason' in found)
      runnable.push({ ...check, measure: { kind: 'skipped', reason: found.reason } });
    else {
      references.set(measure, found);
      runnable.push({ ...check, isPrivate: check.isPrivate || found.isPrivate });
    }
  }
  return { checks: runnable, references };
}
