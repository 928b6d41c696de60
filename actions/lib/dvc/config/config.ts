// DVC's configuration as the rest of the engine uses it; the INI files behind it are config/ini.ts.
import type { LinkType } from '#lib/dvc/work-tree/work-tree.ts';

export interface RemoteConfig {
  readonly name: string;
  /** Resolved: `~` expanded, relative paths from the folder of the file that said it, `remote://` followed. */
  readonly url: string;
  readonly jobs?: number | undefined;
  readonly verify: boolean;
  /** All keys of the section as text, lower-case. May hold secrets: never shown. */
  readonly options: Readonly<Record<string, string>>;
}

export interface DvcConfig {
  readonly cacheDir: string;
  /** Tried in order. */
  readonly linkTypes: readonly LinkType[];
  readonly cacheShared: boolean;
  readonly autostage: boolean;
  readonly noScm: boolean;
  /** Parallel hashing asked for; undefined lets us choose. */
  readonly checksumJobs?: number | undefined;
  readonly defaultRemote: string | undefined;
  readonly remotes: ReadonlyMap<string, RemoteConfig>;
  /** `parsing.bool` and `parsing.list`: how a map in a command becomes arguments. */
  readonly parsing: { readonly bool: 'store_true' | 'boolean_optional'; readonly list: 'nargs' | 'append' };
}
