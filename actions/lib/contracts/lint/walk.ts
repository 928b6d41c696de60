// Every column of a contract, however deep it is nested, and every quality rule, each with the way to it.
import type { Contract } from '#lib/contracts/odcs.ts';
import type { Quality } from '#lib/contracts/odcs-quality.ts';
import type { Column, ContractTable, Item } from '#lib/contracts/odcs-schema.ts';
import type { KeyPath } from '#lib/documents/document.ts';

export interface WalkedColumn {
  readonly table: ContractTable;
  readonly column: Item;
  readonly path: KeyPath;
  /** Names from the table's column down, as ids have them: `address.street`, `tags.items`, `scores.key`, `scores.value`. */
  readonly name: string;
}

/** All columns in the order of the file. */
export function walkColumns(contract: Contract): readonly WalkedColumn[] {
  return (contract.schema ?? []).flatMap((table, index) => columnsOf(table, ['schema', index]));
}

/** All columns of one table. */
export function columnsOf(table: ContractTable, root: KeyPath): readonly WalkedColumn[] {
  const found: WalkedColumn[] = [];
  const visit = (column: Item, path: KeyPath, name: string): void => {
    found.push({ table, column, path, name });
    if (column.items) visit(column.items, [...path, 'items'], `${name}.items`);
    if (column.map) {
      visit(column.map.key, [...path, 'map', 'key'], `${name}.key`);
      visit(column.map.value, [...path, 'map', 'value'], `${name}.value`);
    }
    for (const [index, inner] of (column.properties ?? []).entries())
      visit(inner, [...path, 'properties', index], `${name}.${inner.name}`);
  };
  for (const [index, column] of (table.properties ?? []).entries())
    visit(column, [...root, 'properties', index], column.name);
  return found;
}

export interface WalkedRule {
  readonly rule: Quality;
  readonly path: KeyPath;
  readonly table: ContractTable;
  /** Absent for a rule of the table. */
  readonly column?: Item;
}

/** All quality rules. */
export function walkRules(contract: Contract): readonly WalkedRule[] {
  return (contract.schema ?? []).flatMap((table, index) => {
    const root: KeyPath = ['schema', index];
    return [
      ...rulesOf(table.quality, root).map(rule => ({ ...rule, table })),
      ...columnsOf(table, root).flatMap(({ column, path }) =>
        rulesOf(column.quality, path).map(rule => ({ ...rule, table, column })),
      ),
    ];
  });
}

function rulesOf(
  quality: readonly Quality[] = [],
  path: KeyPath,
): readonly { readonly rule: Quality; readonly path: KeyPath }[] {
  return quality.map((rule, index) => ({ rule, path: [...path, 'quality', index] }));
}

/** The names of a table's own columns. */
export function columnNames({ properties = [] }: ContractTable): readonly string[] {
  return properties.map(({ name }: Column) => name);
}
