// Foreign keys as checks: each whole key of this table is one of another. A key that cannot be followed is planned as
// skipped, with the reason.
import type { Begin, Check, KeyTarget, Measure } from '#lib/contracts/check.ts';
import { isPrivate, nameOf } from '#lib/contracts/column.ts';
import type { Contract } from '#lib/contracts/odcs.ts';
import type { Column, ContractTable } from '#lib/contracts/odcs-schema.ts';
import { resolveReference } from '#lib/contracts/references.ts';

/** The foreign keys of one column, which is where they begin. */
export function planColumnRelationships(contract: Contract, column: Column, begin: Begin): readonly Check[] {
  return (column.relationships ?? []).map(({ to }, i) =>
    planKey({ contract, from: [column], to: [to].flat() }, begin, i),
  );
}

/** The foreign keys of a table, each with the columns it begins at. */
export function planTableRelationships(
  contract: Contract,
  table: ContractTable,
  begin: Begin,
): readonly Check[] {
  return (table.relationships ?? []).map(({ from, to }, i) => {
    const columns: Column[] = [];
    for (const reference of [from].flat()) {
      const found = ownColumn(contract, table, reference);
      if (typeof found === 'string') return skippedKey({ begin, i, from: [from].flat(), to, reason: found });
      columns.push(found);
    }
    return planKey({ contract, from: columns, to: [to].flat() }, begin, i);
  });
}

function ownColumn(contract: Contract, table: ContractTable, reference: string): Column | string {
  const found = resolveReference(contract, reference);
  if (found.kind !== 'column') return `the contract has no column ${reference}`;
  if (found.table !== table) return `${reference} is no column of ${table.name}, where the key begins`;
  return isTop(found) ? found.column : `${reference} is a value within another, which no key can begin at`;
}

function isTop({ table, column }: { readonly table: ContractTable; readonly column: Column }): boolean {
  return table.properties?.includes(column) === true;
}

interface Key {
  readonly contract: Contract;
  readonly from: readonly Column[];
  readonly to: readonly string[];
}

function planKey({ contract, from, to }: Key, begin: Begin, i: number): Check {
  const names = from.map(nameOf);
  const target = targetOf(contract, to);
  const measure: Measure =
    from.length !== to.length
      ? { kind: 'skipped', reason: `${count(from.length)} cannot refer to ${to.length}` }
      : 'reason' in target
        ? { kind: 'skipped', reason: target.reason }
        : { kind: 'orphans', columns: names, to: target };
  const says = sayKey(names, 'table' in target ? sayTarget(target) : to.join(' and '));
  return begin('relationship', {
    ...{ path: ['relationships', i], says, measure },
    ...(from.some(isPrivate) && { isPrivate: true }),
  });
}

interface SkippedKey {
  readonly begin: Begin;
  readonly i: number;
  readonly from: readonly string[];
  readonly to: string | readonly string[];
  readonly reason: string;
}

function skippedKey({ begin, i, from, to, reason }: SkippedKey): Check {
  const says = sayKey(from, [to].flat().join(' and '));
  return begin('relationship', { path: ['relationships', i], says, measure: { kind: 'skipped', reason } });
}

function sayKey(from: readonly string[], to: string): string {
  return `each ${from.join(' with ')} is one of ${to}`;
}

function sayTarget({ contract, table, columns }: KeyTarget): string {
  const place = contract === undefined ? table : `${contract} ${table}`;
  return `${place}.${columns.join(' with ')}`;
}

function count(columns: number): string {
  return columns === 1 ? 'one column' : `${columns} columns`;
}

/** All columns of one table. */
function targetOf(
  contract: Contract,
  references: readonly string[],
): KeyTarget | { readonly reason: string } {
  let target: KeyTarget | undefined;
  for (const reference of references) {
    const next = targetColumn(contract, reference);
    if ('reason' in next) return next;
    if (target && (target.table !== next.table || target.contract !== next.contract))
      return { reason: `${references.join(' and ')} are columns of different tables` };
    target = target ? { ...target, columns: [...target.columns, ...next.columns] } : next;
  }
  return target ?? { reason: 'it names no column' };
}

function targetColumn(contract: Contract, reference: string): KeyTarget | { readonly reason: string } {
  const found = resolveReference(contract, reference);
  if (found.kind === 'nowhere') return { reason: `the contract has no column ${reference}` };
  if (found.kind === 'elsewhere') return targetElsewhere(reference);
  if (!isTop(found)) return { reason: `${reference} is a value within another, which is no key` };
  return { table: found.table.name, columns: [found.column.name] };
}

function targetElsewhere(reference: string): KeyTarget | { readonly reason: string } {
  const [file = '', anchor = ''] = reference.split('#');
  if (/^https?:/u.test(file))
    return { reason: `${file} is not fetched; only files of the repository are read` };
  const [section, table, properties, column, ...more] = anchor.replace(/^\//u, '').split('/');
  const isColumn = section === 'schema' && properties === 'properties' && more.length === 0;
  if (!isColumn || !table || !column) return { reason: `${reference} names no column of a table` };
  return { contract: file, table, columns: [column] };
}
