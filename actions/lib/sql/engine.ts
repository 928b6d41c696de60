// The port to an SQL engine. Contracts and tables are checked where the data lives; DuckDB is the embedded one.
import type { CsvLook, CsvShape, CsvTaste } from '#lib/sql/csv-shape.ts';
import type { Column, ColumnType, Table } from '#lib/tables/table.ts';

/** One result row by column name; integers beyond 2^53 arrive as bigint. */
export type SqlRow = Readonly<Record<string, string | number | bigint | boolean | null>>;

/** The shape of a CSV file. */
export interface CsvDescription {
  readonly header: readonly string[];
  /** Data rows, without the header. */
  readonly rows: number;
  /** `sha256:` of the bytes as they lie on the disk. */
  readonly digest: string;
  /** The 1-based line of the file at which a row (counted from 0) begins. */
  lineOf(row: number): number;
}

/** What reading a file of JSON lines through tells. */
export interface JsonLook {
  /** `sha256:` of the bytes as they lie on the disk. */
  readonly digest: string;
  /** The 1-based line of the file that a row (counted from 0) stands on; undefined where nobody could tell. */
  readonly lineOf?: (row: number) => number;
}

/** A finite number a row in file order; or what is wrong, as the end of "The expression ...", and in which row from 0. */
export type RowValues =
  | { readonly values: Float64Array }
  | { readonly problem: string; readonly row: number | null };

/** What a query that may run reads, or why it may not, as a sentence. */
export type QueryRead =
  | {
      /** Tables as it writes them. */
      readonly tables: readonly string[];
      /** False where it gives something else another time on the same data. */
      readonly isSteady: boolean;
      /** Names of columns that it mentions, in lower case; `*` for all that its tables have. */
      readonly columns: ReadonlySet<string>;
      /** True where what it gives is made of counts and truths, and no value of a column. */
      readonly isOfCounts: boolean;
    }
  | { readonly problem: string };

/** The one number that a query gives, or why there is none, as a sentence that quotes no row. */
export type QueryNumber = { readonly value: number } | { readonly problem: string };

export interface SandboxOptions {
  /** The only tables there are. */
  readonly views: readonly { readonly name: string; readonly sql: string }[];
  /** The only files that may be opened, absolute. */
  readonly files: readonly string[];
  /** Longer runs no query. */
  readonly limitMs: number;
}

/** A database for queries that others wrote. */
export interface Sandbox {
  /** @param query one that readQuery has nothing against */
  number(query: string): Promise<QueryNumber>;
  close(): void;
}

export interface SqlEngine {
  /** Runs one statement; values are bound to `$1`, `$2`, ... An aborted signal ends it, with an error. */
  query(
    sql: string,
    values?: readonly (string | number | boolean | null)[],
    signal?: AbortSignal,
  ): Promise<readonly SqlRow[]>;
  /**
   * Runs a query whose columns are DOUBLE and never NULL, and hands out its rows in their order, some thousand at a time.
   * The arrays are the engine's: copy what is to be kept.
   */
  streamNumbers(sql: string, take: (columns: readonly Float64Array[]) => void): Promise<void>;
  /** The columns that an expression over one row names, or why it is none that may run, as the end of "The expression ...". */
  readExpression(
    text: string,
  ): Promise<{ readonly columns: readonly string[] } | { readonly problem: string }>;
  /**
   * Reads a CSV file with a header into memory. Types as asked for; missing values as table.ts says.
   * @throws ConfigurationError with line and column when the file, a column or a number is not as asked for.
   */
  readTable(path: string, columns: readonly ColumnType[]): Promise<Table>;
  /**
   * Reads a CSV file through once without keeping it.
   * @throws ConfigurationError with line and column when it is not a well-formed table.
   */
  describeCsv(path: string, shape?: CsvShape): Promise<CsvDescription>;
  /**
   * Evaluates each expression in every row of a CSV file. It may name the columns of the file, numbers where they hold
   * nothing else, and those beside; one that both have is written `data.name` or `model.name`. Nothing but arithmetic,
   * conditions and plain functions of the row is run.
   * @param beside one value a row of the file
   */
  evaluateRows(
    path: string,
    expressions: readonly string[],
    beside: readonly Column[],
  ): Promise<readonly RowValues[]>;
  /**
   * The hash of a CSV file, and whether it can be read as it stands; else describeCsv has to go through it.
   * @param asked columns from 0, of which it says so where it holds for all rows
   * @throws ConfigurationError when it cannot be read
   */
  lookAtCsv(path: string, shape?: CsvShape, asked?: Partial<CsvTaste>): Promise<CsvLook>;
  /** Which of some columns are so in the first rows of a CSV file: those are worth asking about all rows. */
  tasteCsv(path: string, shape: CsvShape, asked: CsvTaste): Promise<CsvTaste>;
  /**
   * Reads a file of JSON lines through, without parsing it.
   * @throws ConfigurationError when it cannot be read, or is not packed as its name says
   */
  lookAtJson(path: string, compression?: CsvShape['compression']): Promise<JsonLook>;
  /** The header of a CSV file, in file order. */
  readHeader(path: string, shape?: CsvShape): Promise<readonly string[]>;
  /** Whether a query that others wrote only reads, and from which tables. */
  readQuery(query: string): Promise<QueryRead>;
  /** @throws Error where a view cannot be made */
  openSandbox(options: SandboxOptions): Promise<Sandbox>;
  close(): void;
}
