// The door to the cache, where content lies by its hash.
import type { HashName, TreeEntry } from '#lib/dvc/objects/object.ts';
import type { Presence } from '#lib/dvc/objects/presence.ts';

/** Objects by their hash, below a folder with DVC's layout. */
export interface ObjectCache {
  /** Absolute: `.dvc/cache` or what `cache.dir` says. */
  readonly folder: string;
  /** Whether its folders belong to a group of users. */
  readonly shared: boolean;
  /** Of the process. */
  readonly umask: number;
  /** Absolute; an object of DVC 2 has its own place. @throws ConfigurationError for what is no MD5. */
  pathOf(md5: string, hash?: HashName): string;
  /** True when the object itself is there; of a folder only its listing. */
  has(md5: string, hash?: HashName): boolean;
  /** A folder's files; undefined when the listing is missing, or damaged (it is then removed). Paths are safe to join. */
  readTree(md5: string, hash?: HashName): readonly TreeEntry[] | undefined;
  /** Names of what is missing of an object: itself, or files of its folder. Empty when it is whole. */
  missing(md5: string, hash?: HashName): readonly string[];
  /** For many questions whether objects are there, see {@link Presence}. */
  readonly ask: Presence['ask'];
  /** Writes down what is known of its listings; safe to leave out. */
  save(): void;
  /** Every object: its name (with `.dir` for folders) and size in bytes. */
  list(hash?: HashName): Iterable<{ readonly md5: string; readonly size: number }>;
  /** Removes objects; a folder's listing goes before its files. */
  remove(names: readonly string[], hash?: HashName): void;
  /**
   * Takes in a file that was written beside the cache (a download): hashes it, makes it read-only, gives it its name.
   * @returns false, and removes the file, when its bytes are not what `md5` says.
   */
  adopt(file: string, md5: string, hash?: HashName): Promise<boolean>;
  /** The same for bytes that are in memory. @returns false, and stores nothing, when they are not what `md5` says. */
  adoptBytes(bytes: Uint8Array, md5: string, hash?: HashName): Promise<boolean>;
  /** MD5s of objects that this process has hashed on their way into the cache: right after, they need not be checked again. */
  readonly checked: Set<string>;
  /** A name in the cache for a file that is about to be written and adopted; the same file system, never seen as an object. */
  temporary(): string;
}
