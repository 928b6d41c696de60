// For every rule of the official examples that runs on data, a value that breaks it, and what else has to break with it.
import type { Row, Value } from './example-rows.ts';

export interface Broken {
  /** The check that fails. */
  readonly id: string;
  /** What its row (the fourth, or the last of fewer) has then. */
  readonly row: Row;
  /** Checks that the same value has to fail: no text is too short and matches ACC[0-9]{8}. */
  readonly also?: readonly string[];
}

/** What the rules of an example have no broken value for, and why. */
export interface Unbreakable {
  readonly id: string;
  readonly why: string;
}

export interface BrokenTable {
  /** Below test/fixtures/odcs, and the table's name. */
  readonly place: string;
  readonly broken: readonly Broken[];
  readonly unbreakable?: readonly Unbreakable[];
}

const broken = (id: string, value: Value, ...also: readonly string[]): Broken => {
  const [column = ''] = id.split('.');
  return { id, row: { [column]: value }, ...(also.length > 0 && { also }) };
};
/** Of a column that no other rule stands at. */
const ofType = (...columns: readonly string[]) => columns.map(column => broken(`${column}.type`, [5]));
const missing = (...columns: readonly string[]) => columns.map(column => broken(`${column}.required`, null));

export const BROKEN: readonly BrokenTable[] = [
  {
    place: 'all/full-example.odcs.yaml tbl',
    broken: [
      { id: 'transaction_reference_date.type', row: { txn_ref_dt: '2020-02-30' } },
      broken('rcvr_id.type', 7, 'rcvr_id.relationship', 'relationship'),
      ...missing('rcvr_id'),
      broken('rcvr_id.relationship', 'nobody', 'relationship'),
      { id: 'primaryKey', row: { rcvr_id: 'x0', rcvr_cntry_code: 'x0' } },
      broken('rcvr_cntry_code.type', 7, 'relationship'),
      broken('rcvr_cntry_code.nullValues', null),
      { id: 'relationship', row: { rcvr_cntry_code: 'x0' } },
    ],
  },
  {
    place: 'all/full-example.odcs.yaml receivers',
    broken: [
      ...ofType('id', 'country_code', 'receiver_name', 'receiver_type'),
      ...missing('id', 'country_code', 'receiver_name'),
      broken('id.unique', 'x0'),
      { id: 'primaryKey', row: { id: 'x0', country_code: 'x0' }, also: ['id.unique'] },
    ],
  },
  {
    place: 'data-types/all-data-types.odcs.yaml transactions_tbl',
    broken: [
      broken('account_id.type', 12345678901, 'account_id.pattern'),
      broken('account_id.minLength', 'ACC1234567', 'account_id.pattern'),
      broken('account_id.maxLength', 'ACC123456789'),
      broken('account_id.pattern', 'ACD12345678'),
      broken('txn_ref_date.type', '2020-02-30'),
      broken('txn_ref_date.exclusiveMinimum', '2020-01-01'),
      broken('txn_ref_date.maximum', '2021-01-02'),
      broken('txn_timestamp.type', '2020-02-30 10:00:00', 'txn_timestamp.format'),
      broken('txn_timestamp.minimum', '2019-12-31 23:59:59'),
      broken('txn_timestamp.maximum', '2021-01-01 00:00:01'),
      broken('txn_timestamp.format', '2020-06-01T10:00:00'),
      broken('txn_timestamp_tz.type', '2020-02-30 10:00:00+1000', 'txn_timestamp_tz.format'),
      // A second before midnight ten hours east of Greenwich.
      broken('txn_timestamp_tz.minimum', '2019-12-31 13:59:59+0000'),
      broken('txn_timestamp_tz.maximum', '2020-12-31 14:00:01+0000'),
      broken('txn_timestamp_tz.format', '2020-06-01T10:00:00+1000'),
      broken('txn_timestamp_tz.timezone', '2020-06-01 10:00:00', 'txn_timestamp_tz.format'),
      broken('txn_time.type', '24:30:00', 'txn_time.format'),
      broken('txn_time.maximum', '23:59:59.5', 'txn_time.format'),
      broken('txn_time.format', '10:30'),
      broken('txn_time.timezone', '10:30:00Z', 'txn_time.format'),
      broken('amount.type', 'much'),
      broken('amount.minimum', -0.01),
      broken('amount.format', 4e38),
      broken('age.type', 18.5),
      broken('age.minimum', 17),
      broken('age.exclusiveMaximum', 100),
      broken('age.format', 1e19, 'age.exclusiveMaximum'),
      ...ofType('is_open'),
      broken('latest_txns.type', 'none'),
      broken('latest_txns.maxItems', [1, 2, 3, 4]),
      broken('latest_txns.uniqueItems', ['a', 'a']),
      broken('customer_details.type', 'none'),
      broken('customer_details.required', { num_children: 1 }),
      broken('customer_details.maxProperties', { num_children: 0, date_of_birth: 0, a: 1, b: 2, c: 3, d: 4 }),
    ],
    unbreakable: [
      { id: 'txn_time.minimum', why: 'nothing is before midnight' },
      { id: 'latest_txns.minItems', why: 'nothing has less than no elements' },
    ],
  },
  { place: 'fundamentals/table-column-description.odcs.yaml tbl', broken: ofType('txn_ref_dt') },
  {
    place: 'quality/column-accuracy.odcs.yaml Air_Quality',
    broken: [broken('DataValue.type', 'much'), broken('DataValue.sql', 500)],
  },
  {
    place: 'quality/column-completeness.odcs.yaml Air_Quality',
    broken: [
      ...ofType('UniqueID'),
      broken('UniqueID.required', null, 'UniqueID.nullValues'),
      broken('UniqueID.nullValues', null, 'UniqueID.required'),
      { id: 'primaryKey', row: { UniqueID: 1 } },
    ],
  },
  {
    place: 'quality/column-custom.odcs.yaml Air_Quality',
    broken: [...ofType('UniqueID'), ...missing('UniqueID'), { id: 'primaryKey', row: { UniqueID: 1 } }],
  },
  {
    // Two rows, since a key whose values are an empty text and n/a has no others.
    place: 'quality/column-validity.odcs.yaml Air_Quality',
    broken: [
      broken('air_quality_status.type', 5, 'air_quality_status.invalidValues'),
      ...missing('air_quality_status'),
      broken('air_quality_status.invalidValues', 'good'),
      { id: 'primaryKey', row: { air_quality_status: '' } },
    ],
  },
  {
    place: 'schema/all-schema-types.odcs.yaml tbl',
    broken: [
      ...ofType('txn_ref_dt', 'rcvr_id', 'rcvr_cntry_code'),
      ...missing('rcvr_id'),
      { id: 'primaryKey', row: { rcvr_id: 'x0' } },
    ],
  },
  {
    place: 'schema/all-schema-types.odcs.yaml AnObject',
    broken: [
      broken('street_lines.type', 'Main Street'),
      { id: 'street_lines.items.type', row: { street_lines: ['Main Street', 5] } },
    ],
  },
  {
    place: 'schema/all-schema-types.odcs.yaml AnotherObject',
    broken: [
      broken('x.type', 'y'),
      { id: 'x.items.type', row: { x: [{ id: 'a', zip: 'b' }, 'y'] } },
      { id: 'x.items.id.type', row: { x: [{ id: 'a' }, { id: 5 }] } },
      { id: 'x.items.zip.type', row: { x: [{ zip: ['b'] }] } },
    ],
  },
  {
    place: 'schema/kafka-schema.odcs.yaml Orders',
    broken: [
      ...ofType('cust_id', 'prod_id'),
      broken('qty.type', 1.5),
      ...missing('cust_id', 'prod_id', 'qty'),
    ],
  },
  { place: 'schema/table-column.odcs.yaml tbl', broken: ofType('rcvr_cntry_code') },
  {
    place: 'schema/table-columns-with-partition.odcs.yaml tbl',
    broken: [
      ...ofType('rcvr_cntry_code', 'rcvr_id', 'year', 'amount'),
      ...missing('rcvr_cntry_code', 'rcvr_id'),
      { id: 'primaryKey', row: { rcvr_cntry_code: 'x0', rcvr_id: 'x0' } },
    ],
  },
];
