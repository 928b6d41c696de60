// The door: everything from a file passes a zod schema here, and every refusal says file, line, column and remedy.
import type { z } from 'zod';
import { type Document, parseDocumentText } from '#lib/documents/document.ts';
import { explainIssue } from '#lib/documents/explain.ts';
import { readText, unreadable } from '#lib/documents/read-text.ts';
import { type ConfigurationError, ConfigurationErrors } from '#lib/errors.ts';

export { readText, unreadable };

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
