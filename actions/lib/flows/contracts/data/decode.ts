// CSV files in another encoding are read from decoded copies.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { DataFile } from '#lib/contracts/data/data.ts';
import { ConfigurationError, type Location } from '#lib/errors.ts';
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
  const name = createHash('sha256')
    .update(JSON.stringify([file, encoding]))
    .digest('hex')
    .slice(0, 32);
  const decoded = join(folder, `decoded-${name}`);
  if (!existsSync(decoded)) {
    mkdirSync(folder, { recursive: true });
    const to = `${decoded}.part`;
    rmSync(to, { force: true });
    await decodeText({ file, compression, encoding, to });
    renameSync(to, decoded);
  }
  const digest = data.digest && `${data.digest}+${encoding}`;
  return { ...data, file: decoded, compression: 'none', digest };
}
