// A folder of small documents, as the local forge keeps them: numbered without a counter, read through a schema.
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { z } from 'zod';
import { digestBytes } from '#lib/documents/canonical.ts';
import { readDocument } from '#lib/documents/read.ts';
import { ConfigurationError, hasCode } from '#lib/errors.ts';

/** Numbers are taken by making something that must not exist: two at once never get the same. */
export async function takeNumber(folder: string, last: number, ending = ''): Promise<number> {
  await mkdir(folder, { recursive: true });
  for (let number = last + 1; ; number++) {
    try {
      await mkdir(join(folder, ending === '' ? String(number) : `.${number}.taken`));
      return number;
    } catch (error) {
      if (!hasCode(error, 'EEXIST')) throw error;
    }
  }
}

/** The names in a folder; none when it does not exist. */
export async function readNames(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return [];
    throw error;
  }
}

/** A document, or undefined where there is none. */
export async function readOptional<Schema extends z.ZodType>(
  file: string,
  schema: Schema,
): Promise<z.output<Schema> | undefined> {
  try {
    return (await readDocument(file, schema)).value;
  } catch (error) {
    if (error instanceof ConfigurationError && hasCode(error.cause, 'ENOENT')) return undefined;
    throw error;
  }
}

/** All documents of a folder, in the order of their numbers or names. */
export async function readAll<Schema extends z.ZodType>(
  folder: string,
  schema: Schema,
): Promise<readonly z.output<Schema>[]> {
  const names = (await readNames(folder)).filter(name => name.endsWith('.json') && !name.startsWith('.'));
  names.sort((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10) || (a < b ? -1 : 1));
  return Promise.all(names.map(async name => (await readDocument(join(folder, name), schema)).value));
}

/** A file name for any text. */
export function keyOf(text: string): string {
  return digestBytes(text).slice('sha256:'.length, 'sha256:'.length + 16);
}
