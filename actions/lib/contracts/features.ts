// The columns of a contract as training sees them.
import type { Contract } from '#lib/contracts/odcs.ts';
import type { ColumnType } from '#lib/tables/table.ts';

/** Columns of the first table by their names in the data: numbers stay numbers, everything else is a category. */
export function featureColumns(contract: Contract): readonly ColumnType[] {
  return (contract.schema?.[0]?.properties ?? []).map(({ name, physicalName, logicalType }) => ({
    name: physicalName ?? name,
    kind: logicalType === 'integer' || logicalType === 'number' ? 'number' : 'string',
  }));
}
