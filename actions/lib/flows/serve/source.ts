// Where the two branches are read from: a repository on this machine, or a remote one through a private mirror.
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { localFilePath } from '#lib/git/remote.ts';
import type { Repository } from '#lib/git/repository.ts';

/** Where the branches stand; undefined = there is no such branch. */
export interface Heads {
  readonly main: string | undefined;
  readonly state: string | undefined;
}

export interface Source {
  /** How messages call it; without passwords. */
  readonly name: string;
  /** Elsewhere, so that no store of its own lies beside it. */
  readonly isRemote: boolean;
  /** Where the commits lie. */
  readonly repository: Repository;
  /**
   * Where the branches stand now; the commits are in `repository` then.
   * @throws ConfigurationError while it cannot be reached
   */
  heads(): Promise<Heads>;
  /** Where they stood when it was reached last, for a start without the network. */
  lastHeads(): Promise<Heads>;
  /** Calls back when a branch may have moved; polling is what is relied on. @returns how to end it */
  watch(onChange: () => void): () => void;
}

/** The path a place means on this machine, or undefined for an address elsewhere. */
export function localPath(place: string, folder: string): string | undefined {
  const file = localFilePath(place);
  if (file !== undefined) return file;
  if (/^[a-z][a-z0-9+.-]*:\/\//iu.test(place)) return undefined;
  const path = resolve(folder, place);
  // host:path is git's short form for ssh.
  return existsSync(path) || !/^[^/\\]+:/u.test(place) ? path : undefined;
}
