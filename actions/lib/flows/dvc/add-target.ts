// What a target of add stands for: a file or folder that gets a .dvc file, or a part of what one tracks already.
import { existsSync, lstatSync, statSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { isWithin } from '#lib/dvc/pipeline/paths.ts';
import { type IndexedStage, indexedStages } from '#lib/dvc/repository/indexed-stage.ts';
import type { DvcRepository } from '#lib/dvc/repository/repository.ts';
import type { RepositoryIndex } from '#lib/dvc/repository/repository-index.ts';
import { isDvcFile } from '#lib/dvc/repository/source.ts';
import type { TrackedFile, TrackedOutput } from '#lib/dvc/tracked/tracked.ts';
import { ConfigurationError } from '#lib/errors.ts';

export interface AddTarget {
  /** Absolute; what was asked for. */
  readonly path: string;
  /** Absolute; the whole output, of which `path` may be a part. */
  readonly output: string;
  /** Absolute; the .dvc file. */
  readonly file: string;
  /** The .dvc file as it stands, and its output; both absent for what is new. */
  readonly tracked: TrackedFile | undefined;
  readonly known: TrackedOutput | undefined;
}

/** @throws ConfigurationError for what cannot be tracked. */
export function resolveTarget(target: string, index: RepositoryIndex, repository: DvcRepository): AddTarget {
  const { root, directory } = repository;
  const path = resolve(directory, target);
  const refuse = (message: string, remedy: string) => {
    throw new ConfigurationError(message, { at: { file: path }, remedy });
  };
  if (/^[a-z][a-z0-9+.-]*:\/\//iu.test(target) || !isWithin(root, path) || path === root) {
    refuse(
      `${target} is not inside the repository`,
      'Copy it in first: mainline dvc add --out <path> <source>',
    );
  }
  if (isDvcFile(basename(path))) {
    refuse(`${target} is a file of DVC's own, which cannot be tracked`, 'Name the data instead.');
  }
  if (hasLinkedFolder(path, root)) {
    refuse(`${target} lies behind a link to a folder`, 'Name the folder itself, or replace the link by it.');
  }
  const owner = findOwner(path, index, directory);
  if (owner?.tracked === undefined && owner) {
    const name = relative(directory, path);
    refuse(
      `${name} is made by ${owner.name}`,
      `Run that stage, or record it as it is: mainline dvc commit ${owner.name}`,
    );
  }
  const known = owner?.tracked?.outs.find(({ output }) => isWithin(output.absolute, path));
  if (owner?.tracked && known) {
    return { path, output: known.output.absolute, file: owner.file, tracked: owner.tracked, known };
  }
  const file = join(dirname(path), `${basename(path)}.dvc`);
  refuseIgnored(path, file, repository);
  const before = index.tracked.find(one => one.file === file);
  return { path, output: path, file, tracked: before, known: undefined };
}

function findOwner(path: string, index: RepositoryIndex, directory: string): IndexedStage | undefined {
  return indexedStages(index, directory).find(({ outs }) =>
    outs.some(({ absolute }) => isWithin(absolute, path)),
  );
}

function refuseIgnored(path: string, file: string, { ignore, isGitIgnored, directory }: DvcRepository): void {
  const isFolder = statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
  const { isIgnored, origin } = ignore.explain(path, isFolder);
  const name = relative(directory, path);
  if (isIgnored) {
    throw new ConfigurationError(`${name} is left out by ${origin ?? '.dvcignore'}`, {
      at: { file: path },
      remedy: 'Take the pattern out of .dvcignore.',
    });
  }
  if (isGitIgnored(file, false)) {
    throw new ConfigurationError(
      `git ignores ${relative(directory, file)}, so that nobody else would see it`,
      {
        at: { file },
        remedy: 'Let .gitignore leave .dvc files in: !*.dvc',
      },
    );
  }
}

/** True when a folder on the way, or the folder itself, is a link. */
function hasLinkedFolder(path: string, root: string): boolean {
  const isLink = (one: string) => lstatSync(one, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
  if (isLink(path) && existsSync(path) && statSync(path).isDirectory()) return true;
  for (let folder = dirname(path); folder.length > root.length; folder = dirname(folder)) {
    if (isLink(folder)) return true;
  }
  return false;
}
