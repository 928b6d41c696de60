// Writes a planted table as files of a layout and has them checked several times: with nothing remembered, with all but one
// file remembered, with everything remembered. What differs from the judge's verdict is told.
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { DataFile } from '#lib/contracts/data/data.ts';
import { parseContract } from '#lib/contracts/read.ts';
import { contractResultSchema } from '#lib/contracts/result.ts';
import { NO_PARTIALS, openPartials, type Partials } from '#lib/contracts/run/partials.ts';
import { validateTable } from '#lib/contracts/validate.ts';
import { convertArrow } from '#lib/flows/contracts/data/decode.ts';
import type { SqlEngine } from '#lib/sql/engine.ts';
import { difference } from './difference.ts';
import type { Form } from './judge-values.ts';
import type { Planted, Table } from './planted-table.ts';
import { type Kind, type Layout, type Written, writeTable } from './write-rows.ts';

export interface Checking {
  readonly engine: SqlEngine;
  /** A folder that is not there yet; it is gone after. */
  readonly folder: string;
  readonly layout: Layout;
  /** Of the table that foreign keys refer to. */
  readonly shopKind: Kind;
}

/** The form that values have in files of a kind. */
export function formOf(kind: Kind): Form {
  return kind === 'csv' ? 'text' : kind === 'jsonl' ? 'json' : 'native';
}

/** A sentence for each difference from what the judge says. */
export async function checkFiles(
  planted: Planted,
  { engine, folder, layout, shopKind }: Checking,
): Promise<readonly string[]> {
  const write = (table: Table, rows: Planted['rows'], chosen: Layout, to: string) => {
    mkdirSync(to, { recursive: true });
    const convert = (file: DataFile) => convertArrow(file, to);
    return writeTable({ table, rows }, chosen, { engine, folder: to, convertArrow: convert });
  };
  const shops = await write(shopsTable(planted), planted.shops, { kind: shopKind }, join(folder, 'shops'));
  const written = await write(planted.table, planted.rows, layout, join(folder, 'tiny'));
  const checked = { planted, engine, shops, form: formOf(layout.kind) };
  const partials = () => openPartials(join(folder, 'partials'));
  const told = (when: string, { read, differences }: Ran, most: number) => [
    ...differences.map(one => `${when}: ${one}`),
    ...(read > most ? [`${when}: ${read} files were read`] : []),
  ];
  const fewer = withoutLast(written);
  const differences = [
    ...told('alone', await check(written, checked, NO_PARTIALS), written.files.length),
    ...(fewer.files.length === 0
      ? []
      : told('first files', await check(fewer, checked, partials()), fewer.files.length)),
    ...told('with one file more', await check(written, checked, partials()), mostRead(planted, fewer)),
    ...told('remembered', await check(written, checked, partials()), 0),
  ];
  rmSync(folder, { recursive: true });
  return differences;
}

interface Checked {
  readonly planted: Planted;
  readonly engine: SqlEngine;
  readonly shops: Written;
  readonly form: Form;
}

interface Ran {
  /** Files whose rows had to be read. */
  readonly read: number;
  readonly differences: readonly string[];
}

async function check(
  written: Written,
  { planted, engine, shops, form }: Checked,
  partials: Partials,
): Promise<Ran> {
  const contract = {
    ...{ apiVersion: 'v3.2.0', kind: 'DataContract', id: 'planted', version: '1.0.0', status: 'active' },
    schema: [planted.table, { name: 'shops', properties: [{ name: 'id' }, { name: 'country' }] }],
  };
  const document = parseContract(JSON.stringify(contract), 'c.odcs.yaml');
  const [table, other] = document.value.schema ?? [];
  if (!table || !other) throw new Error('the contract has two tables');
  let read = 0;
  const asked = { contract: 'c.odcs.yaml', document, table, index: 0, data: written.data };
  const result = await validateTable(asked, {
    ...{ engine, partials, findReference: async () => ({ table: other, data: shops.data }) },
    onFile: isKnown => {
      read += isKnown ? 0 : 1;
    },
  });
  contractResultSchema.parse(result);
  return { read, differences: difference(result, { planted, rows: planted.rows, written, form }) };
}

/** How many files may be read for one that is new. */
function mostRead({ table: { properties, quality = [] } }: Planted, known: Written): number {
  const rules = [...quality, ...properties.flatMap(column => column.quality ?? [])];
  const hasKeys =
    properties.some(({ unique, primaryKey }) => unique || primaryKey) ||
    rules.some(({ metric }) => metric === 'duplicateValues');
  // Keys are compared with those of all files; and of a single file other things are remembered than of one among others.
  return hasKeys || known.files.length < 2 ? known.files.length + 1 : 1;
}

/** The same files without the last. */
function withoutLast({ data, files }: Written): Written {
  return { data: { ...data, files: data.files.slice(0, -1) }, files: files.slice(0, -1) };
}

function shopsTable({ shops }: Planted): Table {
  const isNumeric = typeof shops.at(-1)?.id === 'number';
  const id = { name: 'id', logicalType: isNumeric ? 'integer' : 'string' };
  return { name: 'shops', properties: [id, { name: 'country', logicalType: 'string' }] };
}
