// A table as files: one, or several of the same kind that together are one table. Where they come from (the work tree, an
// older revision, an object store) is settled before: here each is a file of this machine, and named as people know it.

export type DataFormat = 'csv' | 'parquet' | 'jsonl' | 'arrow';
export type Compression = 'none' | 'gzip' | 'zstd';

/** How a CSV file is written. */
export interface CsvDialect {
  /** One character. */
  readonly delimiter: string;
  /** As WHATWG names it; the bytes are decoded to UTF-8 before anything else. */
  readonly encoding: string;
}

export const PLAIN_CSV: CsvDialect = { delimiter: ',', encoding: 'utf-8' };

export interface DataFile {
  /** Relative to the repository, or an address: for messages. */
  readonly path: string;
  /** Absolute. */
  readonly file: string;
  readonly compression: Compression;
  /** `key=value` folders above it, as they are written. */
  readonly partition: Readonly<Record<string, string>>;
  /** `sha256:...`, where it is known already. */
  readonly digest?: string | undefined;
}

export interface Data {
  /** As it was asked for. */
  readonly path: string;
  readonly format: DataFormat;
  readonly dialect: CsvDialect;
  /** By path, in code point order. */
  readonly files: readonly DataFile[];
}

/**
 * How the values of a column come: a CSV file has nothing but text; JSON has its own few types; Parquet and Arrow files say
 * the type.
 */
export type ColumnForm = 'text' | 'json' | 'native';

/** What native values are; `other` is whatever no logical type stands for. */
export type NativeKind =
  | 'text'
  | 'integer'
  | 'decimal'
  | 'float'
  | 'boolean'
  | 'date'
  | 'timestamp'
  | 'time'
  | 'list'
  | 'struct'
  | 'map'
  | 'other';

export interface DataColumn {
  readonly name: string;
  readonly form: ColumnForm;
  /** Of native values; `text` for the others. */
  readonly kind: NativeKind;
  /** The engine's name of the type, such as `DECIMAL(18,3)`. */
  readonly type: string;
}

/** A file as the engine reads it. */
export interface Relation {
  /** Those of the file in its order, then those that only the folders above it have. */
  readonly columns: readonly DataColumn[];
  /** How many the latter are; none unless given. */
  readonly ofFoldersAlone?: number;
  /** As SQL, to read from. */
  readonly sql: string;
}

/** One file whose columns are known. */
export interface DataPart {
  readonly file: DataFile;
  /** How long it is on the disk. */
  readonly bytes: number;
  readonly columns: readonly DataColumn[];
  /** As SQL, to read from; rows in file order. */
  readonly relation: string;
  /** The same rows of a CSV file with some columns as DOUBLE; a statement fails where one of them holds a text that is none. */
  readonly withNumbers: (names: readonly string[]) => Relation;
  /**
   * Reads the file through once, however often it is asked.
   * @param asked when it is first asked: columns of a CSV file
   * @throws ConfigurationError where it is not sound
   */
  readonly look: (asked?: ColumnTraits) => Promise<Looked>;
  /** What the first rows of a CSV file promise of some columns. */
  readonly taste: (asked: ColumnTraits) => Promise<ColumnTraits>;
  /** @throws ConfigurationError when the file is not what it was when it was opened */
  readonly refuseChanged: () => void;
}

/** Names of columns. */
export interface ColumnTraits {
  /** Every value stands after the one before, so that no two are the same. */
  readonly growing: readonly string[];
  /** Texts in which an engine that looks for numbers finds the same as one that reads texts first. */
  readonly numbers: readonly string[];
}

/** What reading a file through tells. */
export interface Looked {
  /** `sha256:...` of its bytes as they lie on the disk, or as they were known before. */
  readonly digest: string;
  /** Data rows of a CSV file. */
  readonly rows?: number | undefined;
  /** The 1-based line at which a row (from 0) begins, where the file is text. */
  readonly lineOf?: ((row: number) => number) | undefined;
  /** Which of the columns asked for are so in all rows. */
  readonly traits?: ColumnTraits | undefined;
  /** After an engine refused the file. @throws ConfigurationError with the line and column of what is wrong */
  readonly explain?: () => Promise<void>;
}
