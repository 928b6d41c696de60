// Reads behaviour.yaml: a file that need not be there, but has to be right where it is.
import { type BehaviourTests, behaviourTestsSchema } from '#lib/behaviour/declared.ts';
import { type CheckedDocument, readDocument } from '#lib/documents/read.ts';
import { ConfigurationError, hasCode } from '#lib/errors.ts';

/**
 * Reads the tests of a model.
 * @returns undefined when there is no such file: behaviour tests are the team's choice.
 * @throws ConfigurationErrors with line and column, also when the file names another model.
 */
export async function readBehaviourTests(
  file: string,
  model: string,
): Promise<CheckedDocument<BehaviourTests> | undefined> {
  try {
    const document = await readDocument(file, behaviourTestsSchema);
    if (document.value.metadata.model === model) return document;
    throw new ConfigurationError(`These tests are for "${document.value.metadata.model}"`, {
      at: document.locate(['metadata', 'model']),
      remedy: `Write model: ${model}, or move the file to the folder of that model.`,
    });
  } catch (error) {
    if (error instanceof Error && hasCode(error.cause, 'ENOENT')) return undefined;
    throw error;
  }
}
