// From a contract to its checks: every executable part of a column and a table, in the order of the file.
import { type Begin, type Check, type Condition, type Measure, NO_ROWS } from '#lib/contracts/check.ts';
import type { Contract } from '#lib/contracts/odcs.ts';
import type { TypeOptions } from '#lib/contracts/odcs-options.ts';
import type { Column, ContractTable } from '#lib/contracts/odcs-schema.ts';
import { planOptions } from '#lib/contracts/plan-options.ts';
import { planQuality } from '#lib/contracts/plan-quality.ts';
import type { KeyPath } from '#lib/documents/document.ts';
import type { CheckedDocument } from '#lib/documents/read.ts';

/** Values of columns with one of these classifications never leave the data. */
const PRIVATE = /^(personal|pii|sensitive|confidential|restricted|secret)$/i;

export interface Plan {
  readonly checks: readonly Check[];
  /** A row with one of these has a value of the wrong type. */
  readonly wrongTypes: readonly Condition[];
  /** A row with one of these lacks a required value. */
  readonly missing: readonly Condition[];
}

/** Plans all checks of one table against the columns a file has. */
export function planChecks(
  contract: CheckedDocument<Contract>,
  { table, index }: { readonly table: ContractTable; readonly index: number },
  header: readonly string[],
): Plan {
  const root: KeyPath = ['schema', index];
  const columns = table.properties ?? [];
  const begin = beginner(contract, { prefix: '', column: null, isPrivate: false, root });
  const perColumn = columns.map((column, i) =>
    planColumn(column, beginnerOf(contract, column, [...root, 'properties', i]), header),
  );
  const present = columns.filter(column => header.includes(nameOf(column)));
  return {
    checks: unique([
      begin('rows', {
        path: [],
        says: 'the file has rows',
        measure: { kind: 'row-count' },
        limit: { operator: 'mustBeGreaterThan', operand: 0, unit: 'rows' },
      }),
      ...planUnexpected(columns, header, begin),
      ...perColumn.flat(),
      ...planPrimaryKey(columns, begin),
      ...(table.quality ?? []).map((rule, i) => planQuality(rule, { begin, path: ['quality', i], columns })),
    ]),
    wrongTypes: present.flatMap(typeCondition),
    missing: present
      .filter(isRequired)
      .map(column => ({ kind: 'missing', column: nameOf(column), words: [] })),
  };
}

function beginnerOf(contract: CheckedDocument<Contract>, column: Column, root: KeyPath): Begin {
  const isPrivate = PRIVATE.test(column.classification ?? '');
  return beginner(contract, { prefix: `${column.name}.`, column: nameOf(column), isPrivate, root });
}

function beginner(
  contract: CheckedDocument<Contract>,
  shared: {
    readonly prefix: string;
    readonly column: string | null;
    readonly isPrivate: boolean;
    readonly root: KeyPath;
  },
): Begin {
  const { prefix, column, isPrivate, root } = shared;
  return (rule, { path, ...part }) => ({
    id: `${prefix}${rule}`,
    column,
    rule,
    severity: 'error',
    limit: NO_ROWS,
    isPrivate,
    at: contract.locateKey([...root, ...path]),
    ...part,
  });
}

function planColumn(column: Column, begin: Begin, header: readonly string[]): readonly Check[] {
  const name = nameOf(column);
  const isPresent = header.includes(name);
  const present = begin('present', {
    path: ['name'],
    says: `there is a column ${name}`,
    measure: { kind: 'known', value: isPresent ? 1 : 0 },
    limit: { operator: 'mustBe', operand: 1, unit: 'rows' },
  });
  const rules = [
    ...planType(column, begin),
    ...planRequired(column, begin),
    ...planUnique(column, begin),
    ...planOptions(
      name,
      { type: column.logicalType, options: (column.logicalTypeOptions ?? {}) as TypeOptions },
      begin,
    ),
    ...(column.quality ?? []).map((rule, i) => planQuality(rule, { begin, path: ['quality', i], column })),
    ...(column.relationships ?? []).map((_, i) =>
      begin('relationship', {
        path: ['relationships', i],
        says: `${name} refers to another table`,
        measure: { kind: 'skipped', reason: 'foreign keys are not checked yet' },
      }),
    ),
  ];
  if (isPresent) return [present, ...rules];
  const skipped: Measure = { kind: 'skipped', reason: `the file has no column ${name}` };
  return [present, ...rules.map(rule => ({ ...rule, measure: skipped }))];
}

function planType(column: Column, begin: Begin): readonly Check[] {
  const { logicalType: type } = column;
  if (!type || type === 'string') return [];
  const name = nameOf(column);
  if (type === 'object' || type === 'array') {
    const measure: Measure = { kind: 'skipped', reason: 'nested values are not checked in CSV files' };
    return [begin('type', { path: ['logicalType'], says: `${name} holds nested values`, measure })];
  }
  const condition: Condition = { kind: 'not-of-type', column: name, type };
  const article = type === 'integer' ? 'a whole number' : `a ${type}`;
  return [
    begin('type', {
      path: ['logicalType'],
      says: `${name} is ${article}`,
      measure: { kind: 'rows-where', condition },
    }),
  ];
}

function planRequired(column: Column, begin: Begin): readonly Check[] {
  if (!isRequired(column)) return [];
  const condition: Condition = { kind: 'missing', column: nameOf(column), words: [] };
  const path = [column.required ? 'required' : 'primaryKey'];
  return [
    begin('required', {
      path,
      says: `${nameOf(column)} is never missing`,
      measure: { kind: 'rows-where', condition },
    }),
  ];
}

function planUnique(column: Column, begin: Begin): readonly Check[] {
  if (!column.unique) return [];
  const measure: Measure = { kind: 'duplicates', columns: [nameOf(column)] };
  return [begin('unique', { path: ['unique'], says: `no ${nameOf(column)} stands twice`, measure })];
}

function planPrimaryKey(columns: readonly Column[], begin: Begin): readonly Check[] {
  const keys = columns
    .filter(column => column.primaryKey)
    .toSorted((a, b) => (a.primaryKeyPosition ?? 0) - (b.primaryKeyPosition ?? 0))
    .map(nameOf);
  if (keys.length === 0) return [];
  const says = `${keys.join(' and ')} ${keys.length === 1 ? 'names' : 'together name'} one row only`;
  return [
    begin('primaryKey', { path: ['properties'], says, measure: { kind: 'duplicates', columns: keys } }),
  ];
}

function planUnexpected(
  columns: readonly Column[],
  header: readonly string[],
  begin: Begin,
): readonly Check[] {
  const known = columns.map(nameOf);
  const extra = header.filter(name => !known.includes(name));
  const says =
    extra.length > 0
      ? `every column is in the contract (not in it: ${extra.join(', ')})`
      : 'every column is in the contract';
  return [begin('columns', { path: ['properties'], says, measure: { kind: 'known', value: extra.length } })];
}

/** The column's name in the data. */
export function nameOf(column: Column): string {
  return column.physicalName ?? column.name;
}

function isRequired(column: Column): boolean {
  return column.required === true || column.primaryKey === true;
}

function typeCondition(column: Column): readonly Condition[] {
  const { logicalType: type } = column;
  if (!type || type === 'string' || type === 'object' || type === 'array') return [];
  return [{ kind: 'not-of-type', column: nameOf(column), type }];
}

/** Several rules of one kind on one column get a number, in the order of the file. */
function unique(checks: readonly Check[]): readonly Check[] {
  const seen = new Map<string, number>();
  return checks.map(check => {
    const count = (seen.get(check.id) ?? 0) + 1;
    seen.set(check.id, count);
    return count === 1 ? check : { ...check, id: `${check.id}-${count}` };
  });
}
