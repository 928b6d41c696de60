// The checks of one column: its type, presence of values, uniqueness, options, quality rules.
import type { Begin, Check, Condition, Measure } from '#lib/contracts/check.ts';
import { isRequired, nameOf } from '#lib/contracts/column.ts';
import type { LogicalType, TypeOptions } from '#lib/contracts/odcs-options.ts';
import type { Column } from '#lib/contracts/odcs-schema.ts';
import { explainFormat, readingOf } from '#lib/contracts/plan-formats.ts';
import { planOptions } from '#lib/contracts/plan-options.ts';
import { planQuality } from '#lib/contracts/plan-quality.ts';

export interface ColumnContext {
  /** True where values are text whatever they mean, as in a CSV file. */
  readonly isText: boolean;
  /** The table's columns, for rules that name them. */
  readonly columns: readonly Column[];
}

/** All rules of a column that the file has. */
export function planColumn(
  column: Column,
  begin: Begin,
  { isText, columns }: ColumnContext,
): readonly Check[] {
  const type = column.logicalType ?? 'string';
  const { properties = [] } = column;
  const optioned = { column: nameOf(column), type, options: optionsOf(column), isText, properties };
  return [
    ...planType(column, begin, isText),
    ...planRequired(column, begin),
    ...planUnique(column, begin),
    ...planOptions(optioned, begin),
    ...planEnum(column, begin),
    ...(column.quality ?? []).map((rule, i) =>
      planQuality(rule, { begin, path: ['quality', i], column, columns }),
    ),
  ];
}

function planEnum(column: Column, begin: Begin): readonly Check[] {
  if (!column.enum) return [];
  const values = column.enum.map(({ value }) => (typeof value === 'number' ? value : String(value)));
  const says = `${nameOf(column)} is one of ${values.join(', ')}`;
  const condition: Condition = { kind: 'not-among', column: nameOf(column), values };
  return [begin('enum', { path: ['enum'], says, measure: { kind: 'rows-where', condition } })];
}

function planType(column: Column, begin: Begin, isText: boolean): readonly Check[] {
  const name = nameOf(column);
  if (isNested(column) && isText) {
    return [
      begin('type', {
        path: [column.logicalType ? 'logicalType' : column.items ? 'items' : 'properties'],
        says: `${name} holds nested values`,
        measure: { kind: 'skipped', reason: 'nested values are not checked in CSV files' },
      }),
    ];
  }
  const { logicalType: type } = column;
  if (!type || (type === 'string' && isText)) return [];
  const reason = isText ? explainFormat(type, optionsOf(column)) : undefined;
  const [condition] = typeConditions(column, isText);
  const measure: Measure = condition
    ? { kind: 'rows-where', condition }
    : { kind: 'skipped', reason: reason ?? 'the type cannot be read' };
  const noun = NOUNS[type] ?? `a ${type}`;
  return [begin('type', { path: ['logicalType'], says: `${name} is ${noun}`, measure })];
}

function planRequired(column: Column, begin: Begin): readonly Check[] {
  if (!isRequired(column)) return [];
  const says = `${nameOf(column)} is never missing`;
  const condition: Condition = { kind: 'missing', column: nameOf(column), words: [] };
  const path = [column.required ? 'required' : 'primaryKey'];
  return [begin('required', { path, says, measure: { kind: 'rows-where', condition } })];
}

function planUnique(column: Column, begin: Begin): readonly Check[] {
  if (!column.unique) return [];
  const measure: Measure = { kind: 'duplicates', columns: [nameOf(column)] };
  return [begin('unique', { path: ['unique'], says: `no ${nameOf(column)} stands twice`, measure })];
}

/** The condition of a value of the wrong type; none for a column whose type is not checked. */
export function typeConditions(column: Column, isText: boolean): readonly Condition[] {
  const { logicalType: type } = column;
  if (!type) return [];
  if (isText && (type === 'string' || isNested(column) || explainFormat(type, optionsOf(column)))) return [];
  const { format } = readingOf(type, optionsOf(column)) ?? {};
  const reading = format === undefined ? {} : { reading: { format } };
  return [{ kind: 'not-of-type', column: nameOf(column), type, ...reading }];
}

const NOUNS: Readonly<Partial<Record<LogicalType, string>>> = {
  ...{ integer: 'a whole number', string: 'text', array: 'a list', object: 'an object' },
};
const NESTED: readonly (LogicalType | undefined)[] = ['object', 'array', 'map', 'vector'];

function isNested({ logicalType, items, properties, map }: Column): boolean {
  const inner = [items, properties, map];
  return NESTED.includes(logicalType) || inner.some(one => one !== undefined);
}

function optionsOf(column: Column): TypeOptions {
  return (column.logicalTypeOptions ?? {}) as TypeOptions;
}
