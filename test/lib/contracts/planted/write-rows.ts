// The same rows as files of every kind, with the place of each row in them.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import type { Compression, Data, DataFile } from '#lib/contracts/data/data.ts';
import type { SqlEngine } from '#lib/sql/engine.ts';
import { type Column, inData, type Row, type Table, type Value } from './planted-table.ts';
import { arrowBytes } from './write-arrow.ts';

export type Kind = 'csv' | 'parquet' | 'jsonl' | 'arrow';

/** How a table is written. */
export interface Layout {
  readonly kind: Kind;
  readonly delimiter?: string;
  /** Every field in quotes, CRLF, a byte order mark; missing values are NA. */
  readonly isOdd?: boolean;
  readonly compression?: Compression;
  /** Several files; `folders` are named after the column `part`. */
  readonly split?: 'files' | 'folders';
}

export interface WrittenFile {
  readonly file: DataFile;
  /** Which rows of the table it has, in its own order. */
  readonly rows: readonly number[];
  /** The line that each row begins at, where the file is text. */
  readonly lines: readonly number[] | undefined;
}

export interface Written {
  readonly data: Data;
  readonly files: readonly WrittenFile[];
}

interface Writing {
  /** Absolute; made. */
  readonly folder: string;
  readonly engine: SqlEngine;
  /** Turns an Arrow file into what the engine reads. */
  readonly convertArrow: (file: DataFile) => Promise<DataFile>;
}

/** Writes a table. */
export async function writeTable(
  { table, rows }: { readonly table: Table; readonly rows: readonly Row[] },
  layout: Layout,
  writing: Writing,
): Promise<Written> {
  const { kind, compression = 'none', delimiter = ',', split } = layout;
  const ending = `${kind}${{ none: '', gzip: '.gz', zstd: '.zst' }[compression]}`;
  const files: WrittenFile[] = [];
  for (const [path, places] of placesOf(rows, split)) {
    const partition = split === 'folders' ? { part: decodeURIComponent(path.split('=')[1] ?? '') } : {};
    const name = split === undefined ? `tiny.${ending}` : `${path}/${places[0] ?? 0}.${ending}`;
    const columns = table.properties.filter(column => split !== 'folders' || column.name !== 'part');
    const own = { columns, rows: places.map(i => rows[i] ?? {}), layout };
    const file = join(writing.folder, name);
    mkdirSync(dirname(file), { recursive: true });
    const lines = await writeFile(file, own, writing);
    const plain: DataFile = { path: name, file, compression, partition };
    files.push({ file: kind === 'arrow' ? await writing.convertArrow(plain) : plain, rows: places, lines });
  }
  files.sort((a, b) => (a.file.path < b.file.path ? -1 : 1));
  const data = { path: 'tiny', format: kind, dialect: { delimiter, encoding: 'utf-8' } };
  return { data: { ...data, files: files.map(({ file }) => file) }, files };
}

/** Folders with the rows that go into each. */
function placesOf(rows: readonly Row[], split: Layout['split']): ReadonlyMap<string, readonly number[]> {
  const places = new Map<string, number[]>();
  for (const [i, row] of rows.entries()) {
    const folder = `part=${encodeURIComponent(String(row.part ?? '__HIVE_DEFAULT_PARTITION__'))}`;
    const path =
      split === 'folders' ? folder : split === 'files' ? `f${Math.floor((i * 3) / rows.length)}` : '';
    const known = places.get(path);
    if (known) known.push(i);
    else places.set(path, [i]);
  }
  return places;
}

interface Content {
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
  readonly layout: Layout;
}

async function writeFile(file: string, content: Content, { engine }: Writing): Promise<WrittenFile['lines']> {
  const { layout, columns } = content;
  if (layout.kind === 'arrow') writeFileSync(file, arrowBytes(columns, content.rows));
  if (layout.kind === 'arrow') return undefined;
  if (layout.kind === 'csv') return writeCsv(file, content);
  const text = jsonLines(columns, content.rows, layout.kind === 'jsonl');
  const lines = content.rows.map((_, i) => i + 1);
  if (layout.kind === 'jsonl') writeFileSync(file, pack(text, layout.compression));
  if (layout.kind === 'jsonl') return lines;
  writeFileSync(`${file}.json`, text);
  const types = columns.map(column => `${quote(inData(column))}: '${nativeType(column, content.rows)}'`);
  const from = `read_json(${quote(`${file}.json`)}, format = 'newline_delimited', columns = {${types.join(', ')}})`;
  await engine.query(`COPY (SELECT * FROM ${from}) TO ${quote(file)} (FORMAT parquet)`);
  return undefined;
}

function writeCsv(file: string, { columns, rows, layout }: Content): readonly number[] {
  const { delimiter = ',', isOdd = false, compression } = layout;
  const end = isOdd ? '\r\n' : '\n';
  const field = (text: string) =>
    isOdd || /["\r\n]/.test(text) || text.includes(delimiter) ? `"${text.replaceAll('"', '""')}"` : text;
  const missing = isOdd ? 'NA' : '';
  const header = columns.map(column => field(inData(column))).join(delimiter);
  const texts = [`${isOdd ? '\uFEFF' : ''}${header}${end}`];
  let next = header.split('\n').length + 1;
  const lines = rows.map(row => {
    const fields = columns.map(column => {
      const value = written(column, row[inData(column)] ?? null);
      if (value === null) return missing;
      return field(typeof value === 'object' ? JSON.stringify(value) : String(value));
    });
    const text = `${fields.join(delimiter)}${end}`;
    texts.push(text);
    const line = next;
    next += text.split('\n').length - 1;
    return line;
  });
  writeFileSync(file, pack(texts.join(''), compression));
  return lines;
}

function pack(text: string, compression: Compression = 'none'): Uint8Array {
  const bytes = Buffer.from(text);
  if (compression === 'gzip') return gzipSync(bytes);
  return compression === 'zstd' ? zstdCompressSync(bytes) : bytes;
}

/** @param isSpare true leaves out, after the first row, what has no value */
function jsonLines(columns: readonly Column[], rows: readonly Row[], isSpare: boolean): string {
  const lines = rows.map((row, i) => {
    const entries = columns.flatMap(column => {
      const name = inData(column);
      const value = written(column, row[name] ?? null, isSpare);
      return isSpare && i % 2 === 1 && value === null ? [] : [[name, value] as const];
    });
    return `${JSON.stringify(Object.fromEntries(entries))}\n`;
  });
  return lines.join('');
}

/** A value as text and JSON have it: a day in the format of its column. */
function written({ logicalTypeOptions = {} }: Column, value: Value, isText = true): Value {
  const isDay =
    isText && logicalTypeOptions.format === 'dd.MM.yyyy' && /^\d{4}-\d\d-\d\d$/.test(String(value));
  return isDay ? String(value).split('-').reverse().join('.') : value;
}

/** The narrowest of the types that columns of a kind often have, as DuckDB calls it. */
function nativeType(
  column: Omit<Column, 'name'>,
  rows: readonly Row[],
  name = inData(column as Column),
): string {
  const values = rows.flatMap(row => (row[name] === undefined || row[name] === null ? [] : [row[name]]));
  const { items, properties, logicalType = '' } = column;
  if (items)
    return `${nativeType(
      items,
      values.flatMap(list => (list as Value[]).map(item => ({ item }))),
      'item',
    )}[]`;
  if (properties) {
    const members = properties.map(one => `${one.name} ${nativeType(one, values as Row[], one.name)}`);
    return `STRUCT(${members.join(', ')})`;
  }
  if (logicalType === 'integer' || logicalType === 'number') {
    const isWhole = values.every(value => Number.isInteger(value));
    if (logicalType === 'integer' && isWhole) return rows.length % 2 === 0 ? 'INTEGER' : 'BIGINT';
    return rows.length % 3 === 0 ? 'DECIMAL(18, 3)' : 'DOUBLE';
  }
  if (logicalType === 'date') return values.some(value => String(value).length > 10) ? 'TIMESTAMP' : 'DATE';
  const types: Readonly<Record<string, string>> = {
    boolean: 'BOOLEAN',
    timestamp: 'TIMESTAMP',
    time: 'TIME',
  };
  return types[logicalType] ?? 'VARCHAR';
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
