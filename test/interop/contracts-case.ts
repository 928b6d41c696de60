// One contract and two tables for it: one that keeps it, and one with violations whose number is known.

/** A table of text by columns: a row a list, null a value that is missing. */
export type Rows = readonly (readonly (string | null)[])[];

/** Files by name: text, or, for a Parquet file, the query that it holds the answer of. */
export type Files = Readonly<Record<string, string>>;

export type Entry = Readonly<Record<string, unknown>>;

export interface ContractCase {
  readonly name: string;
  /** Entries of `schema`. */
  readonly tables: readonly Entry[];
  /** Further keys of the contract. */
  readonly contract?: Entry;
  /** The data as a server has it; `{model}` stands for the table's name. */
  readonly server: { readonly path: string; readonly format: 'csv' | 'parquet' | 'json' };
  readonly kept: Files;
  readonly broken: Files;
  /** The checks that fail on the broken data, as `table/check`, with what they measure; all others pass. */
  readonly planted: Readonly<Record<string, number>>;
  /** Rules that nobody may run: they fail without a value, on both. */
  readonly refused?: readonly string[];
}

/** A column of a logical type. */
export function typed(name: string, logicalType: string, more: Entry = {}): Entry {
  return { name, logicalType, ...more };
}

/** The lines of a CSV file. */
export function csv(...lines: readonly string[]): string {
  return `${lines.join('\n')}\n`;
}

/** A case of one CSV file `t.csv`; texts are its lines. */
export function csvCase(
  name: string,
  columns: readonly Entry[],
  data: {
    readonly kept: readonly string[];
    readonly broken: readonly string[];
    readonly planted: Readonly<Record<string, number>>;
    /** Further keys of the table. */
    readonly table?: Entry;
    readonly contract?: Entry;
    readonly refused?: readonly string[];
  },
): ContractCase {
  const header = columns.map(({ physicalName, name }) => String(physicalName ?? name)).join(',');
  const csv = (lines: readonly string[]) => ({ 't.csv': [header, ...lines, ''].join('\n') });
  return {
    ...{ name, tables: [{ name: 't', properties: columns, ...data.table }] },
    ...(data.contract && { contract: data.contract }),
    refused: (data.refused ?? []).map(id => `t/${id}`),
    server: { path: '{model}.csv', format: 'csv' },
    kept: csv(data.kept),
    broken: csv(data.broken),
    planted: Object.fromEntries(Object.entries(data.planted).map(([id, value]) => [`t/${id}`, value])),
  };
}

/** A contract as JSON, which is YAML. */
export function contractOf({ name, tables, contract, server }: ContractCase): string {
  return JSON.stringify(
    {
      ...{ apiVersion: 'v3.1.0', kind: 'DataContract', id: name, version: '1.0.0', status: 'active' },
      servers: [{ server: 'local', type: 'local', ...server }],
      schema: tables,
      ...contract,
    },
    null,
    2,
  );
}
