// What the columns of an Arrow batch are to DuckDB: its types, and the values out of Arrow's buffers, without a detour that
// would lose digits (Arrow's own values of moments are milliseconds).
// https://arrow.apache.org/docs/format/Columnar.html
import type { DuckDBType, DuckDBValue } from '@duckdb/node-api';
import type { Data, DataType, Vector } from 'apache-arrow';
import { ConfigurationError } from '#lib/errors.ts';

type DuckDb = typeof import('@duckdb/node-api');
type Arrow = typeof import('apache-arrow');

export interface ArrowLibraries {
  readonly duckdb: DuckDb;
  readonly arrow: Arrow;
}

/** The type of a field. @throws ConfigurationError for types that have no counterpart */
export function duckDbType(type: DataType, libraries: ArrowLibraries): DuckDBType {
  const { duckdb, arrow } = libraries;
  const { DataType: is, TimeUnit } = arrow;
  if (is.isDictionary(type)) return duckDbType(type.dictionary, libraries);
  if (is.isNull(type)) return duckdb.VARCHAR;
  if (is.isUtf8(type) || is.isLargeUtf8(type) || is.isUtf8View(type)) return duckdb.VARCHAR;
  if (is.isBool(type)) return duckdb.BOOLEAN;
  if (is.isInt(type)) return integerType(type.bitWidth, type.isSigned, duckdb);
  if (is.isFloat(type)) return type.precision === arrow.Precision.DOUBLE ? duckdb.DOUBLE : duckdb.FLOAT;
  if (is.isDecimal(type) && type.bitWidth === 128) return duckdb.DECIMAL(type.precision, type.scale);
  if (is.isDate(type)) return duckdb.DATE;
  if (is.isTime(type)) return duckdb.TIME;
  if (is.isTimestamp(type)) {
    if (type.timezone) return duckdb.TIMESTAMPTZ;
    return type.unit === TimeUnit.NANOSECOND ? duckdb.TIMESTAMP_NS : duckdb.TIMESTAMP;
  }
  if (is.isBinary(type) || is.isLargeBinary(type) || is.isFixedSizeBinary(type)) return duckdb.BLOB;
  if (is.isList(type) || is.isFixedSizeList(type)) return duckdb.LIST(duckDbType(type.valueType, libraries));
  if (is.isMap(type))
    return duckdb.MAP(duckDbType(type.keyType, libraries), duckDbType(type.valueType, libraries));
  if (is.isStruct(type)) {
    const entries = type.children.map(({ name, type: own }) => [name, duckDbType(own, libraries)] as const);
    return duckdb.STRUCT(Object.fromEntries(entries));
  }
  throw new ConfigurationError(`Values of the Arrow type ${String(type)} cannot be read`, {
    remedy: 'Leave the column out, or write it as another type.',
  });
}

function integerType(bits: number, isSigned: boolean, duckdb: DuckDb): DuckDBType {
  if (isSigned) {
    return { 8: duckdb.TINYINT, 16: duckdb.SMALLINT, 32: duckdb.INTEGER }[bits] ?? duckdb.BIGINT;
  }
  return { 8: duckdb.UTINYINT, 16: duckdb.USMALLINT, 32: duckdb.UINTEGER }[bits] ?? duckdb.UBIGINT;
}

/** The value of a row, null where there is none. */
export type ReadValue = (row: number) => DuckDBValue;

/** How the values of a column of one batch are read. */
export function valueReader(vector: Vector, libraries: ArrowLibraries): ReadValue {
  const [data] = vector.data;
  if (!data || vector.data.length !== 1) throw new Error('a batch has one piece of each column');
  const read = presentReader(data, vector, libraries);
  return row => (data.getValid(row) ? read(row) : null);
}

function presentReader(data: Data, vector: Vector, libraries: ArrowLibraries): ReadValue {
  const { duckdb, arrow } = libraries;
  const { DataType: is, TimeUnit } = arrow;
  const { type } = data;
  if (is.isDictionary(type)) {
    const { dictionary } = data;
    if (!dictionary) throw new Error('a dictionary column has its words');
    const words = Array.from({ length: dictionary.length }, (_, i) =>
      toText(dictionary.get(i), dictionary.type, arrow),
    );
    return row => words[Number(data.values[row])] ?? null;
  }
  if (is.isNull(type)) return () => null;
  if (is.isInt(type) || (is.isFloat(type) && type.precision !== arrow.Precision.HALF))
    return row => data.values[row] as number | bigint;
  if (is.isDecimal(type)) {
    const words = new BigInt64Array(data.values.buffer, data.values.byteOffset, 2 * data.length);
    return row => {
      const low = BigInt.asUintN(64, words[2 * row] ?? 0n);
      return new duckdb.DuckDBDecimalValue(
        ((words[2 * row + 1] ?? 0n) << 64n) + low,
        type.precision,
        type.scale,
      );
    };
  }
  if (is.isDate(type)) {
    const isDays = type.unit === arrow.DateUnit.DAY;
    return row =>
      new duckdb.DuckDBDateValue(isDays ? Number(data.values[row]) : Number(data.values[row]) / 86_400_000);
  }
  if (is.isTime(type)) {
    const micros = microsOf(type.unit, TimeUnit);
    return row => new duckdb.DuckDBTimeValue(micros(BigInt(data.values[row] ?? 0)));
  }
  if (is.isTimestamp(type)) {
    const micros = microsOf(type.unit, TimeUnit);
    if (type.timezone) return row => new duckdb.DuckDBTimestampTZValue(micros(BigInt(data.values[row] ?? 0)));
    if (type.unit === TimeUnit.NANOSECOND)
      return row => new duckdb.DuckDBTimestampNanosecondsValue(BigInt(data.values[row] ?? 0));
    return row => new duckdb.DuckDBTimestampValue(micros(BigInt(data.values[row] ?? 0)));
  }
  if (is.isBinary(type) || is.isLargeBinary(type) || is.isFixedSizeBinary(type))
    return row => new duckdb.DuckDBBlobValue(Uint8Array.from(vector.get(row) as Uint8Array));
  if (is.isList(type)) {
    const items = valueReader(arrow.makeVector(data.children[0] as Data), libraries);
    return row => {
      const [from = 0, to = 0] = [Number(data.valueOffsets[row]), Number(data.valueOffsets[row + 1])];
      return new duckdb.DuckDBListValue(Array.from({ length: to - from }, (_, i) => items(from + i)));
    };
  }
  if (is.isFixedSizeList(type)) {
    const items = valueReader(arrow.makeVector(data.children[0] as Data), libraries);
    const { listSize } = type;
    return row =>
      new duckdb.DuckDBListValue(Array.from({ length: listSize }, (_, i) => items(row * listSize + i)));
  }
  if (is.isMap(type)) {
    const [keys, values] = (data.children[0] as Data).children.map(one =>
      valueReader(arrow.makeVector(one), libraries),
    );
    return row => {
      const [from = 0, to = 0] = [Number(data.valueOffsets[row]), Number(data.valueOffsets[row + 1])];
      const entries = Array.from({ length: to - from }, (_, i) => ({
        key: keys?.(from + i) ?? null,
        value: values?.(from + i) ?? null,
      }));
      return new duckdb.DuckDBMapValue(entries);
    };
  }
  if (is.isStruct(type)) {
    const members = type.children.map(({ name }, i) => {
      return [name, valueReader(arrow.makeVector(data.children[i] as Data), libraries)] as const;
    });
    return row =>
      new duckdb.DuckDBStructValue(Object.fromEntries(members.map(([name, read]) => [name, read(row)])));
  }
  return row => vector.get(row) as string | number | boolean;
}

function toText(
  value: unknown,
  type: DataType,
  { DataType: is }: Arrow,
): string | number | bigint | boolean | null {
  if (value === null || is.isUtf8(type) || is.isLargeUtf8(type) || is.isInt(type) || is.isBool(type))
    return value as string | number | bigint | boolean | null;
  throw new ConfigurationError(`Dictionaries of the Arrow type ${String(type)} cannot be read`, {
    remedy: 'Write the column without a dictionary.',
  });
}

function microsOf(
  unit: number,
  { SECOND, MILLISECOND, MICROSECOND }: Arrow['TimeUnit'],
): (value: bigint) => bigint {
  if (unit === SECOND) return value => value * 1_000_000n;
  if (unit === MILLISECOND) return value => value * 1000n;
  return unit === MICROSECOND ? value => value : value => value / 1000n;
}
