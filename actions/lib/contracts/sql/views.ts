// A table as a view that queries of a contract read: its columns in the types that the contract gives them. A value that
// is not of its type is NULL there; that it is not is for the checks of types to say.
import { nameOf } from '#lib/contracts/column.ts';
import type { DataColumn } from '#lib/contracts/data/data.ts';
import type { LogicalType } from '#lib/contracts/odcs-options.ts';
import type { Column, ContractTable } from '#lib/contracts/odcs-schema.ts';
import { valueSql } from '#lib/contracts/sql/values.ts';
import { quoteName } from '#lib/sql/dialect.ts';

/** One file of the table. */
export interface ViewPart {
  readonly relation: string;
  readonly columns: readonly DataColumn[];
}

/** The query of the view. A column stands under its name in the data, and under that of the contract where it is free. */
export function viewSql(parts: readonly ViewPart[], { properties = [] }: ContractTable): string {
  const all = parts.map(({ relation, columns }) => {
    const taken = new Set(columns.map(({ name }) => name.toLowerCase()));
    const list = columns.flatMap(data => {
      const column = properties.find(one => nameOf(one) === data.name);
      const value = columnSql(data, column);
      const names = [data.name];
      if (column && !taken.has(column.name.toLowerCase())) names.push(column.name);
      return names.map(name => `${value} AS ${quoteName(name)}`);
    });
    return `SELECT ${list.join(',\n  ')}\nFROM ${relation}`;
  });
  return all.join('\nUNION ALL BY NAME\n');
}

/** What a typed expression still has to become. */
const CAST: Readonly<Partial<Record<LogicalType, string>>> = {
  boolean: '::BOOLEAN',
  timestamp: '::TIMESTAMP',
};

function columnSql(data: DataColumn, column: Column | undefined): string {
  if (data.form === 'native') return quoteName(data.name);
  const value = valueSql(data);
  const type = column?.logicalType;
  switch (type) {
    case 'integer':
      // A double would lose what is beyond 2^53.
      return `coalesce(TRY_CAST(CASE WHEN regexp_full_match(${value.text}, '[+-]?\\d+') THEN ${value.text} END AS BIGINT), TRY_CAST(${value.typed(type)} AS BIGINT))`;
    case 'number':
    case 'boolean':
    case 'date':
    case 'timestamp':
    case 'time':
      return `(${value.typed(type)})${CAST[type] ?? ''}`;
    case 'object':
    case 'array':
    case 'map':
      return quoteName(data.name);
    default:
      return value.text;
  }
}
