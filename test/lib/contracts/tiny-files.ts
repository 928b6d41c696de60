// Tiny tables of one or several files: what validateTable says of them, and what it reads to know it.
import { join } from 'node:path';
import { type Data, type DataFile, PLAIN_CSV } from '#lib/contracts/data/data.ts';
import { findTable, parseContract } from '#lib/contracts/read.ts';
import type { ContractResult } from '#lib/contracts/result.ts';
import type { Partials } from '#lib/contracts/run/partials.ts';
import { validateTable } from '#lib/contracts/validate.ts';
import type { SqlEngine } from '#lib/sql/engine.ts';
import { contractText, type Entry, tinyEngine } from './tiny-table.ts';

/** A table whose rows are in files of a folder. */
export interface TinyFiles {
  readonly columns: readonly Entry[];
  /** Further keys of the table. */
  readonly table?: Entry;
  /** Further keys of the contract. */
  readonly contract?: Entry;
  readonly format?: 'csv' | 'parquet';
  readonly partials?: Partials;
  /** Milliseconds since 1970. */
  readonly now?: number;
  readonly queryLimitMs?: number;
}

export interface CheckedFiles {
  readonly result: ContractResult;
  /** Statements that read rows, by the file's name. */
  readonly reads: Readonly<Record<string, number>>;
  /** Queries of the contract that were run. */
  readonly asked: number;
}

/** Checks them as one table, and counts what is read for that. @param files names from the folder, perhaps with `key=value` folders */
export async function checkFiles(
  folder: string,
  files: readonly string[],
  { columns, table = {}, contract = {}, format = 'csv', ...context }: TinyFiles,
): Promise<CheckedFiles> {
  const reads: Record<string, number> = {};
  let asked = 0;
  const engine: SqlEngine = {
    ...tinyEngine(),
    openSandbox: async options => {
      const sandbox = await tinyEngine().openSandbox(options);
      return {
        ...sandbox,
        number: query => {
          asked++;
          return sandbox.number(query);
        },
      };
    },
    query: (sql, ...more) => {
      for (const name of files) {
        const isRead = sql.includes(join(folder, name)) && !/DESCRIBE|parquet_(file_)?metadata/u.test(sql);
        if (isRead) reads[name] = (reads[name] ?? 0) + 1;
      }
      return tinyEngine().query(sql, ...more);
    },
  };
  const document = parseContract(contractText({ columns, table, contract }), 'x.odcs.yaml');
  const parts = files.map((name): DataFile => {
    const [, key, value = ''] = /^(\w+)=(\w+)-/u.exec(name) ?? [];
    const partition: Record<string, string> = key === undefined ? {} : { [key]: value };
    return { path: name, file: join(folder, name), compression: 'none', partition };
  });
  const data: Data = { path: folder, format, dialect: PLAIN_CSV, files: parts };
  const whole = { contract: 'x.odcs.yaml', document, ...findTable(document, 'tiny.csv'), data };
  const result = await validateTable(whole, { ...context, engine });
  return { result, reads, asked };
}
