// Reads the team's files about behaviour: they need not be there, but have to be right where they are.
import type { z } from 'zod';
import { type Contexts, contextsSchema } from '#lib/behaviour/contexts.ts';
import { type BehaviourTests, behaviourTestsSchema } from '#lib/behaviour/declared.ts';
import { type CheckedDocument, readDocument } from '#lib/documents/read.ts';
import { ConfigurationError, hasCode } from '#lib/errors.ts';

/**
 * Reads the tests of a model, models/<name>/behaviour.yaml.
 * @returns undefined when there is no such file.
 * @throws ConfigurationErrors with line and column, also when the file names another model.
 */
export async function readBehaviourTests(
  file: string,
  model: string,
): Promise<CheckedDocument<BehaviourTests> | undefined> {
  const document = await readIfThere(file, behaviourTestsSchema);
  const named = document?.value.metadata.model ?? model;
  if (named === model) return document;
  throw new ConfigurationError(`These tests are for "${named}"`, {
    at: document?.locate(['metadata', 'model']),
    remedy: `Write model: ${model}, or move the file to the folder of that model.`,
  });
}

/**
 * Reads the declared contexts, data/contexts.yaml.
 * @returns undefined when there is no such file.
 * @throws ConfigurationErrors with line and column.
 */
export async function readContexts(file: string): Promise<CheckedDocument<Contexts> | undefined> {
  return readIfThere(file, contextsSchema);
}

async function readIfThere<Schema extends z.ZodType>(
  file: string,
  schema: Schema,
): Promise<CheckedDocument<z.output<Schema>> | undefined> {
  try {
    return await readDocument(file, schema);
  } catch (error) {
    if (error instanceof Error && hasCode(error.cause, 'ENOENT')) return undefined;
    throw error;
  }
}
