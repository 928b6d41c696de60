// Rows as an Arrow file, by the Arrow library.
import * as arrow from 'apache-arrow';
import { type Column, inData, type Row, type Value } from './planted-table.ts';

/** The bytes of an Arrow file. */
export function arrowBytes(columns: readonly Column[], rows: readonly Row[]): Uint8Array {
  const vectors = columns.map(column => {
    const own = rows.map(row => row[inData(column)] ?? null);
    const values = own.map(value => convert(column, value));
    const isWhole =
      column.logicalType === 'integer' && own.every(one => one === null || Number.isInteger(one));
    const type = isWhole ? new arrow.Int32() : typeOf(column);
    return [inData(column), arrow.vectorFromArray(values, type)] as const;
  });
  return arrow.tableToIPC(new arrow.Table(Object.fromEntries(vectors)), 'file');
}

type Item = Omit<Column, 'name'>;

function typeOf({ logicalType = '', items, properties }: Item): arrow.DataType {
  if (items) return new arrow.List(new arrow.Field('item', typeOf(items), true));
  if (properties)
    return new arrow.Struct(properties.map(one => new arrow.Field(one.name, typeOf(one), true)));
  if (logicalType === 'integer' || logicalType === 'number') return new arrow.Float64();
  if (logicalType === 'boolean') return new arrow.Bool();
  // Days are moments here, since one of them may have a time of day.
  if (logicalType === 'date' || logicalType === 'timestamp') return new arrow.TimestampMillisecond();
  return logicalType === 'time' ? new arrow.TimeMillisecond() : new arrow.Utf8();
}

function convert({ logicalType = '', items, properties }: Item, value: Value): unknown {
  if (value === null) return null;
  if (items) return (value as Value[]).map(item => convert(items, item));
  if (properties) {
    const members = value as Row;
    return Object.fromEntries(properties.map(one => [one.name, convert(one, members[one.name] ?? null)]));
  }
  const [day = '', clock = '00:00:00'] = String(value).split(' ');
  if (logicalType === 'date' || logicalType === 'timestamp') return Date.parse(`${day}T${clock}Z`);
  return logicalType === 'time' ? Date.parse(`1970-01-01T${day}Z`) : value;
}
