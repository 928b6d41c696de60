// How a CSV file is written, where it is not plain, and how long its rows may be.

/** How a CSV file is written, where it is not plain. */
export interface CsvShape {
  /** One ASCII character; a comma unless given. */
  readonly delimiter?: string;
  readonly compression?: 'none' | 'gzip' | 'zstd';
}

/** DuckDB keeps a row in memory as a whole; nobody means one of this size. */
export const LONGEST_ROW_BYTES = 16 * 1024 * 1024;
