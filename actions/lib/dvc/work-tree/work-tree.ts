// The door to the work tree, where people change content.
import type { Fingerprint, Hashed, HashName, ObjectProgress, TreeEntry } from '#lib/dvc/objects/object.ts';

export interface WorkOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: ObjectProgress) => void) | undefined;
}

export interface KeepOptions extends WorkOptions {
  /** Called once the cache holds it and before files become links: from then on only the cache may hold their bytes. */
  readonly onStored?: ((fingerprint: Fingerprint) => Promise<void>) | undefined;
}

export interface HashOptions extends WorkOptions {
  readonly hash?: HashName | undefined;
  /** Links in a folder that lead nowhere are refused, or stand in its tree without a hash. */
  readonly deadLinks?: 'refuse' | 'list' | undefined;
}

/** How a file of the work tree shares its bytes with the cache; `cache.type` of DVC's configuration lists them in order. */
export type LinkType = 'reflink' | 'hardlink' | 'symlink' | 'copy';

/** A folder that is to be checked out. */
export interface ExpectedFolder {
  /** Absolute. */
  readonly path: string;
  /** Of its listing. */
  readonly md5: string;
  /** Bytes; unknown in some old entries. */
  readonly size?: number | undefined;
}

/** Objects that are being fetched, for folders that are checked out right after. */
export interface Arrivals {
  /** Says what a folder holds. */
  expect(folder: ExpectedFolder, entries: readonly TreeEntry[]): void;
  /** Hands over bytes whose hash was checked. */
  take(md5: string, bytes: Uint8Array): void;
  /** Removes what no checkout has taken over. */
  close(): void;
}

/** The work tree of one repository, with what is known of it from the state index. */
export interface WorkTree {
  /** Hashes a file or folder; undefined when nothing is there. What did not change since it was last seen is not read. */
  hash(path: string, options?: HashOptions): Promise<Hashed | undefined>;
  /**
   * Hashes and copies into the cache in one pass; the work tree keeps (or gets, by `cache.type`) its own link to it.
   * @throws ConfigurationError when it changes meanwhile, cannot be read, or the disk is full; the cache then holds whole
   * objects only.
   */
  keep(path: string, options?: KeepOptions): Promise<Hashed | undefined>;
  /**
   * Puts an object at a place, touching only files that differ. Files that are in the way and whose bytes are not in the
   * cache stop it, unless `force` is set.
   * @throws CheckoutConflict, or MissingObjects naming what the cache lacks; the place is then as it was.
   */
  checkout(
    print: Fingerprint,
    path: string,
    options?: WorkOptions & {
      readonly force?: boolean;
      /** Stops at a link to a folder, even with `force`, which else takes away the link. */
      readonly keepLinks?: boolean;
      readonly relink?: boolean;
      readonly allowMissing?: boolean;
    },
  ): Promise<CheckoutResult>;
  /** Spares the checkout of new folders what is told of here before. */
  readonly arrivals: Arrivals;
  /** Touches nothing. @throws CheckoutConflict where a checkout would stop for what it would lose. */
  refuseLoss(print: Fingerprint, path: string, options?: WorkOptions): Promise<void>;
  /** Writes the state index; safe to leave out (a killed process), safe beside another process. */
  save(): void;
}

/** What a checkout changed, relative to the path it was asked for; a file that is the path itself is ''. */
export interface CheckoutResult {
  readonly change: 'added' | 'modified' | 'deleted' | 'unchanged';
  readonly files: {
    readonly added: readonly string[];
    readonly modified: readonly string[];
    readonly deleted: readonly string[];
  };
}
