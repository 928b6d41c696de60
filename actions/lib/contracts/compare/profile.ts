// What a table looked like at one moment, in a few numbers a column; remembered by the hash of its bytes.
import {
  categoriesQuery,
  MOST_CATEGORIES,
  type ProfiledColumn,
  profiledColumns,
  profileQuery,
  wholeRelation,
} from '#lib/contracts/compare/profile-query.ts';
import type { Data } from '#lib/contracts/data/data.ts';
import { openPart } from '#lib/contracts/data/open.ts';
import type { ContractTable } from '#lib/contracts/odcs-schema.ts';
import { NO_PARTIALS, type Partials } from '#lib/contracts/run/partials.ts';
import type { SqlEngine, SqlRow } from '#lib/sql/engine.ts';

export interface ColumnProfile {
  readonly name: string;
  /** As the file says it; a CSV file has none. */
  readonly type: string | undefined;
  readonly missing: number;
  /** About so many different values. */
  readonly distinct: number;
  /** Where every value there is is a number, and may be shown. */
  readonly numbers?:
    | {
        readonly count: number;
        readonly mean: number;
        readonly deviation: number;
        readonly quantiles: readonly number[];
      }
    | undefined;
  /** How often each value stands there, where there are few and they may be shown. */
  readonly categories?: Readonly<Record<string, number>> | undefined;
}

export interface TableProfile {
  readonly rows: number;
  readonly columns: readonly ColumnProfile[];
}

export interface ProfileContext {
  readonly engine: SqlEngine;
  readonly partials?: Partials | undefined;
  /** Of all bytes. */
  readonly digest: string;
}

/** Profiles the data of a table. @throws ConfigurationError for files that cannot be read */
export async function profileTable(
  data: Data,
  table: ContractTable,
  { engine, partials = NO_PARTIALS, digest }: ProfileContext,
): Promise<TableProfile> {
  const parts = await Promise.all(data.files.map(file => openPart(file, data, engine)));
  const columns = profiledColumns(parts, table);
  const question = profileQuery('data', columns);
  const known = partials.get(digest, question);
  if (known !== undefined) return known as TableProfile;
  const relation = wholeRelation(parts);
  const [row = {}] = await engine.query(profileQuery(relation, columns));
  const first = columns.map((one, i) => readColumn(one, i, row));
  const few = columns.filter((one, i) => {
    const isFew = (first[i]?.distinct ?? 0) <= MOST_CATEGORIES;
    return isFew && !one.isPrivate && !one.isKey && first[i]?.numbers === undefined;
  });
  const [counts = {}] = few.length > 0 ? await engine.query(categoriesQuery(relation, few)) : [];
  const categories = new Map(few.map(({ column }, i) => [column.name, readCategories(counts[`h${i}`])]));
  const profile: TableProfile = {
    rows: Number(row['n']),
    columns: first.map(column => {
      const own = categories.get(column.name);
      return own ? { ...column, categories: own } : column;
    }),
  };
  partials.put(digest, question, profile);
  return profile;
}

function readColumn({ column, isPrivate }: ProfiledColumn, i: number, row: SqlRow): ColumnProfile {
  const missing = Number(row[`m${i}`]);
  const count = Number(row[`f${i}`] ?? 0);
  const areNumbers = !isPrivate && count > 0 && count === Number(row['n']) - missing;
  return {
    name: column.name,
    type: column.form === 'native' ? column.type : undefined,
    missing,
    distinct: Number(row[`d${i}`]),
    ...(areNumbers && {
      numbers: {
        count,
        mean: settle(Number(row[`a${i}`])),
        deviation: settle(Number(row[`s${i}`] ?? 0)),
        quantiles: (JSON.parse(String(row[`q${i}`])) as readonly number[]).map(settle),
      },
    }),
  };
}

/** Without the last bits, which depend on the order in which threads add. */
function settle(value: number): number {
  return Number(value.toPrecision(10));
}

/** Not more than can be told apart at a glance; undefined where the estimate was too low. */
function readCategories(json: SqlRow[string] | undefined): Readonly<Record<string, number>> | undefined {
  const counts = (JSON.parse(String(json ?? 'null')) ?? {}) as Readonly<Record<string, number>>;
  return Object.keys(counts).length <= 2 * MOST_CATEGORIES ? counts : undefined;
}
