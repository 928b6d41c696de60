// Where a reference of a contract leads: `orders.customer_id` by names, `/schema/<id>/properties/<id>` by stable ids (or
// names, where there are no ids).
import type { Contract } from '#lib/contracts/odcs.ts';
import type { Column, ContractTable, Item } from '#lib/contracts/odcs-schema.ts';

export type Resolved =
  /** `name` is `table.column`, the same for every way to write it. */
  | { readonly kind: 'column'; readonly table: ContractTable; readonly column: Column; readonly name: string }
  /** Another contract's column, which this one cannot tell of. */
  | { readonly kind: 'elsewhere'; readonly name: string }
  | { readonly kind: 'nowhere'; readonly name: string };

/** A table by its name or its id. */
export function tableCalled(contract: Contract, word: string): ContractTable | undefined {
  return contract.schema?.find(one => isCalled(one, word));
}

/** A column of a table, not one within another, by its name or its id. */
export function columnCalled({ properties = [] }: ContractTable, word: string): Column | undefined {
  return properties.find(one => isCalled(one, word));
}

/** Finds the column of a reference; names with dots in them are found as well. */
export function resolveReference(contract: Contract, reference: string): Resolved {
  const nowhere = { kind: 'nowhere', name: reference } as const;
  const [file = '', anchor] = reference.split('#');
  if (anchor !== undefined && file !== '') return { kind: 'elsewhere', name: reference };
  return reference.includes('/')
    ? (byIds(contract, reference) ?? nowhere)
    : (byNames(contract, reference) ?? nowhere);
}

function byNames(contract: Contract, reference: string): Resolved | undefined {
  for (const table of contract.schema ?? []) {
    if (!reference.startsWith(`${table.name}.`)) continue;
    const column = findByName(table.properties ?? [], reference.slice(table.name.length + 1));
    if (column) return { kind: 'column', table, column, name: reference };
  }
  return undefined;
}

function findByName(columns: readonly Column[], name: string): Column | undefined {
  const own = columns.find(column => column.name === name);
  if (own) return own;
  for (const column of columns) {
    if (!name.startsWith(`${column.name}.`)) continue;
    const inner = findByName(innerOf(column), name.slice(column.name.length + 1));
    if (inner) return inner;
  }
  return undefined;
}

function byIds(contract: Contract, reference: string): Resolved | undefined {
  const [section, tableId = '', ...steps] = reference.replace(/^#?\//u, '').split('/');
  const table = section === 'schema' ? tableCalled(contract, tableId) : undefined;
  if (!table) return undefined;
  let columns: readonly Column[] = table.properties ?? [];
  let column: Column | undefined;
  const names = [table.name];
  for (const [index, step] of steps.entries()) {
    if (index % 2 === 0) {
      if (step !== 'properties' && step !== 'items') return undefined;
      continue;
    }
    column = columns.find(one => isCalled(one, step));
    if (!column) return undefined;
    names.push(column.name);
    columns = innerOf(column);
  }
  return column && { kind: 'column', table, column, name: names.join('.') };
}

function isCalled(
  { id, name }: { readonly id?: string | undefined; readonly name: string },
  step: string | undefined,
): boolean {
  return (id ?? name) === step || name === step;
}

/** The columns within a column, or within the elements of an array. */
function innerOf(column: Item): readonly Column[] {
  return column.properties ?? column.items?.properties ?? column.map?.value.properties ?? [];
}
