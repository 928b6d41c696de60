// How the state index lies on disk: one line that says what follows, a header as JSON, then the rows of all records in
// columns, so that a hundred thousand of them are there without being parsed. Nothing in it is believed before its sum is
// right, and nothing in it is code. Paths are relative to the repository, so that it can be moved to another machine.
import { closeSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { crc32 } from 'node:zlib';
import { MD5_BYTES } from '#lib/dvc/objects/md5-rows.ts';
import { createNames } from '#lib/dvc/objects/temporary.ts';

const MAGIC = 'mainline state 1';
const NUMBERS = 4;
const FIRST_LINE = 64;

/** What was found at one place. All columns have one row a file, in the order in which the folder was read. */
export interface StateRecord {
  /** Of the root folder when the rows were taken: elsewhere, or after a copy, inode numbers mean nothing. */
  readonly identity: string;
  /** The fingerprint of the whole. */
  readonly md5: string;
  readonly size: number;
  readonly isFolder: boolean;
  /** Joined by NUL. */
  readonly names: string;
  readonly rows: number;
  readonly inodes: Float64Array;
  readonly mtimes: Float64Array;
  readonly ctimes: Float64Array;
  readonly sizes: Float64Array;
  /** 16 bytes a row. */
  readonly md5s: Buffer;
}

type HeaderRecord = readonly [
  key: string,
  identity: string,
  md5: string,
  size: number,
  isFolder: boolean,
  rows: number,
  nameBytes: number,
];

/** Records by key; none when the file is missing, damaged or of another kind. */
export function readState(file: string): Map<string, StateRecord> {
  try {
    return parseState(readFileSync(file));
  } catch {
    return new Map();
  }
}

function parseState(bytes: Buffer): Map<string, StateRecord> {
  const [magic, sum, headerBytes = ''] = bytes.toString('latin1', 0, FIRST_LINE).trimEnd().split(':');
  const body = bytes.subarray(FIRST_LINE);
  if (magic !== MAGIC || sum !== crc32(body).toString(16)) return new Map();
  const header = JSON.parse(body.toString('utf8', 0, Number(headerBytes))) as readonly HeaderRecord[];
  const rows = header.reduce((total, record) => total + record[5], 0);
  const numbersAt = bytes.byteOffset + FIRST_LINE + padded(Number(headerBytes));
  const numbers = alignedNumbers(bytes, numbersAt, rows * NUMBERS);
  const md5s = Buffer.from(bytes.buffer, numbersAt + numbers.byteLength, rows * MD5_BYTES);
  let nameAt = numbersAt + numbers.byteLength + md5s.byteLength - bytes.byteOffset;
  let row = 0;
  const records = new Map<string, StateRecord>();
  for (const [key, identity, md5, size, isFolder, count, nameBytes] of header) {
    const column = (index: number) => numbers.subarray(index * rows + row, index * rows + row + count);
    records.set(key, {
      ...{ identity, md5, size, isFolder, rows: count },
      names: bytes.toString('utf8', nameAt, nameAt + nameBytes),
      inodes: column(0),
      mtimes: column(1),
      ctimes: column(2),
      sizes: column(3),
      md5s: md5s.subarray(row * MD5_BYTES, (row + count) * MD5_BYTES),
    });
    nameAt += nameBytes;
    row += count;
  }
  return records;
}

function alignedNumbers(bytes: Buffer, offset: number, length: number): Float64Array {
  if (offset % 8 === 0) return new Float64Array(bytes.buffer, offset, length);
  return new Float64Array(bytes.buffer.slice(offset, offset + length * 8));
}

function padded(length: number): number {
  return Math.ceil(length / 8) * 8;
}

/** Writes all records, whole or not at all: of two processes the last wins. After a kill there may be none. */
export function writeState(file: string, records: ReadonlyMap<string, StateRecord>): void {
  const parts = formatState(records);
  mkdirSync(dirname(file), { recursive: true });
  const temporary = createNames(dirname(file))();
  try {
    const handle = openSync(temporary, 'wx');
    try {
      for (const part of parts) {
        for (let done = 0; done < part.length; ) done += writeSync(handle, part, done);
      }
    } finally {
      closeSync(handle);
    }
    // In the place of another one the system would begin to write it out at once, and let us wait for that.
    rmSync(file, { force: true });
    renameSync(temporary, file);
  } catch (cause) {
    rmSync(temporary, { force: true });
    throw cause;
  }
}

function formatState(records: ReadonlyMap<string, StateRecord>): readonly Uint8Array[] {
  const all = [...records];
  const names = all.map(([, record]) => Buffer.from(record.names));
  const header = all.map(
    ([key, { identity, md5, size, isFolder, rows }], index): HeaderRecord => [
      ...([key, identity, md5, size, isFolder, rows] as const),
      names[index]?.length ?? 0,
    ],
  );
  const headerBytes = Buffer.from(JSON.stringify(header));
  const column = (pick: (record: StateRecord) => Float64Array) =>
    all
      .map(([, record]) => pick(record))
      .map(({ buffer, byteOffset, byteLength }) => {
        return new Uint8Array(buffer, byteOffset, byteLength);
      });
  const body = [
    headerBytes,
    Buffer.alloc(padded(headerBytes.length) - headerBytes.length),
    ...column(record => record.inodes),
    ...column(record => record.mtimes),
    ...column(record => record.ctimes),
    ...column(record => record.sizes),
    ...all.map(([, record]) => record.md5s),
    ...names,
  ];
  const sum = body.reduce((value, part) => crc32(part, value), 0).toString(16);
  const first = `${MAGIC}:${sum}:${headerBytes.length}`.padEnd(FIRST_LINE - 1);
  return [Buffer.from(`${first}\n`), ...body];
}
