// The columns of a contract as training sees them.
import { nameOf } from '#lib/contracts/column.ts';
import type { Contract } from '#lib/contracts/odcs.ts';
import type { ColumnType } from '#lib/tables/table.ts';

/** Columns of the first table by their names in the data: numbers stay numbers, everything else is a category. */
export function featureColumns(contract: Contract): readonly ColumnType[] {
  return (contract.schema?.[0]?.properties ?? []).map(column => ({
    name: nameOf(column),
    kind: column.logicalType === 'integer' || column.logicalType === 'number' ? 'number' : 'string',
  }));
}
