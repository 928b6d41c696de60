// The checks of one column: its type, presence of values, uniqueness, options, quality rules.
import type { Begin, Check, Condition, Measure } from '#lib/contracts/check.ts';
import { isRequired, nameOf } from '#lib/contracts/column.ts';
import type { LogicalType, TypeOptions } from '#lib/contracts/odcs-options.ts';
import type { Column } from '#lib/contracts/odcs-schema.ts';
import { explainFormat, planOptions } from '#lib/contracts/plan-options.ts';
import { planQuality } from '#lib/contracts/plan-quality.ts';

/** All rules of a column that the file has. */
export function planColumn(column: Column, begin: Begin, isText: boolean): readonly Check[] {
  const name = nameOf(column);
  return [
    ...planType(column, begin, isText),
    ...planRequired(column, begin),
    ...planUnique(column, begin),
    ...planOptions({ column: name, type: column.logicalType ?? 'string', options: optionsOf(column) }, begin),
    ...(column.quality ?? []).map((rule, i) => planQuality(rule, { begin, path: ['quality', i], column })),
  ];
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
  const condition: Condition = { kind: 'not-of-type', column: name, type };
  const measure: Measure = reason ? { kind: 'skipped', reason } : { kind: 'rows-where', condition };
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
  return [{ kind: 'not-of-type', column: nameOf(column), type }];
}

const NOUNS: Readonly<Partial<Record<LogicalType, string>>> = {
  ...{ integer: 'a whole number', string: 'text', array: 'a list', object: 'an object' },
};
const NESTED: readonly (LogicalType | undefined)[] = ['object', 'array'];

function isNested({ logicalType, items, properties }: Column): boolean {
  return NESTED.includes(logicalType) || items !== undefined || properties !== undefined;
}

function optionsOf(column: Column): TypeOptions {
  return (column.logicalTypeOptions ?? {}) as TypeOptions;
}
