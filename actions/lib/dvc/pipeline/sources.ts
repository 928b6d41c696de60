// Inputs that no stage makes have to be there before anything runs: better now than after an hour of training.
import { stat } from 'node:fs/promises';
import { sourcesOf } from '#lib/dvc/pipeline/graph.ts';
import type { DeclaredPath, Pipeline } from '#lib/dvc/pipeline/stage.ts';
import { ConfigurationError, ConfigurationErrors } from '#lib/errors.ts';

/** @throws ConfigurationErrors naming every missing input at its place in dvc.yaml. */
export async function refuseMissingSources({ stages }: Pipeline): Promise<void> {
  const sources = sourcesOf(
    stages.filter(stage => !stage.frozen),
    stages,
  );
  const found = await Promise.all(
    sources.map(async source => ((await exists(source.absolute)) ? undefined : source)),
  );
  const missing = await Promise.all(found.flatMap(source => (source ? missingInput(source) : [])));
  if (missing.length > 0) throw new ConfigurationErrors(missing);
}

/** The error for an input that is not there; a file that DVC tracks by itself has to be pulled. */
export async function missingInput({ path, absolute, at }: DeclaredPath): Promise<ConfigurationError> {
  const isTracked = await exists(`${absolute}.dvc`);
  return new ConfigurationError(`${path} does not exist, and no stage makes it`, {
    at,
    remedy: isTracked
      ? `Fetch it: dvc pull ${path}.dvc`
      : 'Correct the path, add the file, or add a stage that makes it.',
  });
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch {
    return false;
  }
}
