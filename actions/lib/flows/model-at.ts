// A model as a commit declares it, without a work tree.
import { parseDocumentText } from '#lib/documents/document.ts';
import { nearestWord } from '#lib/documents/nearest.ts';
import { checkDocument } from '#lib/documents/read.ts';
import { ConfigurationError } from '#lib/errors.ts';
import type { Host } from '#lib/flows/host.ts';
import { type Model, modelSchema } from '#lib/registry/model.ts';
import { modelPath } from '#lib/registry/read.ts';

/**
 * Reads models/<name>/model.yaml of a commit.
 * @throws ConfigurationError when the commit has no such model, or it is not valid.
 */
export async function readModelAt(
  { repository }: Pick<Host, 'repository'>,
  commit: string,
  name: string,
): Promise<Model> {
  const file = modelPath(name);
  const bytes = await repository.readFile(commit, file);
  if (bytes) return checkDocument(parseDocumentText(Buffer.from(bytes).toString(), file), modelSchema).value;
  const known = await listModelsAt({ repository }, commit);
  const near = nearestWord(name, known);
  throw new ConfigurationError(`There is no model "${name}" on main`, {
    at: { file },
    remedy: near ? `Did you mean "${near}"?` : `Models there: ${known.join(', ') || 'none'}.`,
  });
}

/** The names of all models of a commit, sorted. */
export async function listModelsAt(
  { repository }: Pick<Host, 'repository'>,
  commit: string,
): Promise<readonly string[]> {
  return (await repository.listFiles(commit, 'models')).flatMap(
    ({ path }) => /^models\/([^/]+)\/model\.yaml$/u.exec(path)?.[1] ?? [],
  );
}
