// The index as verbs that look at outputs want it: an output that .dvcignore leaves out could never be seen, which DVC
// refuses, and so do we.
import { relative } from 'node:path';
import { indexedOutputs } from '#lib/dvc/repository/indexed-stage.ts';
import type { DvcRepository } from '#lib/dvc/repository/repository.ts';
import type { RepositoryIndex } from '#lib/dvc/repository/repository-index.ts';
import type { Source } from '#lib/dvc/repository/source.ts';
import { ConfigurationError } from '#lib/errors.ts';

/** @throws ConfigurationError at the place of an output that is ignored */
export async function readCheckedIndex(repository: DvcRepository, source?: Source): Promise<RepositoryIndex> {
  const index = await repository.readIndex(source);
  if (index.source.name !== 'workspace') return index;
  for (const { output } of indexedOutputs(index)) {
    const { isIgnored, origin } = repository.ignore.explain(output.absolute);
    if (!isIgnored) continue;
    throw new ConfigurationError(
      `The output ${relative(repository.root, output.absolute)} is left out by ${origin ?? '.dvcignore'}`,
      { at: output.at, remedy: 'Take the pattern out of .dvcignore, or stop tracking the output.' },
    );
  }
  return index;
}
