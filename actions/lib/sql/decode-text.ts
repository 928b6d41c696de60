// Text files in another encoding become UTF-8: the engine knows no other. What cannot be decoded is refused, since a
// replaced character would be read in the place of the one that was meant.
import { open } from 'node:fs/promises';
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

/** Writes the file as plain UTF-8. @throws ConfigurationError where it is not written so */
export async function decodeText({ to, ...text }: TextToDecode): Promise<void> {
  await using out = await open(to, 'wx');
  try {
    for await (const piece of decode(text)) await out.write(piece);
  } catch (cause) {
    if (cause instanceof ConfigurationError) throw cause;
    throw new ConfigurationError(`${text.file} is not written in ${text.encoding}: ${errorMessage(cause)}`, {
      at: { file: text.file },
      remedy: 'Name the encoding that it is written in.',
      cause,
    });
  }
}

async function* decode({ file, compression, encoding }: Omit<TextToDecode, 'to'>): AsyncGenerator<string> {
  const decoder = new TextDecoder(encoding, { fatal: true });
  for await (const bytes of readUnpacked(file, compression)) {
    const text = decoder.decode(bytes, { stream: true });
    if (text !== '') yield text;
  }
  const rest = decoder.decode();
  if (rest !== '') yield rest;
}
