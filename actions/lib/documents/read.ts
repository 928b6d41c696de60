// The door: everything from a file passes a zod schema here, and every refusal says file, line, column and remedy.
import { readFile } from 'node:fs/promises';
import type { z } from 'zod';
import { type Document, parseDocumentText } from '#lib/documents/document.ts';
import { explainIssue } from '#lib/documents/explain.ts';
import { ConfigurationError, ConfigurationErrors, hasCode } from '#lib/errors.ts';

/** A document whose value has passed its schema. */
export interface CheckedDocument<Value> extends Document {
  readonly value: Value;
}

/**
 * Reads a YAML or JSON file through a schema.
 * @throws ConfigurationErrors naming every problem with its place.
 */
export async function readDocument<Schema extends z.ZodType>(
  file: string,
  schema: Schema,
): Promise<CheckedDocument<z.output<Schema>>> {
  return checkDocument(parseDocumentText(await readText(file), file), schema);
}

/** Passes an already parsed document through a schema. */
export function checkDocument<Schema extends z.ZodType>(
  document: Document,
  schema: Schema,
): CheckedDocument<z.output<Schema>> {
  const result = schema.safeParse(document.value, { reportInput: true });
  if (result.success) return { ...document, value: result.data };
  const problems = result.error.issues.flatMap(issue => explainIssue(issue, schema, document));
  throw new ConfigurationErrors(problems.toSorted(byPlace));
}

function byPlace(a: ConfigurationError, b: ConfigurationError): number {
  return (a.at?.line ?? 0) - (b.at?.line ?? 0) || (a.at?.column ?? 0) - (b.at?.column ?? 0);
}

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
