// What a file is by its name: data files have no other mark that can be trusted before they are read.
import type { Compression, DataFormat } from '#lib/contracts/data/data.ts';

const FORMATS: ReadonlyMap<string, DataFormat> = new Map([
  ['csv', 'csv'],
  ['tsv', 'csv'],
  ['txt', 'csv'],
  ['parquet', 'parquet'],
  ['pq', 'parquet'],
  ['jsonl', 'jsonl'],
  ['ndjson', 'jsonl'],
  ['json', 'jsonl'],
  ['arrow', 'arrow'],
  ['feather', 'arrow'],
  ['ipc', 'arrow'],
]);
const COMPRESSIONS: ReadonlyMap<string, Compression> = new Map([
  ['gz', 'gzip'],
  ['zst', 'zstd'],
]);

/** The endings that are understood, for messages. */
export const ENDINGS =
  '.csv, .tsv, .txt, .parquet, .pq, .jsonl, .ndjson, .json, .arrow, .feather, .ipc; the text ones also as .gz or .zst';

export interface NamedFormat {
  readonly format: DataFormat;
  readonly compression: Compression;
  /** The ending without compression. */
  readonly ending: string;
}

/** Undefined for an ending that says nothing. */
export function formatOf(path: string): NamedFormat | undefined {
  const parts = path.toLowerCase().split('.');
  const compression = COMPRESSIONS.get(parts.at(-1) ?? '') ?? 'none';
  const ending = parts.at(compression === 'none' ? -1 : -2) ?? '';
  const format = FORMATS.get(ending);
  return format && { format, compression, ending };
}

/** The words that `format` of a server may have. */
export function namedFormat(word: string): DataFormat | undefined {
  return FORMATS.get(word.toLowerCase());
}
