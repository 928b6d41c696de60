// Reads a file of JSON lines through for what DuckDB does not tell: the hash of its bytes, whether it was packed soundly (a
// packed file that is cut, or whose checksum is wrong, looks to DuckDB like a shorter one), and where its rows begin.
import { createHash } from 'node:crypto';
import { ConfigurationError } from '#lib/errors.ts';
import type { CsvShape } from '#lib/sql/csv-shape.ts';
import { hasByteOrderMark, readUnpacked } from '#lib/sql/csv-structure.ts';
import type { JsonLook } from '#lib/sql/engine.ts';

type Compression = NonNullable<CsvShape['compression']>;

const LF = 0x0a;
/** Between rows these mean nothing. */
const BLANKS: ReadonlySet<number> = new Set([0x20, 0x09, 0x0d]);
/** How a line can begin that may be blank, after the line end before it. */
const DOUBTFUL = ['\n\n', '\n\r', '\n ', '\n\t'].map(mark => Buffer.from(mark));
/** A file with more breaks than this is nobody's data; its rows are told without their lines. */
const MOST_GAPS = 100_000;

/** Blank lines, all from the beginning of the file to before a row. */
interface Gap {
  /** Counted from 0. */
  readonly row: number;
  readonly lines: number;
}

/** @throws ConfigurationError when it cannot be read, or is not packed as its name says */
export async function lookAtJson(path: string, compression: Compression = 'none'): Promise<JsonLook> {
  const digest = createHash('sha256');
  let mayHaveBlanks = false;
  let last: number | undefined;
  for await (const bytes of readUnpacked(path, compression, raw => digest.update(raw))) {
    if (last === undefined && hasByteOrderMark(bytes)) throw marked(path);
    last ??= LF;
    const [first = LF] = bytes;
    mayHaveBlanks ||=
      (last === LF && (first === LF || BLANKS.has(first))) || DOUBTFUL.some(mark => bytes.includes(mark));
    last = bytes.at(-1) ?? last;
  }
  const gaps = mayHaveBlanks ? await findGaps(path, compression) : [];
  return {
    digest: `sha256:${digest.digest('hex')}`,
    ...(gaps && { lineOf: row => row + 1 + (gaps.findLast(gap => gap.row <= row)?.lines ?? 0) }),
  };
}

/** The engine takes it or not by the number of its threads; JSON has none (RFC 8259, 8.1). */
function marked(file: string): ConfigurationError {
  return new ConfigurationError('The file begins with a byte order mark', {
    at: { file, line: 1 },
    remedy: 'Save it as UTF-8 without one.',
  });
}

/** Where blank lines are; undefined for too many. */
async function findGaps(path: string, compression: Compression): Promise<readonly Gap[] | undefined> {
  const gaps: Gap[] = [];
  let [row, lines, isBlank] = [0, 0, true];
  for await (const bytes of readUnpacked(path, compression)) {
    for (let from = 0; from < bytes.length; ) {
      const end = bytes.indexOf(LF, from);
      const to = end < 0 ? bytes.length : end;
      for (let at = from; isBlank && at < to; at++) isBlank = BLANKS.has(bytes[at] ?? 0);
      from = to + 1;
      if (end < 0) continue;
      if (isBlank) {
        lines++;
        if (gaps.at(-1)?.row === row) gaps.pop();
        gaps.push({ row, lines });
        if (gaps.length > MOST_GAPS) return undefined;
      } else row++;
      isBlank = true;
    }
  }
  return gaps;
}
