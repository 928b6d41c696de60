// CSV files in another encoding become UTF-8 before anything reads them: the engine knows no other. What cannot be decoded
// is refused, since a replaced character would be checked in the place of the one that was meant.
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import type { DataFile } from '#lib/contracts/data/data.ts';
import { ConfigurationError, errorMessage, type Location } from '#lib/errors.ts';

/** The name as WHATWG has it. @throws ConfigurationError for one that does not exist */
export function encodingOf(label: string, at?: Location): string {
  try {
    return new TextDecoder(label).encoding;
  } catch (cause) {
    throw new ConfigurationError(`There is no encoding ${JSON.stringify(label)}`, {
      at,
      remedy: 'Write it as browsers do: utf-8, iso-8859-1, windows-1252, utf-16le, shift_jis and so on.',
      cause,
    });
  }
}

/** The file itself where it is UTF-8 already, else a decoded copy in a folder. */
export async function decodeFile(
  file: DataFile,
  { encoding, folder }: { readonly encoding: string; readonly folder: string },
): Promise<DataFile> {
  if (encoding === 'utf-8') return file;
  const name = createHash('sha256')
    .update(JSON.stringify([file.file, encoding]))
    .digest('hex');
  const decoded = join(folder, `decoded-${name.slice(0, 32)}`);
  if (!existsSync(decoded)) {
    mkdirSync(folder, { recursive: true });
    try {
      await pipeline(Readable.from(decode(file, encoding)), createWriteStream(decoded));
    } catch (cause) {
      throw new ConfigurationError(`${file.path} is not written in ${encoding}: ${errorMessage(cause)}`, {
        at: { file: file.file },
        remedy: 'Name the encoding that it is written in.',
        cause,
      });
    }
  }
  const digest = file.digest && `${file.digest}+${encoding}`;
  return { ...file, file: decoded, compression: 'none', digest };
}

async function* decode({ file, compression }: DataFile, encoding: string): AsyncGenerator<string> {
  const decoder = new TextDecoder(encoding, { fatal: true });
  const raw = createReadStream(file, { highWaterMark: 1 << 20 });
  const plain =
    compression === 'none' ? raw : raw.pipe(compression === 'gzip' ? createGunzip() : createZstdDecompress());
  raw.on('error', error => plain.destroy(error));
  for await (const bytes of plain) {
    const text = decoder.decode(bytes as Buffer, { stream: true });
    if (text !== '') yield text;
  }
  const rest = decoder.decode();
  if (rest !== '') yield rest;
}
