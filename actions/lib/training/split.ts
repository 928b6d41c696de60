// Which rows are for training and which for the test: a stable function of each row's key, so appended data moves no row.
import { digestBytes } from '#lib/documents/canonical.ts';
import { ConfigurationError } from '#lib/errors.ts';
import { findColumn, type Table } from '#lib/tables/table.ts';

/** The column that names a row in split files. */
export const ROW_ID = 'row_id';

const HEX_START = 'sha256:'.length;
/** 13 hex digits = 52 bits: exact in a double. */
const HEX_DIGITS = 13;

export interface KeyedRows {
  /** Unique per row: the key's digest, and a count where several rows share a key. */
  readonly ids: readonly string[];
  /** Uniform in [0, 1), equal for rows with equal keys. */
  readonly positions: Float64Array;
}

/**
 * Digests each row's key. Rows with equal keys land on the same side, so no duplicate crosses the split.
 * @param key column names, or "all" where the data has no key of its own: the row's whole content.
 */
export function keyRows(table: Table, key: 'all' | readonly string[]): KeyedRows {
  const columns = key === 'all' ? table.columns : key.map(name => requireColumn(table, name));
  const seen = new Map<string, number>();
  const ids: string[] = [];
  const positions = new Float64Array(table.rows);
  for (let row = 0; row < table.rows; row++) {
    const text = JSON.stringify(columns.map(column => String(column.values[row])));
    const hex = digestBytes(text).slice(HEX_START);
    const count = seen.get(hex) ?? 0;
    seen.set(hex, count + 1);
    ids.push(count === 0 ? hex.slice(0, 16) : `${hex.slice(0, 16)}-${count}`);
    positions[row] = Number.parseInt(hex.slice(0, HEX_DIGITS), 16) / 2 ** (4 * HEX_DIGITS);
  }
  return { ids, positions };
}

function requireColumn(table: Table, name: string): Table['columns'][number] {
  const column = findColumn(table, name);
  if (column) return column;
  throw new ConfigurationError(`The split key "${name}" is not a column of the data`, {
    remedy: `Columns: ${table.columns.map(candidate => candidate.name).join(', ')}.`,
  });
}

/** Row numbers of each side, in file order. */
export function splitByPosition(
  positions: Float64Array,
  testShare: number,
): { readonly training: readonly number[]; readonly test: readonly number[] } {
  const rows = Array.from(positions.keys());
  return {
    training: rows.filter(row => (positions[row] ?? 0) >= testShare),
    test: rows.filter(row => (positions[row] ?? 0) < testShare),
  };
}

/** The fold of each training row, from its id alone: independent of the split and of the other rows. */
export function assignFolds(ids: readonly string[], folds: number): Uint8Array {
  return Uint8Array.from(ids, id => {
    const hex = digestBytes(`fold ${id.split('-')[0]}`).slice(HEX_START, HEX_START + 8);
    return Number.parseInt(hex, 16) % folds;
  });
}
