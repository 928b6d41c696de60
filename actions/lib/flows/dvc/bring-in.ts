// add --out: data from outside the repository, or from another place in it, is copied in before it is tracked.
import { cpSync, existsSync, rmSync, statSync } from 'node:fs';
import { basename, join, relative, resolve } from 'node:path';
import { isWithin } from '#lib/dvc/pipeline/paths.ts';
import type { DvcRepository } from '#lib/dvc/repository/repository.ts';
import { ConfigurationError } from '#lib/errors.ts';

export interface BringInOptions {
  /** One: the source. */
  readonly targets: readonly string[];
  readonly out?: string | undefined;
  /** Replaces what is in the way. */
  readonly force?: boolean | undefined;
}

export interface BringIn {
  /** Where it is now, absolute. */
  readonly place: string;
  /** Removes the copy. */
  readonly undo: () => void;
}

/** @throws ConfigurationError when the source is not there, or something is in the way without `force`. */
export function bringIn(options: BringInOptions, repository: DvcRepository): BringIn {
  const source = findSource(options, repository);
  const place = choosePlace(source, options, repository);
  // Making room for the copy must not take away what is copied.
  if (place === source) return { place, undo: () => {} };
  if (isWithin(place, source) || isWithin(source, place)) {
    const [from, to] = [source, place].map(path => relative(repository.directory, path));
    throw new ConfigurationError(`${from} and ${to} lie in each other`, {
      at: { file: source },
      remedy: 'Name a place beside it.',
    });
  }
  rmSync(place, { recursive: true, force: true });
  cpSync(source, place, { recursive: true, dereference: true, errorOnExist: true });
  return { place, undo: () => rmSync(place, { recursive: true, force: true }) };
}

/** The absolute path of the only target. @throws ConfigurationError when nothing is there. */
export function findSource({ targets }: BringInOptions, { directory }: DvcRepository): string {
  const [target = ''] = targets;
  if (/^[a-z][a-z0-9+.-]*:\/\//iu.test(target)) {
    throw new ConfigurationError(`${target} is no local path`, {
      remedy: 'Download it first; only local files and folders can be added.',
    });
  }
  const source = resolve(directory, target);
  if (!existsSync(source)) {
    throw new ConfigurationError(`${target} does not exist`, {
      at: { file: source },
      remedy: 'Correct the path.',
    });
  }
  return source;
}

/** Where `--out` puts it. @throws ConfigurationError when something is in the way without `force`. */
export function choosePlace(
  source: string,
  { out, force }: BringInOptions,
  { directory }: DvcRepository,
): string {
  const asked = resolve(directory, out ?? '');
  const isFolder = statSync(asked, { throwIfNoEntry: false })?.isDirectory() ?? false;
  const place = isFolder ? join(asked, basename(source)) : asked;
  if (existsSync(place) && !force) {
    throw new ConfigurationError(`${relative(directory, place)} exists already`, {
      at: { file: place },
      remedy: 'Name another place, or replace it with --force.',
    });
  }
  return place;
}
