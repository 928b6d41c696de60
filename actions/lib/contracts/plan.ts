// From a contract to its checks: every rule of a table and its columns, in the order of the file. A rule that cannot run
// is planned too, as skipped with its reason: nothing the contract says is left out in silence.
import { type Begin, type Check, type Condition, type Measure, NO_ROWS } from '#lib/contracts/check.ts';
import { holdsPrivate, isPrivate, isRequired, nameOf } from '#lib/contracts/column.ts';
import type { Contract } from '#lib/contracts/odcs.ts';
import type { Column, ContractTable } from '#lib/contracts/odcs-schema.ts';
import { planColumn, typeConditions } from '#lib/contracts/plan-column.ts';
import { nestedConditions, planNested } from '#lib/contracts/plan-nested.ts';
import { planQuality } from '#lib/contracts/plan-quality.ts';
import { planColumnRelationships, planTableRelationships } from '#lib/contracts/plan-relationships.ts';
import {
  type FreshnessWindow,
  freshnessWindow,
  planServiceLevels,
} from '#lib/contracts/plan-service-levels.ts';
import type { KeyPath } from '#lib/documents/document.ts';
import type { CheckedDocument } from '#lib/documents/read.ts';

/** The columns of the data, by their names. */
export interface Header {
  /** Of any file. */
  readonly names: readonly string[];
  /** Those that some files lack. */
  readonly partial: readonly string[];
  /** True where values are text whatever they mean, as in a CSV file. */
  readonly isText: boolean;
}

export interface Plan {
  readonly checks: readonly Check[];
  /** A row with one of these has a value of the wrong type. */
  readonly wrongTypes: readonly Condition[];
  /** A row with one of these lacks a required value. */
  readonly missing: readonly Condition[];
  /** The file lacks a required column, so that every row lacks a required value. */
  readonly lacksRequiredColumn: boolean;
  /** Which rows are fresh, where the contract says. */
  readonly freshness: FreshnessWindow | undefined;
}

/** What checks are planned for. */
export interface PlannedTable {
  readonly table: ContractTable;
  /** Of the table in the contract. */
  readonly index: number;
  /** The moment of the check, in milliseconds since 1970; without one no age is measured. */
  readonly now?: number | undefined;
}

/** Plans all checks of one table against the columns a file has. */
export function planChecks(
  contract: CheckedDocument<Contract>,
  { table, index, now }: PlannedTable,
  header: Header,
): Plan {
  const root: KeyPath = ['schema', index];
  const columns = table.properties ?? [];
  const begin = beginner(contract, { prefix: '', column: null, isPrivate: false, root });
  const whole = beginner(contract, { prefix: '', column: null, isPrivate: false, root: [] });
  const levels = { table, begin: whole, isText: header.isText, now };
  const checks = [
    planRows(begin),
    planUnexpected(columns, header.names, begin),
    ...columns.flatMap((column, i) => {
      const own = beginner(contract, {
        prefix: `${column.name}.`,
        column: nameOf(column),
        isPrivate: holdsPrivate(column),
        root: [...root, 'properties', i],
      });
      return [
        planPresent(nameOf(column), header, own),
        ...planColumn(column, own, { isText: header.isText, columns }),
        ...planNested(column, own, { isText: header.isText, columns }),
        ...planColumnRelationships(contract.value, column, own),
      ];
    }),
    ...planPrimaryKey(columns, begin),
    ...(table.quality ?? []).map((rule, i) => planQuality(rule, { begin, path: ['quality', i], columns })),
    ...planTableRelationships(contract.value, table, begin),
    ...planServiceLevels(contract.value, levels),
  ];
  const isPresent = (column: Column) => header.names.includes(nameOf(column));
  const present = columns.filter(isPresent);
  return {
    checks: withUniqueIds(checks.map(check => skipAbsent(check, header.names))),
    wrongTypes: present.flatMap(column => [
      ...typeConditions(column, header.isText),
      ...nestedConditions(column, header.isText).wrongTypes,
    ]),
    missing: present.flatMap((column): readonly Condition[] => [
      ...(isRequired(column) ? [{ kind: 'missing', column: nameOf(column), words: [] } as const] : []),
      ...nestedConditions(column, header.isText).missing,
    ]),
    lacksRequiredColumn: columns.some(column => isRequired(column) && !isPresent(column)),
    freshness: freshnessWindow(contract.value, levels),
  };
}

function beginner(
  contract: CheckedDocument<Contract>,
  shared: Pick<Check, 'column' | 'isPrivate'> & { readonly prefix: string; readonly root: KeyPath },
): Begin {
  const { prefix, column, isPrivate, root } = shared;
  return (rule, { path, name = rule, ...part }) => ({
    id: `${prefix}${name}`,
    column,
    rule,
    severity: 'error',
    limit: NO_ROWS,
    isPrivate,
    at: contract.locateKey([...root, ...path]),
    ...part,
  });
}

function planRows(begin: Begin): Check {
  return begin('rows', {
    path: [],
    says: 'the file has rows',
    measure: { kind: 'row-count' },
    limit: { operator: 'mustBeGreaterThan', operand: 0, unit: 'rows' },
  });
}

function planUnexpected(columns: readonly Column[], header: readonly string[], begin: Begin): Check {
  const known = columns.map(nameOf);
  const extra = header.filter(name => !known.includes(name));
  const names = extra.length > 0 ? ` (not in it: ${extra.join(', ')})` : '';
  return begin('columns', {
    path: ['properties'],
    says: `every column is in the contract${names}`,
    measure: { kind: 'known', value: extra.length },
  });
}

function planPresent(name: string, { names, partial }: Header, begin: Begin): Check {
  const isPartial = partial.includes(name);
  return begin('present', {
    path: ['name'],
    says: `there is a column ${name}${isPartial ? ' in every file' : ''}`,
    measure: { kind: 'known', value: names.includes(name) && !isPartial ? 1 : 0 },
    limit: { operator: 'mustBe', operand: 1, unit: 'rows' },
  });
}

function planPrimaryKey(columns: readonly Column[], begin: Begin): readonly Check[] {
  const parts = columns
    .filter(column => column.primaryKey)
    .toSorted((a, b) => (a.primaryKeyPosition ?? 0) - (b.primaryKeyPosition ?? 0));
  if (parts.length === 0) return [];
  const keys = parts.map(nameOf);
  const says = `${keys.join(' and ')} ${keys.length === 1 ? 'names' : 'together name'} one row only`;
  const measure: Measure = { kind: 'duplicates', columns: keys };
  return [begin('primaryKey', { path: ['properties'], says, measure, isPrivate: parts.some(isPrivate) })];
}

function skipAbsent(check: Check, header: readonly string[]): Check {
  const absent = columnsOf(check.measure).find(column => !header.includes(column));
  if (absent === undefined) return check;
  return { ...check, measure: { kind: 'skipped', reason: `the file has no column ${absent}` } };
}

function columnsOf(measure: Measure): readonly string[] {
  if (measure.kind === 'statistic')
    return measure.columns.length === 1 ? measure.columns.map(({ name }) => name) : [];
  if (measure.kind === 'age' || measure.kind === 'gap') return [measure.moment.column];
  if (measure.kind === 'duplicates' || measure.kind === 'orphans') return measure.columns;
  return measure.kind === 'rows-where' ? columnsOfCondition(measure.condition) : [];
}

function columnsOfCondition(condition: Condition): readonly string[] {
  return condition.kind === 'any' ? condition.conditions.flatMap(columnsOfCondition) : [condition.column];
}

/** Several rules of one kind on one column get a number, in the order of the file. */
function withUniqueIds(checks: readonly Check[]): readonly Check[] {
  const written = new Set(checks.map(({ id }) => id));
  const used = new Set<string>();
  return checks.map(check => {
    let id = check.id;
    for (let n = 2; used.has(id) || (id !== check.id && written.has(id)); n++) id = `${check.id}-${n}`;
    used.add(id);
    return { ...check, id };
  });
}
