// Reads .dvc files of any shape: what is not plain goes through the general reader, which knows the place of everything.
import { type Document, parseDocumentText } from '#lib/documents/document.ts';
import { checkFields, isFields } from '#lib/dvc/tracked/fields.ts';
import { fromFields, parsePlainTracked } from '#lib/dvc/tracked/from-fields.ts';
import type { TrackedFile } from '#lib/dvc/tracked/tracked.ts';
import { ConfigurationErrors } from '#lib/errors.ts';

/**
 * Parses the text of a .dvc file that stands, or would stand, at `file` (absolute).
 * @param root the folder that holds `.dvc`; no output leaves it.
 * @throws ConfigurationErrors naming every problem with its place.
 */
export function parseTracked(text: string, file: string, root: string): TrackedFile {
  const source = { text, file, root };
  const plain = parsePlainTracked(source);
  if (plain) return plain;
  const document = readDocument(text, file);
  const top = isFields(document.value) ? document.value : {};
  return fromFields(top, source, path => document.locate(path));
}

function readDocument(text: string, file: string): Document {
  const document = parseDocumentText(text, file);
  const problems = checkFields(document);
  if (problems.length > 0) throw new ConfigurationErrors(problems);
  return document;
}
