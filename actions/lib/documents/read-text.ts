// A file's text without its schema: apart from the readers, which take longer to load than a small file takes to read.
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { ConfigurationError, hasCode } from '#lib/errors.ts';

/**
 * The text of a file.
 * @throws ConfigurationError when it does not exist, is a folder, may not be read or is not UTF-8.
 */
export async function readText(file: string): Promise<string> {
  let bytes: Buffer;
  try {
    bytes = await readFile(file);
  } catch (cause) {
    throw unreadable(file, cause);
  }
  return decode(bytes, file);
}

/** The same at once: a small file is read in less time than it takes to wait for it. */
export function readTextNow(file: string): string {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (cause) {
    throw unreadable(file, cause);
  }
  return decode(bytes, file);
}

function decode(bytes: Buffer, file: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new ConfigurationError(`${file} is not UTF-8 text`, {
      at: { file },
      remedy: 'Save it as UTF-8.',
      cause,
    });
  }
}

/** Turns the operating system's refusal to open a file into an error a person can act on. */
export function unreadable(file: string, cause: unknown): unknown {
  const reasons: Readonly<Record<string, readonly [string, string]>> = {
    ENOENT: ['does not exist', 'Create it, or correct the path.'],
    EISDIR: ['is a folder, a file was expected', 'Correct the path.'],
    EACCES: ['may not be read', 'Give yourself permission to read it.'],
  };
  const code = Object.keys(reasons).find(key => hasCode(cause, key));
  const reason = code === undefined ? undefined : reasons[code];
  return reason
    ? new ConfigurationError(`${file} ${reason[0]}`, { at: { file }, remedy: reason[1], cause })
    : cause;
}
