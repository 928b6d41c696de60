// From what a person named to the source that is followed, and to where this machine keeps its own files.
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ConfigurationError } from '#lib/errors.ts';
import { openLocalSource } from '#lib/flows/serve/local-source.ts';
import { openRemoteSource } from '#lib/flows/serve/remote-source.ts';
import { localPath, type Source } from '#lib/flows/serve/source.ts';

export interface OpenedSource {
  readonly source: Source;
  /** `.mainline` of the work tree, or of the folder worked in when there is none. */
  readonly localFolder: string;
}

/**
 * Opens a path or an address.
 * @param folder what a relative path is relative to
 * @throws ConfigurationError when a path holds no repository
 */
export async function openSource(place: string, folder: string): Promise<OpenedSource> {
  const own = join(resolve(folder), '.mainline');
  const path = localPath(place, folder);
  if (path === undefined) return { source: await openRemoteSource(place, own), localFolder: own };
  if (!existsSync(path)) {
    throw new ConfigurationError('There is no repository here', {
      at: { file: path },
      remedy: 'Name a folder with a git repository, or an address such as https://host/owner/name.git.',
    });
  }
  const { source, workTree } = await openLocalSource(path);
  return { source, localFolder: workTree === undefined ? own : join(workTree, '.mainline') };
}
