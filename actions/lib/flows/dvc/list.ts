// `dvc ls`: opens the repository that is meant, at the revision that is meant, and lists it.
import { existsSync, realpathSync } from 'node:fs';
import { relative, resolve, sep } from 'node:path';
import { recordedTree } from '#lib/dvc/status/data-tree.ts';
import { type ListedEntry, listPath } from '#lib/dvc/status/listing.ts';
import { ConfigurationError } from '#lib/errors.ts';
import { type OpenOptions, openDvcRepository } from '#lib/flows/dvc/open.ts';
import { readCheckedIndex } from '#lib/flows/dvc/read-checked-index.ts';
import { withRemoteListings } from '#lib/flows/dvc/remote-listings.ts';

export type { ListedEntry };

export interface ListRequest extends OpenOptions {
  /** A path on this machine; `.` unless given. */
  readonly url?: string | undefined;
  /** Inside the repository; '' is all of it. */
  readonly path: string;
  readonly revision?: string | undefined;
  readonly recursive: boolean;
  readonly level?: number | undefined;
  /** True names the folders that `recursive` goes into as well. */
  readonly withFolders?: boolean | undefined;
  readonly dvcOnly: boolean;
}

export async function listRepository(request: ListRequest): Promise<readonly ListedEntry[]> {
  const { url = '.', revision, path, ...options } = request;
  const place = resolve(request.directory, url);
  if (!existsSync(place)) throw notHere(url);
  const repository = await openDvcRepository({ ...request, directory: place });
  const { root } = repository;
  const source = revision === undefined ? repository.source : await repository.sourceAt(revision);
  const index = await readCheckedIndex(repository, source);
  const target = relative(root, resolve(root, path)).split(sep).join('/');
  if (target === '..' || target.startsWith('../')) throw outside(path);
  const stands = realpathSync(request.directory);
  const from = target === '' && stands.startsWith(root + sep) ? relative(root, stands) : target;
  // The files of a folder are told with the folders alone that are looked into.
  const isInside = request.recursive || target !== '';
  const cache = isInside ? await withRemoteListings(repository, index, request.env) : repository.cache;
  return listPath({ ...options, source, data: recordedTree(index, cache), path: target, from });
}

function notHere(url: string): ConfigurationError {
  const isRemote = /^[\w+.-]+:\/\/|^[^/]+@[^/]+:/u.test(url);
  return new ConfigurationError(isRemote ? `${url} is not on this machine` : `There is no ${url}`, {
    remedy: isRemote ? 'Clone it, and list the clone.' : 'Name the folder of a repository on this machine.',
  });
}

function outside(path: string): ConfigurationError {
  return new ConfigurationError(`${path} lies outside of the repository`, {
    remedy: 'Name a path inside it, from its root.',
  });
}
