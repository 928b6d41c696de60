// Text files in another encoding become UTF-8: the engine knows no other. What cannot be decoded is refused, since a
// replaced character would be read in the place of the one that was meant.
import { open } from 'node:fs/promises';
import { unwritable } from '#lib/documents/write.ts';
import { ConfigurationError, errorMessage } from '#lib/errors.ts';
import { readUnpacked } from '#lib/sql/csv-structure.ts';

export interface TextToDecode {
  /** Absolute. */
  readonly file: string;
  readonly compression: 'none' | 'gzip' | 'zstd';
  /** As WHATWG names it. */
  readonly encoding: string;
  /** Absolute; must not exist. */
  readonly to: string;
}

/** Writes the file as plain UTF-8. @throws ConfigurationError where it is not written so, or the copy cannot be */
export async function decodeText({ to, ...text }: TextToDecode): Promise<void> {
  await using out = await open(to, 'wx');
  let line = 1;
  for await (const piece of decode(text)) {
    const nul = piece.indexOf('\0');
    line += countLines(nul < 0 ? piece : piece.slice(0, nul));
    // Nothing that is read from the copy may have one; a packed file of nothing else would fill the disk.
    if (nul >= 0) throw holdsNul(text, line);
    try {
      // All of it: what `write` alone leaves out on a full disk would be missing without a word.
      await out.writeFile(piece);
    } catch (cause) {
      throw unwritable(to, cause);
    }
  }
}

function countLines(piece: string): number {
  let count = 0;
  for (let at = piece.indexOf('\n'); at >= 0; at = piece.indexOf('\n', at + 1)) count++;
  return count;
}

function holdsNul({ file, encoding }: Omit<TextToDecode, 'to'>, line: number): ConfigurationError {
  return new ConfigurationError(`A NUL character stands in this line, read as ${encoding}`, {
    at: { file, line },
    remedy: 'Name the encoding that it is written in, or export it as text: this looks like a binary file.',
  });
}

async function* decode({ file, compression, encoding }: Omit<TextToDecode, 'to'>): AsyncGenerator<string> {
  const decoder = new TextDecoder(encoding, { fatal: true });
  const decodeNext = (bytes?: Buffer): string => {
    try {
      return bytes ? decoder.decode(bytes, { stream: true }) : decoder.decode();
    } catch (cause) {
      throw new ConfigurationError(`${file} is not written in ${encoding}: ${errorMessage(cause)}`, {
        at: { file },
        remedy: 'Name the encoding that it is written in.',
        cause,
      });
    }
  };
  for await (const bytes of readUnpacked(file, compression)) {
    const text = decodeNext(bytes);
    if (text !== '') yield text;
  }
  const rest = decodeNext();
  if (rest !== '') yield rest;
}
