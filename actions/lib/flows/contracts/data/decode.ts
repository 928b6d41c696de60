// What the engine does not read itself is read from copies: text in another encoding, and Arrow files.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { DataFile } from '#lib/contracts/data/data.ts';
import { digestFile } from '#lib/documents/digest-file.ts';
import { ConfigurationError, type Location } from '#lib/errors.ts';
import { arrowToParquet } from '#lib/sql/arrow-to-parquet.ts';
import { decodeText } from '#lib/sql/decode-text.ts';

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
  data: DataFile,
  { encoding, folder }: { readonly encoding: string; readonly folder: string },
): Promise<DataFile> {
  if (encoding === 'utf-8') return data;
  const { file, compression } = data;
  const decoded = await copyOnce([file, encoding], folder, to =>
    decodeText({ file, compression, encoding, to }),
  );
  const digest = data.digest && `${data.digest}+${encoding}`;
  return { ...data, file: decoded, compression: 'none', digest };
}

/** An Arrow or Feather file as a Parquet file in a folder; its digest stays that of the original. */
export async function convertArrow(data: DataFile, folder: string): Promise<DataFile> {
  const file = await copyOnce([data.file, 'arrow'], folder, to => arrowToParquet(data.file, to));
  return { ...data, file, digest: data.digest ?? (await digestFile(data.file)) };
}

async function copyOnce(
  key: readonly string[],
  folder: string,
  copy: (to: string) => Promise<void>,
): Promise<string> {
  const name = createHash('sha256').update(JSON.stringify(key)).digest('hex').slice(0, 32);
  const file = join(folder, `copy-${name}`);
  if (existsSync(file)) return file;
  mkdirSync(folder, { recursive: true });
  const part = `${file}.part`;
  rmSync(part, { force: true });
  await copy(part);
  renameSync(part, file);
  return file;
}
