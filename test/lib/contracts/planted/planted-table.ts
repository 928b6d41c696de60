// What a table, its contract and a verdict on them are to the tests of planted violations: plain objects.

/** A value of a row; null is missing. Moments are texts: `2024-02-29`, `2024-02-29 10:00:00`, `10:00:00`. */
export type Value = null | string | number | boolean | readonly Value[] | { readonly [name: string]: Value };
/** By the names that columns have in the data. */
export type Row = Readonly<Record<string, Value>>;

/** A quality rule as a contract has it. */
export interface Rule {
  readonly id: string;
  readonly metric?: string;
  readonly unit?: string;
  readonly severity?: string;
  readonly arguments?: Readonly<Record<string, readonly (string | number | boolean | null)[] | string>>;
  readonly type?: string;
  readonly engine?: string;
  readonly implementation?: Readonly<Record<string, unknown>>;
  readonly [operator: string]: unknown;
}

/** A column as a contract has it. */
export interface Column {
  readonly name: string;
  readonly physicalName?: string;
  readonly logicalType?: string;
  readonly logicalTypeOptions?: Readonly<Record<string, unknown>>;
  readonly required?: boolean;
  readonly unique?: boolean;
  readonly primaryKey?: boolean;
  readonly primaryKeyPosition?: number;
  readonly classification?: string;
  readonly enum?: readonly { readonly value: string | number | boolean }[];
  readonly quality?: readonly Rule[];
  readonly relationships?: readonly { readonly to: string }[];
  readonly items?: Omit<Column, 'name'>;
  readonly properties?: readonly Column[];
}

export interface Table {
  readonly name: string;
  readonly properties: readonly Column[];
  readonly quality?: readonly Rule[];
  readonly relationships?: readonly { readonly from: readonly string[]; readonly to: readonly string[] }[];
}

/** A table under its rules, before and after something was planted. */
export interface Planted {
  readonly table: Table;
  /** What foreign keys refer to: the columns id and country. */
  readonly shops: readonly Row[];
  /** Every rule holds. */
  readonly clean: readonly Row[];
  readonly rows: readonly Row[];
  /** True where a value has a type that its column cannot have in Parquet and Arrow. */
  readonly isLoose: boolean;
}

/** The name of a column in the data. */
export const inData = ({ name, physicalName }: Pick<Column, 'name' | 'physicalName'>): string =>
  physicalName ?? name;

export const isNestedType = (type: string | undefined): boolean => type === 'array' || type === 'object';
