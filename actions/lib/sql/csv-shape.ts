// How a CSV file is written, where it is not plain, and how long its rows may be.

/** How a CSV file is written, where it is not plain. */
export interface CsvShape {
  /** One ASCII character; a comma unless given. */
  readonly delimiter?: string;
  readonly compression?: 'none' | 'gzip' | 'zstd';
}

/** What a quick look at a CSV file tells. */
export interface CsvLook {
  readonly digest: string;
  /** True when nothing in it needs a closer look: DuckDB reads it as it stands, one row a line. */
  readonly isPlain: boolean;
  /** Of the columns asked for, from 0: those in which every value stands after the one before; empty ones do not count. */
  readonly growing: readonly number[];
  /** Of the columns asked for: those whose texts, as far as an engine reads numbers in them, are numbers here as well. */
  readonly numbers: readonly number[];
}

/** Columns of a CSV file, from 0. */
export interface CsvTaste {
  /** Every value stands after the one before. */
  readonly growing: readonly number[];
  /** There is nothing but numbers in them. */
  readonly numbers: readonly number[];
}

/**
 * A row, or the header, with its line end: what DuckDB reads wherever the row stands. Its limit of 2 MB could be raised, but
 * then a file is no longer read by several threads.
 */
export const LONGEST_ROW_BYTES = 1_999_999;
